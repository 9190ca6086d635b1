package io.github.unroll.examples;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.data.Batches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.task.ReberGrammar;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import io.github.unroll.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/**
 * The embedded Reber grammar: after each symbol the next is to be predicted. All but the last but
 * one follow from the symbols just before; that one repeats the second, which must be remembered.
 */
public final class ReberGrammarExample {

  static final String DEFAULTS =
      "hidden=16 lag=10 batch=10 rate=0.01 clip=1 strings=12000 every=500 fresh=256 seed=0"
          + " chart=target/reber-grammar.png";

  private static final int SYMBOLS = ReberGrammar.SYMBOLS.length();

  /** How well both have learned after so many strings. */
  record Row(int strings, Legal lstm, Legal rnn) {}

  /**
   * In how many of the fresh strings a model is right.
   *
   * @param predicted the fraction in which the most likely symbol is legal at every step
   * @param separated the fraction in which every legal symbol is more likely than every other, at
   *     every step: what Hochreiter and Schmidhuber ask for
   */
  record Legal(double predicted, double separated) {}

  /** A model and what trains it. */
  private record Learner(SequenceClassifier model, Trainer<LabelledSequences> trainer) {}

  private ReberGrammarExample() {}

  /**
   * Trains, prints and draws.
   *
   * @param args settings that are to be different, as {@code hidden=32}
   * @throws IOException if the picture cannot be written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static List<Row> run(Settings settings, PrintStream out) throws IOException {
    ReberGrammar grammar = new ReberGrammar();
    RandomState random = new RandomState(settings.whole("seed"));
    Learner lstm = learner(CellKind.LSTM, settings, random);
    Learner rnn = learner(CellKind.RNN, settings, random);
    List<String> fresh = grammar.draw(settings.whole("fresh"), random);
    int batch = settings.whole("batch");
    int iterations = settings.whole("every") / batch;
    int every = iterations * batch; // whole batches
    Batches<LabelledSequences> batches = grammar.batches(batch, iterations, random);

    out.println(settings);
    out.println("strings in which every predicted symbol is legal (in which all legal symbols are");
    out.println("more likely than all others)");
    out.println("trained on          LSTM             RNN");
    List<Row> rows = new ArrayList<>();
    for (int strings = every; strings <= settings.whole("strings"); strings += every) {
      lstm.trainer.train(batches, 1);
      rnn.trainer.train(batches, 1);
      Row row = new Row(strings, legal(lstm.model, fresh), legal(rnn.model, fresh));
      out.printf(Locale.ROOT, "%10d  %s  %s%n", strings, percent(row.lstm), percent(row.rnn));
      rows.add(row);
    }
    Path chart = Path.of(settings.text("chart"));
    draw(rows).write(chart);
    out.println("picture: " + chart);
    return rows;
  }

  private static Learner learner(CellKind cell, Settings settings, RandomState random) {
    SequenceDescription description =
        SequenceDescription.classifier(Input.features(SYMBOLS), settings.whole("hidden"), SYMBOLS)
            .withCell(cell)
            .withReadout(Readout.EVERY)
            .withInitialBias(
                cell.hasGateStart()
                    ? InitialBias.chrono(settings.whole("lag"))
                    : InitialBias.zero());
    SequenceClassifier model = new SequenceClassifier(description, random);
    Adam adam = new Adam(settings.number("rate"));
    GradientClipping clipping = GradientClipping.byGlobalNorm(settings.number("clip"));
    return new Learner(model, new Trainer<>(model, adam, clipping));
  }

  private static String percent(Legal legal) {
    return String.format(
        Locale.ROOT, "%6.2f%% (%6.2f%%)", 100 * legal.predicted, 100 * legal.separated);
  }

  private static Legal legal(SequenceClassifier model, List<String> fresh) {
    ReberGrammar grammar = new ReberGrammar();
    LabelledSequences task = grammar.task(fresh);
    Tensor3 probabilities = model.probabilities(task.xs(), task.lengths());
    int predicted = 0;
    int separated = 0;
    for (int i = 0; i < fresh.size(); i++) {
      List<Step> steps = new ArrayList<>();
      for (int t = 0; t < task.lengths()[i]; t++) {
        String legal = grammar.legalNext(fresh.get(i).substring(0, t + 1));
        steps.add(step(probabilities, i, t, legal));
      }
      predicted += steps.stream().allMatch(Step::predicted) ? 1 : 0;
      separated += steps.stream().allMatch(Step::separated) ? 1 : 0;
    }
    return new Legal((double) predicted / fresh.size(), (double) separated / fresh.size());
  }

  /** The probabilities of the symbols that may come, and of those that may not. */
  private record Step(DoubleSummaryStatistics legal, DoubleSummaryStatistics others) {

    boolean predicted() {
      return legal.getMax() > others.getMax();
    }

    boolean separated() {
      return legal.getMin() > others.getMax();
    }
  }

  private static Step step(Tensor3 probabilities, int i, int t, String legal) {
    Step step = new Step(new DoubleSummaryStatistics(), new DoubleSummaryStatistics());
    for (int k = 0; k < SYMBOLS; k++) {
      double probability = probabilities.get(i, t, k);
      if (Double.isNaN(probability)) { // it would only count as wrong
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "string %d, step %d: the probability of %s is NaN; has the training diverged?",
                i,
                t,
                ReberGrammar.SYMBOLS.charAt(k)));
      }
      boolean isLegal = legal.indexOf(ReberGrammar.SYMBOLS.charAt(k)) >= 0;
      (isLegal ? step.legal : step.others).accept(probability);
    }
    return step;
  }

  private static Picture draw(List<Row> rows) {
    Picture picture =
        new Picture(
            "The embedded Reber grammar",
            "strings of training",
            "fresh strings predicted legally, %");
    picture.percent();
    double[] strings = rows.stream().mapToDouble(Row::strings).toArray();
    double[] rnn = rows.stream().mapToDouble(row -> 100 * row.rnn.predicted).toArray();
    double[] lstm = rows.stream().mapToDouble(row -> 100 * row.lstm.predicted).toArray();
    picture.curve("RNN", strings, rnn, Picture.ORANGE);
    picture.curve("LSTM", strings, lstm, Picture.BLUE);
    return picture;
  }
}
