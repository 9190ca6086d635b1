package io.github.unroll.app;

import java.io.PrintWriter;

/** Thrown if the output cannot be written, so that there is no reason to continue. */
final class OutputLost extends RuntimeException {
  private static final long serialVersionUID = 1;

  private OutputLost() {
    super("what was printed did not arrive");
  }

  /** Flushes the output. */
  static void unlessArrived(PrintWriter out) {
    if (out.checkError()) { // which flushes
      throw new OutputLost();
    }
  }
}
