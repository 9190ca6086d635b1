package io.github.unroll.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.LabelledSequences;
import io.github.unroll.io.foreign.TorchWeights;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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
  void a_model_of_words_should_come_near_the_grammar_and_write_sentences_it_can_make()
      throws IOException {
    String small = "sentences=1500 unseen=200 hidden=32 batch=10 rate=0.01 epochs=5 written=100";
    WordModelExample.Outcome outcome =
        WordModelExample.run(new Settings(WordModelExample.DEFAULTS, all(small, chart())), out);
    double best = outcome.best().orElseThrow();
    assertThat(outcome.epochs()).hasSize(5).allMatch(epoch -> epoch.heldOut() > best);
    assertThat(outcome.epochs().get(0).heldOut()).isGreaterThan(1.5 * best);
    assertThat(outcome.epochs().get(4).heldOut()).isLessThan(1.25 * best);
    assertThat(outcome.written()).hasSize(100).allMatch(words -> words.indexOf("<eos>") > 0);
    assertThat(outcome.possible()).isBetween(40L, 99L);
    assertPictureAnd("of 100 such sentences the grammar can make " + outcome.possible());
  }

  @Test
  void a_model_of_words_should_read_a_file_too() throws IOException {
    Path file = Files.writeString(folder.resolve("text.txt"), "the cat sees the dog\n".repeat(40));
    String small = "hidden=16 batch=4 steps=6 epochs=10 every=5 written=3 data=" + file;
    WordModelExample.Outcome outcome =
        WordModelExample.run(new Settings(WordModelExample.DEFAULTS, all(small, chart())), out);
    assertThat(outcome.epochs()).extracting(LanguageModelTraining.Epoch::epoch).contains(5, 10);
    assertThat(outcome.epochs().get(1).heldOut()).isBetween(1.0, 1.5);
    assertThat(outcome.best()).isEmpty();
    assertThat(outcome.written()).contains(List.of("the", "cat", "sees", "the", "dog", "<eos>"));
    assertPictureAnd("216 tokens, 5 words) to learn");
  }

  @Test
  void a_model_of_characters_should_learn_a_poem_by_heart_and_nothing_of_its_end()
      throws IOException {
    CharacterModelExample.Outcome outcome =
        CharacterModelExample.run(
            new Settings(CharacterModelExample.DEFAULTS, "epochs=70", chart()), out);
    assertThat(outcome.epochs()).hasSize(7);
    assertThat(outcome.epochs().get(0).training()).isGreaterThan(10);
    assertThat(outcome.epochs().get(6).training()).isLessThan(1.1);
    assertThat(outcome.epochs().get(6).heldOut()).isGreaterThan(outcome.epochs().get(1).heldOut());
    assertThat(wordsOfThePoem(outcome.before())).isLessThan(0.2);
    assertThat(wordsOfThePoem(outcome.after())).isGreaterThan(0.8);
    assertPictureAnd("736 tokens, 40 words) to learn");
  }

  private static double wordsOfThePoem(String written) {
    List<String> known = List.of(CharacterModelExample.POEM.split("\\s+"));
    List<String> words = List.of(written.split("\\s+"));
    return (double) words.stream().filter(known::contains).count() / words.size();
  }

  @Test
  void a_model_of_characters_should_read_a_file_too() throws IOException {
    Path file = Files.writeString(folder.resolve("text.txt"), "ab".repeat(200));
    String small = "hidden=8 epochs=30 every=30 written=9 temperature=0 data=" + file;
    CharacterModelExample.Outcome outcome =
        CharacterModelExample.run(
            new Settings(CharacterModelExample.DEFAULTS, all(small, chart())), out);
    assertThat(outcome.epochs().get(0).heldOut()).isBetween(1.0, 1.1);
    assertThat(outcome.after()).isEqualTo("ababababab");
  }

  @Test
  void an_lstm_should_tell_the_order_of_two_marks_30_steps_apart() throws IOException {
    String small = "steps=30 hidden=24 epochs=6";
    SequenceClassificationExample.Outcome outcome =
        SequenceClassificationExample.run(
            new Settings(SequenceClassificationExample.DEFAULTS, all(small, chart())), out);
    assertThat(outcome.epochs()).hasSize(6);
    assertThat(outcome.epochs().get(0).accuracy()).isBetween(0.1, 0.8);
    assertThat(outcome.epochs().get(5).accuracy()).isGreaterThan(0.95);
    int[][] confusion = outcome.confusion();
    assertThat(Arrays.stream(confusion).flatMapToInt(Arrays::stream).sum()).isEqualTo(500);
    int right = confusion[0][0] + confusion[1][1] + confusion[2][2] + confusion[3][3];
    assertThat(right / 500.0).isEqualTo(outcome.epochs().get(5).accuracy());
    assertPictureAnd("a row is a class, a column what the model says");
  }

  @Test
  void the_class_of_a_sequence_should_be_its_two_marks_in_their_order() {
    LabelledSequences drawn = new TemporalOrder(9).draw(200, new RandomState(3));
    for (int i = 0; i < 200; i++) {
      StringBuilder letters = new StringBuilder();
      for (int t = 0; t < 9; t++) {
        int[] ones = ones(drawn.xs(), i, t);
        assertThat(ones).hasSize(1);
        letters.append(TemporalOrder.LETTERS.charAt(ones[0]));
      }
      String firstHalf = letters.substring(0, 4).replaceAll("[a-d]", "");
      String secondHalf = letters.substring(4).replaceAll("[a-d]", "");
      assertThat(List.of(firstHalf, secondHalf)).allMatch(mark -> mark.matches("[XY]"));
      assertThat(TemporalOrder.CLASSES.get(drawn.labels()[i][0])).isEqualTo(firstHalf + secondHalf);
    }
    assertThat(Arrays.stream(drawn.labels()).map(label -> label[0])).contains(0, 1, 2, 3);
  }

  private static int[] ones(Tensor3 xs, int i, int t) {
    return IntStream.range(0, xs.d2()).filter(j -> xs.get(i, t, j) == 1).toArray();
  }

  private static String[] all(String settings, String last) {
    return (settings + " " + last).split(" ");
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
