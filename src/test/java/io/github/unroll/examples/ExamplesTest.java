package io.github.unroll.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.io.TorchWeights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in small settings; {@link HeavyExamplesTest} runs them in full. */
class ExamplesTest {

  @TempDir private Path folder;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private void assertPictureAnd(String line) throws IOException {
    Path picture = folder.resolve("picture.png");
    assertThat(Files.readAllBytes(picture)).startsWith(0x89, 'P', 'N', 'G');
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains(line, "picture: " + picture);
  }

  private String chart() {
    return "chart=" + folder.resolve("picture.png");
  }

  @Test
  void an_lstm_should_learn_to_add_over_20_steps() throws IOException {
    String small = "steps=20 hidden=24 batch=50 rate=0.02 clip=1 updates=300 every=50 seed=0 ";
    List<AddingProblemExample.Row> rows =
        AddingProblemExample.run(new Settings(small + chart()), out);
    assertThat(rows).hasSize(6);
    assertThat(rows.get(0).lstm()).isGreaterThan(0.02);
    assertThat(rows).last().extracting(AddingProblemExample.Row::lstm).matches(e -> e < 0.01);
    assertPictureAnd("always answering 1: 0.1667");
  }

  @Test
  void an_lstm_should_learn_the_embedded_reber_grammar() throws IOException {
    List<ReberGrammarExample.Row> rows =
        ReberGrammarExample.run(
            new Settings(ReberGrammarExample.DEFAULTS, "strings=3000", chart()), out);
    assertThat(rows).hasSize(6);
    assertThat(rows.get(0).lstm().predicted()).isLessThan(0.9);
    assertThat(rows).last().extracting(row -> row.lstm().separated()).isEqualTo(1.0);
    assertPictureAnd("trained on");
  }

  @Test
  void an_lstm_should_forecast_a_series_nearly_as_well_as_who_knows_it() throws IOException {
    SeasonalForecastExample.Outcome outcome =
        SeasonalForecastExample.run(
            new Settings(
                SeasonalForecastExample.DEFAULTS,
                "count=500",
                "steps=60",
                "horizon=40",
                "hidden=16",
                "rate=0.01",
                "epochs=12",
                chart()),
            out);
    assertThat(outcome.leastError()).isBetween(0.05, 0.15);
    assertThat(outcome.blindError()).isGreaterThan(0.6);
    assertThat(outcome.error()).isLessThan(2 * outcome.leastError());
    assertPictureAnd("forecast of the next 40 values");
  }

  @Test
  void a_server_should_go_on_after_a_restart_as_if_there_had_been_none() throws Exception {
    String file = "file=" + folder.resolve("sessions.safetensors");
    String[] small = {"clients=60", "ticks=80", "threads=3", "hidden=12", "epochs=4", file};
    Settings restarting = new Settings(StreamingServerExample.DEFAULTS, small);
    restarting = new Settings(restarting.toString(), "restart=40");
    StreamingServerExample.Outcome restarted = StreamingServerExample.run(restarting, out);
    StreamingServerExample.Outcome throughout =
        StreamingServerExample.run(new Settings(restarting.toString(), "restart=-1"), out);
    assertThat(restarted.answers()).hasSize(60 * 80 * 3 / 4).isEqualTo(throughout.answers());
    assertThat(restarted.error()).isLessThan(0.4 * restarted.blindError());
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("restarted with 60 sessions of " + file.substring(5))
        .contains("3600 values of 60 clients on 3 threads, ");
  }

  @Test
  void an_lstm_that_pytorch_trained_should_forecast_what_pytorch_forecast() throws IOException {
    Path file = folder.resolve("forecast.safetensors");
    Settings settings = new Settings(PyTorchImportExample.DEFAULTS, "steps=10", "out=" + file);
    assertThat(PyTorchImportExample.run(settings, out)).isLessThan(1e-12);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("for load_state_dict: " + file);
    assertThat(TorchWeights.read(file).lstm("lstm.").layers()).hasSize(2);
  }

  @Test
  void the_strings_of_a_row_should_be_those_of_whole_batches() throws IOException {
    String[] small = {"hidden=2", "fresh=2", "batch=32", "every=100", "strings=100", chart()};
    assertThat(ReberGrammarExample.run(new Settings(ReberGrammarExample.DEFAULTS, small), out))
        .extracting(ReberGrammarExample.Row::strings)
        .containsExactly(96);
  }

  @Test
  void settings_should_name_the_ones_that_there_are() {
    Settings settings = new Settings("hidden=16 rate=0.01", "rate=0.1");
    assertThat(settings.whole("hidden")).isEqualTo(16);
    assertThat(settings.number("rate")).isEqualTo(0.1);
    assertThat(settings).hasToString("hidden=16 rate=0.1");
    for (String wrong : List.of("speed=3", "hidden", "=")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Settings("hidden=16 rate=0.01", wrong))
          .withMessage(
              "no setting \"%s\"; there are, with what they are now: hidden=16 rate=0.01", wrong);
    }
    Settings wrong = new Settings("hidden=16 rate=0.01", "hidden=1.5", "rate=fast");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> wrong.whole("hidden"))
        .withMessage("hidden=1.5: a whole number is wanted");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> wrong.number("rate"))
        .withMessage("rate=fast: a number is wanted");
  }
}
