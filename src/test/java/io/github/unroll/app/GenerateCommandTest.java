package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.model.RnnLanguageModel;
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

class GenerateCommandTest {
  private static final String LEARNS = " --batch=4 --steps=5 --learning-rate=0.02 --epochs=20";
  private static final String QUICK = " --batch=4 --steps=5 --epochs=1";

  @TempDir Path directory;
  private Path text;

  @BeforeEach
  void write_a_text() throws IOException {
    text = Files.writeString(directory.resolve("text.txt"), "one two three \n".repeat(75));
  }

  private ProgramRun generate(String options) {
    return ProgramRun.of("generate --data=" + text + " " + options);
  }

  @Test
  void should_write_what_it_learned() {
    ProgramRun run = generate("--temperature=0 --length=7 --prompt=two" + LEARNS);

    assertThat(run.exitCode()).isZero();
    // the end of a line is a token too
    assertThat(run.outLines()).containsExactly("two three", "one two three", "one");
  }

  @Test
  void should_begin_a_new_line_without_a_prompt() {
    ProgramRun run = generate("--temperature=0 --length=4" + LEARNS);

    assertThat(run.outLines()).containsExactly("one two three");
  }

  @Test
  void should_write_characters() throws IOException {
    Files.writeString(text, "abc\n".repeat(100));
    ProgramRun run = generate("--level=char --temperature=0 --length=9" + LEARNS);

    assertThat(run.outLines()).containsExactly("abc", "abc", "a");
  }

  @Test
  void should_tell_of_the_training_on_the_other_stream() {
    ProgramRun run = generate("--length=0" + QUICK);

    assertThat(run.out()).isBlank();
    assertThat(run.err()).contains("text.txt: 270 tokens", "epoch 1  perplexity ");
  }

  @Test
  void should_show_progress_on_the_terminal_and_leave_the_other_stream_clean() {
    String[] args = ("generate --length=5 --data=" + text + QUICK).split(" ");
    ProgramRun run = ProgramRun.of(true, args);

    assertThat(run.out()).contains("\r");
    assertThat(run.err()).doesNotContain("\r").contains("epoch 1  perplexity ");
    assertThat(run.out()).endsWith(ProgramRun.of(false, args).out());
  }

  @Test
  void should_write_the_same_text_for_the_same_seed_and_another_for_another() {
    String first = generate("--seed=3" + QUICK).out();

    assertThat(generate("--seed=3" + QUICK).out()).isEqualTo(first);
    assertThat(generate("--seed=4" + QUICK).out()).isNotEqualTo(first);
  }

  @Test
  void should_leave_words_out() {
    String out = generate("--leave-out=two --leave-out=<eos>" + QUICK).out();

    assertThat(List.of(out.strip().split(" "))).hasSize(100).containsOnly("one", "three");
  }

  @Test
  void should_choose_the_best_word_when_there_is_one_to_choose_from() {
    assertThat(generate("--top-k=1 --prompt=one" + QUICK).out())
        .isEqualTo(generate("--temperature=0 --prompt=one" + QUICK).out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--length=-1", "--temperature=-1", "--temperature=NaN", "--top-k=0"})
  void should_call_it_wrong_use(String option) {
    generate(option).assertWrongUse(option.substring(0, option.indexOf('=')));
  }

  @Test
  void should_name_unknown_words_before_it_trains() {
    generate("--prompt=four" + QUICK).assertFailsInOneLine("--prompt: unknown word \"four\"");
    generate("--leave-out=four" + QUICK).assertFailsInOneLine("--leave-out: unknown word \"four\"");
  }

  @Test
  void should_say_so_when_no_word_is_left() {
    generate("--leave-out=one --leave-out=two --leave-out=three --leave-out=<eos>" + QUICK)
        .assertFailsInOneLine("--leave-out: nothing is left to write");
  }

  // ---- with a saved model ----

  private Path saved(String options) {
    Path model = directory.resolve("model");
    ProgramRun run = ProgramRun.of("train --save=" + model + " --data=" + text + " " + options);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return model;
  }

  @Test
  void should_write_with_a_saved_model_as_with_one_it_trains() {
    Path model = saved("--seed=3" + QUICK);
    String writing = "--length=20 --temperature=0.7 --top-k=3 --leave-out=<eos> --seed=3";
    ProgramRun run = ProgramRun.of("generate --model=" + model + " " + writing);

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo(generate(writing + QUICK).out());
    assertThat(
            ProgramRun.of(
                    "generate --seed=4 --model=" + model + " " + writing.replace("--seed=3", ""))
                .out())
        .isNotEqualTo(run.out());
  }

  @Test
  void should_write_the_characters_of_a_model_that_learned_characters() throws IOException {
    Files.writeString(text, "abc\n".repeat(100));
    Path model = saved("--level=char" + LEARNS);

    assertThat(
            ProgramRun.of("generate --temperature=0 --length=9 --prompt=b --model=" + model)
                .outLines())
        .containsExactly("bc", "abc", "abc");
    ProgramRun.of("generate --level=word --model=" + model)
        .assertFailsInOneLine("is one of level char");
    assertThat(ProgramRun.of("generate --level=char --model=" + model).exitCode()).isZero();
  }

  @Test
  void should_begin_with_the_first_word_of_a_text_without_lines() throws IOException {
    Files.writeString(text, "one two three ".repeat(75));
    Path model = saved(LEARNS.strip());

    assertThat(ProgramRun.of("generate --temperature=0 --length=2 --model=" + model).out())
        .isEqualTo(generate("--temperature=0 --length=2" + LEARNS).out())
        .isEqualTo(String.format(Locale.ROOT, "two three%n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--hidden=64", "--data=text.txt", "--epochs=10", "--tie-weights", "--valid=a"})
  void should_call_an_option_of_training_wrong_use_with_a_saved_model(String option) {
    String name = option.replaceAll("=.*", "");
    ProgramRun.of("generate --model=none " + option)
        .assertWrongUse(name + " is of no use with --model, which is trained already");
  }

  @Test
  void should_say_what_a_file_lacks_that_is_no_model() throws IOException {
    Path torch = Path.of("src/test/resources/golden/torch/lstm_l1_uni.f64.safetensors");
    ProgramRun.of("generate --model=" + torch)
        .assertFailsInOneLine("the metadata have no \"unroll.checkpoint\"");
    Path missing = directory.resolve("missing");
    ProgramRun.of("generate --model=" + missing).assertFailsInOneLine(missing + ": no such file");
    Path model = saved(QUICK.strip());
    ProgramRun.of("generate --prompt=four --model=" + model)
        .assertFailsInOneLine("--prompt: unknown word \"four\"");
    byte[] whole = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(whole, 100));
    ProgramRun.of("generate --model=" + model).assertFailsInOneLine("does not fit into a file");
  }

  @Test
  void should_fail_in_one_line_where_no_word_can_be_chosen() throws IOException {
    Path model = saved(QUICK.strip());
    var kept = ModelFile.load(model, RnnLanguageModel.class);
    kept.model().parameters().get(5).value().fill(Double.NEGATIVE_INFINITY);
    ModelFile.save(model, kept.model(), kept.notes());
    ProgramRun.of("generate --model=" + model)
        .assertFailsInOneLine(
            "no word can be chosen: the first bad parameter is affine.b[0,0] = -Infinity");
  }

  @Test
  void should_tell_every_option_in_80_columns() {
    ProgramRun run = ProgramRun.of("generate --help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "--length", "--temperature", "--top-k", "--prompt", "--leave-out", "--cell", "--model");
    assertThat(run.outLines()).allMatch(line -> line.length() <= 80);
  }
}
