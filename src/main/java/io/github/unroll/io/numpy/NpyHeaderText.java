package io.github.unroll.io.numpy;

import io.github.unroll.io.ElementType;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * A parser of the dictionary of a .npy header, for the part of Python's literal syntax that such a
 * header uses. Nothing is evaluated, and there is no recursion.
 */
final class NpyHeaderText {

  private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");

  /** NumPy's own limit. */
  private static final int MOST_AXES = 64;

  private static final int LONGEST_QUOTE = 40;

  private final String text;
  private int at;

  private String descr;
  private boolean fortran;
  private long[] shape;

  private NpyHeaderText(String text) {
    this.text = text;
  }

  static NpyHeader parse(String text, int headerLength) throws IOException {
    NpyHeaderText parsed = new NpyHeaderText(text);
    parsed.dictionary();
    ElementType type = NpyCode.type(parsed.descr);
    requireCountable(parsed.shape, type == null ? 1 : type.bytes());
    ByteOrder order = parsed.descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    String name = type == null ? brief(parsed.descr) : type.toString();
    return new NpyHeader(name, type, order, parsed.fortran, parsed.shape, headerLength);
  }

  /** Checks that the numbers of values and bytes each fit in a long. */
  private static void requireCountable(long[] shape, int bytes) throws IOException {
    long product = bytes;
    try {
      for (long axis : shape) {
        product = Math.multiplyExact(product, axis);
      }
    } catch (ArithmeticException e) {
      throw new IOException(
          "shape " + NpyHeader.shapeText(shape) + " has more values than can be counted", e);
    }
  }

  private void dictionary() throws IOException {
    Set<String> seen = new HashSet<>();
    expect('{');
    while (!accept('}')) {
      String key = string("a key");
      if (!KEYS.contains(key)) {
        throw new IOException(
            String.format(Locale.ROOT, "header has an unknown key '%s'", brief(key)));
      }
      if (!seen.add(key)) {
        throw new IOException(String.format(Locale.ROOT, "header has the key '%s' twice", key));
      }
      expect(':');
      value(key);
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skipBlanks();
    if (at < text.length()) {
      throw wrong("the end");
    }
    for (String key : KEYS.stream().sorted().toList()) {
      if (!seen.contains(key)) {
        throw new IOException(String.format(Locale.ROOT, "header has no key '%s'", key));
      }
    }
  }

  private void value(String key) throws IOException {
    switch (key) {
      case "descr" -> descr = descr();
      case "fortran_order" -> fortran = bool();
      default -> shape = shape();
    }
  }

  /** A type's code as text, or the unchanged text of a list of a record's fields. */
  private String descr() throws IOException {
    skipBlanks();
    if (at == text.length() || "[(".indexOf(text.charAt(at)) < 0) {
      return string("a type as text");
    }
    int start = at;
    int open = 0;
    do {
      char c = at < text.length() ? text.charAt(at) : 0;
      if (c == '\'' || c == '"') {
        string("the end of a name");
        continue;
      }
      if (c == 0) {
        throw wrong("the end of a list of fields");
      }
      open += "[(".indexOf(c) >= 0 ? 1 : 0;
      open -= "])".indexOf(c) >= 0 ? 1 : 0;
      at++;
    } while (open > 0);
    return text.substring(start, at);
  }

  private boolean bool() throws IOException {
    skipBlanks();
    for (String word : new String[] {"True", "False"}) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("True");
      }
    }
    throw wrong("True or False for fortran_order");
  }

  private long[] shape() throws IOException {
    long[] sizes = new long[MOST_AXES];
    int axes = 0;
    boolean comma = true;
    expect('(');
    while (!accept(')')) {
      if (!comma) {
        throw wrong("a comma or ) in the shape");
      }
      if (axes == MOST_AXES) {
        throw new IOException(
            String.format(Locale.ROOT, "shape has more than the %d axes of NumPy", MOST_AXES));
      }
      sizes[axes++] = size();
      comma = accept(',');
    }
    if (axes == 1 && !comma) {
      throw new IOException("shape is a number, not a tuple; one axis is written (n,)");
    }
    return Arrays.copyOf(sizes, axes);
  }

  private long size() throws IOException {
    skipBlanks();
    int start = at;
    long size = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      int digit = text.charAt(at++) - '0';
      // A size beyond a long becomes the greatest long and is rejected below.
      size = size > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : 10 * size + digit;
    }
    if (at < text.length() && text.charAt(start) == '-') {
      throw new IOException("shape has a negative size");
    }
    if (at == start || (text.charAt(start) == '0' && at - start > 1)) {
      at = start;
      throw wrong("a whole number for a size");
    }
    if (size == Long.MAX_VALUE) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "shape has a size of %s, more than the %d that an axis may have",
              brief(text.substring(start, at)),
              Integer.MAX_VALUE));
    }
    // Python 2 wrote long integers with an L.
    if (at < text.length() && text.charAt(at) == 'L') {
      at++;
    }
    return size;
  }

  private String string(String what) throws IOException {
    skipBlanks();
    char quote = at < text.length() ? text.charAt(at) : 0;
    int end = at + 1;
    while (end < text.length() && text.charAt(end) != quote) {
      end += text.charAt(end) == '\\' ? 2 : 1; // an escaped quote does not end the text
    }
    if ((quote != '\'' && quote != '"') || end >= text.length()) {
      throw wrong(what);
    }
    String found = text.substring(at + 1, end);
    at = end + 1;
    return found;
  }

  private void expect(char c) throws IOException {
    if (!accept(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private boolean accept(char c) {
    skipBlanks();
    boolean found = at < text.length() && text.charAt(at) == c;
    if (found) {
      at++;
    }
    return found;
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\r\n\f".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IOException wrong(String expected) {
    String found = at < text.length() ? "'" + brief(text.substring(at)) + "'" : "its end";
    return new IOException(
        String.format(
            Locale.ROOT,
            "header cannot be read: at %d there should be %s, not %s",
            at,
            expected,
            found));
  }

  /** The beginning of a text for a message, in ASCII and without the padding. */
  private static String brief(String quoted) {
    String whole = quoted.stripTrailing();
    String start = whole.substring(0, Math.min(whole.length(), LONGEST_QUOTE));
    return start.replaceAll("[^ -~]", "?") + (start.length() < whole.length() ? "…" : "");
  }
}
