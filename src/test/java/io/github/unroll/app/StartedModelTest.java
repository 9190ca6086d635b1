package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A vocabulary of limited size, and a kept model that is trained further on another text. */
class StartedModelTest {

  private static final String SHORT = " --batch=4 --steps=5 --learning-rate=0.02";
  private static final String TINY = SHORT + " --hidden=8 --embedding=4";

  @TempDir Path directory;
  private Path text;
  private Path other;
  private Path model;

  @BeforeEach
  void write_two_texts() throws IOException {
    text = write("text.txt", words(7, 300));
    other = write("other.txt", words(9, 300));
    model = directory.resolve("model.safetensors");
  }

  private Path write(String name, String words) throws IOException {
    return Files.writeString(directory.resolve(name), words);
  }

  /** The word w0 between any two others, which follow one another in turn. */
  private static String words(int different, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> i % 2 == 0 ? "w0" : "w" + (1 + i / 2 % (different - 1)))
        .collect(Collectors.joining(" "));
  }

  private ProgramRun trainModel(String options) {
    return ProgramRun.of(
        "train --data=" + text + TINY + " --epochs=20 --save=" + model + " " + options);
  }

  private ProgramRun start(String options) {
    return ProgramRun.of("train --start=" + model + SHORT + " " + options);
  }

  private static double firstPerplexity(ProgramRun run) {
    String line = run.outLines().stream().filter(l -> l.startsWith("epoch ")).findFirst().get();
    return Double.parseDouble(line.replaceAll(".*  perplexity (\\S+)  .*", "$1"));
  }

  @Test
  void should_keep_the_most_frequent_words_and_read_others_as_unknown() {
    ProgramRun run = trainModel("--vocabulary=4 --valid=" + other);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("vocabulary 4,").contains("validation perplexity");
    ProgramRun written = ProgramRun.of("generate --length=40 --model=" + model);
    assertThat(written.out()).contains("<unk>", "w0").doesNotContain("w6");
  }

  @Test
  void should_train_a_kept_model_further_on_another_text() {
    ProgramRun first = trainModel("--vocabulary=4 --cell=gru");
    ProgramRun second = start("--epochs=1 --data=" + other + " --valid=" + text);
    assertThat(second.err()).isEmpty();
    assertThat(second.outLines().get(0))
        .startsWith("other.txt: 270 tokens, vocabulary 4, embedding 4, hidden 8, GRU, ");
    assertThat(firstPerplexity(second)).isLessThan(0.7 * firstPerplexity(first));
  }

  @Test
  void should_go_on_with_such_a_training_as_if_it_had_not_stopped() throws IOException {
    trainModel("--vocabulary=4 --dropout=0.2");
    Path whole = directory.resolve("whole");
    Path kept = directory.resolve("kept");
    start("--epochs=4 --data=" + other + " --checkpoint=" + whole);
    start("--epochs=2 --data=" + other + " --checkpoint=" + kept);
    ProgramRun resumed =
        ProgramRun.of("train --resume --epochs=4 --data=" + other + " --checkpoint=" + kept);
    assertThat(resumed.err()).isEmpty();
    String evaluate = "evaluate --unknown=<unk> --data=" + text + " --model=";
    assertThat(ProgramRun.of(evaluate + kept).out())
        .isNotEmpty()
        .isEqualTo(ProgramRun.of(evaluate + whole).out());
  }

  @Test
  void should_keep_the_level_of_the_model() throws IOException {
    write("text.txt", "abcabcabc".repeat(40));
    write("other.txt", "abcbcbabc".repeat(40));
    trainModel("--level=char");
    Path kept = directory.resolve("kept");
    assertThat(start("--epochs=1 --data=" + other + " --checkpoint=" + kept).out())
        .contains("324 tokens, vocabulary 3");
    assertThat(ProgramRun.of("generate --length=6 --prompt=ab --model=" + kept).out())
        .matches("[abc]{8}\\R?");
    start("--epochs=1 --level=word --data=" + other)
        .assertFailsInOneLine("is one of level char; leave the option out");
  }

  @ParameterizedTest
  @CsvSource({
    "--hidden=8, '--hidden is of no use with --start, whose model has its own'",
    "--cell=lstm, '--cell is of no use with --start, whose model has its own'",
    "--vocabulary=5, '--vocabulary is of no use with --start: the model keeps its own words'"
  })
  void should_refuse_what_the_model_has_already(String option, String why) {
    trainModel("");
    start("--data=" + other + " " + option).assertWrongUse(why);
  }

  @Test
  void should_refuse_what_cannot_be_learned() {
    trainModel("");
    start("--epochs=1").assertWrongUse("--start needs --data: a text for the model to learn");
    start("--data=" + other)
        .assertFailsInOneLine("--data " + other + ": unknown word \"w7\": not among the 7 words");
    ProgramRun.of("train --start=" + text + " --data=" + text)
        .assertFailsInOneLine(text.toString());
    trainModel("--vocabulary=1")
        .assertWrongUse("--vocabulary must be at least 2, a word and <unk>");
    ProgramRun.of("train --vocabulary=9").assertWrongUse("--vocabulary needs --data");
  }
}
