package io.github.unroll.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.Golden;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSigmoidWithLossTest {

  private static final double IGNORE = TimeSigmoidWithLoss.IGNORE;

  private final TimeSigmoidWithLoss loss = new TimeSigmoidWithLoss();

  @ParameterizedTest
  @ValueSource(strings = {"", "_ignore", "_large"})
  void should_equal_the_figures_of_many_digits(String form) {
    Golden golden = Golden.load("rows/time_sigmoid_with_loss" + form);
    Tensor3 ts = MaskedTargets.spoiled(golden, "ts");
    golden.assertMatches("loss", loss.forward(golden.tensor("xs"), ts));
    golden.assertMatches("ys", loss.probabilities());
    golden.assertMatches("dxs", loss.backward(golden.scalar("dout")));
  }

  @Test
  void should_not_look_at_the_scores_of_ignored_targets() {
    Golden golden = Golden.load("rows/time_sigmoid_with_loss_ignore");
    Tensor3 xs = MaskedTargets.spoiled(golden, "xs");
    golden.assertMatches("loss", loss.forward(xs, MaskedTargets.spoiled(golden, "ts")));
    golden.assertMatches("dxs", loss.backward(golden.scalar("dout")));
    Tensor3 infinite = Tensor3.of(1, 2, 1, Double.POSITIVE_INFINITY, 0);
    assertThat(loss.forward(infinite, Tensor3.of(1, 2, 1, IGNORE, 1)))
        .isCloseTo(StrictMath.log(2), within(1e-15));
    assertThat(loss.backward(-1).data()).containsExactly(0, 0.5);
  }

  @Test
  void should_pass_the_gradient_check_with_ignored_and_uncertain_targets() {
    Tensor3 xs = new RandomState(5).randn(2, 2, 3);
    Tensor3 ts = Tensor3.of(2, 2, 3, 0, 1, IGNORE, 0.3, 1, 0, IGNORE, IGNORE, 1, 0, 0.5, 1);
    Tensor3 dxs = new Tensor3(2, 2, 3);
    new GradientCheck(() -> 1.5 * loss.forward(xs, ts), () -> loss.backwardInto(1.5, dxs))
        .input("xs", xs, () -> dxs)
        .run()
        .assertBelow(1e-7);
  }

  @Test
  void should_stay_finite_for_the_largest_scores() {
    Tensor3 xs = Tensor3.of(1, 2, 2, 1000, -1000, 1000, -1000);
    assertThat(loss.forward(xs, Tensor3.of(1, 2, 2, 0, 1, 1, 0))).isEqualTo(500);
    assertThat(loss.backward(4).data()).containsExactly(1, -1, 0, 0);
    Tensor3 greatest = Tensor3.of(1, 1, 1, -Double.MAX_VALUE);
    assertThat(loss.forward(greatest, Tensor3.of(1, 1, 1, 1))).isEqualTo(Double.MAX_VALUE);
    assertThat(loss.backward(1).data()).containsExactly(-1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {20, 35, 40, 700})
  void should_not_lose_a_small_loss(double score) {
    double got = loss.forward(Tensor3.of(1, 1, 1, score), Tensor3.of(1, 1, 1, 1));
    assertThat(got)
        .isCloseTo(StrictMath.log1p(StrictMath.exp(-score)), Percentage.withPercentage(1e-12));
  }

  @Test
  void should_share_a_large_batch_among_threads_without_a_trace() {
    Tensor3 xs = new Tensor3(3, 200, 300);
    xs.fill(1000); // so that all figures are whole
    Tensor3 ts = new Tensor3(3, 200, 300);
    Arrays.setAll(ts.data(), i -> i % 3 == 0 ? IGNORE : i % 3 - 1);
    assertThat(loss.forward(xs, ts)).isEqualTo(500);
    double[] dx = loss.backward(120_000).data();
    for (int i = 0; i < dx.length; i++) {
      assertThat(dx[i]).isEqualTo(i % 3 == 1 ? 1 : 0);
    }
  }

  @Test
  void should_let_a_score_that_is_no_number_show_in_the_loss() {
    assertThat(loss.forward(Tensor3.of(1, 1, 1, Double.NaN), Tensor3.of(1, 1, 1, 1))).isNaN();
    assertThat(loss.backward(1).data()).containsExactly(Double.NaN);
  }

  @Test
  void should_write_the_gradient_over_the_scores_themselves() {
    RandomState random = new RandomState(6);
    Tensor3 xs = random.randn(2, 3, 2);
    Tensor3 ts = random.rand(2, 3, 2);
    loss.forward(xs, ts);
    Tensor3 apart = loss.backward(1);
    ts.fill(0); // the caller's to change after forward
    loss.backwardInto(1, xs);
    assertThat(xs).isEqualTo(apart);
  }

  @Test
  void should_forget_a_larger_batch_before_a_smaller_one() {
    loss.forward(new RandomState(7).randn(4, 5, 6), new Tensor3(4, 5, 6));
    Tensor3 xs = Tensor3.of(1, 1, 2, 0.5, -2);
    Tensor3 ts = Tensor3.of(1, 1, 2, 1, 0);
    TimeSigmoidWithLoss fresh = new TimeSigmoidWithLoss();
    assertThat(loss.forward(xs, ts)).isEqualTo(fresh.forward(xs, ts));
    assertThat(loss.backward(1)).isEqualTo(fresh.backward(1));
    assertThat(loss.probabilities()).isEqualTo(fresh.probabilities());
  }

  @Test
  void should_refuse_targets_of_which_none_counts() {
    Tensor3 ts = Tensor3.of(1, 2, 1, IGNORE, IGNORE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(new Tensor3(1, 2, 1), ts))
        .withMessage(
            "TimeSigmoidWithLoss.forward: all 2 targets are NaN (ignore): "
                + "there is nothing to average");
  }

  @Test
  void should_refuse_targets_that_do_not_fit() {
    Tensor3 xs = new Tensor3(2, 2, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(xs, Tensor3.of(2, 2, 1, 0, 1, 1, 1.5)))
        .withMessage(
            "TimeSigmoidWithLoss.forward: target 1.5 at [1,1,0] is neither in 0..1 nor NaN"
                + " (ignore)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(xs, Tensor3.of(2, 2, 1, 0, -0.5, 1, 1)))
        .withMessageContaining("target -0.5 at [0,1,0]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> loss.forward(new Tensor3(2, 2, 2), Tensor3.of(2, 2, 2, 0, 1, 1, 0, 0, 2, 1, 1)))
        .withMessageContaining("target 2.0 at [1,0,1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(xs, new Tensor3(2, 1, 2)))
        .withMessage(
            "TimeSigmoidWithLoss.forward: scores (2x2x1) need targets of that shape, not (2x1x2)");
  }

  @Test
  void should_refuse_backward_before_forward_or_into_another_shape() {
    assertThatIllegalStateException().isThrownBy(() -> loss.backward(1));
    assertThatIllegalStateException().isThrownBy(loss::probabilities);
    assertThatIllegalStateException().isThrownBy(() -> loss.backwardInto(1, new Tensor3(1, 2, 1)));
    loss.forward(new Tensor3(1, 2, 1), new Tensor3(1, 2, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.backwardInto(1, new Tensor3(1, 1, 2)))
        .withMessage("TimeSigmoidWithLoss.backward: the gradient must be (1x2x1), not (1x1x2)");
  }

  @Test
  void should_give_no_gradient_of_a_forward_that_was_refused() {
    loss.forward(new Tensor3(1, 1, 1), new Tensor3(1, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(new Tensor3(1, 1, 1), Tensor3.of(1, 1, 1, 2)));
    assertThatIllegalStateException().isThrownBy(() -> loss.backward(1));
    assertThatIllegalStateException().isThrownBy(() -> loss.backwardInto(1, new Tensor3(1, 1, 1)));
  }
}
