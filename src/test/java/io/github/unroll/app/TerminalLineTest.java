package io.github.unroll.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalLineTest {
  private static final String BLANK = " ".repeat(60);

  private final StringWriter out = new StringWriter();
  private int columns = 80;
  private final TerminalLine line = new TerminalLine(new PrintWriter(out), () -> columns);

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
  void should_fit_the_terminal_and_leave_room_for_what_it_echoes_of_an_interrupt() {
    columns = 40;
    line.accept("x".repeat(60));
    columns = 20;
    line.accept("y".repeat(60));
    assertThat(line.getMaxRenderedLength()).isEqualTo(17);
    line.retire();

    assertThat(out)
        .hasToString("\r" + "x".repeat(37) + "\r" + "y".repeat(17) + "\r" + " ".repeat(19) + "\r");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 19})
  void should_draw_nothing_on_a_terminal_that_is_too_narrow_or_of_unknown_width(int narrow) {
    columns = narrow;
    line.accept("x".repeat(60));
    line.retire();

    assertThat(out.toString()).isEmpty();
  }

  @Test
  void should_understand_the_size_of_a_terminal() {
    assertThat(MeasuredColumns.columns("24 80")).isEqualTo(80);
    assertThat(MeasuredColumns.columns("0 0")).isZero();
    assertThat(MeasuredColumns.columns("")).isZero();
    assertThat(MeasuredColumns.columns("stty: not a terminal")).isZero();
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
