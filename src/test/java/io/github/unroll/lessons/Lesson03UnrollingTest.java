package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;

/**
 * Lesson 3. A recurrent network is one cell, used again and again: the same weights at every step.
 *
 * <pre>{@code
 * h_0 = 0     h_t = cell(x_t, h_{t−1})     t = 1 … T
 * }</pre>
 *
 * <p>Drawn out along time, "unrolled", it is an ordinary network of T layers that share their
 * weights.
 */
class Lesson03UnrollingTest {

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
