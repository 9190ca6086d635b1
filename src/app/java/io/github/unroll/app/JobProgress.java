package io.github.unroll.app;

import io.github.unroll.train.TrainingListener;
import java.io.PrintWriter;
import java.util.function.Function;
import java.util.function.IntSupplier;

/** Runs trainings with a progress bar, if there is a terminal to draw it on. */
final class JobProgress {

  private final ModelTraining.Screen screen;
  private final int epochs;

  JobProgress(PrintWriter out, IntSupplier columns, int epochs) {
    this.screen = new ModelTraining.Screen(out, columns);
    this.epochs = epochs;
  }

  /**
   * Runs a training.
   *
   * @throws Failure if the data or settings do not allow it
   */
  <T> T of(Function<TrainingListener, T> training) throws Failure {
    if (!screen.isThere()) {
      return Failure.unlessMade("", () -> training.apply(new TrainingListener() {}));
    }
    try (EpochProgress bar = EpochProgress.ofTraining(epochs, screen)) {
      return Failure.unlessMade("", () -> training.apply(bar));
    }
  }
}
