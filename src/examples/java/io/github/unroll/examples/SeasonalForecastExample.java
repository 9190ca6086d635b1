package io.github.unroll.examples;

import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.SeriesWindows;
import io.github.unroll.data.task.SeasonalSeries;
import io.github.unroll.data.task.SeasonalSeries.Season;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener.EpochEnd;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A noisy series with two seasons: an LSTM learns the first part of it to tell each next value, and
 * goes on by itself where the part ends.
 */
public final class SeasonalForecastExample {

  static final String DEFAULTS =
      "count=1000 steps=100 horizon=100 noise=0.1 hidden=32 batch=20 rate=0.005 clip=1 epochs=20"
          + " seed=0 chart=target/seasonal-forecast.png";

  private static final List<Season> SEASONS = List.of(new Season(12, 1), new Season(40, 0.6));

  /**
   * What comes out, each value of what follows the part that was learned.
   *
   * @param truth the series
   * @param forecast the model's
   * @param signal the series but for its noise, the best forecast that there can be
   */
  record Outcome(double[] truth, double[] forecast, double[] signal) {

    /** The root of the mean squared error of the model's forecast. */
    double error() {
      return rootMeanSquare(truth, forecast);
    }

    /** The same of the best forecast that there can be. */
    double leastError() {
      return rootMeanSquare(truth, signal);
    }

    /** The same of the forecast that always says the mean of the signal, zero. */
    double blindError() {
      return rootMeanSquare(truth, new double[truth.length]);
    }
  }

  private SeasonalForecastExample() {}

  /**
   * Trains, prints and draws.
   *
   * @param args settings that are to be different, as {@code noise=0.2}
   * @throws IOException if the picture cannot be written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static Outcome run(Settings settings, PrintStream out) throws IOException {
    int count = settings.whole("count");
    int steps = settings.whole("steps");
    int horizon = settings.whole("horizon");
    RandomState random = new RandomState(settings.whole("seed"));
    SeasonalSeries series = new SeasonalSeries(SEASONS, settings.number("noise"));
    double[] values = series.draw(count + horizon, random);
    double[] known = Arrays.copyOf(values, count);

    SequenceRegressor model =
        new SequenceRegressor(
            SequenceDescription.regressor(Input.features(1), settings.whole("hidden"), 1)
                .withReadout(Readout.EVERY),
            random);
    Trainer<SequenceTargets> trainer =
        new Trainer<>(
            model,
            new Adam(settings.number("rate")),
            GradientClipping.byGlobalNorm(settings.number("clip")));
    SeriesWindows windows = new SeriesWindows(known, steps, settings.whole("batch"), random);
    out.println(settings);
    List<EpochEnd> epochs = trainer.train(windows, settings.whole("epochs"));
    out.println("epoch  error of the next value (root of the mean square)");
    epochs.forEach(
        end -> out.printf(Locale.ROOT, "%5d  %.4f%n", end.epoch(), Math.sqrt(end.loss())));

    Tensor3 last = Tensor3.of(1, steps, 1, Arrays.copyOfRange(known, count - steps, count));
    Outcome outcome =
        new Outcome(
            Arrays.copyOfRange(values, count, count + horizon),
            model.forecast(last, horizon).data(),
            IntStream.range(count, count + horizon).mapToDouble(series::signal).toArray());
    out.printf(
        Locale.ROOT, "forecast of the next %d values, error: %.4f%n", horizon, outcome.error());
    out.printf(Locale.ROOT, "who knows the signal:   %.4f%n", outcome.leastError());
    out.printf(Locale.ROOT, "who always says zero:   %.4f%n", outcome.blindError());
    Path chart = Path.of(settings.text("chart"));
    draw(outcome, known, count, steps).write(chart);
    out.println("picture: " + chart);
    return outcome;
  }

  private static double rootMeanSquare(double[] truth, double[] forecast) {
    double sum = 0;
    for (int t = 0; t < truth.length; t++) {
      sum += (truth[t] - forecast[t]) * (truth[t] - forecast[t]);
    }
    return Math.sqrt(sum / truth.length);
  }

  private static Picture draw(Outcome outcome, double[] known, int count, int steps) {
    int horizon = outcome.truth.length;
    double[] before = IntStream.range(count - steps, count).asDoubleStream().toArray();
    double[] after = IntStream.range(count, count + horizon).asDoubleStream().toArray();
    Picture picture = new Picture("A seasonal series, forecast by an LSTM", "step", "value");
    picture.curve("known", before, Arrays.copyOfRange(known, count - steps, count), Picture.GRAY);
    picture.curve("truth", after, outcome.truth, Picture.ORANGE);
    picture.curve("forecast", after, outcome.forecast, Picture.BLUE);
    return picture;
  }
}
