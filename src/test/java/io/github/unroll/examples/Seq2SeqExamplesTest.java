package io.github.unroll.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.examples.Seq2SeqTraining.Epoch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The sequence-to-sequence examples in small settings and, with {@code -Pheavy}, in full. */
class Seq2SeqExamplesTest {

  @TempDir private Path folder;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private String[] small(String... more) {
    String[] small = {
      "samples=700",
      "hidden=16",
      "batch=10",
      "rate=0.01",
      "epochs=2",
      "chart=" + folder.resolve("curve.png")
    };
    String[] all = Arrays.copyOf(small, small.length + more.length);
    System.arraycopy(more, 0, all, small.length, more.length);
    return all;
  }

  private void assertPicture(String name) throws IOException {
    Path picture = folder.resolve(name);
    assertThat(Files.readAllBytes(picture)).startsWith(0x89, 'P', 'N', 'G');
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("picture: " + picture);
  }

  @Test
  void the_loss_of_addition_should_fall() throws IOException {
    List<Epoch> epochs =
        AdditionExample.run(new Settings(AdditionExample.DEFAULTS, small()), out).epochs();
    assertThat(epochs).hasSize(2);
    assertThat(epochs.get(1).loss()).isLessThan(epochs.get(0).loss()).isLessThan(1.8);
    assertPicture("curve.png");
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("epoch", " -> ");
  }

  @Test
  void the_loss_of_dates_should_fall_and_three_maps_be_drawn() throws IOException {
    String map = "map=" + folder.resolve("map");
    List<Epoch> epochs =
        DateConversionExample.run(new Settings(DateConversionExample.DEFAULTS, small(map)), out)
            .epochs();
    assertThat(epochs.get(1).loss()).isLessThan(epochs.get(0).loss()).isLessThan(1.8);
    assertPicture("curve.png");
    assertPicture("map-1.png");
    assertPicture("map-3.png");
  }

  @Test
  void a_model_that_there_is_not_should_be_named() {
    Settings settings = new Settings(AdditionExample.DEFAULTS, small("model=peek"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdditionExample.run(settings, out))
        .withMessage("no model \"peek\"; there are plain, peeky and attention");
  }

  @Test
  @EnabledIfSystemProperty(named = "unroll.heavy", matches = "true")
  void a_peeky_model_should_learn_to_add() throws IOException {
    List<Epoch> epochs =
        AdditionExample.run(new Settings(AdditionExample.DEFAULTS), System.out).epochs();
    assertThat(epochs).last().extracting(Epoch::exactMatch).matches(share -> share >= 0.9);
  }

  @Test
  @EnabledIfSystemProperty(named = "unroll.heavy", matches = "true")
  void a_model_with_attention_should_learn_dates() throws IOException {
    List<Epoch> epochs =
        DateConversionExample.run(new Settings(DateConversionExample.DEFAULTS), System.out)
            .epochs();
    assertThat(epochs).anyMatch(epoch -> epoch.exactMatch() >= 0.99);
  }
}
