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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The numbers of lesson 9. */
class Lesson09BackThroughTimePageTest {

  private static final double W = 0.4; // wh; wx = 1, b = 0

  private final RnnCell one = new RnnCell(Matrix.of(1, 1, 1), Matrix.of(1, 1, W), new Matrix(1, 1));

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("09-back-through-time.md");
    page.numbers("two-steps", twoSteps());
    page.numbers("sums", sums());
    page.requireAllChecked();
  }

  private List<String> twoSteps() {
    TimeRnn layer = new TimeRnn(one);
    Tensor3 hs = layer.forward(Tensor3.of(1, 2, 1, 0.3, -0.2));
    double last = hs.get(0, 1, 0);
    Tensor3 dxs = layer.backward(Tensor3.of(1, 2, 1, 0, 1));
    return List.of(
        line("h[0]  = tanh(0.3)", hs.get(0, 0, 0)),
        line("h[1]  = tanh(-0.2 + 0.4·h[0])", last),
        line("da[1] = 1·(1 - h[1]²)", 1 - last * last),
        line("dx[1] = da[1]", dxs.get(0, 1, 0)),
        line("dx[0]", dxs.get(0, 0, 0)));
  }

  private static String line(String what, double value) {
    return String.format(Locale.ROOT, "%-29s  = %8.4f", what, value);
  }

  /** With the sequences and the weights of lesson 3. */
  private static List<String> sums() {
    Tensor3 xs = Tensor3.of(2, 3, 2, 1, 0, 0.5, -1, -0.5, 0.5, -0.5, 0.5, 0.5, -1, 1, 0);
    RnnCell cell =
        new RnnCell(
            Matrix.of(2, 2, 0.6, -0.2, 0.3, 0.8),
            Matrix.of(2, 2, 0.4, 0.1, -0.5, 0.7),
            Matrix.of(1, 2, 0.1, -0.1));
    List<RnnCell.Step> steps = new ArrayList<>();
    Matrix h = new Matrix(2, 2);
    for (int t = 0; t < 3; t++) {
      steps.add(cell.forward(xs.step(t), h));
      h = steps.get(t).hNext();
    }
    MatrixLines lines = new MatrixLines(13, 4);
    Matrix ones = Matrix.of(2, 2, 1, 1, 1, 1);
    Matrix fromNext = new Matrix(2, 2);
    Matrix sumBefore = new Matrix(2, 2);
    for (int t = 2; t >= 0; t--) {
      fromNext = cell.backward(ones.plus(fromNext), steps.get(t).cache()).dhPrev();
      Matrix part = cell.wh().grad().minus(sumBefore);
      sumBefore = cell.wh().grad().copy();
      lines.with("dwh of step " + t, part);
      assertThat(part.allClose(new Matrix(2, 2), 0)).as("zero at step " + t).isEqualTo(t == 0);
    }
    lines.with("dwh", sumBefore);
    lines.with("dh0", fromNext);
    assertThat(fromNext.allClose(new Matrix(2, 2), 1e-3)).isFalse();

    Matrix stepByStep = sumBefore;
    cell.wh().grad().fill(0);
    TimeRnn layer = new TimeRnn(cell);
    Tensor3 dhs = new Tensor3(2, 3, 2);
    dhs.fill(1);
    layer.forward(xs);
    layer.backward(dhs);
    assertThat(cell.wh().grad().allClose(stepByStep, 1e-14)).isTrue();
    assertThat(layer.initialStateGradient().h().allClose(fromNext, 1e-14)).isTrue();
    return lines.lines();
  }

  @Test
  void two_steps_by_hand() {
    TimeRnn layer = new TimeRnn(one);
    Tensor3 hs = layer.forward(Tensor3.of(1, 2, 1, 0.3, -0.2));
    double h0 = hs.get(0, 0, 0);
    double h1 = hs.get(0, 1, 0);

    // The loss is h[1] alone.
    Tensor3 dxs = layer.backward(Tensor3.of(1, 2, 1, 0, 1));

    double da1 = 1 * (1 - h1 * h1);
    double dh0 = da1 * W; // nothing of its own, all of it from step 1
    double da0 = dh0 * (1 - h0 * h0);
    assertThat(dxs.get(0, 1, 0)).isCloseTo(da1, within(1e-15));
    assertThat(dxs.get(0, 0, 0)).isCloseTo(da0, within(1e-15));
    // One weight, used at two steps: the sum of both. At step 0 the state before was 0.
    assertThat(one.wh().grad().get(0, 0)).isCloseTo(h0 * da1 + 0 * da0, within(1e-15));
    assertThat(one.b().grad().get(0, 0)).isCloseTo(da1 + da0, within(1e-15));
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
