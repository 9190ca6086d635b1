package io.github.unroll.train;

import java.util.OptionalDouble;

/** Hears of the progress of a {@link Trainer}. */
public interface TrainingListener {

  /**
   * A batch has been learned.
   *
   * @param epoch from 1
   * @param iteration from 1
   * @param iterations of an epoch
   * @param loss of the batch before the update, in the unit of the model's loss, e.g. nats
   * @param gradientNorm global norm of the gradients before clipping
   */
  record BatchEnd(int epoch, int iteration, int iterations, double loss, double gradientNorm) {}

  /**
   * An epoch is over.
   *
   * @param epoch from 1
   * @param loss mean of the losses of its batches, each counted alike, however little is in it
   * @param perplexity exp of that mean: the perplexity if the losses are in nats
   * @param learningRate of its last update
   * @param validation score of the model as it now stands; empty without {@link Validation}
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
   * Called after every batch.
   *
   * @param batch what happened
   */
  default void batchEnded(BatchEnd batch) {}

  /**
   * Called after the last batch of an epoch, and its validation if there is one.
   *
   * @param epoch what happened
   */
  default void epochEnded(EpochEnd epoch) {}

  /**
   * Called after every batch, and again after the end of every epoch, with all that it takes to go
   * on from here: the moment to save.
   *
   * @param progress where the training stands
   */
  default void progressed(TrainingProgress progress) {}

  /**
   * Called once if the training's thread is interrupted, after the batch or epoch that was under
   * way and before the training ends with a {@link TrainingInterruptedException}: the last moment
   * to save. The thread's interrupt flag is set.
   *
   * @param progress where the training stands: as {@link #progressed} was told last, or where it
   *     began
   */
  default void interrupted(TrainingProgress progress) {}
}
