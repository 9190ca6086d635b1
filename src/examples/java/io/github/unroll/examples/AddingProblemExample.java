package io.github.unroll.examples;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.data.Batches;
import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.task.AddingProblem;
import io.github.unroll.loss.TimeMeanSquaredError;
import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The adding problem: two numbers, up to a hundred steps apart, are to be remembered and added. An
 * LSTM learns it, a plain RNN of the same size answers 1 whatever it reads.
 */
public final class AddingProblemExample {

  static final String DEFAULTS =
      "steps=100 hidden=64 batch=50 rate=0.01 clip=1 updates=1500 every=50 seed=0"
          + " chart=target/adding-problem.png";

  private static final int FRESH = 500;

  /** The mean squared errors on fresh sequences after so many updates. */
  record Row(int updates, double lstm, double rnn) {}

  /** A model and what trains it. */
  private record Learner(SequenceRegressor model, Trainer<SequenceTargets> trainer) {}

  private AddingProblemExample() {}

  /**
   * Trains, prints and draws.
   *
   * @param args settings that are to be different, as {@code steps=50}
   * @throws IOException if the picture cannot be written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static List<Row> run(Settings settings, PrintStream out) throws IOException {
    AddingProblem problem = new AddingProblem(settings.whole("steps"));
    RandomState random = new RandomState(settings.whole("seed"));
    SequenceDescription rnn =
        SequenceDescription.regressor(Input.features(2), settings.whole("hidden"), 1)
            .withCell(CellKind.RNN);
    SequenceDescription lstm =
        rnn.withCell(CellKind.LSTM).withInitialBias(InitialBias.chrono(settings.whole("steps")));
    Learner lstmLearner = learner(lstm, settings, random);
    Learner rnnLearner = learner(rnn, settings, random);
    SequenceTargets fresh = problem.draw(FRESH, random);
    int every = settings.whole("every");
    Batches<SequenceTargets> batches = problem.batches(settings.whole("batch"), every, random);

    out.println(settings);
    out.printf(Locale.ROOT, "always answering 1: %.4f%n", AddingProblem.BLIND_ERROR);
    out.println("updates    LSTM     RNN");
    List<Row> rows = new ArrayList<>();
    for (int updates = every; updates <= settings.whole("updates"); updates += every) {
      lstmLearner.trainer.train(batches, 1);
      rnnLearner.trainer.train(batches, 1);
      Row row = new Row(updates, error(lstmLearner, fresh), error(rnnLearner, fresh));
      out.printf(Locale.ROOT, "%7d  %.4f  %.4f%n", row.updates, row.lstm, row.rnn);
      rows.add(row);
    }
    Path chart = Path.of(settings.text("chart"));
    draw(rows, settings).write(chart);
    out.println("picture: " + chart);
    return rows;
  }

  private static Learner learner(
      SequenceDescription description, Settings settings, RandomState random) {
    SequenceRegressor model = new SequenceRegressor(description, random);
    Adam adam = new Adam(settings.number("rate"));
    GradientClipping clipping = GradientClipping.byGlobalNorm(settings.number("clip"));
    return new Learner(model, new Trainer<>(model, adam, clipping));
  }

  private static double error(Learner learner, SequenceTargets fresh) {
    return new TimeMeanSquaredError().forward(learner.model.predict(fresh.xs()), fresh.targets());
  }

  private static Picture draw(List<Row> rows, Settings settings) {
    Picture picture =
        new Picture(
            String.format(Locale.ROOT, "The adding problem, %d steps", settings.whole("steps")),
            String.format(Locale.ROOT, "updates of %d sequences each", settings.whole("batch")),
            "mean squared error, fresh sequences");
    picture.logarithmic();
    double[] updates = rows.stream().mapToDouble(Row::updates).toArray();
    double[] blind = rows.stream().mapToDouble(row -> AddingProblem.BLIND_ERROR).toArray();
    picture.dashes("always answering 1", updates, blind, Picture.GRAY);
    picture.curve("RNN", updates, rows.stream().mapToDouble(Row::rnn).toArray(), Picture.ORANGE);
    picture.curve("LSTM", updates, rows.stream().mapToDouble(Row::lstm).toArray(), Picture.BLUE);
    return picture;
  }
}
