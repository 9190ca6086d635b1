package io.github.unroll.app;

import java.io.PrintWriter;

/** Lines that tell of a training while it runs. */
final class TrainingNotes {
  private final PrintWriter out;
  private final boolean needed;

  private TrainingNotes(PrintWriter out, boolean needed) {
    this.out = out;
    this.needed = needed;
  }

  /** All that comes of a training; where they no longer arrive, it ends. */
  static TrainingNotes alone(PrintWriter out) {
    return new TrainingNotes(out, true);
  }

  /** Lines beside a file or a text, for which a training goes on when they no longer arrive. */
  static TrainingNotes beside(PrintWriter out) {
    return new TrainingNotes(out, false);
  }

  void line(String line) {
    out.println(line);
    out.flush();
    if (needed) {
      OutputLost.unlessArrived(out);
    }
  }
}
