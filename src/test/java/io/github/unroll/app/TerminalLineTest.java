package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TerminalLineTest {
  private static final String BLANK = " ".repeat(60);

  private final StringWriter out = new StringWriter();
  private final TerminalLine line = new TerminalLine(new PrintWriter(out), () -> 80);

  @Test
  void should_write_over_all_of_the_line() {
    line.accept("long");
    line.accept("ab");

    assertThat(out.toString().split("\r")).containsExactly("", pad("long"), pad("ab"));
  }

  @Test
  void should_cut_what_is_too_long() {
    line.accept("x".repeat(61));

    assertThat(out).hasToString("\r" + "x".repeat(60));
  }

  @Test
  void should_wipe_the_line_and_ignore_what_comes_later() {
    line.retire();
    line.accept("late");
    line.retire();

    assertThat(out).hasToString("\r" + BLANK + "  \r");
  }

  private static String pad(String text) {
    return text + BLANK.substring(text.length());
  }
}
