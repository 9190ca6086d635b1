package io.github.unroll.job;

import java.util.Arrays;
import java.util.Locale;

/** A forecast that any other must beat: the last value, or the last season, again and again. */
public final class NaiveForecast {

  private final int season;

  private NaiveForecast(int season) {
    this.season = season;
  }

  /** {@return the forecast that nothing changes} */
  public static NaiveForecast lastValue() {
    return new NaiveForecast(1);
  }

  /**
   * {@return the forecast that each season is like the last}
   *
   * @param steps the length of a season, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public static NaiveForecast lastSeason(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "NaiveForecast: a season has at least 1 step, not " + steps);
    }
    return new NaiveForecast(steps);
  }

  /**
   * {@return the values that follow a series}
   *
   * @param seen the series, without gaps; only its last season is read
   * @param horizon the number of values
   * @throws IllegalArgumentException if the series is shorter than a season
   */
  public double[] forecast(double[] seen, int horizon) {
    if (seen.length < season) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "NaiveForecast: a series of %d values is shorter than a season of %d",
              seen.length,
              season));
    }
    double[] next = new double[horizon];
    Arrays.setAll(next, h -> seen[seen.length - season + h % season]);
    return next;
  }
}
