package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Lesson 3: a recurrent network is one cell, used again and again, the same weights at every step.
 */
class Lesson03UnrollingPageTest {

  private static final int N = 2;
  private static final int T = 4;
  private static final int D = 3;
  private static final int H = 5;

  private final RandomState random = new RandomState(3);
  private final RnnCell cell =
      new RnnCell(
          Initializers.normal(D, H, random), Initializers.normal(H, H, random), new Matrix(1, H));
  private final Tensor3 xs = random.randn(N, T, D);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("03-unrolling.md");
    page.numbers("by-hand", byHand());
    page.numbers("changed", changed());
    page.numbers("left", left());
    page.requireAllChecked();
  }

  /** The cell of lesson 2. */
  private static TimeRnn small() {
    return new TimeRnn(
        new RnnCell(
            Matrix.of(2, 2, 0.6, -0.2, 0.3, 0.8),
            Matrix.of(2, 2, 0.4, 0.1, -0.5, 0.7),
            Matrix.of(1, 2, 0.1, -0.1)));
  }

  /** Two sequences of three steps; the second is the first, read backwards. */
  private static Tensor3 inputs() {
    return Tensor3.of(
        2, 3, 2, //
        1, 0, 0.5, -1, -0.5, 0.5, //
        -0.5, 0.5, 0.5, -1, 1, 0);
  }

  private static List<String> byHand() {
    Tensor3 inputs = inputs();
    Tensor3 hs = small().forward(inputs);
    MatrixLines lines = new MatrixLines(7, 4);
    for (int t = 0; t < 3; t++) {
      lines.with("x[" + t + "]", inputs.step(t));
    }
    lines.with("");
    for (int t = 0; t < 3; t++) {
      lines.with("h[" + t + "]", hs.step(t));
    }
    assertThat(hs.get(0, 2, 0)).isNotEqualTo(hs.get(1, 2, 0));
    return lines.lines();
  }

  /** What hs changes by if the input of step 1 does, in the second sequence. */
  private static List<String> changed() {
    Tensor3 inputs = inputs();
    Tensor3 before = small().forward(inputs);
    inputs.set(1, 1, 0, inputs.get(1, 1, 0) + 1);
    Tensor3 after = small().forward(inputs);
    MatrixLines lines = new MatrixLines(21, 4);
    for (int t = 0; t < 3; t++) {
      Matrix change = after.step(t).minus(before.step(t));
      for (int j = 0; j < 2; j++) {
        assertThat(change.get(0, j)).isZero();
        assertThat(change.get(1, j) != 0).isEqualTo(t >= 1);
      }
      lines.with("h[" + t + "] changes by", change);
    }
    return lines.lines();
  }

  /** How far the states of a longer sequence move with its first input. */
  private static List<String> left() {
    Tensor3 inputs = new Tensor3(1, 8, 2);
    for (int t = 0; t < 8; t++) {
      inputs.set(0, t, 0, t % 2 == 0 ? 0.5 : -0.5);
      inputs.set(0, t, 1, t % 3 == 0 ? -0.5 : 0.25);
    }
    Tensor3 before = small().forward(inputs);
    inputs.set(0, 0, 0, inputs.get(0, 0, 0) + 1);
    Tensor3 after = small().forward(inputs);
    MatrixLines lines = new MatrixLines(8, 4);
    double[] largest = new double[8];
    for (int t = 0; t < 8; t++) {
      Matrix change = after.step(t).minus(before.step(t));
      largest[t] = Math.max(Math.abs(change.get(0, 0)), Math.abs(change.get(0, 1)));
      lines.with("h[" + t + "]", largest[t]);
    }
    assertThat(largest[7]).isBetween(1e-9, largest[0] / 10);
    return lines.lines();
  }

  @Test
  void a_layer_is_the_loop_over_its_cell() {
    Matrix h = new Matrix(N, H);
    Tensor3 byHand = new Tensor3(N, T, H);
    for (int t = 0; t < T; t++) {
      h = cell.forward(xs.step(t), h).hNext();
      byHand.setStep(t, h);
    }

    assertThat(new TimeRnn(cell).forward(xs)).isEqualTo(byHand);
  }

  @Test
  void more_steps_need_no_more_weights() {
    TimeRnn layer = new TimeRnn(cell);

    Tensor3 longer = layer.forward(random.randn(N, 10 * T, D));

    assertThat(longer.shape()).isEqualTo("(2x40x5)");
    assertThat(layer.parameters()).hasSize(3); // wx, wh, b
  }

  @Test
  void the_last_state_has_seen_the_first_input() {
    TimeRnn layer = new TimeRnn(cell);
    Matrix before = layer.forward(xs).step(T - 1);

    xs.set(0, 0, 0, xs.get(0, 0, 0) + 1);

    assertThat(layer.forward(xs).step(T - 1)).isNotEqualTo(before);
  }

  @Test
  void an_earlier_state_has_not_seen_a_later_input() {
    TimeRnn layer = new TimeRnn(cell);
    Matrix before = layer.forward(xs).step(1);

    xs.set(0, 2, 0, 99);

    assertThat(layer.forward(xs).step(1)).isEqualTo(before);
  }

  @Test
  void a_sequence_can_be_gone_on_with_from_its_final_state() {
    TimeRnn layer = new TimeRnn(cell);
    Tensor3 whole = layer.forward(xs);

    Tensor3 firstHalf = new Tensor3(N, 2, D);
    Tensor3 secondHalf = new Tensor3(N, 2, D);
    for (int t = 0; t < 2; t++) {
      firstHalf.setStep(t, xs.step(t));
      secondHalf.setStep(t, xs.step(t + 2));
    }
    layer.forward(firstHalf);
    State halfway = layer.finalState();

    assertThat(layer.forward(secondHalf, halfway).step(1)).isEqualTo(whole.step(3));
  }
}
