package io.github.unroll.examples;

import io.github.unroll.data.PairBatch;
import io.github.unroll.data.PairBatches;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
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

/** What both sequence-to-sequence examples do: train, and try unseen questions after each epoch. */
final class Seq2SeqTraining {

  private static final int SHOWN = 5;

  /**
   * How well a model does after an epoch: the loss in nats, the share of unseen questions right.
   */
  record Epoch(int epoch, double loss, double exactMatch) {}

  /** A model as it stands after the last epoch, and its way there. */
  record Result(Seq2Seq model, List<Epoch> epochs) {}

  private Seq2SeqTraining() {}

  /** Trains on nine tenths of the pairs; prints a line an epoch, then some answers; draws. */
  static Result run(
      String title, Settings settings, SequencePairs pairs, RandomState random, PrintStream out)
      throws IOException {
    SequencePairs.Split split = pairs.split(Math.max(1, pairs.size() / 10));
    Seq2Seq model = newModel(settings, pairs.vocabulary().size(), random);
    Trainer<PairBatch> trainer =
        new Trainer<>(
            model,
            new Adam(settings.number("rate")),
            GradientClipping.byGlobalNorm(settings.number("clip")));
    PairBatches batches = new PairBatches(split.train(), settings.whole("batch"), random);

    out.println(settings);
    out.println("epoch    loss  exact match  seconds");
    List<Epoch> epochs = new ArrayList<>();
    long start = System.nanoTime();
    for (int epoch = 1; epoch <= settings.whole("epochs"); epoch++) {
      double loss = trainer.train(batches, 1).get(0).loss();
      Epoch end = new Epoch(epoch, loss, model.exactMatch(split.test()));
      epochs.add(end);
      double seconds = (System.nanoTime() - start) / 1e9;
      out.printf(
          Locale.ROOT,
          "%5d  %.4f  %9.2f %%  %7.0f%n",
          epoch,
          loss,
          100 * end.exactMatch(),
          seconds);
    }
    printAnswers(model, split.test(), out);
    Path chart = Path.of(settings.text("chart"));
    learningCurve(title, epochs).write(chart);
    out.println("picture: " + chart);
    return new Result(model, List.copyOf(epochs));
  }

  private static Seq2Seq newModel(Settings settings, int v, RandomState random) {
    int d = settings.whole("embedding");
    int h = settings.whole("hidden");
    InputOrder order = InputOrder.valueOf(settings.text("input").toUpperCase(Locale.ROOT));
    String model = settings.text("model");
    return switch (model) {
      case "plain" -> new Seq2Seq(new Seq2SeqDescription(v, d, h).withInputOrder(order), random);
      case "peeky" ->
          new Seq2Seq(new Seq2SeqDescription(v, d, h).withPeeking().withInputOrder(order), random);
      case "attention" ->
          new Seq2Seq(
              new Seq2SeqDescription(v, d, h).withAttention().withInputOrder(order), random);
      default ->
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT, "no model \"%s\"; there are plain, peeky and attention", model));
    };
  }

  private static void printAnswers(Seq2Seq model, SequencePairs unseen, PrintStream out) {
    PairBatch batch = unseen.batch(0, Math.min(SHOWN, unseen.size()));
    int[][] ts = batch.ts();
    int[][] answers = model.generate(batch.xs(), batch.lengths(), ts[0][0], ts[0].length - 1);
    for (int i = 0; i < answers.length; i++) {
      String answer = unseen.text(answers[i]);
      String right = unseen.answer(i).substring(1);
      String verdict = answer.equals(right) ? "right" : "wrong, it is " + right;
      out.printf(Locale.ROOT, "%s -> %s  %s%n", unseen.question(i), answer, verdict);
    }
  }

  private static Picture learningCurve(String title, List<Epoch> epochs) {
    Picture picture = new Picture(title, "epoch", "exact match on unseen questions, %");
    picture.percent();
    picture.curve(
        "exact match",
        epochs.stream().mapToDouble(Epoch::epoch).toArray(),
        epochs.stream().mapToDouble(epoch -> 100 * epoch.exactMatch()).toArray(),
        Picture.BLUE);
    return picture;
  }
}
