package io.github.unroll.examples;

import io.github.unroll.data.DateTask;
import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.examples.Seq2SeqTraining.Result;
import io.github.unroll.examples.Seq2SeqTraining.Settings;
import io.github.unroll.model.AttentionSeq2Seq;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * Learns to turn dates as people write them into one form: {@code september 27, 1994} is {@code
 * 1994-09-27}. The settings are those of the book "Deep Learning from Scratch 2", chapter 8; a
 * model with attention and reversed input.
 */
public final class DateConversionExample {

  static final Settings SETTINGS = new Settings("attention", true, 50_000, 5, 256, 128, 0);

  /** Three questions whose attention maps say something. */
  private static final String[] DRAWN = {
    "september 27, 1994", "FRIDAY, MAY 2, 1975", "8/1/87",
  };

  private DateConversionExample() {}

  /**
   * Trains, prints a table and draws target/dates-learning-curve.png and, if the model has
   * attention, target/dates-attention-1.png and so on.
   *
   * @param args settings to change, such as {@code epochs=2} or {@code model=peeky}
   * @throws IOException if a picture cannot be written
   */
  public static void main(String[] args) throws IOException {
    Result result = run(SETTINGS.with(args), System.out);
    System.out.println(
        Seq2SeqCharts.learningCurve(
            "dates-learning-curve.png", "Dates into one form", result.epochs()));
    if (result.model() instanceof AttentionSeq2Seq attention) {
      drawMaps(attention, System.out);
    }
  }

  static Result run(Settings settings, PrintStream out) {
    RandomState random = new RandomState(settings.seed());
    return Seq2SeqTraining.run(settings, DateTask.dates(settings.samples(), random), random, out);
  }

  private static void drawMaps(AttentionSeq2Seq model, PrintStream out) throws IOException {
    for (int i = 0; i < DRAWN.length; i++) {
      String question = DRAWN[i] + " ".repeat(29 - DRAWN[i].length());
      SequencePairs asked =
          SequencePairs.ofCharacters(
              DateTask.vocabulary(), List.of(question), List.of("_0000-00-00"));
      PairBatch batch = asked.batch(0, 1);
      int[] answer = model.generate(batch.xs(), null, batch.ts()[0][0], 10)[0];
      int[][] ts = {new int[11]};
      ts[0][0] = batch.ts()[0][0];
      System.arraycopy(answer, 0, ts[0], 1, 10);
      Tensor3 weights = model.attentionWeights(new PairBatch(batch.xs(), ts));
      out.printf("%s -> %s%n", question, asked.text(answer));
      out.println(
          Seq2SeqCharts.attentionMap(
              "dates-attention-%d.png".formatted(i + 1), question, asked.text(answer), weights, 0));
    }
  }
}
