package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Test;

/**
 * Lesson 5. Backpropagation: the loss wants h to change by dh; what does it want of everything that
 * h was made of?
 *
 * <pre>{@code
 * da = dh ⊙ (1 − h²)          tanh'(a) = 1 − tanh²(a)
 * dwx += xᵀ·da                dx     = da·wxᵀ
 * dwh += hPrevᵀ·da            dhPrev = da·whᵀ
 * db  += Σ over the batch of da
 * }</pre>
 *
 * <p>One unit, one sample, h = ½ as in lesson 2: the slope is 1 − ¼ = ¾.
 */
class Lesson05BackThroughOneStepTest {

  private static final double X = 2;
  private static final double H_PREV = 0.5;

  private final RnnCell cell =
      new RnnCell(
          Matrix.of(1, 1, 0.1), Matrix.of(1, 1, 0.4), Matrix.of(1, 1, 0.5 * Math.log(3) - 0.4));
  private final Matrix x = Matrix.of(1, 1, X);
  private final Matrix hPrev = Matrix.of(1, 1, H_PREV);

  @Test
  void every_gradient_by_hand() {
    double dh = 8;
    double da = dh * 0.75; // 6

    RnnCell.Step step = cell.forward(x, hPrev);
    RnnCell.InputGradients d = cell.backward(Matrix.of(1, 1, dh), step.cache());

    assertThat(cell.wx().grad().get(0, 0)).isCloseTo(X * da, within(1e-13)); // 12
    assertThat(cell.wh().grad().get(0, 0)).isCloseTo(H_PREV * da, within(1e-13)); // 3
    assertThat(cell.b().grad().get(0, 0)).isCloseTo(da, within(1e-13)); // 6
    assertThat(d.dx().get(0, 0)).isCloseTo(0.1 * da, within(1e-13)); // 0.6
    assertThat(d.dhPrev().get(0, 0)).isCloseTo(0.4 * da, within(1e-13)); // 2.4
  }

  @Test
  void a_gradient_is_a_promise_that_a_small_nudge_can_hold_it_to() {
    RnnCell.Step step = cell.forward(x, hPrev);
    cell.backward(Matrix.of(1, 1, 1), step.cache());
    double promised = cell.wx().grad().get(0, 0);

    double nudge = 1e-6;
    double w = cell.wx().value().get(0, 0);
    cell.wx().value().set(0, 0, w + nudge);
    double above = cell.forward(x, hPrev).hNext().get(0, 0);
    cell.wx().value().set(0, 0, w - nudge);
    double below = cell.forward(x, hPrev).hNext().get(0, 0);

    assertThat((above - below) / (2 * nudge)).isCloseTo(promised, within(1e-9));
  }

  @Test
  void backward_adds_to_the_gradients_so_two_uses_of_a_weight_both_count() {
    RnnCell.Step step = cell.forward(x, hPrev);

    cell.backward(Matrix.of(1, 1, 1), step.cache());
    double once = cell.b().grad().get(0, 0);
    cell.backward(Matrix.of(1, 1, 1), step.cache());

    assertThat(cell.b().grad().get(0, 0)).isEqualTo(2 * once);
  }

  @Test
  void a_saturated_unit_learns_nothing() {
    Matrix loud = Matrix.of(1, 1, 1000);
    RnnCell.Step step = cell.forward(loud, hPrev); // h = 1: the slope is 1 − 1² = 0

    cell.backward(Matrix.of(1, 1, 1), step.cache());

    assertThat(cell.wx().grad().get(0, 0)).isZero();
  }
}
