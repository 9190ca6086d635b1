package io.github.unroll.app;

import java.io.Console;

/** Whether a person looks on. */
final class Terminal {
  private Terminal() {}

  /** True if input and output are a terminal on which a line can be overwritten. */
  @SuppressWarnings("SystemConsoleNull") // isTerminal asks the further question of JDK 22
  static boolean attached() {
    Console console = System.console();
    return console != null && isTerminal(console) && !"dumb".equals(System.getenv("TERM"));
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
}
