package io.github.unroll.app;

import java.io.Console;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.IntSupplier;
import picocli.CommandLine.Help.Ansi;

/** What a person looks on with, if one does. */
final class Terminal {
  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
  private static final int WINDOWS_COLUMNS = 80; // or more; Windows has no command that tells

  private Terminal() {}

  /**
   * How many columns there are to draw on, as often as asked: 0 unless input and output are a
   * terminal, of known width, on which a line can be overwritten.
   */
  static IntSupplier columns() {
    if (!attached() || isDumb()) {
      return () -> 0;
    }
    return WINDOWS ? () -> WINDOWS_COLUMNS : new MeasuredColumns();
  }

  /** Whether help has colors: where picocli finds a terminal, and NO_COLOR unset, if it can. */
  static Ansi colors() {
    return isDumb() ? Ansi.OFF : Ansi.AUTO;
  }

  /** What characters are written in: UTF-8, unless a Windows console reads them otherwise. */
  static Charset charset() {
    return WINDOWS && attached() ? System.console().charset() : StandardCharsets.UTF_8;
  }

  @SuppressWarnings("SystemConsoleNull") // isTerminal asks the further question of JDK 22
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

  /** Whether the terminal only prints; one that does not say what it is may be such. */
  private static boolean isDumb() {
    String type = System.getenv().getOrDefault("TERM", "");
    return type.equals("dumb") || (type.isEmpty() && !WINDOWS);
  }
}
