package io.github.unroll.examples;

import io.github.unroll.data.PairBatch;
import io.github.unroll.data.PairBatches;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.model.AttentionSeq2Seq;
import io.github.unroll.model.EncoderDecoder;
import io.github.unroll.model.EncoderDecoder.InputOrder;
import io.github.unroll.model.PeekySeq2Seq;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Trainer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What both sequence-to-sequence examples do: train, and try unseen questions after each epoch. */
final class Seq2SeqTraining {

  private static final int SHOWN = 5;

  /**
   * How to train.
   *
   * @param model plain, peeky or attention
   * @param reversed whether the encoder reads questions from their end
   * @param samples questions in all, a tenth of which is held out
   * @param epochs how often to go through the others
   * @param hidden H
   * @param batch N
   * @param seed of samples, weights and order
   */
  record Settings(
      String model, boolean reversed, int samples, int epochs, int hidden, int batch, int seed) {

    /** These settings, changed by arguments such as {@code hidden=32}. */
    Settings with(String... arguments) {
      Settings s = this;
      for (String argument : arguments) {
        String[] parts = argument.split("=", 2);
        if (parts.length != 2) {
          throw new IllegalArgumentException(
              "setting \"%s\": write it as name=value".formatted(argument));
        }
        s = s.with(parts[0], parts[1]);
      }
      return s;
    }

    private Settings with(String name, String value) {
      return switch (name) {
        case "model" -> new Settings(value, reversed, samples, epochs, hidden, batch, seed);
        case "reversed" ->
            new Settings(model, Boolean.parseBoolean(value), samples, epochs, hidden, batch, seed);
        case "samples" ->
            new Settings(model, reversed, Integer.parseInt(value), epochs, hidden, batch, seed);
        case "epochs" ->
            new Settings(model, reversed, samples, Integer.parseInt(value), hidden, batch, seed);
        case "hidden" ->
            new Settings(model, reversed, samples, epochs, Integer.parseInt(value), batch, seed);
        case "batch" ->
            new Settings(model, reversed, samples, epochs, hidden, Integer.parseInt(value), seed);
        case "seed" ->
            new Settings(model, reversed, samples, epochs, hidden, batch, Integer.parseInt(value));
        default ->
            throw new IllegalArgumentException(
                "no setting \"%s\": there are model, reversed, samples, epochs, hidden, batch, seed"
                    .formatted(name));
      };
    }

    EncoderDecoder newModel(int vocabularySize, RandomState random) {
      InputOrder order = reversed ? InputOrder.REVERSED : InputOrder.AS_GIVEN;
      return switch (model) {
        case "plain" -> new Seq2Seq(vocabularySize, EMBEDDING, hidden, order, random);
        case "peeky" -> new PeekySeq2Seq(vocabularySize, EMBEDDING, hidden, order, random);
        case "attention" -> new AttentionSeq2Seq(vocabularySize, EMBEDDING, hidden, order, random);
        default ->
            throw new IllegalArgumentException(
                "no model \"%s\": there are plain, peeky and attention".formatted(model));
      };
    }

    private static final int EMBEDDING = 16;
  }

  /**
   * How well a model does after an epoch.
   *
   * @param epoch from 1
   * @param loss mean of its batches, in nats
   * @param exactMatch share of unseen questions with exactly the right answer
   */
  record Epoch(int epoch, double loss, double exactMatch) {}

  /**
   * A trained model.
   *
   * @param model as it stands after the last epoch
   * @param unseen what it was tried on
   * @param epochs its way there
   */
  record Result(EncoderDecoder model, SequencePairs unseen, List<Epoch> epochs) {}

  private Seq2SeqTraining() {}

  /** Trains a model and prints a line for each epoch, then some answers. */
  static Result run(Settings settings, SequencePairs pairs, RandomState random, PrintStream out) {
    SequencePairs.Split split = pairs.split(Math.max(1, pairs.size() / 10));
    EncoderDecoder model = settings.newModel(pairs.vocabulary().size(), random);
    out.printf(
        Locale.ROOT,
        "%s, %s: %d to train on, %d unseen; %s%n",
        model.getClass().getSimpleName(),
        settings.reversed() ? "reversed input" : "input as given",
        split.train().size(),
        split.test().size(),
        settings);
    Trainer<PairBatch> trainer =
        new Trainer<>(model, new Adam(0.001), GradientClipping.byGlobalNorm(5));
    PairBatches batches = new PairBatches(split.train(), settings.batch(), random);
    List<Epoch> epochs = new ArrayList<>();
    out.println("| epoch | loss | exact match | seconds |");
    out.println("|---|---|---|---|");
    long start = System.nanoTime();
    for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
      double loss = trainer.train(batches, 1).get(0).loss();
      Epoch end = new Epoch(epoch, loss, model.exactMatch(split.test()));
      epochs.add(end);
      double seconds = (System.nanoTime() - start) / 1e9;
      out.printf(
          Locale.ROOT,
          "| %d | %.4f | %.2f %% | %.0f |%n",
          epoch,
          loss,
          100 * end.exactMatch(),
          seconds);
    }
    printAnswers(model, split.test(), out);
    return new Result(model, split.test(), List.copyOf(epochs));
  }

  private static void printAnswers(EncoderDecoder model, SequencePairs unseen, PrintStream out) {
    PairBatch batch = unseen.batch(0, Math.min(SHOWN, unseen.size()));
    int steps = batch.ts()[0].length - 1;
    int[][] answers = model.generate(batch.xs(), batch.lengths(), batch.ts()[0][0], steps);
    for (int i = 0; i < answers.length; i++) {
      String right = unseen.answer(i).substring(1);
      String answer = unseen.text(answers[i]);
      out.printf(
          "%s -> %s  %s%n",
          unseen.question(i), answer, answer.equals(right) ? "right" : "wrong: " + right);
    }
  }
}
