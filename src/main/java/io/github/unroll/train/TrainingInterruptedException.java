package io.github.unroll.train;

import java.util.Locale;

/**
 * Thrown if the thread of a training is interrupted, as by {@code Future.cancel(true)}. The
 * training has stopped between two batches; the thread's interrupt flag is still set.
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
   * {@return the progress at which the training stopped, for {@link Trainer#resume}} {@link
   * TrainingListener#interrupted} received the same. The model has the parameters of this progress,
   * unless the plan keeps the best epoch's parameters: then these have been restored.
   */
  public TrainingProgress progress() {
    return progress;
  }
}
