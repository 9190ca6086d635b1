package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Charts are drawn, or declined before the training in a line that says why. */
@EnabledOnOs({OS.LINUX, OS.MAC}) // started by a shell
class ChartDrawingTest {
  private static final String TRAIN =
      "train --epochs=1 --tokens=2001 --batch=4 --steps=5 --hidden=8";
  private static final String WITHOUT_DESKTOP = "--limit-modules=java.base";

  @TempDir Path directory;

  private ProgramProcess program(String... flags) {
    return new ProgramProcess(directory).flags(flags);
  }

  @ParameterizedTest
  @ValueSource(strings = {"curve.png", "curve.svg"})
  void should_refuse_a_chart_before_the_training_where_java_cannot_draw(String chart)
      throws Exception {
    ProgramRun run = program(WITHOUT_DESKTOP).run(TRAIN + " --chart=" + chart);

    run.assertFailsInOneLine(
        "chart " + chart + ": cannot be drawn: this Java runtime has no module java.desktop");
    assertThat(run.out()).isEmpty();
    assertThat(directory.resolve(chart)).doesNotExist();
  }

  @Test
  void should_train_without_the_chart_that_nobody_asked_for() throws Exception {
    ProgramRun run = program(WITHOUT_DESKTOP).run(TRAIN);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.outLines().get(0))
        .isEqualTo(
            "learning curve: none; chart learning-curve.png: cannot be drawn: this Java runtime"
                + " has no module java.desktop");
    assertThat(run.outLines()).last().asString().startsWith("held out: ");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void should_train_without_a_chart_where_nobody_asked_for_it_and_it_cannot_be_written()
      throws Exception {
    Files.createDirectories(directory.resolve("target/learning-curve.png"));
    ProgramRun run = program().run(TRAIN);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.outLines().get(0)).startsWith("learning curve: none; ").contains("a directory");
    assertThat(run.outLines()).last().asString().startsWith("held out: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"curve.png", "curve.svg"})
  void should_draw_without_a_directory_for_temporary_files(String chart) throws Exception {
    ProgramRun run =
        program("-Djava.io.tmpdir=" + directory.resolve("none")).run(TRAIN + " --chart=" + chart);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(directory.resolve(chart)).isNotEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "inspect --help", "evaluate --help"})
  void should_run_what_draws_nothing_on_a_runtime_of_one_module(String command) throws Exception {
    assertThat(program(WITHOUT_DESKTOP).run(command).exitCode()).isZero();
  }
}
