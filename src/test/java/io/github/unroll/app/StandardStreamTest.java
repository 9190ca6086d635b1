package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program prints arrives, as it is, or its exit code says that it did not. */
@EnabledOnOs(OS.LINUX) // for /dev/full and the locale C
class StandardStreamTest {
  private static final String QUICK = " --data=text --batch=4 --steps=5 --hidden=8 --embedding=4";
  private static final String WORDS = "Müller trinkt Kaffee . das Café ist schön € 😀 .\n";

  @TempDir static Path directory;

  @BeforeAll
  static void train_a_model() throws IOException {
    Files.writeString(directory.resolve("text"), WORDS.repeat(40));
    ProgramRun run =
        ProgramRun.of(
            ("train --epochs=1" + QUICK + " --save=model")
                .replace("=text", "=" + directory.resolve("text"))
                .replace("=model", "=" + directory.resolve("model")));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private static ProgramProcess program() {
    return new ProgramProcess(directory);
  }

  // ---- UTF-8 in every locale ----

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "C.UTF-8"})
  void should_write_utf8_whatever_the_locale(String locale) throws Exception {
    ProgramRun here = ProgramRun.of("generate --model=" + directory.resolve("model"));
    ProgramRun there =
        program().environment("LC_ALL=" + locale).run("generate --model=model | cat");

    assertThat(here.out()).contains("Müller", "€", "😀");
    assertThat(there.out()).isEqualTo(here.out());
  }

  @Test
  void should_write_errors_and_what_is_told_of_a_training_in_utf8() throws Exception {
    Files.writeString(directory.resolve("other"), "grün grün");
    ProgramRun unknown =
        program().environment("LC_ALL=C").run("evaluate --model=model --data=other");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("unknown word \"grün\"");

    ProgramRun help = program().environment("LC_ALL=C").run("inspect --help");
    assertThat(help.out()).isEqualTo(ProgramRun.of("inspect --help").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate --prompt ", "train --data ", "train --save "})
  void should_refuse_arguments_that_java_could_not_decode(String command) throws Exception {
    ProgramRun run =
        program().environment("LC_ALL=C").run(command + "\"$(printf 'Caf\\303\\251')\"");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("unroll: argument 3, \"Caf")
        .contains("(LC_ALL=C, ", "start java with LC_ALL=C.UTF-8");
  }

  @Test
  void should_understand_arguments_that_java_could_decode() throws Exception {
    ProgramRun run =
        program()
            .environment("LC_ALL=C.UTF-8")
            .run("generate --model=model --length=0 --prompt \"$(printf 'Caf\\303\\251')\"");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("Café\n");
  }

  // ---- what does not arrive ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--help",
        "--version",
        "train --help",
        "train --epochs=1" + QUICK,
        "train --epochs=1" + QUICK + " --save=other.model",
        "generate --model=model",
        "generate --epochs=1" + QUICK,
        "evaluate --model=model --data=text",
        "inspect model"
      })
  void should_say_that_standard_output_is_full(String command) throws Exception {
    ProgramRun run = program().run(command + " > /dev/full");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines())
        .last()
        .asString()
        .startsWith("unroll: standard output: ")
        .hasSizeGreaterThan(30);
  }

  @Test
  void should_stop_writing_when_standard_output_is_full_or_nobody_reads_it() throws Exception {
    String endless = "generate --model=model --length=2000000000"; // of hours
    assertThat(program().run(endless + " > /dev/full").exitCode()).isEqualTo(1);

    ProgramRun run = exitCodeBehindHead(endless, 1);
    assertThat(run.out()).hasLineCount(1);
    assertThat(run.err()).isEqualTo("141\n"); // and not a word beside
  }

  /** The exit code is on standard error, behind all that the program says there. */
  private static ProgramRun exitCodeBehindHead(String command, int lines) throws Exception {
    return program()
        .shell(
            String.format(
                Locale.ROOT,
                "{ %s; echo $? >&2; } | head -n %d",
                program().command(command),
                lines));
  }

  @Test
  void should_end_a_training_of_which_nothing_is_kept_when_nobody_reads_on() throws Exception {
    ProgramRun run = exitCodeBehindHead("train --epochs=100000000" + QUICK, 3);

    assertThat(run.out()).hasLineCount(3);
    assertThat(run.err()).isEqualTo("141\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--save=kept", "--checkpoint=kept", "--chart=kept.png"})
  void should_go_on_with_a_training_of_which_something_is_kept(String kept) throws Exception {
    Path file = directory.resolve(kept.substring(kept.indexOf('=') + 1));
    Files.deleteIfExists(file);
    ProgramRun run = exitCodeBehindHead("train --epochs=30 " + kept + QUICK, 2);

    assertThat(run.out()).hasLineCount(2);
    assertThat(run.err()).isEqualTo("141\n");
    assertThat(file).isNotEmptyFile();
    if (kept.startsWith("--checkpoint")) {
      ProgramRun resumed = program().run("train --epochs=30 --resume " + kept + " --data=text");
      assertThat(resumed.out()).contains("30 of 30 epochs done");
    }
  }

  @Test
  void should_do_without_standard_error() throws Exception {
    ProgramRun here = ProgramRun.of("generate --model=" + directory.resolve("model"));
    for (String broken : new String[] {" 2> /dev/full", " 2>&-"}) {
      ProgramRun there = program().run("generate --model=model" + broken);
      assertThat(there.exitCode()).isZero();
      assertThat(there.out()).isEqualTo(here.out());
      assertThat(program().run("generate --epochs=1 --length=5" + QUICK + broken).exitCode())
          .isZero();
      assertThat(program().run("--version > /dev/full" + broken).exitCode()).isEqualTo(1);
      assertThat(program().run("--version >&-" + broken).exitCode()).isEqualTo(1);
      assertThat(program().run("generate --model=missing" + broken).exitCode()).isEqualTo(1);
    }
  }
}
