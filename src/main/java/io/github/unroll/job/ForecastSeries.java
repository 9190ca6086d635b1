package io.github.unroll.job;

import io.github.unroll.data.Calendar;
import io.github.unroll.data.Gaps;
import io.github.unroll.data.ScaledColumns;
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
import java.util.stream.IntStream;

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
    requireNumber(settings.target(), target);
    int end = target.length;
    while (Double.isNaN(target[end - 1])) {
      end--;
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
    double[] seen = values(end);
    return settings.log() ? Arrays.stream(seen).map(StrictMath::exp).toArray() : seen;
  }

  /** The target as it is forecast: without gaps, its logarithm if that is forecast. */
  double value(int t) {
    return values[t];
  }

  /** The first values of the target as it is forecast. */
  double[] values(int end) {
    return Arrays.copyOf(values, end);
  }

  /** The steps of a range at which the target stands. */
  int[] origins(int from, int to) {
    return IntStream.range(from, to).filter(t -> !Double.isNaN(raw[t])).toArray();
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

  /** The other columns, known ones first, their scalings fitted to the steps before an end. */
  ScaledColumns fitColumns(int end) {
    Map<String, double[]> training = new LinkedHashMap<>();
    columns.forEach((name, all) -> training.put(name, Arrays.copyOf(all, end)));
    return ScaledColumns.fit(Scaling.STANDARDISE, training);
  }

  /** The columns that are known ahead, all rows, scaled and without gaps. */
  double[][] known(ScaledColumns scaled) {
    return filled(settings.known(), scaled, settings.gaps());
  }

  /** The columns that are seen, scaled, gaps filled by what stood before them alone. */
  double[][] seen(ScaledColumns scaled) {
    Gaps gaps = settings.gaps() == Gaps.INTERPOLATE ? Gaps.CARRY_ON : settings.gaps();
    return filled(settings.seen(), scaled, gaps);
  }

  private double[][] filled(List<String> names, ScaledColumns scaled, Gaps gaps) {
    return names.stream()
        .map(
            name -> {
              requireNumber(name, columns.get(name));
              return gaps.fill(scaled.scaling(name).apply(columns.get(name)));
            })
        .toArray(double[][]::new);
  }

  private static void requireNumber(String column, double... values) {
    if (Arrays.stream(values).allMatch(Double::isNaN)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "column '%s' has no number in %d rows; nothing can be forecast",
              column,
              values.length));
    }
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
