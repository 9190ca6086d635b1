package io.github.unroll.train;

import io.github.unroll.data.Batches;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.model.Output;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;

/**
 * Measures of how far predicted values are from the actual ones:
 *
 * <pre>{@code
 * MAE      mean of |a − p|                      a actual, p predicted
 * RMSE     root of the mean of (a − p)²
 * MAPE     mean of |a − p| / |a|, in percent    actual zeros are left out, and counted
 * sMAPE    mean of 2·|a − p| / (|a| + |p|), in percent: 0 to 200; 0 where both are 0
 * MASE     MAE / MAE of a naive forecast        below 1: better than that
 * pinball  mean of max(q·(a − p), (q − 1)·(a − p)) for a level q
 * }</pre>
 *
 * <p>A pair whose actual value is NaN is ignored. Without pairs every measure is NaN, so that
 * nothing measured is not taken for a result; so are all of them if a predicted value is NaN.
 */
public final class RegressionMetrics {

  private static final double PERCENT = 100;
  private static final double MEDIAN = 0.5;

  private long count;
  private double below; // the sum of a − p where the prediction is too low
  private double above; // the sum of p − a where it is too high
  private double squares;
  private double ofActual; // the sum of |a − p| / |a|
  private double ofBoth; // the sum of 2·|a − p| / (|a| + |p|)
  private long zeros;
  private long covered;

  /** No pairs yet. */
  public RegressionMetrics() {}

  /**
   * {@return the measures of a model for batches, of all its values together; of a model of
   * quantiles those of its median}
   *
   * @param model read as it predicts, without dropout; neither it nor its training is changed
   * @param batches read once, without {@link Batches#beginEpoch}: in a fixed order, and no random
   *     number is drawn; NaN targets and steps that do not count are left out
   * @throws IllegalArgumentException if a batch does not fit the model, or it answers quantiles but
   *     not the level 0.5
   */
  public static RegressionMetrics of(SequenceRegressor model, Batches<SequenceTargets> batches) {
    return model.description().output() instanceof Output.Quantiles
        ? of(model, batches, MEDIAN)
        : new RegressionMetrics().addAll(model, batches, 1, 0);
  }

  /**
   * {@return the measures of one quantile of a model for batches, of all its values together}
   *
   * @param model see {@link #of(SequenceRegressor, Batches)}; it answers quantiles
   * @param batches see {@link #of(SequenceRegressor, Batches)}
   * @param level the level of the quantile, one of the model's
   * @throws IllegalArgumentException if a batch does not fit the model, or it does not answer that
   *     level
   */
  public static RegressionMetrics of(
      SequenceRegressor model, Batches<SequenceTargets> batches, double level) {
    if (model.description().output() instanceof Output.Quantiles quantiles
        && quantiles.levels().contains(level)) {
      int levels = quantiles.levels().size();
      return new RegressionMetrics()
          .addAll(model, batches, levels, quantiles.levels().indexOf(level));
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "RegressionMetrics: the model answers %s, and not the quantile of level %s; ask for"
                + " what it answers",
            model.description().output(),
            level));
  }

  /** Adds every target with the number that stands at one place of the numbers of its value. */
  private RegressionMetrics addAll(
      SequenceRegressor model, Batches<SequenceTargets> batches, int each, int place) {
    boolean steps = model.description().readout() == Readout.EVERY;
    for (int i = 0; i < batches.iterations(); i++) {
      SequenceTargets batch = batches.read(i);
      Tensor3 answers = model.predict(batch.inputs());
      Tensor3 targets = batch.targets();
      requireShape(targets, answers, each);
      for (int n = 0; n < targets.d0(); n++) {
        for (int t = 0; t < targets.d1(); t++) {
          for (int k = 0; (!steps || batch.inputs().counts(n, t)) && k < targets.d2(); k++) {
            add(targets.get(n, t, k), answers.get(n, t, k * each + place));
          }
        }
      }
    }
    return this;
  }

  private static void requireShape(Tensor3 targets, Tensor3 answers, int each) {
    boolean same = targets.d0() == answers.d0() && targets.d1() == answers.d1();
    if (!same || (long) targets.d2() * each != answers.d2()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "RegressionMetrics: the model answers (%dx%dx%d), and the targets are %s",
              answers.d0(),
              answers.d1(),
              answers.d2() / each,
              targets.shape()));
    }
  }

  /**
   * Adds a pair.
   *
   * @param actual the actual value, finite; with NaN nothing is added
   * @param predicted the predicted value
   * @throws IllegalArgumentException if the actual value is infinite
   */
  public void add(double actual, double predicted) {
    if (Double.isNaN(actual)) {
      return;
    }
    if (Double.isInfinite(actual)) {
      throw new IllegalArgumentException(
          "RegressionMetrics: an actual value is "
              + actual
              + "; it must be finite, or NaN for none");
    }
    double error = actual - predicted;
    double size = Math.abs(error);
    count++;
    below += Math.max(error, 0);
    above += Math.max(-error, 0);
    squares += error * error;
    if (actual == 0) {
      zeros++;
    } else {
      ofActual += size / Math.abs(actual);
    }
    ofBoth += size == 0 ? 0 : 2 * size / (Math.abs(actual) + Math.abs(predicted));
    covered += actual <= predicted ? 1 : 0;
  }

  /** {@return the number of pairs} */
  public long count() {
    return count;
  }

  /** {@return the mean absolute error} */
  public double mae() {
    return (below + above) / count;
  }

  /** {@return the root of the mean squared error} */
  public double rmse() {
    return Math.sqrt(squares / count);
  }

  /**
   * {@return the mean absolute error in percent of the actual values, without the pairs whose
   * actual value is 0, see {@link #zeros}; NaN if there are no others} It is large wherever a
   * series comes near zero.
   */
  public double mape() {
    return PERCENT * ofActual / (count - zeros);
  }

  /** {@return the number of pairs whose actual value is 0, which {@link #mape} leaves out} */
  public long zeros() {
    return zeros;
  }

  /**
   * {@return the symmetric form of {@link #mape}: the error in percent of the mean of both sizes, 0
   * to 200, and 0 for a pair of zeros}
   */
  public double smape() {
    return PERCENT * ofBoth / count;
  }

  /**
   * {@return the mean absolute scaled error (Hyndman and Koehler 2006): {@link #mae} in units of
   * that of a naive forecast}
   *
   * @param naiveError the mean absolute error of a naive forecast, such as the last value, over the
   *     training part; positive
   * @throws IllegalArgumentException if it is not positive and finite, as that of a series that the
   *     naive forecast meets exactly
   */
  public double mase(double naiveError) {
    if (!(naiveError > 0 && naiveError <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "mase: the error of the naive forecast must be positive and finite, not "
              + naiveError
              + "; where it is 0 there is nothing to be better than");
    }
    return mae() / naiveError;
  }

  /**
   * {@return the mean pinball loss of predictions that should be quantiles of a level}
   *
   * @param level q, above 0 and below 1
   * @throws IllegalArgumentException if it is not
   */
  public double pinball(double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "pinball: a level must be above 0 and below 1, not " + level);
    }
    return (level * below + (1 - level) * above) / count;
  }

  /**
   * {@return the share of the actual values that are not above the predicted ones} For quantiles of
   * a level it should be near that level; the difference of two such shares is the coverage of the
   * interval between.
   */
  public double coverage() {
    return Double.isNaN(mae()) ? Double.NaN : (double) covered / count;
  }

  /** {@return the measures that need nothing else as a table, one a line} */
  @Override
  public String toString() {
    String left =
        zeros == 0 ? "" : String.format(Locale.ROOT, "  (%d actual zeros left out)", zeros);
    return String.format(
        Locale.ROOT,
        "values  %d\nMAE     %.6g\nRMSE    %.6g\nMAPE    %.4g %%%s\nsMAPE   %.4g %%",
        count,
        mae(),
        rmse(),
        mape(),
        left,
        smape());
  }
}
