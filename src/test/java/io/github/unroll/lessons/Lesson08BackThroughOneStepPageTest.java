package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Matrix;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The numbers of lesson 8. One unit with h = ½, where tanh has the slope 1 − ¼ = ¾. */
class Lesson08BackThroughOneStepPageTest {

  private static final double X = 2;
  private static final double H_PREV = 0.5;

  private final RnnCell cell =
      new RnnCell(
          Matrix.of(1, 1, 0.1), Matrix.of(1, 1, 0.4), Matrix.of(1, 1, 0.5 * Math.log(3) - 0.4));
  private final Matrix x = Matrix.of(1, 1, X);
  private final Matrix hPrev = Matrix.of(1, 1, H_PREV);

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("08-back-through-one-step.md");
    RnnCell.Step one = cell.forward(x, hPrev);
    cell.backward(Matrix.of(1, 1, 8), one.cache());
    double h = one.hNext().get(0, 0);
    page.numbers(
        "one-number",
        List.of(
            String.format(
                Locale.ROOT,
                "da  = dh·(1 - h²) = 8·%s = %s",
                brief(1 - h * h),
                brief(cell.b().grad().get(0, 0))),
            String.format(
                Locale.ROOT,
                "dwx = x·da        = %s·%s    = %s",
                brief(X),
                brief(cell.b().grad().get(0, 0)),
                brief(cell.wx().grad().get(0, 0)))));
    page.numbers("by-hand", twoSequences());
    page.requireAllChecked();
  }

  /** The step of lesson 2. */
  private static List<String> twoSequences() {
    RnnCell two =
        new RnnCell(
            Matrix.of(2, 2, 0.6, -0.2, 0.3, 0.8),
            Matrix.of(2, 2, 0.4, 0.1, -0.5, 0.7),
            Matrix.of(1, 2, 0.1, -0.1));
    RnnCell.Step step =
        two.forward(Matrix.of(2, 2, 1, 0, 0.5, -1), Matrix.of(2, 2, 0.5, 0.2, 0, -0.4));
    Matrix dh = Matrix.of(2, 2, 1, 0, 0.5, -1);
    RnnCell.InputGradients d = two.backward(dh, step.cache());
    MatrixLines lines = new MatrixLines(9, 4);
    lines.with("h", step.hNext());
    lines.with("dh", dh);
    lines.with("dx", d.dx());
    lines.with("dhPrev", d.dhPrev());
    lines.with("dwx", two.wx().grad());
    lines.with("dwh", two.wh().grad());
    lines.with("db", two.b().grad());
    return lines.lines();
  }

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

  /** A number as short as it can be said: 2, -0.75. */
  private static String brief(double value) {
    return String.format(Locale.ROOT, "%.6f", value).replaceAll("\\.?0+$", "");
  }
}
