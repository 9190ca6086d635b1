package io.github.unroll.data;

import java.util.Locale;

/** The exceptions of this package's checks, and the texts of others in their messages. */
final class Fault {

  private static final int LONGEST = 40;

  private Fault() {}

  /** What was wrong and what to do. */
  static IllegalArgumentException of(String format, Object... args) {
    return new IllegalArgumentException(String.format(Locale.ROOT, format, args));
  }

  /** A text from elsewhere, in quotes and on one line; a long one only in its beginning. */
  static String quoted(String text) {
    return '"' + shortened(text, LONGEST).replaceAll("\\p{Cntrl}", " ") + '"';
  }

  /** A text, cut if it is longer. */
  static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }
}
