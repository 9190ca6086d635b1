package io.github.unroll.job;

import io.github.unroll.data.Calendar;
import io.github.unroll.data.Difference;
import io.github.unroll.data.ScaledColumns;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.ShuffledBatches;
import io.github.unroll.data.Table;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.SavedModel;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.EarlyStopping;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A network that forecasts a column of a table, trained on it, kept in a file and used on new rows.
 *
 * <pre>{@code
 * Table sales = Table.read(Path.of("sales.csv"));
 * ForecastSettings settings = ForecastSettings.of("sales", 48).withTime("date");
 * System.out.println(Forecaster.backtest(sales, settings, 0.2));    // beside naive forecasts
 * Forecaster forecaster = Forecaster.train(sales, settings);
 * System.out.println(forecaster.forecast(sales));
 * forecaster.save(Path.of("sales.model"));
 * }</pre>
 *
 * <p>The network is an LSTM. It answers all steps ahead at once, each as the distance from the
 * value a whole number of seasons before, so that trend and season need not be learned. The
 * interval comes from the errors on the last part of the series, which no weight was trained on;
 * each step ahead has its own.
 */
public final class Forecaster {

  private static final int BATCH = 32;
  private static final int MOST_WINDOWS = 1_000; // of an epoch
  private static final int PATIENCE = 8;

  private final ForecastSettings settings;
  private final SequenceRegressor model;
  private final ForecastFigures figures;

  Forecaster(ForecastSettings settings, SequenceRegressor model, ForecastFigures figures) {
    this.settings = settings;
    this.model = model;
    this.figures = figures;
  }

  // ---- training ----

  /**
   * Trains a network on a table. The last fifth of its steps is not learned: it tells when to stop
   * and how wide the intervals are.
   *
   * @param table rows in the order of time
   * @param settings the settings
   * @param listeners called during the training
   * @return the trained forecaster
   * @throws IllegalArgumentException if a column is not there or holds what it must not, or there
   *     are too few rows; the message says how many are needed
   */
  public static Forecaster train(
      Table table, ForecastSettings settings, TrainingListener... listeners) {
    ForecastSeries series = new ForecastSeries(table, settings);
    return train(series, series.length(), settings, listeners);
  }

  /** Trains on the first steps of a series. */
  static Forecaster train(
      ForecastSeries series, int steps, ForecastSettings settings, TrainingListener... listeners) {
    int season = series.season();
    int window = window(settings, season, steps);
    int horizon = settings.horizon();
    ForecastOrigins origins = ForecastOrigins.of(series, steps, season, window, horizon);
    double scale = spread(new Difference(season).apply(series.values(origins.seen())));
    ScaledColumns columns = series.fitColumns(origins.seen());
    Calendar calendar = series.usualCalendar();
    ForecastWindows windows =
        new ForecastWindows(series, settings, season, window, scale, columns, calendar);
    SequenceRegressor model = trained(windows, origins, settings, listeners);
    Residuals residuals = new Residuals(horizon);
    for (int origin : origins.heldOut()) {
      residuals.add(windows, origin, answers(model, windows, origin));
    }
    return new Forecaster(
        settings,
        model,
        new ForecastFigures(
            season,
            window,
            scale,
            columns,
            calendar,
            residuals.low(settings.coverage()),
            residuals.high(settings.coverage())));
  }

  private static SequenceRegressor trained(
      ForecastWindows windows,
      ForecastOrigins origins,
      ForecastSettings settings,
      TrainingListener... listeners) {
    RandomState random = new RandomState(settings.seed());
    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(windows.width()), settings.hidden(), 1)
                .withReadout(Readout.EVERY),
            random);
    Validation heldOut =
        Validation.byLoss(model, batches(windows, origins.heldOut(), new RandomState(0)))
            .stopping(EarlyStopping.after(PATIENCE))
            .keepingBest();
    new Trainer<>(model, new Adam(0.005), GradientClipping.byGlobalNorm(1), listeners)
        .train(
            batches(windows, origins.training(), random),
            TrainingPlan.of(settings.epochs()).with(heldOut));
    return model;
  }

  /** Two seasons and the horizon, but not more than a quarter of the series. */
  private static int window(ForecastSettings settings, int season, int steps) {
    if (settings.window() > 0) {
      return settings.window();
    }
    int wanted =
        season > 1
            ? Math.max(2 * season, Math.min(settings.horizon(), 4 * season))
            : Math.max(16, Math.min(2 * settings.horizon(), 64));
    return Math.max(1, Math.min(wanted, steps / 4));
  }

  /** The root of the mean square; 1 if all are zero. */
  private static double spread(double... differences) {
    double[] known = Arrays.stream(differences).filter(d -> !Double.isNaN(d)).toArray();
    double squares = Arrays.stream(known).map(d -> d * d).sum();
    return squares > 0 ? Math.sqrt(squares / known.length) : 1;
  }

  private static ShuffledBatches<SequenceTargets> batches(
      ForecastWindows windows, int[] all, RandomState random) {
    int[] origins = ForecastOrigins.thinned(MOST_WINDOWS, all);
    return new ShuffledBatches<>(
        origins.length,
        BATCH,
        random,
        which -> windows.batch(IntStream.of(which).map(i -> origins[i]).toArray()));
  }

  /** The network's answers for the steps ahead of an origin. */
  private static double[] answers(SequenceRegressor model, ForecastWindows windows, int origin) {
    Tensor3 all = model.predict(windows.inputs(origin));
    return Arrays.copyOfRange(all.data(), windows.window(), all.d1());
  }

  // ---- use ----

  /**
   * {@return the forecast of the steps after the last row in which the target stands}
   *
   * @param table the latest rows, at least as many as {@link #rowsNeeded}; if columns are known
   *     ahead, also a row for each step ahead, in which the target is empty
   * @throws IllegalArgumentException if a column is not there or holds what it must not, or there
   *     are too few rows
   */
  public Forecast forecast(Table table) {
    ForecastSeries series = new ForecastSeries(table, settings);
    requireRows(series.length());
    series.requireKnownAhead();
    return forecast(series, series.length() - 1);
  }

  /**
   * {@return the latest values, and how the last of them would have been forecast}
   *
   * @param table the latest rows, at least a horizon more than {@link #rowsNeeded}
   * @param count the number of values, at most all; never fewer than the horizon
   * @throws IllegalArgumentException if a column is not there or holds what it must not, or there
   *     are too few rows
   */
  public PastForecast past(Table table, int count) {
    ForecastSeries series = new ForecastSeries(table, settings);
    int horizon = settings.horizon();
    requireRows(series.length() - horizon);
    int length = series.length();
    int from = Math.max(0, length - Math.max(count, horizon));
    return new PastForecast(
        IntStream.range(from, length).mapToObj(series::timeText).toList(),
        IntStream.range(from, length).mapToDouble(series::raw).toArray(),
        forecast(series, length - horizon - 1));
  }

  private void requireRows(int steps) {
    if (steps < rowsNeeded()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d rows are too few to forecast from; give the last %d",
              steps,
              rowsNeeded()));
    }
  }

  /** {@return the number of steps, each a row unless rows are missing, that a forecast needs} */
  public int rowsNeeded() {
    return ForecastWindows.firstOrigin(figures.season(), figures.window()) + 1;
  }

  /** {@return the number of steps that a forecast reads, if there are more than it needs} */
  int rowsRead() {
    return rowsNeeded() + ForecastWindows.MEAN_OF_SEASONS * figures.season();
  }

  /**
   * {@return a session that forecasts anew with each further row}
   *
   * @param recent the latest rows, {@link #rowsNeeded} with the first one to come; more of them, up
   *     to four seasons, tell it more
   * @throws IllegalArgumentException if a column is not there, or the settings have columns that
   *     are known ahead
   */
  public ForecastSession newSession(Table recent) {
    return new ForecastSession(this, recent);
  }

  private ForecastWindows windows(ForecastSeries series) {
    return new ForecastWindows(
        series,
        settings,
        figures.season(),
        figures.window(),
        figures.scale(),
        figures.columns(),
        figures.calendar());
  }

  Forecast forecast(ForecastSeries series, int origin) {
    ForecastWindows windows = windows(series);
    double[] answers = answers(model, windows, origin);
    int horizon = settings.horizon();
    List<String> times = new ArrayList<>();
    double[] values = new double[horizon];
    double[] low = new double[horizon];
    double[] high = new double[horizon];
    for (int h = 0; h < horizon; h++) {
      int step = origin + 1 + h;
      times.add(series.timeText(step));
      values[h] = windows.value(origin, step, answers[h]);
      low[h] = windows.value(origin, step, answers[h] + figures.low()[h]);
      high[h] = windows.value(origin, step, answers[h] + figures.high()[h]);
    }
    return new Forecast(times, values, low, high, settings.coverage());
  }

  /**
   * {@return the errors of forecasts on the last part of a table, beside those of naive forecasts}
   * A forecaster is trained on the rows before that part; then it forecasts from one origin after
   * another in it, and never sees a value that it is asked for.
   *
   * @param table rows in the order of time
   * @param settings the settings
   * @param share the share of the steps that the last part has, between 0 and 1
   * @param listeners called during the training
   * @throws IllegalArgumentException if a column is not there or holds what it must not, there are
   *     too few rows, or the share is not between 0 and 1
   */
  public static Backtest backtest(
      Table table, ForecastSettings settings, double share, TrainingListener... listeners) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "backtest: the share must be between 0 and 1, not %s", share));
    }
    ForecastSeries series = new ForecastSeries(table, settings);
    int begin = series.length() - (int) Math.round(series.length() * share);
    Forecaster forecaster = train(series, begin, settings, listeners);
    Backtest backtest = new Backtest(series, settings, forecaster.figures.season(), begin);
    for (int origin : series.origins(begin - 1, series.length() - settings.horizon())) {
      backtest.add(origin, forecaster.forecast(series, origin));
    }
    backtest.requireAny();
    return backtest;
  }

  /** {@return the settings} */
  public ForecastSettings settings() {
    return settings;
  }

  /** {@return the network} */
  public SequenceRegressor model() {
    return model;
  }

  // ---- kept ----

  /**
   * Saves the network with all that {@link #forecast} needs, as {@link ModelFile} does.
   *
   * @param file created or replaced
   * @throws IOException if the file cannot be written
   */
  public void save(Path file) throws IOException {
    ModelFile.save(file, model, ForecastNotes.of(settings, figures));
  }

  /**
   * Loads a forecaster.
   *
   * @param file what {@link #save} wrote
   * @return a forecaster that gives the same bits
   * @throws IOException naming the file, if it cannot be read or holds no forecaster
   */
  public static Forecaster load(Path file) throws IOException {
    SavedModel<SequenceRegressor> saved = ModelFile.load(file, SequenceRegressor.class);
    try {
      ForecastNotes notes = new ForecastNotes(saved.notes());
      return new Forecaster(notes.settings(), saved.model(), notes.figures());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: holds no forecaster: %s", file, e.getMessage()), e);
    }
  }
}
