package io.github.unroll.app;

import java.io.PrintWriter;

/** The lines that a running training prints. */
final class TrainingNotes {
  private final PrintWriter out;
  private final boolean needed;

  private TrainingNotes(PrintWriter out, boolean needed) {
    this.out = out;
    this.needed = needed;
  }

  /** Lines that are the only result of a training, which ends if they cannot be written. */
  static TrainingNotes alone(PrintWriter out) {
    return new TrainingNotes(out, true);
  }

  /**
   * Lines in addition to a file or a text, for which a training continues if they cannot be
   * written.
   */
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
