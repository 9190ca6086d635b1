package io.github.unroll.job;

import io.github.unroll.data.Calendar;
import io.github.unroll.data.ScaledColumns;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;

/**
 * What the network reads and answers. It reads a window of steps up to an origin, the last step
 * that is seen, and then the steps ahead, of which only known columns are told; at each step ahead
 * it answers how far the value is from that of the last season.
 *
 * <p>Inputs of a step: the difference to a season before (0 ahead), the columns that are seen (0
 * ahead), 1 if the step is seen, how far the season before was from the mean of those before it,
 * the columns that are known ahead, the calendar, and how far ahead the step is.
 */
final class ForecastWindows {

  static final int MEAN_OF_SEASONS = 4;

  private final ForecastSeries series;
  private final int season;
  private final int window;
  private final int horizon;
  private final double scale;
  private final double[][] seen;
  private final double[][] known;
  private final Matrix calendar; // null if there is none

  ForecastWindows(
      ForecastSeries series,
      ForecastSettings settings,
      int season,
      int window,
      double scale,
      ScaledColumns columns,
      Calendar calendar) {
    this.series = series;
    this.season = season;
    this.window = window;
    this.horizon = settings.horizon();
    this.scale = scale;
    this.seen = series.seen(columns);
    this.known = series.known(columns);
    this.calendar = series.columns(calendar);
  }

  /** The number of inputs of a step. */
  int width() {
    return 4 + seen.length + known.length + (calendar == null ? 0 : calendar.cols());
  }

  /** The first origin that has a whole window before it, and a season before that. */
  static int firstOrigin(int season, int window) {
    return window + season - 1;
  }

  /** The step a whole number of seasons before one ahead of an origin, at most the origin. */
  private int base(int origin, int step) {
    int seasons = step <= origin ? 1 : (step - origin - 1) / season + 1;
    return step - seasons * season;
  }

  private double difference(int t) {
    return (series.value(t) - series.value(t - season)) / scale;
  }

  /** How far a value is from the mean of those at the same place of some seasons before. */
  private double deviation(int t) {
    double sum = 0;
    int number = 0;
    for (int i = 1; i <= MEAN_OF_SEASONS && t - i * season >= 0; i++) {
      sum += series.value(t - i * season);
      number++;
    }
    return number == 0 ? 0 : (series.value(t) - sum / number) / scale;
  }

  /** The inputs of some origins (N, window + horizon, inputs). */
  Tensor3 inputs(int... origins) {
    Tensor3 xs = new Tensor3(origins.length, window + horizon, width());
    for (int n = 0; n < origins.length; n++) {
      for (int i = 0; i < window + horizon; i++) {
        put(xs, n, i, origins[n], origins[n] - window + 1 + i);
      }
    }
    return xs;
  }

  private void put(Tensor3 xs, int n, int i, int origin, int step) {
    boolean isSeen = step <= origin;
    int j = 0;
    xs.set(n, i, j++, isSeen ? difference(step) : 0);
    for (double[] column : seen) {
      xs.set(n, i, j++, isSeen ? column[step] : 0);
    }
    xs.set(n, i, j++, isSeen ? 1 : 0);
    xs.set(n, i, j++, deviation(base(origin, step)));
    for (double[] column : known) {
      xs.set(n, i, j++, column[step]);
    }
    for (int k = 0; calendar != null && k < calendar.cols(); k++) {
      xs.set(n, i, j++, calendar.get(step, k));
    }
    xs.set(n, i, j, isSeen ? 0 : (double) (step - origin) / horizon);
  }

  /** A batch of some origins; a target in a gap, and every step that is seen, is ignored. */
  SequenceTargets batch(int... origins) {
    Tensor3 targets = new Tensor3(origins.length, window + horizon, 1);
    targets.fill(Double.NaN);
    for (int n = 0; n < origins.length; n++) {
      for (int h = 1; h <= horizon; h++) {
        targets.set(n, window + h - 1, 0, answer(origins[n], origins[n] + h));
      }
    }
    return new SequenceTargets(inputs(origins), null, targets);
  }

  /** What the network should answer; NaN in a gap. */
  double answer(int origin, int step) {
    return Double.isNaN(series.raw(step))
        ? Double.NaN
        : (series.value(step) - series.value(base(origin, step))) / scale;
  }

  /** The value that an answer means, as it stands in the table. */
  double value(int origin, int step, double answer) {
    return series.toRaw(series.value(base(origin, step)) + scale * answer);
  }

  int window() {
    return window;
  }
}
