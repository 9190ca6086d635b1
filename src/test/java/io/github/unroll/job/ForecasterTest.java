package io.github.unroll.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.Table;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForecasterTest {

  private static final ForecastSettings SALES = ForecastSettings.of("sales", 48).withTime("date");

  /** Quickly trained, for tests in which the error does not matter. */
  private static ForecastSettings quick(ForecastSettings settings) {
    return settings.withTraining(4, 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void should_beat_naive_forecasts_with_intervals_that_hold(long seed) {
    Backtest backtest = Forecaster.backtest(MadeData.sales(seed, 1_100), SALES, 0.2);
    assertThat(backtest.naive()).containsOnlyKeys("last value", "last season");
    assertThat(backtest.beatsNaive()).as(backtest.toString()).isTrue();
    assertThat(backtest.count()).isGreaterThan(2_000);
    assertThat(backtest.coverage()).as(backtest.toString()).isBetween(0.85, 0.95);
  }

  /** Few windows, which overlap: their errors alone would give intervals that hold about 70 %. */
  @Test
  void should_have_intervals_that_hold_for_short_series_too() {
    int runs = 40;
    double inside = 0;
    for (int run = 0; run < runs; run++) {
      double[] walk = new RandomState(run).normal(0, 1, 100);
      for (int t = 1; t < walk.length; t++) {
        walk[t] += walk[t - 1];
      }
      Table table = Table.ofNumbers(Map.of("walk", walk));
      inside += Forecaster.backtest(table, quick(ForecastSettings.of("walk", 10)), 0.2).coverage();
    }
    assertThat(inside / runs).isBetween(0.8, 0.95);
  }

  /** What stands after an origin changes neither the training before it nor the forecast. */
  @Test
  void should_never_see_what_is_after_the_origin() {
    int days = 300;
    int end = 240;
    RandomState random = new RandomState(5);
    double[] load = random.normal(50, 10, days);
    double[] weather = random.normal(0, 1, days);
    for (int t : new int[] {100, 101, end - 3, end, end + 1}) {
      load[t] = Double.NaN;
    }
    weather[end - 1] = Double.NaN;
    weather[end] = Double.NaN;
    double[] otherLoad = load.clone();
    double[] otherWeather = weather.clone();
    for (int t = end; t < days; t++) {
      otherLoad[t] = 1_000 + t;
      otherWeather[t] = -1_000 - t;
    }
    ForecastSettings settings =
        quick(ForecastSettings.of("load", 12).withSeason(7).withSeen("weather"));
    ForecastSeries series = new ForecastSeries(table(load, load, weather), settings);
    ForecastSeries other = new ForecastSeries(table(otherLoad, load, otherWeather), settings);
    Forecaster forecaster = Forecaster.train(series, end, settings);
    Forecaster same = Forecaster.train(other, end, settings);
    assertThat(same.forecast(other, end - 1).values())
        .isEqualTo(forecaster.forecast(series, end - 1).values());
    assertThat(same.forecast(other, end - 1).low())
        .isEqualTo(forecaster.forecast(series, end - 1).low());
  }

  @Test
  void should_forecast_from_no_origin_in_a_gap() {
    double[] load = new RandomState(5).normal(50, 10, 300);
    Arrays.fill(load, 250, 260, Double.NaN);
    Backtest backtest =
        Forecaster.backtest(table(load, load, load), quick(ForecastSettings.of("load", 12)), 0.2);
    assertThat(backtest.toString()).contains("from 39 origins"); // of 49 from step 240 on
    Arrays.fill(load, 60, 298, Double.NaN);
    Table mostlyGaps = table(load, load, load);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Forecaster.train(mostlyGaps, quick(ForecastSettings.of("load", 12))))
        .withMessageContaining("steps are too few, as there is no value from step ");
  }

  /** Missing rows are steps too: the last of them must not be lost in training. */
  @Test
  void should_train_up_to_the_last_row_if_rows_are_missing() {
    Table table = MadeData.sales(4, 300);
    List<String> changed = new ArrayList<>(table.texts("sales"));
    changed.set(changed.size() - 1, "999999");
    Table other = Table.ofTexts(Map.of("date", table.texts("date"), "sales", changed));
    double[] high = Forecaster.train(table, quick(SALES)).forecast(table).high();
    double[] otherHigh = Forecaster.train(other, quick(SALES)).forecast(table).high();
    assertThat(table.rows()).isLessThan(300);
    assertThat(otherHigh).isNotEqualTo(high);
  }

  @Test
  void a_session_should_give_the_bits_of_a_table() {
    Table table = MadeData.sales(4, 300);
    Forecaster forecaster = Forecaster.train(table.slice(0, 250), quick(SALES.withWindow(20)));
    ForecastSession session = forecaster.newSession(table.slice(0, 250));
    int compared = 0;
    for (int row = 250; row < table.rows(); row++) {
      double sales = table.numbers("sales")[row];
      if (!Double.isNaN(sales)) {
        Forecast next =
            session.next(Map.of("date", table.texts("date").get(row), "sales", sales, "other", 1));
        assertThat(next)
            .usingRecursiveComparison()
            .isEqualTo(forecaster.forecast(without(table.slice(0, row + 1))));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(30);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.next(Map.of("date", "2030-01-01", "sales", "")))
        .withMessageContaining("next: 'sales' is a gap");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.next(Map.of("sales", 3)))
        .withMessageContaining("next: no value of 'date' in [sales]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.next(Map.of("date", "2020-01-01", "sales", 3)))
        .withMessageContaining("2020-01-01");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> forecaster.newSession(table.slice(0, 5)).next(row(table, 5)))
        .withMessageContaining("too few");
    Forecaster known =
        Forecaster.train(
            table(new double[200], new double[200], new double[200]),
            quick(ForecastSettings.of("load", 2).withKnown("holiday")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> known.newSession(table))
        .withMessageContaining("[holiday] must be known ahead");
  }

  /** Without the rows whose cell of sales is empty, as a session gets them. */
  private static Table without(Table table) {
    double[] sales = table.numbers("sales");
    return table.part(
        IntStream.range(0, sales.length).filter(r -> !Double.isNaN(sales[r])).toArray());
  }

  private static Map<String, String> row(Table table, int row) {
    return Map.of("date", table.texts("date").get(row), "sales", table.texts("sales").get(row));
  }

  @Test
  void should_give_the_same_bits_from_a_file(@TempDir Path folder) throws IOException {
    Table table = MadeData.sales(4, 300);
    ForecastSettings settings = quick(SALES.withLog().withCoverage(0.8).withWindow(20).withSeed(7));
    Forecaster forecaster = Forecaster.train(table, settings);
    Path file = folder.resolve("sales.model");
    forecaster.save(file);
    Forecast kept = Forecaster.load(file).forecast(table);
    Forecast own = forecaster.forecast(table);
    assertThat(kept.values()).isEqualTo(own.values());
    assertThat(kept.low()).isEqualTo(own.low());
    assertThat(kept.high()).isEqualTo(own.high());
    assertThat(kept.times()).isEqualTo(own.times()).hasSize(48);
    assertThat(kept.coverage()).isEqualTo(0.8);
    assertThat(kept).hasToString(own.toString());

    int needed = forecaster.rowsNeeded();
    Table gapless = MadeData.sales(4, 300);
    assertThat(needed).isEqualTo(20 + 7);
    Table latest = gapless.slice(gapless.rows() - 60, gapless.rows());
    assertThat(forecaster.forecast(latest).values()).isEqualTo(own.values());
  }

  @Test
  void should_continue_the_times_of_the_table() {
    Table table = MadeData.sales(4, 200);
    Forecast forecast = Forecaster.train(table, quick(SALES)).forecast(table);
    String last = table.texts("date").get(table.rows() - 1);
    assertThat(forecast.times().get(0)).isGreaterThan(last).hasSameSizeAs(last);
    for (int h = 0; h < 48; h++) {
      assertThat(forecast.values()[h]).isBetween(forecast.low()[h], forecast.high()[h]);
    }
  }

  /** A value that depends on a column alone can be forecast only from that column. */
  @Test
  void should_use_what_is_known_ahead_and_what_is_seen() {
    RandomState random = new RandomState(3);
    int days = 600;
    double[] load = new double[days];
    double[] holiday = new double[days];
    double[] weather = random.normal(0, 1, days);
    for (int t = 0; t < days; t++) {
      holiday[t] = random.rand() < 0.3 ? 1 : 0;
      load[t] = 50 + 20 * holiday[t] + random.randn();
    }
    Table all = table(load, holiday, weather);
    ForecastSettings blind = ForecastSettings.of("load", 12).withSeason(1).withTraining(16, 40);
    Backtest without = Forecaster.backtest(all, blind, 0.2);
    Backtest with = Forecaster.backtest(all, blind.withKnown("holiday").withSeen("weather"), 0.2);
    assertThat(with.network().mae()).isLessThan(0.5 * without.network().mae());

    double[] future = load.clone();
    Arrays.fill(future, days - 12, days, Double.NaN);
    Forecaster forecaster = Forecaster.train(all, blind.withKnown("holiday").withSeen("weather"));
    Forecast forecast = forecaster.forecast(table(future, holiday, weather));
    assertThat(forecast.values()).hasSize(12);
    for (int h = 0; h < 12; h++) {
      assertThat(forecast.values()[h] > 60).isEqualTo(holiday[days - 12 + h] == 1);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> forecaster.forecast(all))
        .withMessage(
            "column 'holiday' is known for 0 steps after the last 'load', and the forecast is of"
                + " 12; add rows with 'load' empty");
  }

  private static Table table(double[] load, double[] holiday, double[] weather) {
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("load", load);
    columns.put("holiday", holiday);
    columns.put("weather", weather);
    return Table.ofNumbers(columns);
  }

  @Test
  void columns_should_be_found_by_name_in_any_order() {
    Table table = MadeData.sales(6, 200);
    Map<String, List<String>> turned = new LinkedHashMap<>();
    turned.put("sales", table.texts("sales"));
    turned.put("other", table.texts("sales"));
    turned.put("date", table.texts("date"));
    Forecaster forecaster = Forecaster.train(table, quick(SALES));
    assertThat(forecaster.forecast(Table.ofTexts(turned)).values())
        .isEqualTo(forecaster.forecast(table).values());
  }

  @Test
  void should_take_a_series_of_equal_values_as_it_is() {
    double[] equal = new double[300];
    Arrays.fill(equal, 5);
    Table table = Table.ofNumbers(Map.of("y", equal));
    Forecast forecast =
        Forecaster.train(table, ForecastSettings.of("y", 6).withTraining(4, 3)).forecast(table);
    for (double value : forecast.values()) {
      assertThat(value).isBetween(4.0, 6.0);
    }
  }

  @Test
  void should_refuse_what_cannot_be_forecast() {
    Table sales = MadeData.sales(4, 200);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Forecaster.train(sales.slice(0, 60), SALES))
        .withMessageContaining("are too few")
        .withMessageContaining("take at least");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Forecaster.train(sales, ForecastSettings.of("price", 48)))
        .withMessageContaining("no column 'price'")
        .withMessageContaining("[date, sales]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Forecaster.train(sales, ForecastSettings.of("date", 48)))
        .withMessageContaining("no number");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Forecaster.train(
                    Table.ofTexts(Map.of("y", java.util.Collections.nCopies(50, ""))),
                    ForecastSettings.of("y", 2)))
        .withMessage("column 'y' has no number in 50 rows; nothing can be forecast");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Forecaster.train(
                    Table.ofNumbers(Map.of("y", new double[100])),
                    ForecastSettings.of("y", 2).withLog()))
        .withMessageContaining("has no logarithm; leave log out");
    Forecaster forecaster = Forecaster.train(sales, quick(SALES));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> forecaster.forecast(sales.slice(0, 20)))
        .withMessageContaining("rows are too few to forecast from; give the last ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Forecaster.backtest(sales, SALES, 1.5))
        .withMessage("backtest: the share must be between 0 and 1, not 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Forecaster.backtest(sales, quick(SALES), 0.1))
        .withMessageContaining("the last part is shorter than the 48 steps ahead");
  }

  @Test
  void should_refuse_a_model_that_is_no_forecaster(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model");
    ModelFile.save(
        file,
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(1), 2, 1), new RandomState(0)));
    assertThatIOException()
        .isThrownBy(() -> Forecaster.load(file))
        .withMessage(file + ": holds no forecaster: its notes tell of no job forecast");
  }
}
