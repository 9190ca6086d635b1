package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Matrix;
import org.junit.jupiter.api.Test;

/**
 * Lesson 2. A network with a memory: what it computes from an input depends on what it saw before.
 *
 * <pre>{@code
 * a = x·wx + hPrev·wh + b
 * h = tanh(a)
 * }</pre>
 *
 * <p>To compute by hand it helps to know one value of tanh: {@code tanh(½·ln 3) = (3−1)/(3+1) = ½}.
 */
class Lesson02OneRnnStepTest {

  /** Where tanh is one half. */
  private static final double HALF_LOG_3 = 0.5 * Math.log(3);

  @Test
  void a_step_adds_what_input_state_and_bias_say_and_squashes_the_sum() {
    // a = 2·0.1 + 0.5·0.4 + b, and b fills up to ½·ln 3
    RnnCell cell =
        new RnnCell(Matrix.of(1, 1, 0.1), Matrix.of(1, 1, 0.4), Matrix.of(1, 1, HALF_LOG_3 - 0.4));

    Matrix h = cell.forward(Matrix.of(1, 1, 2), Matrix.of(1, 1, 0.5)).hNext();

    assertThat(h.get(0, 0)).isCloseTo(0.5, within(1e-15));
  }

  @Test
  void the_same_input_gives_another_state_after_another_past() {
    RnnCell cell = new RnnCell(Matrix.of(1, 1, 1), Matrix.of(1, 1, 1), new Matrix(1, 1));
    Matrix x = Matrix.of(1, 1, 1);

    Matrix afterSilence = cell.forward(x, new Matrix(1, 1)).hNext();
    Matrix afterOne = cell.forward(x, afterSilence).hNext();

    assertThat(afterOne.get(0, 0)).isGreaterThan(afterSilence.get(0, 0));
  }

  @Test
  void a_state_never_leaves_the_range_from_minus_one_to_one() {
    RnnCell cell = new RnnCell(Matrix.of(1, 1, 1000), Matrix.of(1, 1, 1), new Matrix(1, 1));

    assertThat(cell.forward(Matrix.of(1, 1, 1), new Matrix(1, 1)).hNext().get(0, 0)).isEqualTo(1);
    assertThat(cell.forward(Matrix.of(1, 1, -1), new Matrix(1, 1)).hNext().get(0, 0)).isEqualTo(-1);
  }

  @Test
  void the_samples_of_a_batch_do_not_see_each_other() {
    RnnCell cell = new RnnCell(Matrix.of(1, 1, 0.3), Matrix.of(1, 1, 0.7), Matrix.of(1, 1, 0.1));
    Matrix x = Matrix.of(2, 1, 1, -1);
    Matrix h = Matrix.of(2, 1, 0.2, 0.4);

    Matrix together = cell.forward(x, h).hNext();
    Matrix second = cell.forward(Matrix.of(1, 1, -1), Matrix.of(1, 1, 0.4)).hNext();

    assertThat(together.get(1, 0)).isEqualTo(second.get(0, 0));
  }
}
