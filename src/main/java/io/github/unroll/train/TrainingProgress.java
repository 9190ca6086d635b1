package io.github.unroll.train;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import java.util.Locale;

/**
 * The progress of a training: everything that the training loop itself keeps. With the model
 * (parameters, gradients that wait for an update, state, random generator of dropout), the
 * optimizer and the schedule of the same moment, {@link Trainer#resume} continues bit for bit as if
 * the training had never stopped.
 *
 * @param epoch the current epoch, from 1
 * @param iteration the number of its batches that are done, from 0
 * @param totalLoss the sum of their losses
 * @param judgement the results of validation so far
 * @param accumulated the number of the latest batches whose gradients are summed in the model's
 *     parameters and wait for an update; 0 unless the plan is {@link TrainingPlan#accumulating}
 */
public record TrainingProgress(
    int epoch, int iteration, double totalLoss, Judgement judgement, int accumulated) {

  /**
   * The results of validation so far.
   *
   * @param best the least score; infinite before the first
   * @param lastGain the score from which early stopping counts
   * @param epochsWithoutGain the number of epochs since then
   * @param bestParameters values of the epoch with the least score, in the order of the model's
   *     parameters, if the plan keeps the best; else empty. Not copied: the next best epoch of the
   *     training overwrites them
   */
  public record Judgement(
      double best, double lastGain, int epochsWithoutGain, List<Matrix> bestParameters) {

    static final Judgement NONE =
        new Judgement(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, List.of());

    /**
     * A judgement.
     *
     * @param best the least score; infinite before the first
     * @param lastGain the score from which early stopping counts
     * @param epochsWithoutGain the number of epochs since then
     * @param bestParameters values of the best epoch, or none; the list is copied, the matrices not
     * @throws IllegalArgumentException if a score is NaN or the count negative
     */
    public Judgement {
      if (Double.isNaN(best) || Double.isNaN(lastGain) || epochsWithoutGain < 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Judgement: best %s, lastGain %s, epochsWithoutGain %d: no score is NaN, no count"
                    + " negative",
                best,
                lastGain,
                epochsWithoutGain));
      }
      bestParameters = List.copyOf(bestParameters);
    }
  }

  static final TrainingProgress START = new TrainingProgress(1, 0, 0, Judgement.NONE, 0);

  /**
   * A progress.
   *
   * @param epoch the current epoch, from 1
   * @param iteration the number of its batches that are done
   * @param totalLoss the sum of their losses
   * @param judgement the results of validation so far
   * @param accumulated the number of batches that wait for an update
   * @throws IllegalArgumentException if epoch is below 1, iteration negative, or accumulated not in
   *     0..iteration
   */
  public TrainingProgress {
    if (epoch < 1 || iteration < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TrainingProgress: epoch %d, iteration %d: epochs count from 1, learned batches from"
                  + " 0",
              epoch,
              iteration));
    }
    if (accumulated < 0 || accumulated > iteration) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TrainingProgress: %d batches wait for an update, of the %d learned in the epoch",
              accumulated,
              iteration));
    }
  }

  /** A progress without batches that wait for an update. */
  public TrainingProgress(int epoch, int iteration, double totalLoss, Judgement judgement) {
    this(epoch, iteration, totalLoss, judgement, 0);
  }
}
