package io.github.unroll.app;

import java.io.Console;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.IntSupplier;
import picocli.CommandLine.Help.Ansi;

/** The terminal of the user, if there is one. */
final class Terminal {
  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
  private static final int WINDOWS_COLUMNS = 80; // or more; Windows has no command that tells

  private Terminal() {}

  /**
   * The current number of columns to draw on: 0 unless input and output are a terminal of known
   * width on which a line can be overwritten.
   */
  static IntSupplier columns() {
    if (!attached() || isDumb()) {
      return () -> 0;
    }
    return WINDOWS ? () -> WINDOWS_COLUMNS : new MeasuredColumns();
  }

  /**
   * Whether help has colors: if picocli finds a terminal that supports them and NO_COLOR is unset.
   */
  static Ansi colors() {
    return isDumb() ? Ansi.OFF : Ansi.AUTO;
  }

  /** The character set of output: UTF-8, unless a Windows console needs another. */
  static Charset charset() {
    return WINDOWS && attached() ? System.console().charset() : StandardCharsets.UTF_8;
  }

  @SuppressWarnings("SystemConsoleNull") // since JDK 22 isTerminal must be checked too
  private static boolean attached() {
    Console console = System.console();
    return console != null && isTerminal(console);
  }

  private static boolean isTerminal(Console console) {
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true; // before JDK 22 there is a console only where there is a terminal
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** Whether the terminal can only print; one of unknown type may be such. */
  private static boolean isDumb() {
    String type = System.getenv().getOrDefault("TERM", "");
    return type.equals("dumb") || (type.isEmpty() && !WINDOWS);
  }
}
