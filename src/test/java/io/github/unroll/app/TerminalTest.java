package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program draws on terminals of many kinds, each one made by {@code script}. */
@EnabledOnOs(OS.LINUX) // elsewhere script has other options
class TerminalTest {
  private static final String TRAIN =
      "train --epochs=1 --data=text --batch=1 --steps=1 --hidden=64 --cell=lstm";

  @TempDir Path directory;

  @BeforeEach
  void write_a_text() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script here");
    Files.writeString(directory.resolve("text"), "one two three \n".repeat(700));
  }

  private String onTerminal(int columns, String environment, String arguments) throws Exception {
    ProgramProcess program =
        new ProgramProcess(directory).environment(environment.split(" ")); // a blank between two
    Path start = directory.resolve("start.sh");
    Files.writeString(
        start,
        String.format(
            Locale.ROOT, "stty rows 24 columns %d\n%s\n", columns, program.command(arguments)));
    ProgramRun run = program.shell("script -qec 'sh start.sh' /dev/null");
    assertThat(run.exitCode()).as(run.out()).isZero();
    return run.out();
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 60, 80, 200})
  void should_draw_a_bar_that_stays_on_its_line(int columns) throws Exception {
    String out = onTerminal(columns, "TERM=xterm", TRAIN);

    assertThat(out).contains("epoch 1  perplexity").doesNotContain("\u001b");
    List<String> bars =
        Arrays.stream(out.split("[\r\n]+")).filter(line -> line.startsWith("epoch 1/1 ")).toList();
    assertThat(bars).isNotEmpty().allMatch(bar -> bar.length() < columns, "shorter than a line");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10 TERM=xterm", "0 TERM=xterm", "80 TERM=dumb", "80 TERM="})
  void should_print_plain_lines_where_there_is_no_room_or_no_line_to_write_over(String terminal)
      throws Exception {
    int blank = terminal.indexOf(' ');
    int columns = Integer.parseInt(terminal.substring(0, blank));
    String out = onTerminal(columns, terminal.substring(blank + 1), TRAIN);

    assertThat(out).contains("epoch 1  perplexity");
    assertThat(out.replace("\r\n", "\n")).doesNotContain("\r", "\u001b");
  }

  @Test
  void should_color_help_only_where_that_is_possible_and_wanted() throws Exception {
    assertThat(onTerminal(80, "TERM=xterm", "--help")).contains("\u001b[");
    assertThat(onTerminal(80, "TERM=dumb", "--help")).contains("Usage:").doesNotContain("\u001b");
    assertThat(onTerminal(80, "TERM=xterm NO_COLOR=1", "--help"))
        .contains("Usage:")
        .doesNotContain("\u001b");
  }
}
