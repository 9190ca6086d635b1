package io.github.unroll.app;

import java.io.PrintWriter;

/** What was printed did not arrive, so that there is nothing to go on for. */
final class OutputLost extends RuntimeException {
  private static final long serialVersionUID = 1;

  private OutputLost() {
    super("what was printed did not arrive");
  }

  /** Sends off what was printed. */
  static void unlessArrived(PrintWriter out) {
    if (out.checkError()) { // which flushes
      throw new OutputLost();
    }
  }
}
