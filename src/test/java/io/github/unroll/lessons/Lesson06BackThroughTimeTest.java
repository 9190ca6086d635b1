package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;

/**
 * Lesson 6. Backpropagation through time: the unrolled network, backward.
 *
 * <pre>{@code
 * from t = T down to 1:
 *   dh_t = (what the loss wants of h_t) + (what step t + 1 sent back)
 *   the cell's backward, as in lesson 5
 * }</pre>
 *
 * <p>Forgetting the second summand is the most common mistake: then no step learns from the future.
 */
class Lesson06BackThroughTimeTest {

  @Test
  void two_steps_by_hand() {
    double w = 0.4; // wh; wx = 1, b = 0
    RnnCell cell = new RnnCell(Matrix.of(1, 1, 1), Matrix.of(1, 1, w), new Matrix(1, 1));
    TimeRnn layer = new TimeRnn(cell);
    Tensor3 hs = layer.forward(Tensor3.of(1, 2, 1, 0.3, -0.2));
    double h1 = hs.get(0, 0, 0);
    double h2 = hs.get(0, 1, 0);

    // The loss is h2 alone.
    Tensor3 dxs = layer.backward(Tensor3.of(1, 2, 1, 0, 1));

    double da2 = 1 * (1 - h2 * h2);
    double dh1 = da2 * w; // nothing of its own, all of it from step 2
    double da1 = dh1 * (1 - h1 * h1);
    assertThat(dxs.get(0, 1, 0)).isCloseTo(da2, within(1e-15));
    assertThat(dxs.get(0, 0, 0)).isCloseTo(da1, within(1e-15));
    // One weight, used at two steps: the sum of both. At step 1 the state before was 0.
    assertThat(cell.wh().grad().get(0, 0)).isCloseTo(h1 * da2 + 0 * da1, within(1e-15));
    assertThat(cell.b().grad().get(0, 0)).isCloseTo(da2 + da1, within(1e-15));
  }

  @Test
  void the_library_proves_its_gradients_and_yours() {
    RandomState random = new RandomState(6);
    Parameter wx = new Parameter("wx", random.randn(3, 4));
    Parameter wh = new Parameter("wh", random.randn(4, 4));
    Parameter b = new Parameter("b", random.randn(1, 4));
    TimeRnn layer = new TimeRnn(new RnnCell(wx, wh, b));
    Tensor3 xs = random.randn(2, 5, 3);
    Tensor3 weights = random.randn(2, 5, 4); // the loss: a weighted sum of all outputs

    new GradientCheck(() -> weightedSum(layer.forward(xs), weights), () -> layer.backward(weights))
        .parameters(layer.parameters())
        .run()
        .assertBelow(1e-7);
  }

  private static double weightedSum(Tensor3 hs, Tensor3 weights) {
    double sum = 0;
    for (int i = 0; i < hs.data().length; i++) {
      sum += hs.data()[i] * weights.data()[i];
    }
    return sum;
  }
}
