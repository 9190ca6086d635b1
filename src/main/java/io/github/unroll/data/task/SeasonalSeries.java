package io.github.unroll.data.task;

import io.github.unroll.random.RandomState;
import java.util.List;

/**
 * A series of values that repeats itself in seasons, of several lengths at once, under noise:
 *
 * <pre>{@code
 * signal(t) = Σ amplitude · sin(2π · t / period)       over the seasons
 * value(t)  = signal(t) + noise · e                    e a standard Gaussian, each t its own
 * }</pre>
 *
 * <p>Who knows the signal can forecast no better than with a mean squared error of noise².
 */
public final class SeasonalSeries {

  private final List<Season> seasons;
  private final double noise;

  /**
   * A wave that the series is made of.
   *
   * @param period its length in steps, positive
   * @param amplitude its greatest value
   */
  public record Season(double period, double amplitude) {

    /**
     * A wave.
     *
     * @param period its length in steps, positive
     * @param amplitude its greatest value
     * @throws IllegalArgumentException if period is not positive, or one of the two not finite
     */
    public Season {
      if (!(period > 0 && Double.isFinite(period))) {
        throw new IllegalArgumentException(
            "Season: period must be positive and finite, not " + period);
      }
      if (!Double.isFinite(amplitude)) {
        throw new IllegalArgumentException("Season: amplitude must be finite, not " + amplitude);
      }
    }
  }

  /**
   * A series.
   *
   * @param seasons its waves, at least one
   * @param noise standard deviation of the noise, 0 for none
   * @throws IllegalArgumentException if there is no season, or noise is negative or not finite
   */
  public SeasonalSeries(List<Season> seasons, double noise) {
    if (seasons.isEmpty()) {
      throw new IllegalArgumentException("SeasonalSeries: no seasons; pass at least one");
    }
    if (!(noise >= 0 && Double.isFinite(noise))) {
      throw new IllegalArgumentException(
          "SeasonalSeries: noise must be finite and not below 0, not " + noise);
    }
    this.seasons = List.copyOf(seasons);
    this.noise = noise;
  }

  /**
   * The value at a step, but for the noise.
   *
   * @param t the step, from 0
   * @return the sum of the waves
   */
  public double signal(int t) {
    double sum = 0;
    for (Season season : seasons) {
      sum += season.amplitude * StrictMath.sin(2 * Math.PI * t / season.period);
    }
    return sum;
  }

  /**
   * Draws the series from step 0 on.
   *
   * @param count how many steps
   * @param random modified: one Gaussian is drawn a step
   * @return (count)
   * @throws IllegalArgumentException if count is negative
   */
  public double[] draw(int count, RandomState random) {
    double[] values = random.normal(0, noise, count);
    for (int t = 0; t < count; t++) {
      values[t] += signal(t);
    }
    return values;
  }
}
