package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.optim.Adam;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.Sgd;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lesson 14: a step that is about as long for a small gradient as for a large one. */
class Lesson14AdamPageTest {

  private static final double RATE = 0.1;
  private static final Matrix[] GRADIENTS = {
    Matrix.of(2, 2, 4, 0.004, -2, 0),
    Matrix.of(2, 2, 4, -0.004, -1, 0),
    Matrix.of(2, 2, 4, 0.004, -0.5, 1)
  };

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("14-adam.md");
    page.numbers("gradients", gradients());
    page.numbers("descent", steps(new Sgd(RATE)));
    page.numbers("adam", steps(new Adam(RATE)));
    page.numbers("by-hand", byHand());
    page.requireAllChecked();
  }

  private static List<String> gradients() {
    MatrixLines lines = new MatrixLines(8, 4);
    for (int t = 1; t <= GRADIENTS.length; t++) {
      lines.with("g, t = " + t, GRADIENTS[t - 1]);
    }
    return lines.lines();
  }

  /** What each of three updates adds to the weights. */
  private static List<String> steps(Optimizer rule) {
    MatrixLines lines = new MatrixLines(8, 4);
    Parameter w = new Parameter("w", new Matrix(2, 2));
    for (int t = 1; t <= GRADIENTS.length; t++) {
      Matrix before = w.value().copy();
      w.zeroGrad();
      w.grad().add(GRADIENTS[t - 1]);
      rule.update(List.of(w));
      lines.with("t = " + t, w.value().minus(before));
    }
    return lines.lines();
  }

  /** The first update of the numbers whose gradients are 4 and 0.004. */
  private static List<String> byHand() {
    Parameter w = new Parameter("w", new Matrix(2, 2));
    w.grad().add(GRADIENTS[0]);
    new Adam(RATE).update(List.of(w));
    MatrixLines lines = new MatrixLines(25, 9);
    for (int j = 0; j < 2; j++) {
      double g = GRADIENTS[0].get(0, j);
      double m = (1 - 0.9) * g;
      double v = (1 - 0.999) * g * g;
      double mHat = m / (1 - 0.9);
      double vHat = v / (1 - 0.999);
      double step = -RATE * mHat / (Math.sqrt(vHat) + 1e-8);
      assertThat(w.value().get(0, j)).isCloseTo(step, within(1e-15));
      double uncorrected = -RATE * m / (Math.sqrt(v) + 1e-8);
      assertThat(uncorrected / step).isBetween(3.1, 3.2);
      lines.with("g", g).with("m", m).with("v", v).with("m̂", mHat).with("v̂", vHat);
      lines.with("step", step).with("step without correction", uncorrected);
      if (j == 0) {
        lines.with("");
      }
    }
    return lines.lines();
  }
}
