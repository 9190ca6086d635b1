package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.check.GradientCheck;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;

/** The numbers of lesson 7. */
class Lesson07BackThroughTheLossPageTest {

  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
  private final Tensor3 scores =
      Tensor3.of(1, 3, 3, 7, -7, 0, 0, Math.log(2), Math.log(5), 0, 0, 0);
  private final int[][] labels = {{TimeSoftmaxWithLoss.IGNORE, 1, 2}};

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("07-back-through-the-loss.md");
    loss.forward(scores, labels);
    MatrixLines lines = new MatrixLines(9, 4);
    lines.with("labels   " + labels[0][0] + " " + labels[0][1] + " " + labels[0][2]);
    lines.with("scores", scores.asRows().copy());
    lines.with("p", loss.probabilities().asRows().copy());
    lines.with("dscores", loss.backward(1).asRows().copy());
    page.numbers("by-hand", lines.lines());
    page.requireAllChecked();
  }

  @Test
  void a_row_should_add_up_to_zero() {
    loss.forward(scores, labels);

    for (double sum : loss.backward(1).asRows().copy().rowSums().data()) {
      assertThat(sum).isCloseTo(0, within(1e-15));
    }
  }

  @Test
  void a_score_should_get_its_probability_minus_the_truth() {
    loss.forward(Tensor3.of(1, 1, 3, 0, Math.log(2), Math.log(5)), new int[][] {{1}});

    assertThat(loss.backward(1).allClose(Tensor3.of(1, 1, 3, 0.125, 0.25 - 1, 0.625), 1e-15))
        .isTrue();
  }

  @Test
  void the_wrong_one_of_two_classes_should_get_its_probability() {
    double s0 = 0.4;
    double s1 = 1.1;
    loss.forward(Tensor3.of(1, 1, 2, s0, s1), new int[][] {{0}});

    assertThat(loss.backward(1).get(0, 0, 1))
        .isCloseTo(Math.exp(s1) / (Math.exp(s0) + Math.exp(s1)), within(1e-15));
  }

  @Test
  void a_row_that_does_not_count_should_want_nothing() {
    Tensor3 two = Tensor3.of(1, 2, 2, 0, Math.log(3), 7, -7);
    loss.forward(two, new int[][] {{1, TimeSoftmaxWithLoss.IGNORE}});

    assertThat(loss.backward(1).step(1).data()).containsOnly(0);
  }

  @Test
  void the_central_difference_should_agree() {
    Tensor3[] dscores = new Tensor3[1];
    new GradientCheck(() -> loss.forward(scores, labels), () -> dscores[0] = loss.backward(1))
        .input("scores", scores, () -> dscores[0])
        .run()
        .assertBelow(1e-7);
  }

  @Test
  void large_scores_should_do_no_harm_where_the_plain_formula_is_no_number() {
    Matrix large = Matrix.of(1, 2, 1000, 1000 + Math.log(3));
    large.softmaxRows();

    assertThat(Math.exp(1000) / (Math.exp(1000) + Math.exp(1000 + Math.log(3)))).isNaN();
    assertThat(large.allClose(Matrix.of(1, 2, 0.25, 0.75), 1e-12)).isTrue();
  }
}
