package io.github.unroll.examples;

import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.task.DateTask;
import io.github.unroll.examples.Seq2SeqTraining.Result;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription.Form;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Learns to turn dates as people write them into one form: {@code september 27, 1994} is {@code
 * 1994-09-27}. The settings are those of the book "Deep Learning from Scratch 2", chapter 8: a
 * model with attention and reversed input.
 */
public final class DateConversionExample {

  static final String DEFAULTS =
      "model=attention input=reversed samples=50000 epochs=5 hidden=256 embedding=16 batch=128"
          + " rate=0.001 clip=5 seed=0 chart=target/dates.png map=target/dates-attention";

  /** Whose attention maps are drawn. */
  private static final List<String> DRAWN =
      List.of("september 27, 1994", "FRIDAY, MAY 2, 1975", "8/1/87");

  private DateConversionExample() {}

  /**
   * Trains, prints and draws: the learning curve and, if the model has attention, three maps of it.
   *
   * @param args settings that are to be different, as {@code model=peeky} or {@code epochs=2}
   * @throws IOException if a picture cannot be written
   */
  public static void main(String... args) throws IOException {
    run(new Settings(DEFAULTS, args), System.out);
  }

  static Result run(Settings settings, PrintStream out) throws IOException {
    RandomState random = new RandomState(settings.whole("seed"));
    SequencePairs dates = DateTask.dates(settings.whole("samples"), random);
    Result result = Seq2SeqTraining.run("Dates into one form", settings, dates, random, out);
    if (result.model().description().form() == Form.ATTENTION) {
      int length = dates.question(0).length();
      for (int i = 0; i < DRAWN.size(); i++) {
        Path file = Path.of(String.format(Locale.ROOT, "%s-%d.png", settings.text("map"), i + 1));
        drawMap(result.model(), DRAWN.get(i), length, file);
        out.println("picture: " + file);
      }
    }
    return result;
  }

  private static void drawMap(Seq2Seq model, String date, int length, Path file)
      throws IOException {
    SequencePairs asked =
        SequencePairs.ofCharacters(
            DateTask.vocabulary(),
            List.of(date + " ".repeat(length - date.length())),
            List.of("_yyyy-mm-dd"));
    PairBatch batch = asked.batch(0, 1);
    int[] answer = batch.ts()[0]; // the start symbol, then what the model writes
    int[] written = model.generate(batch.xs(), null, answer[0], answer.length - 1)[0];
    System.arraycopy(written, 0, answer, 1, written.length);
    new AttentionMap(date, asked.text(written), model.attentionWeights(batch)).write(file);
  }
}
