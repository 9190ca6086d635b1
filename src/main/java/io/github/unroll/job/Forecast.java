package io.github.unroll.job;

import java.util.List;
import java.util.Locale;

/**
 * A forecast of the steps ahead, with an interval for each.
 *
 * @param times the time of each step as the table writes it; without a column of times its number,
 *     from 1
 * @param values the forecast of each step
 * @param low the lower end of the interval of each step
 * @param high the upper end
 * @param coverage the share of the values that should be inside the intervals
 */
public record Forecast(
    List<String> times, double[] values, double[] low, double[] high, double coverage) {

  /** {@return a table with a line for each step} */
  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    int width = Math.max(4, times.stream().mapToInt(String::length).max().orElse(0));
    String interval = String.format(Locale.ROOT, "%.0f %% interval", 100 * coverage);
    table.append(
        String.format(Locale.ROOT, "%-" + width + "s  %12s  %s%n", "step", "forecast", interval));
    for (int h = 0; h < values.length; h++) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-" + width + "s  %12s  %s to %s%n",
              times.get(h),
              number(values[h]),
              number(low[h]),
              number(high[h])));
    }
    return table.toString();
  }

  /** With five significant digits. */
  static String number(double x) {
    if (x == 0 || !Double.isFinite(x)) {
      return String.format(Locale.ROOT, "%.1f", x);
    }
    int before = (int) Math.floor(Math.log10(Math.abs(x))) + 1;
    return before > 9 || before < -4
        ? String.format(Locale.ROOT, "%.4e", x)
        : String.format(Locale.ROOT, "%." + Math.max(0, Math.min(8, 5 - before)) + "f", x);
  }
}
