package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.check.GradientCheck;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The numbers of lesson 6. */
class Lesson06BackThroughALayerPageTest {

  private final Matrix x = Matrix.of(2, 2, 1, 2, 0.5, -1);
  private final Matrix w = Matrix.of(2, 2, 0.6, -0.2, 0.3, 0.8);
  private final Matrix dy = Matrix.of(2, 2, 1, -1, 2, 0.5);
  private final Parameter weights = new Parameter("w", w);
  private final Parameter bias = new Parameter("b", Matrix.of(1, 2, 0.1, -0.1));
  private final TimeAffine layer = new TimeAffine(weights, bias);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("06-back-through-a-layer.md");
    forward();
    Matrix dx = layer.backward(oneStep(dy)).step(0);
    Matrix dw = weights.grad();
    page.numbers(
        "one-weight",
        List.of(
            String.format(
                Locale.ROOT,
                "dw[0,1] = x[0,0]·dy[0,1] + x[1,0]·dy[1,1] = %s·(%s) + %s·%s = %s",
                brief(x.get(0, 0)),
                brief(dy.get(0, 1)),
                brief(x.get(1, 0)),
                brief(dy.get(1, 1)),
                brief(dw.get(0, 1)))));
    MatrixLines lines = new MatrixLines(8, 4);
    lines.with("x", x);
    lines.with("w", w);
    lines.with("dy", dy);
    lines.with("dx", dx);
    lines.with("dw", dw);
    page.numbers("by-hand", lines.lines());
    MatrixLines biasLines = new MatrixLines(8, 4);
    biasLines.with("db", bias.grad());
    page.numbers("bias", biasLines.lines());
    page.requireAllChecked();
  }

  @Test
  void a_nudge_of_a_weight_should_change_the_loss_by_its_gradient() {
    double before = loss();
    w.add(0, 1, 0.001);

    assertThat(loss() - before).isCloseTo(-0.00075, within(1e-12));
  }

  @Test
  void the_central_difference_should_agree_with_all_three() {
    Tensor3 xs = oneStep(x);
    Tensor3[] dxs = new Tensor3[1];
    new GradientCheck(
            () -> sum(layer.forward(xs).step(0).times(dy)),
            () -> dxs[0] = layer.backward(oneStep(dy)))
        .parameters(List.of(weights, bias))
        .input("x", xs, () -> dxs[0])
        .run()
        .assertBelow(1e-7);
  }

  private Matrix forward() {
    return layer.forward(oneStep(x)).step(0);
  }

  private double loss() {
    return sum(forward().times(dy));
  }

  private static Tensor3 oneStep(Matrix m) {
    Tensor3 steps = new Tensor3(m.rows(), 1, m.cols());
    steps.setStep(0, m);
    return steps;
  }

  private static double sum(Matrix m) {
    return m.columnSums().sumOfRow(0);
  }

  /** A number as short as it can be said: 2, -0.75. */
  private static String brief(double value) {
    return String.format(Locale.ROOT, "%.6f", value).replaceAll("\\.?0+$", "");
  }
}
