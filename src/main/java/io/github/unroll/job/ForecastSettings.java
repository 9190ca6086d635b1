package io.github.unroll.job;

import io.github.unroll.data.Gaps;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a forecast: what is forecast from which columns, how far, and how the network is
 * trained.
 *
 * <pre>{@code
 * ForecastSettings.of("sales", 48).withTime("date")
 * ForecastSettings.of("load", 96).withTime("time").withSeason(96).withKnown("holiday").withSeen("temperature")
 * }</pre>
 *
 * @param target the column that is forecast
 * @param time the column of the times; without it every row is the next step
 * @param horizon the number of steps that are forecast, at least 1
 * @param season the number of steps after which the series repeats itself, 1 for none; 0 for the
 *     usual one of the step, such as 7 of days
 * @param window the number of steps that the network reads before it forecasts; 0 for as many as
 *     suit season and horizon
 * @param known columns that are known for the steps ahead too, such as holidays or prices
 * @param seen columns that are known only up to the last step, such as the weather
 * @param gaps what stands in the place of a gap; one of the target is never learned, and one of a
 *     column that is only seen is never filled from later rows
 * @param log whether the logarithm of the target is forecast: for positive series whose swings grow
 *     with their level
 * @param coverage the share of the values that should be inside the interval, between 0 and 1
 * @param hidden the hidden size of the network, at least 1
 * @param epochs the greatest number of epochs, at least 1; training stops before if the error on
 *     the last part of the series no longer falls
 * @param seed the seed of everything random
 */
public record ForecastSettings(
    String target,
    Optional<String> time,
    int horizon,
    int season,
    int window,
    List<String> known,
    List<String> seen,
    Gaps gaps,
    boolean log,
    double coverage,
    int hidden,
    int epochs,
    long seed) {

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of range or a column is named twice
   */
  public ForecastSettings {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(gaps, "gaps");
    known = List.copyOf(known);
    seen = List.copyOf(seen);
    require(horizon >= 1, "horizon must be at least 1, not %d", horizon);
    require(season >= 0, "season must be at least 1, or 0 for the usual one, not %d", season);
    require(window >= 0, "window must be at least 1, or 0 for a suitable one, not %d", window);
    require(coverage > 0 && coverage < 1, "coverage must be between 0 and 1, not %s", coverage);
    require(hidden >= 1, "hidden must be at least 1, not %d", hidden);
    require(epochs >= 1, "epochs must be at least 1, not %d", epochs);
    Set<String> names = new HashSet<>(Set.of(target));
    time.ifPresent(name -> requireNew(names, name));
    known.forEach(name -> requireNew(names, name));
    seen.forEach(name -> requireNew(names, name));
  }

  private static void require(boolean right, String otherwise, Object... details) {
    if (!right) {
      throw new IllegalArgumentException(
          "ForecastSettings: " + String.format(Locale.ROOT, otherwise, details));
    }
  }

  private static void requireNew(Set<String> names, String name) {
    require(names.add(name), "column '%s' is named twice", name);
  }

  /**
   * {@return settings with an LSTM of 32 hidden units, the usual season, a suitable window and an
   * interval that should hold 90 % of the values}
   *
   * @param target the column that is forecast
   * @param horizon the number of steps that are forecast, at least 1
   * @throws IllegalArgumentException if the horizon is below 1
   */
  public static ForecastSettings of(String target, int horizon) {
    return new ForecastSettings(
        target,
        Optional.empty(),
        horizon,
        0,
        0,
        List.of(),
        List.of(),
        Gaps.INTERPOLATE,
        false,
        0.9,
        32,
        60,
        0);
  }

  /** {@return the same with a column of times} */
  public ForecastSettings withTime(String column) {
    return new ForecastSettings(
        target,
        Optional.of(column),
        horizon,
        season,
        window,
        known,
        seen,
        gaps,
        log,
        coverage,
        hidden,
        epochs,
        seed);
  }

  /** {@return the same with a season of so many steps, 1 for none} */
  public ForecastSettings withSeason(int steps) {
    return new ForecastSettings(
        target, time, horizon, steps, window, known, seen, gaps, log, coverage, hidden, epochs,
        seed);
  }

  /** {@return the same with a window of so many steps} */
  public ForecastSettings withWindow(int steps) {
    return new ForecastSettings(
        target, time, horizon, season, steps, known, seen, gaps, log, coverage, hidden, epochs,
        seed);
  }

  /** {@return the same with columns that are known for the steps ahead too} */
  public ForecastSettings withKnown(String... columns) {
    return new ForecastSettings(
        target,
        time,
        horizon,
        season,
        window,
        List.of(columns),
        seen,
        gaps,
        log,
        coverage,
        hidden,
        epochs,
        seed);
  }

  /** {@return the same with columns that are known only up to the last step} */
  public ForecastSettings withSeen(String... columns) {
    return new ForecastSettings(
        target,
        time,
        horizon,
        season,
        window,
        known,
        List.of(columns),
        gaps,
        log,
        coverage,
        hidden,
        epochs,
        seed);
  }

  /** {@return the same with another way to fill gaps} */
  public ForecastSettings withGaps(Gaps way) {
    return new ForecastSettings(
        target, time, horizon, season, window, known, seen, way, log, coverage, hidden, epochs,
        seed);
  }

  /** {@return the same, forecasting the logarithm} */
  public ForecastSettings withLog() {
    return new ForecastSettings(
        target, time, horizon, season, window, known, seen, gaps, true, coverage, hidden, epochs,
        seed);
  }

  /** {@return the same with another share of values in the interval} */
  public ForecastSettings withCoverage(double share) {
    return new ForecastSettings(
        target, time, horizon, season, window, known, seen, gaps, log, share, hidden, epochs, seed);
  }

  /** {@return the same with another hidden size and greatest number of epochs} */
  public ForecastSettings withTraining(int hiddenSize, int greatestEpochs) {
    return new ForecastSettings(
        target,
        time,
        horizon,
        season,
        window,
        known,
        seen,
        gaps,
        log,
        coverage,
        hiddenSize,
        greatestEpochs,
        seed);
  }

  /** {@return the same with another seed} */
  public ForecastSettings withSeed(long other) {
    return new ForecastSettings(
        target, time, horizon, season, window, known, seen, gaps, log, coverage, hidden, epochs,
        other);
  }
}
