package io.github.unroll.app;

import io.github.unroll.data.Gaps;
import io.github.unroll.data.Table;
import io.github.unroll.job.Backtest;
import io.github.unroll.job.Forecast;
import io.github.unroll.job.ForecastSettings;
import io.github.unroll.job.Forecaster;
import io.github.unroll.job.PastForecast;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that learns to forecast a column of a CSV file, judges itself and forecasts. */
@Command(
    name = "forecast",
    description = {
      "Forecasts a column of a CSV file.",
      "First a network learns all but the last part, and its errors there are told",
      "beside those of naive forecasts; then a network learns the whole, and forecasts",
      "the steps ahead, each with an interval."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class ForecastCommand implements Callable<Integer> {

  private static final int EPOCHS = 60;
  private static final int CHART_HORIZONS = 2; // of seen values

  @Mixin private JobOptions job;

  @Option(
      names = "--target",
      required = true,
      order = 1,
      paramLabel = "COLUMN",
      description = "The column to forecast.")
  private String target;

  @Option(
      names = "--time",
      order = 2,
      paramLabel = "COLUMN",
      description = {
        "The column of the times: 2024-03-31, 2024-03-31",
        "  14:30, 2024-03 or whole numbers. Without it: each",
        "  row is the next step."
      })
  private String time;

  @Option(
      names = "--horizon",
      required = true,
      order = 3,
      paramLabel = "N",
      description = "How many steps ahead.")
  private int horizon;

  @Option(
      names = "--season",
      order = 4,
      paramLabel = "N",
      description = {
        "After how many steps the series repeats itself; 1:",
        "  never. Without it: the usual of the times' step,",
        "  such as 7 of days."
      })
  private Integer season;

  @Option(
      names = "--window",
      order = 5,
      paramLabel = "N",
      description = {
        "How many steps the network reads. Without it: as",
        "  suits season and horizon."
      })
  private Integer window;

  @Option(
      names = "--known",
      order = 6,
      split = ",",
      paramLabel = "COLUMN",
      description = {
        "Columns that are known for the steps ahead too,",
        "  separated by commas; at the end of the file are",
        "  rows that have them, with the target empty."
      })
  private List<String> known = List.of();

  @Option(
      names = "--seen",
      order = 7,
      split = ",",
      paramLabel = "COLUMN",
      description = {"Columns known only up to the last value,", "  separated by commas."})
  private List<String> seen = List.of();

  @Option(
      names = "--gaps",
      order = 8,
      paramLabel = "HOW",
      defaultValue = "interpolate",
      description = "What fills a gap: interpolate, carry_on or zero.")
  private Gaps gaps = Gaps.INTERPOLATE;

  @Option(
      names = "--log",
      order = 9,
      description = {
        "Forecast the logarithm: for positive values whose",
        "  swings grow with their level."
      })
  private boolean log;

  @Option(
      names = "--interval",
      order = 10,
      paramLabel = "SHARE",
      defaultValue = "0.9",
      description = {"The share of the values that should be inside the", "  interval."})
  private double interval = 0.9;

  @Option(
      names = "--chart",
      order = 25,
      paramLabel = "FILE",
      description = "Where to draw values and forecast: .png or .svg.")
  private Path chart;

  @Spec private CommandSpec spec;

  private final IntSupplier columns;

  ForecastCommand(IntSupplier columns) {
    this.columns = columns;
  }

  @Override
  public Integer call() throws WrongUse, Failure {
    job.check();
    WrongUse.unlessAtLeastOne("--horizon", horizon);
    if (season != null) {
      WrongUse.unlessAtLeastOne("--season", season);
    }
    if (window != null) {
      WrongUse.unlessAtLeastOne("--window", window);
    }
    WrongUse.unless(
        interval > 0 && interval < 1, "--interval must be between 0 and 1, not " + interval);
    Failure.unlessDone(this::forecast);
    return CommandLine.ExitCode.OK;
  }

  private ForecastSettings settings() throws Failure {
    return Failure.unlessMade(
        "",
        () ->
            new ForecastSettings(
                target,
                Optional.ofNullable(time),
                horizon,
                season == null ? 0 : season,
                window == null ? 0 : window,
                known,
                seen,
                gaps,
                log,
                interval,
                job.hidden(),
                job.epochs(EPOCHS),
                job.seed()));
  }

  private void forecast() throws IOException, WrongUse, Failure {
    ForecastSettings settings = settings();
    job.requireWritable();
    ChartFile file = chart == null ? null : ChartFile.of(chart);
    if (file != null) {
      file.requireWritable();
      ChartDrawing.require(file);
    }
    PrintWriter out = spec.commandLine().getOut();
    Table table = job.table();
    JobProgress progress = new JobProgress(out, columns, settings.epochs());
    Backtest backtest =
        progress.of(listener -> Forecaster.backtest(table, settings, job.heldOut(), listener));
    out.println(
        String.format(
            Locale.ROOT, "on the last %.0f %%, which was not learned:", 100 * job.heldOut()));
    out.print(backtest);
    out.println(verdict(backtest));
    out.flush();
    Forecaster forecaster = progress.of(listener -> Forecaster.train(table, settings, listener));
    if (job.save().isPresent()) { // before anything else that could fail
      SecondPlace.save("the model", job.save().get(), forecaster::save);
      out.println("model: " + job.save().get());
    }
    Forecast ahead = Failure.unlessMade("", () -> forecaster.forecast(table));
    out.println();
    out.print(ahead);
    if (file != null) {
      PastForecast past = forecaster.past(table, CHART_HORIZONS * horizon);
      ChartDrawing.write(file, () -> new ForecastChart(target, past, ahead));
      out.println("chart: " + file.path());
    }
    out.flush();
  }

  private static String verdict(Backtest backtest) {
    return backtest.beatsNaive()
        ? "the network beats the naive forecasts"
        : "the network does NOT beat every naive forecast: take the best of them, or try --log,"
            + " --season, --known or more data";
  }
}
