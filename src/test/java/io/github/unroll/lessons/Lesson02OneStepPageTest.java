package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Matrix;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Lesson 2: a network with a memory. What it computes from an input depends on what it saw before.
 *
 * <p>To compute by hand it helps to know one value of tanh: {@code tanh(½·ln 3) = (3−1)/(3+1) = ½}.
 */
class Lesson02OneStepPageTest {

  /** Where tanh is one half. */
  private static final double HALF_LOG_3 = 0.5 * Math.log(3);

  private final Matrix x = Matrix.of(2, 2, 1, 0, 0.5, -1);
  private final Matrix hPrev = Matrix.of(2, 2, 0.5, 0.2, 0, -0.4);
  private final Matrix wx = Matrix.of(2, 2, 0.6, -0.2, 0.3, 0.8);
  private final Matrix wh = Matrix.of(2, 2, 0.4, 0.1, -0.5, 0.7);
  private final Matrix b = Matrix.of(1, 2, 0.1, -0.1);
  private final RnnCell cell = new RnnCell(wx, wh, b);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("02-one-step.md");
    page.numbers("by-hand", byHand());
    page.numbers("other-past", otherPast());
    page.numbers("tanh", tanh());
    page.numbers("three-times", threeTimes());
    page.requireAllChecked();
  }

  private List<String> byHand() {
    Matrix fromInput = x.matmul(wx);
    Matrix fromState = hPrev.matmul(wh);
    Matrix a = fromInput.plus(fromState);
    a.addRow(b);
    Matrix h = cell.forward(x, hPrev).hNext();
    assertThat(h.allClose(a.tanh(), 1e-15)).isTrue();
    return new MatrixLines(10, 4)
        .with("x", x)
        .with("hPrev", hPrev)
        .with("wx", wx)
        .with("wh", wh)
        .with("b", b)
        .with("")
        .with("x·wx", fromInput)
        .with("hPrev·wh", fromState)
        .with("a", a)
        .with("h", h)
        .lines();
  }

  /** Another state before, of the second sequence. */
  private List<String> otherPast() {
    Matrix other = hPrev.copy();
    other.set(1, 0, 0.9);
    Matrix before = cell.forward(x, hPrev).hNext();
    Matrix after = cell.forward(x, other).hNext();
    assertThat(after.get(0, 0)).isEqualTo(before.get(0, 0));
    assertThat(after.get(0, 1)).isEqualTo(before.get(0, 1));
    assertThat(after.get(1, 0)).isNotEqualTo(before.get(1, 0));
    return new MatrixLines(23, 4)
        .with("h if hPrev[1,0] = 0", before)
        .with("h if hPrev[1,0] = 0.9", after)
        .lines();
  }

  private static List<String> tanh() {
    Matrix a = Matrix.of(1, 5, -10, -1, 0, 0.1, 10);
    return new MatrixLines(8, 4).with("a", a).with("tanh(a)", a.tanh()).lines();
  }

  private List<String> threeTimes() {
    MatrixLines lines = new MatrixLines(18, 4);
    Matrix input = Matrix.of(1, 2, 1, 0);
    Matrix h = new Matrix(1, 2);
    Matrix first = null;
    for (int t = 0; t < 3; t++) {
      h = cell.forward(input, h).hNext().copy();
      first = first == null ? h : first;
      lines.with("h after step " + t, h);
    }
    assertThat(h).isNotEqualTo(first);
    return lines.lines();
  }

  @Test
  void a_step_adds_what_input_state_and_bias_say_and_squashes_the_sum() {
    // a = 2·0.1 + 0.5·0.4 + b, and b fills up to ½·ln 3
    RnnCell small =
        new RnnCell(Matrix.of(1, 1, 0.1), Matrix.of(1, 1, 0.4), Matrix.of(1, 1, HALF_LOG_3 - 0.4));

    Matrix h = small.forward(Matrix.of(1, 1, 2), Matrix.of(1, 1, 0.5)).hNext();

    assertThat(h.get(0, 0)).isCloseTo(0.5, within(1e-15));
  }

  @Test
  void the_same_input_gives_another_state_after_another_past() {
    RnnCell small = new RnnCell(Matrix.of(1, 1, 1), Matrix.of(1, 1, 1), new Matrix(1, 1));
    Matrix one = Matrix.of(1, 1, 1);

    Matrix afterSilence = small.forward(one, new Matrix(1, 1)).hNext();
    Matrix afterOne = small.forward(one, afterSilence).hNext();

    assertThat(afterOne.get(0, 0)).isGreaterThan(afterSilence.get(0, 0));
  }

  @Test
  void a_state_never_leaves_the_range_from_minus_one_to_one() {
    RnnCell small = new RnnCell(Matrix.of(1, 1, 1000), Matrix.of(1, 1, 1), new Matrix(1, 1));

    assertThat(small.forward(Matrix.of(1, 1, 1), new Matrix(1, 1)).hNext().get(0, 0)).isEqualTo(1);
    assertThat(small.forward(Matrix.of(1, 1, -1), new Matrix(1, 1)).hNext().get(0, 0))
        .isEqualTo(-1);
  }

  @Test
  void the_samples_of_a_batch_do_not_see_each_other() {
    RnnCell small = new RnnCell(Matrix.of(1, 1, 0.3), Matrix.of(1, 1, 0.7), Matrix.of(1, 1, 0.1));

    Matrix together = small.forward(Matrix.of(2, 1, 1, -1), Matrix.of(2, 1, 0.2, 0.4)).hNext();
    Matrix second = small.forward(Matrix.of(1, 1, -1), Matrix.of(1, 1, 0.4)).hNext();

    assertThat(together.get(1, 0)).isEqualTo(second.get(0, 0));
  }
}
