package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choices that train offers: model, optimizer, schedule, validation. */
class TrainCommandTest {
  private static final String TINY = " --batch=4 --steps=5 --hidden=8 --embedding=4";

  @TempDir Path directory;
  private Path text;

  @BeforeEach
  void write_a_text_of_seven_words_in_turn() throws IOException {
    text = write("text.txt", wordsInTurn(300));
  }

  private Path write(String name, String words) throws IOException {
    return Files.writeString(directory.resolve(name), words);
  }

  private static String wordsInTurn(int n) {
    return IntStream.range(0, n).mapToObj(i -> "w" + i % 7).collect(Collectors.joining(" "));
  }

  private ProgramRun train(String options) {
    return ProgramRun.of("train --data=" + text + TINY + " " + options);
  }

  private static List<String> epochLines(ProgramRun run) {
    return run.outLines().stream().filter(line -> line.startsWith("epoch ")).toList();
  }

  private static List<Double> figures(ProgramRun run, String what) {
    return epochLines(run).stream()
        .map(line -> Double.valueOf(line.replaceAll(".*  " + what + " (\\S+)  .*", "$1")))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "--cell=rnn, 'embedding 4, hidden 8', 0",
    "--cell=lstm, 'embedding 4, hidden 8, LSTM', 312",
    "--cell=gru, 'embedding 4, hidden 8, GRU', 208",
    "--layers=2, 'embedding 4, hidden 8, 2 layers', 136",
    "--dropout=0.5, 'embedding 4, hidden 8, dropout 0.5', 0"
  })
  void should_train_the_model_that_was_chosen(String option, String said, int moreThanRnn) {
    int rnn = 7 * 4 + 4 * 8 + 8 * 8 + 8 + 8 * 7 + 7;
    ProgramRun run = train("--epochs=5 --learning-rate=0.02 " + option);

    assertThat(run.err()).isEmpty();
    assertThat(run.outLines().get(0)).contains(said + ", " + (rnn + moreThanRnn) + " parameters");
    List<Double> perplexities = figures(run, "perplexity");
    assertThat(perplexities.get(4)).isLessThan(perplexities.get(0));
  }

  @Test
  void should_make_word_vectors_as_long_as_the_state_when_weights_are_tied() {
    ProgramRun run =
        ProgramRun.of("train --tie-weights --hidden=8 --epochs=1 --batch=4 --data=" + text);

    assertThat(run.outLines().get(0))
        .contains(
            "embedding 8, hidden 8, tied weights, " + (7 * 8 + 2 * 64 + 8 + 7) + " parameters");
  }

  @Test
  void should_say_what_to_do_when_weights_cannot_be_tied() {
    train("--tie-weights")
        .assertWrongUse("--tie-weights needs --embedding and --hidden to be equal, not 4 and 8");
  }

  @ParameterizedTest
  @EnumSource(OptimizerChoice.class)
  void should_learn_with_every_optimizer_at_its_own_rate(OptimizerChoice optimizer) {
    ProgramRun run = train("--epochs=15 --optimizer=" + optimizer);

    assertThat(run.err()).isEmpty();
    assertThat(figures(run, "perplexity").get(14)).isLessThan(5.5); // of 7 words without a memory
  }

  @Test
  void should_let_the_learning_rate_be_chosen() {
    ProgramRun standstill = train("--epochs=2 --optimizer=sgd --learning-rate=1e-300");
    ProgramRun otherwise = train("--epochs=2 --optimizer=sgd");

    assertThat(figures(standstill, "perplexity").get(1))
        .isGreaterThan(figures(otherwise, "perplexity").get(1));
  }

  @Test
  void should_halve_the_rate_after_each_quarter_of_the_epochs() {
    ProgramRun run = train("--epochs=8 --schedule=step --optimizer=sgd");

    assertThat(figures(run, "learning rate"))
        .containsExactly(1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125);
  }

  @Test
  void should_lower_the_rate_to_nothing_by_half_a_cosine() {
    List<Double> rates =
        figures(train("--epochs=4 --schedule=cosine --optimizer=sgd"), "learning rate");

    // 13 batches an epoch: the last update of epoch e has number 13·e - 1 of 0 to 51
    for (int epoch = 1; epoch <= 4; epoch++) {
      double rate = (1 + Math.cos(Math.PI * (13 * epoch - 1) / 52)) / 2;
      assertThat(rates.get(epoch - 1)).isCloseTo(rate, Percentage.withPercentage(1));
    }
  }

  @Test
  void should_tell_no_rate_that_never_changes() {
    assertThat(train("--epochs=2").out()).doesNotContain("learning rate");
  }

  @Test
  void should_judge_each_epoch_by_another_text_and_keep_the_best() throws IOException {
    Path valid = write("valid.txt", wordsInTurn(100));
    // at this rate training goes to and fro
    ProgramRun run = train("--epochs=12 --optimizer=sgd --learning-rate=6 --valid=" + valid);

    List<Double> scores = figures(run, "validation");
    assertThat(scores).hasSize(12);
    double best = scores.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    assertThat(best).isLessThan(scores.get(11));
    assertThat(run.outLines().get(13))
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "best epoch: %d, validation perplexity %.4f; its parameters are kept",
                scores.indexOf(best) + 1,
                best));
  }

  @Test
  void should_score_the_held_out_text_with_the_best_epochs_parameters() throws IOException {
    // what is held out is the validation text, too
    Path valid = write("valid.txt", wordsInTurn(300).substring(3 * 270));
    ProgramRun run = train("--epochs=12 --optimizer=sgd --learning-rate=6 --valid=" + valid);

    String best = run.outLines().get(13).replaceAll(".*perplexity (\\S+);.*", "$1");
    assertThat(run.outLines().get(14)).isEqualTo("held out: 30 tokens, perplexity " + best);
  }

  @Test
  void should_stop_when_patience_ends() throws IOException {
    Path valid = write("valid.txt", wordsInTurn(100));
    ProgramRun run =
        train("--epochs=50 --optimizer=sgd --learning-rate=6 --patience=2 --valid=" + valid);

    List<Double> scores = figures(run, "validation");
    int epochs = scores.size();
    assertThat(epochs).isLessThan(50);
    assertThat(run.outLines().get(epochs + 1))
        .startsWith("stopped early; best epoch: " + (epochs - 2) + ", validation");
  }

  @Test
  void should_lower_the_rate_when_validation_is_no_better() throws IOException {
    Path valid = write("valid.txt", wordsInTurn(100));
    ProgramRun run =
        train("--epochs=5 --optimizer=sgd --learning-rate=6 --schedule=plateau --valid=" + valid);

    List<Double> scores = figures(run, "validation");
    List<Double> rates = figures(run, "learning rate");
    double best = Double.POSITIVE_INFINITY;
    double rate = 6;
    for (int epoch = 0; epoch < 5; epoch++) {
      assertThat(rates.get(epoch)).isCloseTo(rate, Percentage.withPercentage(1));
      rate = scores.get(epoch) < best ? rate : rate / 4;
      best = Math.min(best, scores.get(epoch));
    }
    assertThat(rate).isLessThan(6);
  }

  @Test
  void should_draw_more_of_the_embedded_text_when_asked_for_validation() {
    String embedded =
        "train --tokens=500 --epochs=2" + TINY + " --chart=" + directory.resolve("a.svg");
    ProgramRun without = ProgramRun.of(embedded);
    ProgramRun with = ProgramRun.of(embedded + " --patience=5");

    assertThat(figures(with, "validation")).hasSize(2);
    assertThat(figures(with, "perplexity")).isEqualTo(figures(without, "perplexity"));
    assertThat(without.out()).doesNotContain("validation");
  }

  @Test
  void should_draw_validation_into_the_chart() throws IOException {
    Path valid = write("valid.txt", wordsInTurn(100));
    Path chart = directory.resolve("curve.svg");
    String green = "rgb(46,133,64)"; // letters are drawn as outlines
    train("--epochs=3 --chart=" + chart);
    boolean without = Files.readString(chart).contains(green);
    train("--epochs=3 --valid=" + valid + " --chart=" + chart);

    assertThat(without).isFalse();
    assertThat(Files.readString(chart).contains(green)).isTrue();
  }

  @Test
  void should_name_the_word_that_only_the_validation_text_has() throws IOException {
    Path valid = write("valid.txt", "w0 w1 new w2");

    train("--valid=" + valid)
        .assertFailsInOneLine("--valid " + valid + ": unknown word \"new\": not among the 7 words");
  }

  @Test
  void should_refuse_a_validation_text_of_one_token() throws IOException {
    Path valid = write("valid.txt", "w0");

    train("--valid=" + valid).assertFailsInOneLine("give at least 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--layers=0",
        "--dropout=1",
        "--dropout=-0.1",
        "--cell=tanh",
        "--optimizer=best",
        "--schedule=never",
        "--patience=0",
        "--patience=3",
        "--schedule=plateau"
      })
  void should_call_it_wrong_use(String option) {
    train(option).assertWrongUse(option.substring(0, option.indexOf('=')));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--hidden=9", "--batch=4", "--data=text.txt", "--tie-weights"})
  void should_call_an_option_given_twice_wrong_use(String option) {
    train("--tie-weights " + option)
        .assertWrongUse(
            "option '" + option.replaceAll("=.*", "") + "' should be specified only once");
  }

  @Test
  void should_call_a_validation_file_for_the_embedded_text_wrong_use() {
    ProgramRun.of("train --valid=" + text).assertWrongUse("--valid needs --data");
  }

  @Test
  void should_fail_in_one_line_on_gates_too_wide_to_count() {
    ProgramRun.of("train --cell=lstm --hidden=600000000 --data=" + text + " --batch=4")
        .assertFailsInOneLine("hiddenSize 600000000 is too large: the gates");
  }

  @Test
  void should_fail_in_one_line_on_batches_with_too_many_scores() throws IOException {
    String all = IntStream.range(0, 60000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    Path large = write("large.txt", all);

    ProgramRun.of("train --batch=1 --steps=40000 --data=" + large)
        .assertFailsInOneLine("gates or scores (1x40000x60000) would be 2400000000 elements");
  }

  @Test
  void should_fail_in_one_line_on_batches_with_too_many_gates() throws IOException {
    Path large = write("large.txt", "a ".repeat(1_200_000));

    ProgramRun.of("train --cell=lstm --hidden=512 --batch=1 --steps=1048577 --data=" + large)
        .assertFailsInOneLine("gates or scores (1x1048577x2048) would be 2147485696 elements");
  }
}
