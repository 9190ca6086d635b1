package io.github.unroll.examples;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.data.Batches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
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
 * Sequences sorted into classes by a model that must remember: which of two marks came first, and
 * which second, in a row of letters that mean nothing.
 */
public final class SequenceClassificationExample {

  static final String DEFAULTS =
      "cell=lstm steps=100 hidden=32 batch=20 updates=50 rate=0.01 clip=1 epochs=12 fresh=500"
          + " seed=0 chart=target/sequence-classification.png";

  /**
   * How well a model does after an epoch.
   *
   * @param epoch from 1
   * @param loss in nats
   * @param accuracy the share of fresh sequences that it sorts rightly
   */
  record Epoch(int epoch, double loss, double accuracy) {}

  /**
   * What comes out.
   *
   * @param epochs from the first to the last
   * @param confusion how many fresh sequences of a class (row) went into each (column), in the end
   */
  record Outcome(List<Epoch> epochs, int[][] confusion) {}

  private SequenceClassificationExample() {}

  /**
   * Trains, prints and draws.
   *
   * @param args settings that are to be different, as {@code cell=rnn}
   * @throws IOException if the picture cannot be written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static Outcome run(Settings settings, PrintStream out) throws IOException {
    TemporalOrder task = new TemporalOrder(settings.whole("steps"));
    RandomState random = new RandomState(settings.whole("seed"));
    SequenceClassifier model = new SequenceClassifier(description(settings), random);
    Trainer<LabelledSequences> trainer =
        new Trainer<>(
            model,
            new Adam(settings.number("rate")),
            GradientClipping.byGlobalNorm(settings.number("clip")));
    LabelledSequences fresh = task.draw(settings.whole("fresh"), random);
    Batches<LabelledSequences> batches =
        task.batches(settings.whole("batch"), settings.whole("updates"), random);

    out.println(settings);
    out.println("epoch    loss  accuracy");
    List<Epoch> epochs = new ArrayList<>();
    for (int epoch = 1; epoch <= settings.whole("epochs"); epoch++) {
      double loss = trainer.train(batches, 1).get(0).loss();
      Epoch end = new Epoch(epoch, loss, accuracy(confusion(model, fresh)));
      out.printf(Locale.ROOT, "%5d  %.4f  %6.2f %%%n", epoch, loss, 100 * end.accuracy);
      epochs.add(end);
    }
    int[][] confusion = confusion(model, fresh);
    print(confusion, out);
    Path chart = Path.of(settings.text("chart"));
    draw(epochs).write(chart);
    out.println("picture: " + chart);
    return new Outcome(epochs, confusion);
  }

  private static SequenceDescription description(Settings settings) {
    CellKind cell = CellKind.of(settings.text("cell"));
    return SequenceDescription.classifier(
            Input.features(TemporalOrder.LETTERS.length()),
            settings.whole("hidden"),
            TemporalOrder.CLASSES.size())
        .withCell(cell)
        .withInitialBias(
            cell.hasGateStart() ? InitialBias.chrono(settings.whole("steps")) : InitialBias.zero());
  }

  private static int[][] confusion(SequenceClassifier model, LabelledSequences fresh) {
    int[][] answers = model.predict(fresh.xs());
    int[][] counts = new int[TemporalOrder.CLASSES.size()][TemporalOrder.CLASSES.size()];
    for (int i = 0; i < answers.length; i++) {
      counts[fresh.labels()[i][0]][answers[i][0]]++;
    }
    return counts;
  }

  private static double accuracy(int[][] confusion) {
    int right = 0;
    int all = 0;
    for (int k = 0; k < confusion.length; k++) {
      right += confusion[k][k];
      for (int count : confusion[k]) {
        all += count;
      }
    }
    return (double) right / all;
  }

  private static void print(int[][] confusion, PrintStream out) {
    out.println("fresh sequences: a row is a class, a column what the model says");
    out.println("       " + String.join("    ", TemporalOrder.CLASSES));
    for (int k = 0; k < confusion.length; k++) {
      StringBuilder row = new StringBuilder("   " + TemporalOrder.CLASSES.get(k));
      for (int count : confusion[k]) {
        row.append(String.format(Locale.ROOT, " %5d", count));
      }
      out.println(row);
    }
  }

  private static Picture draw(List<Epoch> epochs) {
    Picture picture =
        new Picture("The order of two marks", "epoch", "fresh sequences sorted rightly, %");
    picture.percent();
    picture.curve(
        "accuracy",
        epochs.stream().mapToDouble(Epoch::epoch).toArray(),
        epochs.stream().mapToDouble(epoch -> 100 * epoch.accuracy()).toArray(),
        Picture.BLUE);
    return picture;
  }
}
