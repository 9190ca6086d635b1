package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Lesson 4: from scores to probabilities to one number that says how wrong they are.
 *
 * <pre>{@code
 * p_j  = exp(s_j) / Σ exp(s_l)        softmax
 * loss = −ln p_k                      k is the right class; the mean over all steps
 * ds_j = p_j − (1 if j = k else 0)    divided by the number of steps
 * }</pre>
 *
 * <p>Scores {@code ln 1, ln 2, ln 5} have the exponentials 1, 2, 5, and so the probabilities ⅛, ¼,
 * ⅝.
 */
class Lesson04SoftmaxAndLossPageTest {

  private final Tensor3 scores = Tensor3.of(1, 1, 3, 0, Math.log(2), Math.log(5));
  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();

  @Test
  void the_page_should_say_what_is_computed() {
    LessonPage page = new LessonPage("04-softmax-and-loss.md");
    page.numbers("by-hand", byHand());
    page.numbers("large", large());
    page.numbers("stable", stable());
    page.numbers("perplexity", perplexity());
    page.requireAllChecked();
  }

  /** The loss of rows of scores: a sequence each, of one step. */
  private double lossOf(Matrix rows, int... labels) {
    Tensor3 tensor = new Tensor3(rows.rows(), 1, rows.cols());
    tensor.setStep(0, rows);
    int[][] each = new int[labels.length][];
    for (int i = 0; i < labels.length; i++) {
      each[i] = new int[] {labels[i]};
    }
    return loss.forward(tensor, each);
  }

  private List<String> byHand() {
    Matrix rows = Matrix.of(3, 3, 3, 1, 2, 1, 2, 5, 6, 1, 1).log();
    double mean = lossOf(rows, -1, 1, 0);
    Matrix p = loss.probabilities().step(0);
    Matrix larger = rows.copy();
    for (int j = 0; j < 3; j++) {
      larger.add(1, j, 7);
    }
    assertThat(lossOf(larger, -1, 1, 0)).isCloseTo(mean, within(1e-14));
    assertThat(mean).isCloseTo((Math.log(4) + Math.log(8.0 / 6)) / 2, within(1e-15));
    return new MatrixLines(15, 4)
        .with("scores", rows)
        .with("exp(scores)", rows.exp())
        .with("probabilities", p)
        .with("")
        .with("row 0: label −1, does not count")
        .with(lossLine(1, 1, p))
        .with(lossLine(2, 0, p))
        .with(
            String.format(
                Locale.ROOT,
                "loss: (%.4f + %.4f) / 2 = %.4f",
                -Math.log(p.get(1, 1)),
                -Math.log(p.get(2, 0)),
                mean))
        .lines();
  }

  private static String lossLine(int row, int label, Matrix p) {
    return String.format(
        Locale.ROOT,
        "row %d: label %d, −ln %.4f = %.4f",
        row,
        label,
        p.get(row, label),
        -Math.log(p.get(row, label)));
  }

  private static List<String> large() {
    double power = Math.exp(1000);
    assertThat(Double.MAX_VALUE / 1e308).isCloseTo(1.8, within(0.05));
    assertThat(Math.log(Double.MAX_VALUE)).isCloseTo(709.78, within(0.005));
    double sum = power + Math.exp(0);
    return List.of(
        String.format(Locale.ROOT, "exp(709)                         = %.3e", Math.exp(709)),
        "exp(1000)                        = " + power,
        "exp(1000) / (exp(1000) + exp(0)) = " + power / sum);
  }

  private List<String> stable() {
    double close = lossOf(Matrix.of(1, 2, 1000, 1000 + Math.log(3)), 1);
    double hopeless = lossOf(Matrix.of(1, 2, 0, -800), 1);
    assertThat(close).isCloseTo(Math.log(4.0 / 3), within(1e-12));
    assertThat(hopeless).isEqualTo(800);
    assertThat(Math.exp(-800)).isZero();
    return List.of(
        String.format(Locale.ROOT, "scores 1000 and 1000 + ln 3, label 1: loss %.4f", close),
        String.format(Locale.ROOT, "scores    0 and        −800, label 1: loss %.4f", hopeless));
  }

  private List<String> perplexity() {
    double nothing = lossOf(new Matrix(1, 50), 3);
    double half = lossOf(Matrix.of(1, 2, 0, 0), 1);
    return List.of(
        String.format(
            Locale.ROOT, "50 equal scores: loss %.4f, perplexity %.1f", nothing, Math.exp(nothing)),
        String.format(
            Locale.ROOT, " 2 equal scores: loss %.4f, perplexity %.1f", half, Math.exp(half)));
  }

  @Test
  void softmax_turns_scores_into_probabilities() {
    loss.forward(scores, new int[][] {{1}});

    assertThat(loss.probabilities().allClose(Tensor3.of(1, 1, 3, 0.125, 0.25, 0.625), 1e-15))
        .isTrue();
  }

  @Test
  void the_loss_is_minus_the_logarithm_of_what_the_right_class_was_given() {
    assertThat(loss.forward(scores, new int[][] {{1}})).isCloseTo(Math.log(4), within(1e-15));
    assertThat(loss.forward(scores, new int[][] {{2}})).isCloseTo(Math.log(1.6), within(1e-15));
  }

  @Test
  void its_gradient_is_probability_minus_truth() {
    loss.forward(scores, new int[][] {{1}});

    assertThat(loss.backward(1).allClose(Tensor3.of(1, 1, 3, 0.125, 0.25 - 1, 0.625), 1e-15))
        .isTrue();
  }

  @Test
  void scores_of_a_thousand_do_not_overflow_for_only_differences_count() {
    Tensor3 large = Tensor3.of(1, 1, 2, 1000, 1000 + Math.log(3));

    // exp(1000) is beyond any double; the largest score is taken away first.
    assertThat(loss.forward(large, new int[][] {{1}})).isCloseTo(Math.log(4.0 / 3), within(1e-12));
  }

  @Test
  void who_knows_nothing_has_a_perplexity_of_the_number_of_classes() {
    double meanLoss = loss.forward(new Tensor3(4, 5, 50), new int[4][5]);

    assertThat(Math.exp(meanLoss)).isCloseTo(50, within(1e-12));
  }

  @Test
  void a_step_labelled_minus_one_does_not_count() {
    Tensor3 two = Tensor3.of(1, 2, 2, 0, Math.log(3), 7, -7);
    int[][] labels = {{1, TimeSoftmaxWithLoss.IGNORE}};

    assertThat(loss.forward(two, labels)).isCloseTo(Math.log(4.0 / 3), within(1e-15));
    assertThat(loss.backward(1).step(1).data()).containsOnly(0);
  }
}
