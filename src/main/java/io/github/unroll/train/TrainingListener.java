package io.github.unroll.train;

import java.util.OptionalDouble;

/** A listener to the progress of a {@link Trainer}. */
public interface TrainingListener {

  /**
   * The result of one batch.
   *
   * @param epoch the epoch, from 1
   * @param iteration the batch in the epoch, from 1
   * @param iterations the number of batches of the epoch
   * @param loss the loss of the batch before the update, in the unit of the model's loss, e.g. nats
   * @param gradientNorm the global norm of the gradients before clipping; NaN after a batch without
   *     an update, see {@link TrainingPlan#accumulating}
   */
  record BatchEnd(int epoch, int iteration, int iterations, double loss, double gradientNorm) {}

  /**
   * The result of one epoch.
   *
   * @param epoch the epoch, from 1
   * @param loss the mean of the losses of its batches, all with the same weight, whatever their
   *     size
   * @param perplexity exp of that mean: the perplexity if the losses are in nats
   * @param learningRate the rate of its last update
   * @param validation the score of the model after the epoch; empty without {@link Validation}
   * @param best whether that score is the least so far
   */
  record EpochEnd(
      int epoch,
      double loss,
      double perplexity,
      double learningRate,
      OptionalDouble validation,
      boolean best) {}

  /**
   * Called before the first batch of an epoch, in a resumed training also before the next batch of
   * the epoch under way.
   *
   * @param epoch the epoch, from 1
   */
  default void epochStarted(int epoch) {}

  /**
   * Called after every batch.
   *
   * @param batch the result of the batch
   */
  default void batchEnded(BatchEnd batch) {}

  /**
   * Called after the last batch of an epoch, and its validation if there is one.
   *
   * @param epoch the result of the epoch
   */
  default void epochEnded(EpochEnd epoch) {}

  /**
   * Called after every batch, and again after the end of every epoch, with everything that is
   * needed to continue from here: the moment to save.
   *
   * @param progress the current progress
   */
  default void progressed(TrainingProgress progress) {}

  /**
   * Called once if the training's thread is interrupted, after the current batch or epoch and
   * before the training ends with a {@link TrainingInterruptedException}: the last moment to save.
   * The thread's interrupt flag is set.
   *
   * @param progress the current progress: the latest of {@link #progressed}, or the beginning
   */
  default void interrupted(TrainingProgress progress) {}
}
