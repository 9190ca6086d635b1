package io.github.unroll.data;

import java.util.Arrays;

/**
 * The difference between each value of a series and that of some steps before: of one step it takes
 * a trend away, of a season's length the season too.
 *
 * <pre>{@code
 * Difference weekly = new Difference(7);
 * double[] inputs = weekly.apply(series);               // the first 7 are NaN
 * double[] next = weekly.invert(answers, series);       // values that continue the series
 * }</pre>
 *
 * @param lag the number of steps between the two values, at least 1
 */
public record Difference(int lag) {

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public Difference {
    if (lag < 1) {
      throw Fault.of("Difference: the lag must be at least 1, not %d", lag);
    }
  }

  /** {@return the differences, as many as there are values; NaN for the first ones} */
  public double[] apply(double... series) {
    double[] differences = new double[series.length];
    for (int t = 0; t < series.length; t++) {
      differences[t] = t < lag ? Double.NaN : series[t] - series[t - lag];
    }
    return differences;
  }

  /**
   * {@return the values that continue a series with given differences}
   *
   * @param differences of the values that follow the series
   * @param before the series; only its last values are read, as many as the lag
   * @throws IllegalArgumentException if the series is shorter than the lag
   */
  public double[] invert(double[] differences, double... before) {
    if (before.length < lag) {
      throw Fault.of(
          "Difference.invert: a series of %d values; it takes the last %d; pass a longer one",
          before.length, lag);
    }
    double[] all = new double[lag + differences.length];
    System.arraycopy(before, before.length - lag, all, 0, lag);
    for (int t = 0; t < differences.length; t++) {
      all[lag + t] = all[t] + differences[t];
    }
    return Arrays.copyOfRange(all, lag, all.length);
  }
}
