package io.github.unroll.train;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import java.util.Locale;

/**
 * Where a training stands: all that the loop itself remembers. With the model (parameters, state,
 * where dropout draws from), the optimizer and the schedule as they were at that moment, {@link
 * Trainer#resume} goes on bit for bit as if the training had never stopped.
 *
 * @param epoch the epoch under way, from 1
 * @param iteration how many of its batches are learned, from 0
 * @param totalLoss the sum of their losses
 * @param judgement what validation has found so far
 */
public record TrainingProgress(int epoch, int iteration, double totalLoss, Judgement judgement) {

  /**
   * What validation has found so far.
   *
   * @param best the least score; infinite before the first
   * @param lastGain the score from which early stopping counts
   * @param epochsWithoutGain how many epochs it has counted since
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
     * @param epochsWithoutGain how many epochs it has counted since
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

  static final TrainingProgress START = new TrainingProgress(1, 0, 0, Judgement.NONE);

  /**
   * A progress.
   *
   * @param epoch the epoch that is being learned, from 1
   * @param iteration how many of its batches are learned
   * @param totalLoss the sum of their losses
   * @param judgement what validation has found so far
   * @throws IllegalArgumentException if epoch is below 1 or iteration negative
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
  }
}
