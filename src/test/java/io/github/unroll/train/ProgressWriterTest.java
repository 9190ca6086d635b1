package io.github.unroll.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Sgd;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.TrainingListener.BatchEnd;
import io.github.unroll.train.TrainingListener.EpochEnd;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Locale;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressWriterTest {

  private static final long TENTH = 100_000_000; // of a second, in nanoseconds

  private final StringBuilder out = new StringBuilder();
  private final Locale before = Locale.getDefault();
  private long now = 5;

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(before);
  }

  private ProgressWriter writer(boolean batches) {
    return new ProgressWriter(out, batches, () -> now);
  }

  private void batch(ProgressWriter writer, int iteration, long later) {
    now += later;
    writer.batchEnded(new BatchEnd(1, iteration, 1000, 1.0 / iteration, 1));
  }

  private static EpochEnd epoch(int epoch, OptionalDouble score, boolean best) {
    return new EpochEnd(epoch, 0.5, 1.6, 0.1, score, best);
  }

  @Test
  void should_write_a_line_an_epoch() {
    Locale.setDefault(Locale.GERMANY); // where a comma stands in numbers
    ProgressWriter writer = writer(false);
    writer.epochStarted(1);
    batch(writer, 1, 12 * TENTH);
    writer.epochEnded(epoch(1, OptionalDouble.empty(), false));
    now += 77 * TENTH; // is nobody's epoch
    writer.epochStarted(2);
    batch(writer, 1, TENTH);
    writer.epochEnded(epoch(2, OptionalDouble.of(0.25), true));
    writer.epochStarted(3);
    writer.epochEnded(epoch(3, OptionalDouble.of(1234.5678), false));
    assertThat(out)
        .hasToString(
            """
            epoch 1  loss 0.5000  1.2 s
            epoch 2  loss 0.5000  validation 0.2500, the best  0.1 s
            epoch 3  loss 0.5000  validation 1235  0.0 s
            """);
  }

  @Test
  void should_draw_the_batch_over_itself_ten_times_a_second_at_most() {
    ProgressWriter writer = writer(true);
    writer.epochStarted(1);
    batch(writer, 8, TENTH - 1);
    assertThat(out).isEmpty();
    batch(writer, 1000, 1);
    batch(writer, 11, 1);
    batch(writer, 4, TENTH);
    assertThat(out)
        .hasToString(
            "\r"
                + "epoch 1  batch 1000 of 1000  loss 0.001000\r"
                + "epoch 1  batch 4 of 1000  loss 0.2500     ");
    out.setLength(0);
    writer.epochEnded(epoch(1, OptionalDouble.empty(), false));
    assertThat(out).hasToString("\r" + " ".repeat(42) + "\repoch 1  loss 0.5000  0.2 s\n");
    out.setLength(0);
    writer.epochStarted(2);
    writer.epochEnded(epoch(2, OptionalDouble.empty(), false));
    assertThat(out).hasToString("epoch 2  loss 0.5000  0.0 s\n");
  }

  @Test
  void an_interrupt_should_wipe_the_line() {
    ProgressWriter writer = writer(true);
    writer.epochStarted(1);
    batch(writer, 4, TENTH);
    int width = out.length() - 1;
    out.setLength(0);
    writer.interrupted(TrainingProgress.START);
    writer.interrupted(TrainingProgress.START);
    assertThat(out).hasToString("\r" + " ".repeat(width) + "\r");
  }

  @Test
  void should_flush_each_line_and_let_a_broken_output_end_the_training() throws IOException {
    StringWriter end = new StringWriter();
    new ProgressWriter(new BufferedWriter(end)).epochEnded(epoch(1, OptionalDouble.empty(), false));
    assertThat(end.toString()).startsWith("epoch 1  loss 0.5000  ").endsWith(" s\n");
    Writer closed = new BufferedWriter(end);
    closed.close();
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(
            () -> new ProgressWriter(closed).epochEnded(epoch(1, OptionalDouble.empty(), false)))
        .withCauseInstanceOf(IOException.class);
  }

  @Test
  void should_write_of_a_training_that_it_listens_to() {
    RnnLanguageModel model = new RnnLanguageModel(5, 2, 3, new RandomState(1));
    TrainingListener writer = new ProgressWriter(out).withBatches();
    new Trainer<>(model, new Sgd(0.1), GradientClipping.none(), writer)
        .train(new BpttBatches(new RandomState(1).randint(0, 5, 25), 2, 4), 2);
    assertThat(out.toString().replaceAll("[^\n]*\r", ""))
        .matches(
            "epoch 1  loss 1\\.\\d{3}  \\d+\\.\\d s\nepoch 2  loss 1\\.\\d{3}  \\d+\\.\\d s\n");
  }
}
