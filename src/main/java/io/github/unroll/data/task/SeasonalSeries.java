package io.github.unroll.data.task;

import io.github.unroll.random.RandomState;
import java.util.List;

/**
 * A series that is a sum of periodic waves, the seasons, and noise:
 *
 * <pre>{@code
 * signal(t) = Σ amplitude · sin(2π · t / period)       over the seasons
 * value(t)  = signal(t) + noise · e                    e a standard Gaussian, new for each t
 * }</pre>
 *
 * <p>Even with the signal known, no forecast can have a mean squared error below noise².
 */
public final class SeasonalSeries {

  private final List<Season> seasons;
  private final double noise;

  /**
   * A wave of the series.
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
   * A series of waves and noise.
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
   * {@return the sum of the waves at a step, without noise}
   *
   * @param t the step, from 0
   */
  public double signal(int t) {
    double sum = 0;
    for (Season season : seasons) {
      sum += season.amplitude * StrictMath.sin(2 * Math.PI * t / season.period);
    }
    return sum;
  }

  /**
   * {@return the series from step 0 on, with random noise}
   *
   * @param count the number of steps
   * @param random modified: one Gaussian is drawn for each step
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
