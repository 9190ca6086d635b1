package io.github.unroll.job;

import io.github.unroll.data.Calendar;
import io.github.unroll.data.FittedScaling;
import io.github.unroll.data.Scaling;
import io.github.unroll.data.Table;
import io.github.unroll.data.TimeColumn;
import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The series of a table, step by step without a missing one, and its other columns. After the last
 * value of the target may come rows that only tell what is known ahead.
 */
final class ForecastSeries {

  private final ForecastSettings settings;
  private final Optional<TimeColumn> times;
  private final double[] raw; // up to the last value; NaN in gaps
  private final double[] values; // raw without gaps, its logarithm if that is forecast
  private final Map<String, double[]> columns = new LinkedHashMap<>(); // as in the table

  ForecastSeries(Table table, ForecastSettings settings) {
    this.settings = settings;
    this.times = settings.time().map(table::times);
    double[] target = atEveryStep(table.numbers(settings.target()));
    int end = target.length;
    while (end > 0 && Double.isNaN(target[end - 1])) {
      end--;
    }
    if (end == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "column '%s' has no number in %d rows; nothing can be forecast",
              settings.target(),
              table.rows()));
    }
    this.raw = Arrays.copyOf(target, end);
    this.values = settings.gaps().fill(raw);
    if (settings.log()) {
      for (int t = 0; t < values.length; t++) {
        if (!(values[t] > 0)) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "column '%s' is %s at step %s, which has no logarithm; leave log out",
                  settings.target(),
                  values[t],
                  timeText(t)));
        }
        values[t] = StrictMath.log(values[t]);
      }
    }
    settings.known().forEach(name -> columns.put(name, atEveryStep(table.numbers(name))));
    settings.seen().forEach(name -> columns.put(name, atEveryStep(table.numbers(name))));
  }

  private double[] atEveryStep(double[] rows) {
    return times.map(column -> column.atEveryStep(rows)).orElse(rows);
  }

  /** The number of steps up to the last value of the target. */
  int length() {
    return raw.length;
  }

  /** The target as it stands in the table; NaN in a gap. */
  double raw(int t) {
    return raw[t];
  }

  /** The target without gaps, up to a step and as it stands in the table. */
  double[] rawWithoutGaps(int end) {
    double[] seen = Arrays.copyOf(values, end);
    return settings.log() ? Arrays.stream(seen).map(StrictMath::exp).toArray() : seen;
  }

  /** The target as it is forecast: without gaps, its logarithm if that is forecast. */
  double value(int t) {
    return values[t];
  }

  /** A value as it stands in the table, of one as it is forecast. */
  double toRaw(double value) {
    return settings.log() ? StrictMath.exp(value) : value;
  }

  /** The season of the settings, or the usual one of the step; 1 if there is none. */
  int season() {
    return settings.season() > 0 ? settings.season() : times.map(TimeColumn::usualSeason).orElse(1);
  }

  /** The time of a step, after the last row too; without times its number, from 1. */
  String timeText(int t) {
    return times.map(column -> column.timeText(t)).orElseGet(() -> Integer.toString(t + 1));
  }

  /** The calendar of the times; none without times. */
  Calendar usualCalendar() {
    return times.map(Calendar::of).orElseGet(() -> Calendar.of("none"));
  }

  /** The columns of a calendar, for the steps ahead too (steps, width). */
  Matrix columns(Calendar calendar) {
    int steps = raw.length + settings.horizon();
    return calendar.width() == 0 || times.isEmpty()
        ? null
        : calendar.columns(times.get(), 0, steps);
  }

  /** The scaling of each other column, fitted to the steps before an end. */
  Map<String, FittedScaling> fitColumns(int end) {
    Map<String, FittedScaling> scalings = new LinkedHashMap<>();
    columns.forEach(
        (name, all) -> {
          try {
            scalings.put(
                name, Scaling.STANDARDISE.fit(Arrays.copyOf(all, Math.min(end, all.length))));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                String.format(Locale.ROOT, "column '%s': %s", name, e.getMessage()), e);
          }
        });
    return scalings;
  }

  /** Columns without gaps, scaled; of those that are known ahead all rows. */
  double[][] scaled(List<String> names, Map<String, FittedScaling> scalings) {
    return names.stream()
        .map(name -> scalings.get(name).apply(settings.gaps().fill(columns.get(name))))
        .toArray(double[][]::new);
  }

  /** Throws unless the known columns have rows for all steps ahead of the last value. */
  void requireKnownAhead() {
    for (String name : settings.known()) {
      double[] all = columns.get(name);
      int ahead = all.length - raw.length;
      while (ahead > 0 && Double.isNaN(all[raw.length + ahead - 1])) {
        ahead--;
      }
      if (ahead < settings.horizon()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "column '%s' is known for %d steps after the last '%s', and the forecast is of %d;"
                    + " add rows with '%s' empty",
                name,
                ahead,
                settings.target(),
                settings.horizon(),
                settings.target()));
      }
    }
  }
}
