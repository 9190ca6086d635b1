package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.Notes;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluateCommandTest {
  private static final Vocabulary WORDS = Vocabulary.of(List.of("a", "b", "<eos>", "<unk>"));

  @TempDir Path directory;
  private Path model;
  private Path text;
  private RnnLanguageModel saved;

  @BeforeEach
  void save_a_model() throws IOException {
    saved = new RnnLanguageModel(4, 3, 5, new RandomState(1));
    saved.parameters().forEach(p -> Arrays.setAll(p.value().data(), i -> 3 * p.value().data()[i]));
    model = directory.resolve("model.safetensors");
    ModelFile.save(model, saved, Notes.of(WORDS));
    text = Files.writeString(directory.resolve("text.txt"), "a b b\nb a\n");
  }

  private ProgramRun evaluate(String options) {
    return ProgramRun.of("evaluate --model=" + model + " --data=" + text + options);
  }

  private String line(String tokens, String rest) {
    int[] ids = WORDS.encode(List.of(tokens.split(" ")));
    return String.format(
        Locale.ROOT,
        "text.txt: %d tokens, perplexity %.4f%s",
        ids.length,
        saved.perplexity(ids),
        rest);
  }

  @Test
  void should_tell_the_perplexity_of_a_text() {
    ProgramRun run = evaluate("");

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines()).containsExactly(line("a b b <eos> b a <eos>", ""));
  }

  @Test
  void should_read_unknown_words_as_another_and_say_how_many() throws IOException {
    Files.writeString(text, "a new b new\n");

    evaluate("")
        .assertFailsInOneLine(
            "--data "
                + text
                + ": unknown word \"new\": not among the 4 words of the model; --unknown '<unk>'"
                + " reads it as another");
    assertThat(evaluate(" --unknown=<unk>").outLines())
        .containsExactly(line("a <unk> b <unk> <eos>", "; 2 read as <unk>"));
    assertThat(evaluate(" --unknown=a").outLines())
        .containsExactly(line("a a b a <eos>", "; 2 read as a"));
    evaluate(" --unknown=c").assertFailsInOneLine("--unknown: unknown word \"c\"");
  }

  @Test
  void should_take_the_level_that_the_model_notes() throws IOException {
    RnnLanguageModel letters = new RnnLanguageModel(3, 3, 5, new RandomState(1));
    Vocabulary abc = Vocabulary.of(List.of("a", "b", "\n"));
    ModelFile.save(model, letters, Notes.of(abc));
    Files.writeString(text, "ab\n");
    evaluate("").assertFailsInOneLine("unknown word \"ab\"");
    String line =
        String.format(
            Locale.ROOT,
            "text.txt: 3 tokens, perplexity %.4f",
            letters.perplexity(new int[] {0, 1, 2}));
    assertThat(evaluate(" --level=char").outLines()).containsExactly(line);

    ProgramRun.of(
            "train --level=char --data=" + text + " --batch=1 --steps=1 --epochs=1 --save=" + model)
        .outLines();
    assertThat(evaluate("").outLines()).singleElement().asString().contains("3 tokens");
    evaluate(" --level=word")
        .assertFailsInOneLine(
            "--level word: the model in " + model + " is one of level char; leave the option out");
  }

  @Test
  void should_agree_with_the_validation_of_the_training() throws IOException {
    Files.writeString(text, "a b c d ".repeat(40));
    Path valid = Files.writeString(directory.resolve("valid.txt"), "a b c d a b d c");
    Path checkpoint = directory.resolve("checkpoint");
    String training =
        ProgramRun.of(
                String.format(
                    Locale.ROOT,
                    "train --batch=2 --steps=3 --epochs=3 --data=%s --valid=%s --checkpoint=%s",
                    text,
                    valid,
                    checkpoint))
            .outLines()
            .get(3);

    assertThat(ProgramRun.of("evaluate --model=" + checkpoint + " --data=" + valid).out().strip())
        .isEqualTo(
            "valid.txt: 8 tokens, perplexity "
                + training.replaceAll(".*validation (\\S+) .*", "$1"));
  }

  @Test
  void should_fail_where_the_perplexity_is_no_number() throws IOException {
    saved.parameters().get(2).value().set(1, 0, Double.NaN);
    ModelFile.save(model, saved, Notes.of(WORDS));

    evaluate("")
        .assertFailsInOneLine(
            "--model "
                + model
                + ": the perplexity is NaN: the first bad parameter is rnn.wh[1,0] = NaN");
  }

  @Test
  void should_refuse_a_text_of_one_token() throws IOException {
    Files.writeString(text, "a");
    evaluate("").assertFailsInOneLine("one token leaves none to predict; give at least 2");
  }

  @Test
  void should_say_what_is_wrong_with_a_file() throws IOException {
    Files.delete(text);
    evaluate("").assertFailsInOneLine(text + ": no such file");
    Files.delete(model);
    evaluate("").assertFailsInOneLine(model + ": no such file");
    Path torch = Path.of("src/test/resources/golden/torch/lstm_l1_uni.f64.safetensors");
    Files.copy(torch, model);
    evaluate("")
        .assertFailsInOneLine(
            "the metadata have no \"unroll.checkpoint\"; this is no file that Unroll saved");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--model=x", "--data=x", "--model=x --data=x --level=line"})
  void should_call_it_wrong_use(String options) {
    ProgramRun.of("evaluate " + options).assertWrongUse("");
  }
}
