package io.github.unroll.data;

/** What stands in the place of a gap, a NaN, in a series. */
public enum Gaps {
  /**
   * A straight line between the values around the gap; before the first value that one, after the
   * last that one.
   */
  INTERPOLATE,
  /** The value before the gap; before the first value that one. */
  CARRY_ON,
  /** Zero, which is the mean of a standardised series. */
  ZERO;

  /**
   * {@return the series without gaps}
   *
   * @param series values in order of time, not modified; NaN where there is a gap
   * @throws IllegalArgumentException if there is nothing but gaps, unless they become zeros
   */
  public double[] fill(double... series) {
    double[] filled = series.clone();
    int before = -1; // the index of the latest value
    for (int t = 0; t < series.length; t++) {
      if (!Double.isNaN(series[t])) {
        fill(filled, before, t);
        before = t;
      }
    }
    if (before < 0 && series.length > 0 && this != ZERO) {
      throw Fault.of(
          "Gaps.fill: all %d values are gaps; there is nothing to fill with", series.length);
    }
    fill(filled, before, series.length);
    return filled;
  }

  /** Fills between two values; -1 and the length stand for none. */
  private void fill(double[] series, int before, int after) {
    for (int t = before + 1; t < after; t++) {
      if (this == ZERO) {
        series[t] = 0;
      } else if (before < 0) {
        series[t] = series[after];
      } else if (after == series.length || this == CARRY_ON) {
        series[t] = series[before];
      } else {
        double part = (double) (t - before) / (after - before);
        series[t] = series[before] + part * (series[after] - series[before]);
      }
    }
  }
}
