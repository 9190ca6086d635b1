package io.github.unroll.app;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A check for parts of a command line that Java could not decode. Java decodes arguments by the
 * locale and inserts a replacement character where that fails: the typed text is then lost, and
 * file names are wrong.
 *
 * @param charset the name of the locale's character set
 * @param environment the environment variables, which set the locale
 */
record UndecodedText(String charset, Map<String, String> environment) {
  private static final char REPLACEMENT = '\ufffd';

  static UndecodedText ofThisJvm() {
    return new UndecodedText(System.getProperty("sun.jnu.encoding", "unknown"), System.getenv());
  }

  /**
   * Looks for replacement characters.
   *
   * @param args the command line
   * @param directory the working directory, which relative names depend on
   * @return what is wrong and what to do, if anything
   */
  Optional<String> refusal(String[] args, String directory) {
    for (int i = 0; i < args.length; i++) {
      if (isUndecoded(args[i])) {
        return Optional.of(
            String.format(Locale.ROOT, "argument %d, \"%s\", %s", i + 1, args[i], reason()));
      }
    }
    return isUndecoded(directory)
        ? Optional.of(
            String.format(Locale.ROOT, "the working directory, %s, %s", directory, reason()))
        : Optional.empty();
  }

  private static boolean isUndecoded(String text) {
    return text.indexOf(REPLACEMENT) >= 0;
  }

  private String reason() {
    return charset.equals("UTF-8")
        ? String.format(
            Locale.ROOT,
            "is not in UTF-8, the character set of the locale (%s); give it in UTF-8",
            locale())
        : String.format(
            Locale.ROOT,
            "cannot be decoded in the locale (%s, character set %s); start java with"
                + " LC_ALL=C.UTF-8",
            locale(),
            charset);
  }

  /** The variable that decides, in the order of POSIX. */
  private String locale() {
    for (String variable : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String value = environment.getOrDefault(variable, "");
      if (!value.isEmpty()) {
        return variable + "=" + value;
      }
    }
    return "neither LC_ALL nor LC_CTYPE nor LANG is set";
  }
}
