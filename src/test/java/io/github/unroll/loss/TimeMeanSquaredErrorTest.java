package io.github.unroll.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll.Golden;
import io.github.unroll.check.GradientCheck;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeMeanSquaredErrorTest {

  private static final double IGNORE = TimeMeanSquaredError.IGNORE;

  private final TimeMeanSquaredError loss = new TimeMeanSquaredError();

  @ParameterizedTest
  @ValueSource(strings = {"", "_ignore"})
  void should_equal_the_figures_of_many_digits(String form) {
    Golden golden = Golden.load("rows/time_mean_squared_error" + form);
    Tensor3 ts = MaskedTargets.spoiled(golden, "ts");
    golden.assertMatches("loss", loss.forward(golden.tensor("xs"), ts));
    golden.assertMatches("dxs", loss.backward(golden.scalar("dout")));
  }

  @Test
  void should_not_look_at_the_scores_of_ignored_targets() {
    Golden golden = Golden.load("rows/time_mean_squared_error_ignore");
    Tensor3 ys = MaskedTargets.spoiled(golden, "xs");
    golden.assertMatches("loss", loss.forward(ys, MaskedTargets.spoiled(golden, "ts")));
    golden.assertMatches("dxs", loss.backward(golden.scalar("dout")));
    Tensor3 infinite = Tensor3.of(1, 2, 1, Double.NEGATIVE_INFINITY, 3);
    assertThat(loss.forward(infinite, Tensor3.of(1, 2, 1, IGNORE, 1))).isEqualTo(4);
    assertThat(loss.backward(-1).data()).containsExactly(0, -4);
  }

  @Test
  void should_be_the_mean_without_a_half() {
    assertThat(loss.forward(Tensor3.of(1, 2, 1, 3, 1), Tensor3.of(1, 2, 1, 1, 0))).isEqualTo(2.5);
    assertThat(loss.backward(1).data()).containsExactly(2, 1);
  }

  @Test
  void should_pass_the_gradient_check_with_ignored_targets() {
    RandomState random = new RandomState(5);
    Tensor3 ys = random.randn(2, 3, 2);
    Tensor3 ts = random.randn(2, 3, 2);
    ts.set(0, 1, 1, IGNORE);
    ts.set(1, 2, 0, IGNORE);
    Tensor3 dys = new Tensor3(2, 3, 2);
    new GradientCheck(() -> 1.5 * loss.forward(ys, ts), () -> loss.backwardInto(1.5, dys))
        .input("ys", ys, () -> dys)
        .run()
        .assertBelow(1e-7);
  }

  @Test
  void should_share_a_large_batch_among_threads_without_a_trace() {
    Tensor3 ys = new Tensor3(3, 200, 300);
    Tensor3 ts = new Tensor3(3, 200, 300);
    Arrays.setAll(ts.data(), i -> i % 3 == 0 ? IGNORE : i % 3);
    assertThat(loss.forward(ys, ts)).isEqualTo(2.5);
    double[] dy = loss.backward(120_000).data();
    for (int i = 0; i < dy.length; i++) {
      assertThat(dy[i]).isEqualTo(i % 3 == 0 ? 0 : -2.0 * (i % 3));
    }
  }

  @Test
  void should_let_a_score_that_is_no_number_show_in_the_loss() {
    assertThat(loss.forward(Tensor3.of(1, 1, 1, Double.NaN), Tensor3.of(1, 1, 1, 1))).isNaN();
    assertThat(loss.backward(1).data()).containsExactly(Double.NaN);
  }

  @Test
  void should_give_a_finite_gradient_where_the_square_overflows() {
    double got = loss.forward(Tensor3.of(1, 1, 1, 1e200), Tensor3.of(1, 1, 1, 0));
    assertThat(got).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(loss.backward(1).data()).containsExactly(2e200);
  }

  @Test
  void should_write_the_gradient_over_the_scores_themselves() {
    RandomState random = new RandomState(6);
    Tensor3 ys = random.randn(2, 3, 2);
    Tensor3 ts = random.randn(2, 3, 2);
    loss.forward(ys, ts);
    Tensor3 apart = loss.backward(1);
    ts.fill(IGNORE); // the caller's to change after forward
    loss.backwardInto(1, ys);
    assertThat(ys).isEqualTo(apart);
  }

  @Test
  void should_forget_a_larger_batch_before_a_smaller_one() {
    loss.forward(new RandomState(7).randn(4, 5, 6), new Tensor3(4, 5, 6));
    assertThat(loss.forward(Tensor3.of(1, 1, 2, 1, 3), new Tensor3(1, 1, 2))).isEqualTo(5);
    assertThat(loss.backward(1)).isEqualTo(Tensor3.of(1, 1, 2, 1, 3));
  }

  @Test
  void should_refuse_targets_that_do_not_fit_or_count() {
    Tensor3 ys = new Tensor3(1, 2, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(ys, Tensor3.of(1, 2, 1, IGNORE, IGNORE)))
        .withMessage(
            "TimeMeanSquaredError.forward: all 2 targets are NaN (ignore): "
                + "there is nothing to average");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(ys, Tensor3.of(1, 2, 1, 0, Double.NEGATIVE_INFINITY)))
        .withMessage(
            "TimeMeanSquaredError.forward: target -Infinity at [0,1,0] is neither finite nor NaN"
                + " (ignore)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(ys, new Tensor3(2, 1, 1)))
        .withMessage(
            "TimeMeanSquaredError.forward: scores (1x2x1) need targets of that shape, not (2x1x1)");
  }

  @Test
  void should_refuse_backward_without_a_forward() {
    Tensor3 one = new Tensor3(1, 1, 1);
    assertThatIllegalStateException().isThrownBy(() -> loss.backward(1));
    assertThatIllegalStateException().isThrownBy(() -> loss.backwardInto(1, one));
    loss.forward(one, one);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.backwardInto(1, new Tensor3(1, 1, 2)))
        .withMessage("TimeMeanSquaredError.backward: the gradient must be (1x1x1), not (1x1x2)");
    assertThatIllegalArgumentException().isThrownBy(() -> loss.forward(one, new Tensor3(1, 1, 2)));
    assertThatIllegalStateException().isThrownBy(() -> loss.backward(1));
  }
}
