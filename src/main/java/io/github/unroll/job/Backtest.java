package io.github.unroll.job;

import io.github.unroll.train.RegressionMetrics;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The errors of forecasts from one origin after another, beside those of the naive forecasts that
 * must be beaten. {@link #toString} is a table.
 */
public final class Backtest {

  private final ForecastSeries series;
  private final ForecastSettings settings;
  private final int season;
  private final double naiveError; // of one season ahead, on the steps that were learned
  private final RegressionMetrics network = new RegressionMetrics();
  private final Map<String, NaiveForecast> naive = new LinkedHashMap<>();
  private final Map<String, RegressionMetrics> naiveErrors = new LinkedHashMap<>();
  private int origins;
  private long inside;

  Backtest(ForecastSeries series, ForecastSettings settings, int season, int learned) {
    this.series = series;
    this.settings = settings;
    this.season = season;
    this.naiveError = naiveError(series, season, learned);
    naive.put("last value", NaiveForecast.lastValue());
    if (season > 1) {
      naive.put("last season", NaiveForecast.lastSeason(season));
    }
    naive.keySet().forEach(name -> naiveErrors.put(name, new RegressionMetrics()));
  }

  private static double naiveError(ForecastSeries series, int season, int learned) {
    double sum = 0;
    int number = 0;
    for (int t = season; t < learned; t++) {
      double error = Math.abs(series.raw(t) - series.raw(t - season));
      if (!Double.isNaN(error)) {
        sum += error;
        number++;
      }
    }
    return sum / number;
  }

  /** Adds a forecast from an origin; values in gaps are left out. */
  void add(int origin, Forecast forecast) {
    origins++;
    double[] seen = series.rawWithoutGaps(origin + 1);
    for (int h = 0; h < settings.horizon(); h++) {
      double truth = series.raw(origin + 1 + h);
      network.add(truth, forecast.values()[h]);
      if (forecast.low()[h] <= truth && truth <= forecast.high()[h]) {
        inside++;
      }
    }
    naive.forEach(
        (name, way) -> {
          double[] next = way.forecast(seen, settings.horizon());
          for (int h = 0; h < next.length; h++) {
            naiveErrors.get(name).add(series.raw(origin + 1 + h), next[h]);
          }
        });
  }

  void requireAny() {
    if (network.count() == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "backtest: the last part is shorter than the %d steps ahead, or all gaps; take a"
                  + " greater share",
              settings.horizon()));
    }
  }

  /** {@return the errors of the network's forecasts} */
  public RegressionMetrics network() {
    return network;
  }

  /** {@return the errors of the naive forecasts, by name} */
  public Map<String, RegressionMetrics> naive() {
    return Map.copyOf(naiveErrors);
  }

  /** {@return the share of the values that were inside their interval} */
  public double coverage() {
    return (double) inside / network.count();
  }

  /** {@return the number of forecast values that could be compared} */
  public long count() {
    return network.count();
  }

  /** {@return whether the network's mean absolute error is below that of every naive forecast} */
  public boolean beatsNaive() {
    return naiveErrors.values().stream().allMatch(naive -> network.mae() < naive.mae());
  }

  /** {@return the errors in a table, and how many values were inside the interval} */
  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(Locale.ROOT, "%-16s%12s%12s%10s%8s%n", "", "MAE", "RMSE", "sMAPE", "MASE"));
    line(table, "network", network);
    naiveErrors.forEach(
        (name, errors) ->
            line(table, name.equals("last season") ? name + " (" + season + ")" : name, errors));
    table.append(
        String.format(
            Locale.ROOT,
            "%d steps ahead from %d origins: %d values, %.1f %% of them inside the %.0f %%"
                + " interval%n",
            settings.horizon(),
            origins,
            count(),
            100 * coverage(),
            100 * settings.coverage()));
    return table.toString();
  }

  private void line(StringBuilder table, String name, RegressionMetrics errors) {
    table.append(
        String.format(
            Locale.ROOT,
            "%-16s%12s%12s%9.2f%%%8.3f%n",
            name,
            Forecast.number(errors.mae()),
            Forecast.number(errors.rmse()),
            errors.smape(),
            naiveError > 0 ? errors.mase(naiveError) : Double.NaN)); // all equal in training
  }
}
