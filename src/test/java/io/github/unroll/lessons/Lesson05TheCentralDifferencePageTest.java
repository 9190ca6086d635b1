package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.check.GradientCheck;
import io.github.unroll.loss.TimeMeanSquaredError;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Lesson 5: the slope of a loss, measured from both sides; every backward pass is proved with it.
 */
class Lesson05TheCentralDifferencePageTest {

  private static final double STEP = 1e-5;

  private final Matrix x = Matrix.of(2, 2, 1, 2, 3, -1);
  private final Matrix target = Matrix.of(2, 2, 1, 0, 1, 1);
  private final Matrix w = Matrix.of(2, 2, 0.5, -0.2, 0.1, 0.4);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("05-the-central-difference.md");
    page.numbers("steps", steps());
    page.numbers("by-hand", byHand());
    page.numbers("downhill", downhill());
    page.requireAllChecked();
  }

  private static double cube(double v) {
    return v * v * v;
  }

  private static double errorOfOneSide(double step) {
    return Math.abs((cube(2 + step) - cube(2)) / step - 12);
  }

  private static double errorOfBothSides(double step) {
    return Math.abs((cube(2 + step) - cube(2 - step)) / (2 * step) - 12);
  }

  private static List<String> steps() {
    List<String> lines = new ArrayList<>();
    lines.add("step     error, one side   error, both sides");
    for (String step : List.of("1e-1", "1e-2", "1e-3", "1e-5", "1e-8", "1e-12")) {
      double s = Double.parseDouble(step);
      lines.add(
          String.format(
              Locale.ROOT, "%-9s%15.1e%20.1e", step, errorOfOneSide(s), errorOfBothSides(s)));
    }
    return lines;
  }

  @Test
  void with_one_side_the_error_falls_as_the_step_with_both_as_its_square() {
    assertThat(errorOfOneSide(1e-2) / errorOfOneSide(1e-3)).isCloseTo(10, within(0.1));
    assertThat(errorOfBothSides(1e-2) / errorOfBothSides(1e-3)).isCloseTo(100, within(0.1));
    assertThat(errorOfBothSides(1e-12)).isGreaterThan(1000 * errorOfBothSides(1e-5));
  }

  private final TimeMeanSquaredError loss = new TimeMeanSquaredError();

  /** The mean of the squares of x·w − target. */
  private double lossAt(Matrix weights) {
    return loss.forward(tensor(x.matmul(weights)), tensor(target));
  }

  private static Tensor3 tensor(Matrix step) {
    Tensor3 tensor = new Tensor3(step.rows(), 1, step.cols());
    tensor.setStep(0, step);
    return tensor;
  }

  private Matrix slopes() {
    Matrix slopes = new Matrix(2, 2);
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        slopes.set(i, j, (lossAt(moved(i, j, STEP)) - lossAt(moved(i, j, -STEP))) / (2 * STEP));
      }
    }
    return slopes;
  }

  private Matrix moved(int i, int j, double step) {
    Matrix moved = w.copy();
    moved.add(i, j, step);
    return moved;
  }

  private List<String> byHand() {
    Matrix slopes = slopes();
    assertThat(slopes.allClose(exactGradient(), 1e-9)).isTrue();
    return new MatrixLines(14, 4)
        .with("x", x)
        .with("target", target)
        .with("w", w)
        .with("x·w − target", x.matmul(w).minus(target))
        .with("loss", lossAt(w))
        .with("")
        .with(twoLosses())
        .with("all slopes", slopes)
        .lines();
  }

  private String twoLosses() {
    double above = lossAt(moved(0, 1, STEP));
    double below = lossAt(moved(0, 1, -STEP));
    return String.format(
        Locale.ROOT,
        "along w[0,1]: (%.9f − %.9f) / (2·1e-5) = %.4f",
        above,
        below,
        (above - below) / (2 * STEP));
  }

  private Matrix exactGradient() {
    lossAt(w);
    return x.transposed().matmul(loss.backward(1).step(0));
  }

  private List<String> downhill() {
    Matrix lower = w.minus(slopes().times(0.1));
    assertThat(lossAt(lower)).isLessThan(lossAt(w));
    return new MatrixLines(34, 4)
        .with("loss at w", lossAt(w))
        .with("loss at w − 0.1·slopes", lossAt(lower))
        .lines();
  }

  @Test
  void the_librarys_check_finds_the_exact_gradient_right_and_one_without_its_factor_wrong() {
    GradientCheck right =
        new GradientCheck(() -> lossAt(w), () -> {}).input("w", w, this::exactGradient);
    GradientCheck wrong =
        new GradientCheck(() -> lossAt(w), () -> {})
            .input("w", w, () -> exactGradient().times(0.5));

    right.run().assertBelow(1e-7);
    assertThat(wrong.run().worst().relativeError()).isGreaterThan(0.4);
  }
}
