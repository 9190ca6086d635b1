package io.github.unroll.job;

import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The origins at which a forecaster is trained, and later ones that are held out: the last fifth.
 * At an origin the target stands, as what fills a gap may come from later steps.
 *
 * @param training the origins of the training; their steps ahead are before the first held-out one,
 *     unless the series is too short for that
 * @param heldOut the origins that are held out
 */
record ForecastOrigins(int[] training, int[] heldOut) {

  private static final double HELD_OUT = 0.2;
  private static final int FEWEST = 2;

  /**
   * The origins among the first steps of a series.
   *
   * @throws IllegalArgumentException if there are too few steps, or too many of them are gaps
   */
  static ForecastOrigins of(ForecastSeries series, int steps, int season, int window, int horizon) {
    int first = ForecastWindows.firstOrigin(season, window);
    int end = steps - horizon; // before it all steps ahead are there
    if (end - first < FEWEST) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d steps are too few: a window of %d, a season of %d and %d steps ahead take at"
                  + " least %d; give more rows, a smaller horizon or a smaller window",
              steps,
              window,
              season,
              horizon,
              first + horizon + FEWEST));
    }
    int cut = end - Math.max(1, (int) Math.round((end - first) * HELD_OUT));
    int apart = cut - horizon;
    ForecastOrigins origins =
        new ForecastOrigins(
            series.origins(first, apart > first ? apart : cut), series.origins(cut, end));
    if (origins.training.length == 0 || origins.heldOut.length == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d steps are too few, as there is no value from step %s to %s; give more rows",
              steps,
              series.timeText(origins.training.length == 0 ? first : cut),
              series.timeText((origins.training.length == 0 ? cut : end) - 1)));
    }
    return origins;
  }

  /** The number of steps before the first held-out origin. */
  int seen() {
    return heldOut[0];
  }

  /** Some of the origins, at equal distances, so many at most. */
  static int[] thinned(int most, int... origins) {
    int stride = (origins.length - 1) / most + 1;
    return IntStream.range(0, origins.length)
        .filter(i -> i % stride == 0)
        .map(i -> origins[i])
        .toArray();
  }
}
