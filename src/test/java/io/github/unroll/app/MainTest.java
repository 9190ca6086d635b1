package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.CellKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

class MainTest {
  private static final String TINY = "--epochs=2 --batch=4 --steps=5 --hidden=8 --embedding=4";
  private static final String EPOCH_LINE = "epoch \\d+  perplexity \\d+\\.\\d{4}  \\d+\\.\\d s";

  @TempDir Path directory;

  private static ProgramRun run(String... args) {
    return ProgramRun.of(false, args);
  }

  private static ProgramRun train(String options) {
    return run(("train " + options).split(" "));
  }

  private Path chart() {
    return directory.resolve("curve.png");
  }

  /** A text of n words, w0 to w6 in turn. */
  private Path words(int n) throws IOException {
    String text = String.join(" ", IntStream.range(0, n).mapToObj(i -> "w" + i % 7).toList());
    return Files.writeString(directory.resolve("text.txt"), text);
  }

  @Test
  void should_say_which_kernel_runs_and_how_to_get_the_faster_one_when_verbose()
      throws IOException {
    String options = " --epochs 1 --batch 2 --steps 2 --hidden 3 --embedding 2";
    assertThat(train("--verbose --data " + words(60) + options).out()).contains("kernel: ");
    assertThat(train("--data " + words(60) + options).out()).doesNotContain("kernel: ");
    assertThat(ModelTraining.kernelLine("plain Java on 2 threads"))
        .isEqualTo(
            "kernel: plain Java on 2 threads; faster with java --add-modules jdk.incubator.vector");
    assertThat(ModelTraining.kernelLine("vectors of 512 bits on 2 threads"))
        .isEqualTo("kernel: vectors of 512 bits on 2 threads");
    String handingOver =
        "plain Java, handing over to vectors of 512 bits (0 of 10 operations so far)";
    assertThat(ModelTraining.kernelLine(handingOver)).isEqualTo("kernel: " + handingOver);
    String inSoftware = "plain Java (multiply-adds in software, so no vectors)";
    assertThat(ModelTraining.kernelLine(inSoftware)).isEqualTo("kernel: " + inSoftware);
  }

  @Test
  void should_print_the_usage_without_a_subcommand() {
    ProgramRun run = run();

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: unroll");
    // each command in one line
    List<String> commands =
        run.outLines().stream()
            .dropWhile(line -> !line.equals("Commands:"))
            .takeWhile(line -> !line.isEmpty())
            .skip(1)
            .toList();
    assertThat(commands)
        .extracting(line -> line.strip().split(" ")[0])
        .containsExactly(
            "train",
            "generate",
            "evaluate",
            "forecast",
            "classify",
            "predict",
            "convert",
            "inspect");
  }

  @Test
  void should_tell_every_option_of_train_in_80_columns() {
    ProgramRun run = train("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("--data", "--level", "--tokens", "--epochs", "--batch", "--steps", "--hidden")
        .contains("--embedding", "--learning-rate", "--clip", "--seed", "--chart", "--valid")
        .contains("--cell", "--layers", "--tie-weights", "--dropout", "--optimizer", "--schedule")
        .contains(
            "--save",
            "--checkpoint",
            "--checkpoint-every",
            "--resume",
            String.format(Locale.ROOT, "%nSaving:%n"))
        .contains(
            "--patience",
            String.format(Locale.ROOT, "%nText:%n"),
            String.format(Locale.ROOT, "%nModel:%n"));
    assertThat(run.outLines()).allMatch(line -> line.length() <= 80);
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "generate", "evaluate", "inspect"})
  void should_help_in_80_columns_without_breaking_a_line(String command) {
    ProgramRun help = run(command, "--help");

    assertThat(help.outLines()).allMatch(line -> line.length() <= 80);
    for (OptionSpec option :
        Main.commandLine(() -> 0).getSubcommands().get(command).getCommandSpec().options()) {
      assertThat(help.out()).contains(option.description());
    }
  }

  @Test
  void should_name_every_kind_of_cell_in_the_help_of_train() {
    String help = String.join(" ", train("--help").outLines()).replaceAll(" +", " ");
    String kinds = String.join(", ", CellKind.all().stream().map(CellKind::name).toList());

    assertThat(help).contains("recurrent layers: " + kinds + ".");
  }

  @Test
  void should_print_the_version() {
    ProgramRun run = run("--version");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("unroll ").contains("Java " + Runtime.version());
  }

  @Test
  void should_train_on_the_embedded_text_and_compare_with_the_grammar() {
    ProgramRun run = train(TINY + " --tokens=2001 --learning-rate=0.01 --chart=" + chart());

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    List<String> lines = run.outLines();
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0)).contains("2001 tokens", "vocabulary 35", "seed 0");
    assertThat(lines.get(1)).matches(EPOCH_LINE).startsWith("epoch 1 ");
    assertThat(lines.get(2)).matches(EPOCH_LINE).startsWith("epoch 2 ");
    assertThat(lines.get(3))
        .matches("held out: \\d+ tokens, perplexity \\d+\\.\\d{4}; .*best possible: 3\\.\\d{4}");
    assertThat(lines.get(4)).isEqualTo("learning curve: " + chart());
  }

  @Test
  void should_count_the_parameters() {
    int v = 35;
    int d = 4;
    int h = 8;
    int parameters = v * d + d * h + h * h + h + h * v + v;

    assertThat(train(TINY + " --tokens=101 --chart=" + chart()).out())
        .contains(" " + parameters + " parameters");
  }

  @Test
  void should_write_numbers_with_a_point_in_every_locale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(train(TINY + " --tokens=101 --chart=" + chart()).outLines().get(1))
          .matches(EPOCH_LINE);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void should_give_the_same_output_for_the_same_seed_and_another_for_another() throws IOException {
    String options = TINY + " --data=" + words(300);
    String first = train(options + " --seed=7").outWithoutTime();

    assertThat(train(options + " --seed=7").outWithoutTime()).isEqualTo(first);
    assertThat(train(options + " --seed=8").outWithoutTime().replace("seed 8", "seed 7"))
        .isNotEqualTo(first);
  }

  @Test
  void should_train_on_the_first_tokens_only() throws IOException {
    Path all = words(200);
    String first =
        train(TINY + " --tokens=50 --data=" + all).outLines().get(2).replaceAll("  [^ ]* s", "");
    // What follows the first 50 tokens is another text of the same vocabulary.
    String beginning = String.join(" ", List.of(Files.readString(all).split(" ")).subList(0, 50));
    Path other = Files.writeString(all, beginning + " w3".repeat(150));

    assertThat(train(TINY + " --tokens=50 --data=" + other).outLines().get(2))
        .startsWith("epoch 2")
        .startsWith(first);
  }

  @ParameterizedTest
  @CsvSource({"200, 50, 50, 5", "52, 50, 50, 2", "200, , 180, 20"})
  void should_hold_out_what_is_not_trained_on(int size, Integer tokens, int trained, int heldOut)
      throws IOException {
    ProgramRun run =
        train(TINY + " --data=" + words(size) + (tokens == null ? "" : " --tokens=" + tokens));

    assertThat(run.outLines().get(0)).contains(" " + trained + " tokens");
    assertThat(run.outLines().get(3))
        .matches("held out: " + heldOut + " tokens, perplexity \\d+\\.\\d{4}");
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 51})
  void should_say_so_if_nothing_is_held_out(int size) throws IOException {
    ProgramRun run = train(TINY + " --tokens=50 --data=" + words(size));

    assertThat(run.outLines()).last().isEqualTo("held out: nothing");
  }

  @Test
  void should_draw_no_chart_of_an_own_text_unless_told_to() throws IOException {
    ProgramRun run = train(TINY + " --data=" + words(100));

    assertThat(run.out()).doesNotContain("learning curve");
  }

  @Test
  void should_read_characters() throws IOException {
    Path text = Files.writeString(directory.resolve("text.txt"), "abcab\n".repeat(20));

    assertThat(train(TINY + " --level=char --data=" + text).outLines().get(0))
        .contains("text.txt: 108 tokens", "vocabulary 4,");
  }

  @Test
  void should_train_without_clipping() throws IOException {
    assertThat(train(TINY + " --clip=0 --data=" + words(100)).exitCode()).isZero();
  }

  @Test
  void should_write_a_png() throws IOException {
    ProgramRun run = train(TINY + " --data=" + words(100) + " --chart=" + chart());

    assertThat(run.exitCode()).isZero();
    assertThat(Files.readAllBytes(chart())).startsWith(0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n');
  }

  @Test
  void should_write_an_svg() throws IOException {
    Path svg = directory.resolve("curve.SVG");
    ProgramRun run = train(TINY + " --data=" + words(100) + " --chart=" + svg);

    assertThat(run.exitCode()).isZero();
    List<String> lines = Files.readAllLines(svg);
    assertThat(lines.get(2)).startsWith("<svg ").contains("xmlns=");
    assertThat(lines).last().isEqualTo("</svg>");
  }

  @RepeatedTest(10) // the bar is drawn by a thread of its own
  void should_show_a_progress_bar_that_leaves_no_trace() throws IOException {
    String[] args = ("train " + TINY + " --data=" + words(100)).split(" ");
    ProgramRun withBar = ProgramRun.of(true, args);

    assertThat(withBar.out()).contains("\r").doesNotContain("\u001b");
    assertThat(new ProgramRun(0, onScreen(withBar.out()), "").outWithoutTime())
        .isEqualTo(run(args).outWithoutTime());
  }

  @Test
  void should_show_the_epoch_that_runs() throws IOException {
    String manyBatches = "train --epochs=2 --batch=1 --steps=1 --data=" + words(5000);

    assertThat(ProgramRun.of(true, manyBatches.split(" ")).out()).contains("\repoch 2/2 ");
  }

  /** What a terminal shows in the end: after a carriage return a line is written over. */
  private static String onScreen(String out) {
    StringBuilder screen = new StringBuilder();
    StringBuilder line = new StringBuilder();
    int column = 0;
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (c == '\n') {
        screen.append(line.toString().stripTrailing()).append('\n');
        line.setLength(0);
      } else if (c != '\r') {
        line.replace(column, column + 1, String.valueOf(c));
      }
      column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
    return screen.append(line).toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--epochs=0",
        "--batch=-1",
        "--steps=0",
        "--hidden=0",
        "--embedding=0",
        "--tokens=0",
        "--learning-rate=0",
        "--learning-rate=NaN",
        "--clip=-1",
        "--clip=Infinity",
        "--seed=-1",
        "--seed=4294967296",
        "--level=char",
        "--chart=curve.gif",
        "--epochs=many",
        "--level=line",
        "--unknown"
      })
  void should_call_it_wrong_use(String option) {
    train(option).assertWrongUse(option.substring(0, option.indexOf('=') + 1).replace("=", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--data", "--valid", "--save", "--checkpoint", "--chart"})
  void should_ask_for_a_name_where_that_of_a_file_is_empty(String option) {
    run("train", option, "").assertWrongUse("'" + option + "': it is empty");
  }

  @Test
  void should_take_an_argument_as_it_stands() throws IOException {
    Path options = Files.writeString(directory.resolve("options"), "--help");

    run("@" + options).assertWrongUse("@" + options);
    run("train", "@" + options).assertWrongUse("@" + options);
    for (String word : List.of("@" + options, "${sys:user.home}", "\"a\"", "%n", "-x", "a,b")) {
      run("generate", "--epochs=1", "--prompt", word)
          .assertFailsInOneLine("--prompt: unknown word \"" + word + "\"");
    }
    run("train", "--save", "--resume").assertWrongUse("'--save'"); // a value was forgotten
  }

  @Test
  void should_call_an_unknown_subcommand_wrong_use() {
    run("trian").assertWrongUse("trian");
  }

  @Test
  void should_fail_in_one_line_without_the_file() {
    Path missing = directory.resolve("missing.txt");

    train("--data=" + missing).assertFailsInOneLine(missing + ": no such file");
  }

  @Test
  void should_fail_in_one_line_on_what_is_not_utf8() throws IOException {
    Path latin1 = directory.resolve("latin1.txt");
    Files.write(latin1, "caf\u00e9 au lait".getBytes(StandardCharsets.ISO_8859_1));

    train("--data=" + latin1).assertFailsInOneLine("not UTF-8");
  }

  @Test
  void should_fail_in_one_line_on_too_short_a_text() throws IOException {
    train(TINY + " --data=" + words(10)).assertFailsInOneLine("shorter than one batch");
  }

  @Test
  void should_fail_in_one_line_on_more_tokens_than_there_are() throws IOException {
    train(TINY + " --tokens=101 --data=" + words(100))
        .assertFailsInOneLine("the text has only 100 tokens");
  }

  @Test
  void should_fail_in_one_line_if_training_diverges() throws IOException {
    train(TINY + " --learning-rate=1e308 --data=" + words(100))
        .assertFailsInOneLine("lower the learning rate");
  }

  @Test
  void should_fail_in_one_line_on_a_model_too_large_for_an_array() throws IOException {
    train("--hidden=2000000000 --data=" + words(1000))
        .assertFailsInOneLine("an array holds at most");
  }

  @Test
  void should_refuse_a_chart_that_cannot_be_written_before_training() throws IOException {
    Path nowhere = directory.resolve("missing").resolve("curve.png");
    ProgramRun run = train(TINY + " --data=" + words(100) + " --chart=" + nowhere);

    run.assertFailsInOneLine("no directory");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void should_leave_an_older_chart_alone_until_there_is_a_new_one() throws IOException {
    Files.writeString(chart(), "old");
    train("--epochs=1 --data=" + words(10) + " --chart=" + chart());

    assertThat(chart()).hasContent("old");
  }

  @Test
  void should_leave_no_empty_chart_if_training_fails() throws IOException {
    train("--epochs=1 --data=" + words(10) + " --chart=" + chart());

    assertThat(chart()).doesNotExist();
  }

  @Test
  void should_refuse_a_chart_that_is_a_directory() throws IOException {
    Path directoryOfThatName = Files.createDirectory(chart());
    ProgramRun run = train(TINY + " --data=" + words(100) + " --chart=" + directoryOfThatName);

    run.assertFailsInOneLine("is a directory");
  }
}
