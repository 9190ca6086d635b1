package io.github.unroll.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.tensor.Tensor3;
import org.junit.jupiter.api.Test;

/**
 * Lesson 4. From scores to probabilities to one number that says how wrong they are.
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
class Lesson04SoftmaxAndCrossEntropyTest {

  private final Tensor3 scores = Tensor3.of(1, 1, 3, 0, Math.log(2), Math.log(5));
  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();

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
