package io.github.unroll.train;

import java.util.Locale;

/**
 * The thread of a training was interrupted, as by {@code Future.cancel(true)}: the training has
 * stopped between two batches. The thread's interrupt flag is still set.
 */
public final class TrainingInterruptedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient TrainingProgress progress;

  TrainingInterruptedException(TrainingProgress progress) {
    super(
        String.format(
            Locale.ROOT,
            "the training's thread was interrupted in epoch %d, after %d of its batches; resume"
                + " goes on from there",
            progress.epoch(),
            progress.iteration()));
    this.progress = progress;
  }

  /**
   * Where the training stopped, as {@link TrainingListener#interrupted} was told. The model stands
   * there, too, unless the plan keeps the best epoch's parameters: then these have been put back.
   *
   * @return for {@link Trainer#resume}
   */
  public TrainingProgress progress() {
    return progress;
  }
}
