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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimePinballLossTest {

  private static final double IGNORE = TimePinballLoss.IGNORE;

  @ParameterizedTest
  @ValueSource(strings = {"", "_ignore"})
  void should_equal_the_figures_of_pytorch(String form) {
    Golden golden = Golden.load("rows/time_pinball_loss" + form);
    TimePinballLoss loss = new TimePinballLoss(golden.values("levels"));
    golden.assertMatches(
        "loss", loss.forward(golden.tensor("ys"), MaskedTargets.spoiled(golden, "ts")));
    golden.assertMatches("dys", loss.backward(golden.scalar("dout")));
  }

  @Test
  void should_be_the_mean_over_levels_and_targets() {
    TimePinballLoss loss = new TimePinballLoss(0.25, 0.5);
    Tensor3 ys = Tensor3.of(1, 1, 4, 0, 3, 1, 1); // target 1: too low by 2, too high by 1
    double got = loss.forward(ys, Tensor3.of(1, 1, 2, 2, 1)); // target 2: both equal to it
    assertThat(got).isEqualTo((0.25 * 2 + 0.5 * 1) / 4);
    assertThat(loss.backward(4).data()).containsExactly(-0.25, 0.5, 0, 0);
  }

  @Test
  void should_be_least_at_the_quantiles() {
    double[] sample = new RandomState(1).randn(1, 1001).data();
    Tensor3 ts = Tensor3.of(1001, 1, 1, sample);
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    TimePinballLoss loss = new TimePinballLoss(0.1, 0.9);
    double least = loss.forward(constant(sorted[100], sorted[900]), ts);
    for (double off : new double[] {-0.01, 0.01}) {
      assertThat(loss.forward(constant(sorted[100] + off, sorted[900]), ts)).isGreaterThan(least);
      assertThat(loss.forward(constant(sorted[100], sorted[900] + off), ts)).isGreaterThan(least);
    }
  }

  private static Tensor3 constant(double low, double high) {
    Tensor3 ys = new Tensor3(1001, 1, 2);
    Arrays.setAll(ys.data(), i -> i % 2 == 0 ? low : high);
    return ys;
  }

  @Test
  void should_pass_the_gradient_check_with_ignored_targets() {
    RandomState random = new RandomState(5);
    Tensor3 ys = random.randn(2, 3, 6);
    Tensor3 ts = random.randn(2, 3, 2);
    ts.set(0, 1, 1, IGNORE);
    ts.set(1, 2, 0, IGNORE);
    TimePinballLoss loss = new TimePinballLoss(0.05, 0.5, 0.95);
    Tensor3 dys = new Tensor3(2, 3, 6);
    new GradientCheck(() -> 1.5 * loss.forward(ys, ts), () -> loss.backwardInto(1.5, dys))
        .input("ys", ys, () -> dys)
        .run()
        .assertBelow(1e-7);
  }

  @Test
  void should_be_half_the_absolute_error_at_the_median() {
    RandomState random = new RandomState(6);
    Tensor3 ys = random.randn(3, 4, 5);
    Tensor3 ts = random.randn(3, 4, 5);
    double absolute = 0;
    for (int i = 0; i < ys.data().length; i++) {
      absolute += Math.abs(ts.data()[i] - ys.data()[i]) / ys.data().length;
    }
    assertThat(new TimePinballLoss(0.5).forward(ys, ts)).isCloseTo(absolute / 2, within(1e-14));
  }

  @Test
  void should_share_a_large_batch_among_threads_without_a_trace() {
    Tensor3 ys = new Tensor3(3, 200, 600);
    Tensor3 ts = new Tensor3(3, 200, 300);
    Arrays.setAll(ts.data(), i -> i % 3 == 0 ? IGNORE : i % 3 == 1 ? 1 : -2);
    TimePinballLoss loss = new TimePinballLoss(0.25, 0.75);
    assertThat(loss.forward(ys, ts)).isEqualTo((0.25 + 0.75 + 2 * (0.75 + 0.25)) / 4);
    double[] dy = loss.backward(240_000).data();
    for (int i = 0; i < dy.length; i++) {
      double low = i % 2 == 0 ? 0.25 : 0.75;
      double slope = i / 2 % 3 == 1 ? -low : 1 - low;
      assertThat(dy[i]).isEqualTo(i / 2 % 3 == 0 ? 0 : slope);
    }
  }

  @Test
  void should_let_a_score_that_is_no_number_show() {
    TimePinballLoss loss = new TimePinballLoss(0.5);
    assertThat(loss.forward(Tensor3.of(1, 1, 1, Double.NaN), Tensor3.of(1, 1, 1, 1))).isNaN();
    assertThat(loss.backward(1).data()).containsExactly(Double.NaN);
    Tensor3 ys = Tensor3.of(1, 2, 1, Double.NaN, 3);
    assertThat(loss.forward(ys, Tensor3.of(1, 2, 1, IGNORE, 1))).isEqualTo(1);
    assertThat(loss.backward(1).data()).containsExactly(0, 0.5);
  }

  @Test
  void should_write_the_gradient_over_the_scores_themselves() {
    RandomState random = new RandomState(6);
    Tensor3 ys = random.randn(2, 3, 4);
    Tensor3 ts = random.randn(2, 3, 2);
    TimePinballLoss loss = new TimePinballLoss(0.1, 0.9);
    loss.forward(ys, ts);
    Tensor3 apart = loss.backward(1);
    ts.fill(IGNORE); // the caller's to change after forward
    loss.backwardInto(1, ys);
    assertThat(ys).isEqualTo(apart);
  }

  @Test
  void should_refuse_levels_and_targets_that_do_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(TimePinballLoss::new)
        .withMessage("TimePinballLoss: no levels; give at least one, as 0.5");
    for (double level : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new TimePinballLoss(0.5, level))
          .withMessage("TimePinballLoss: a level must be above 0 and below 1, not " + level);
    }
    TimePinballLoss loss = new TimePinballLoss(0.1, 0.9);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(new Tensor3(1, 2, 2), new Tensor3(1, 2, 2)))
        .withMessage(
            "TimePinballLoss.forward: scores (1x2x2) are 2 levels of each target, which targets"
                + " (1x2x2) do not fit");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(new Tensor3(1, 2, 2), new Tensor3(2, 1, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(new Tensor3(1, 1, 2), Tensor3.of(1, 1, 1, IGNORE)))
        .withMessageEndingWith("there is nothing to average");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> loss.forward(new Tensor3(1, 1, 2), Tensor3.of(1, 1, 1, Double.NEGATIVE_INFINITY)))
        .withMessageContaining("target -Infinity at [0,0,0] is neither finite nor NaN");
  }

  @Test
  void should_refuse_backward_without_a_forward() {
    TimePinballLoss loss = new TimePinballLoss(0.1, 0.9);
    assertThatIllegalStateException().isThrownBy(() -> loss.backward(1));
    loss.forward(new Tensor3(1, 1, 2), new Tensor3(1, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.backwardInto(1, new Tensor3(1, 1, 1)))
        .withMessage("TimePinballLoss.backward: the gradient must be (1x1x2), not (1x1x1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.forward(new Tensor3(1, 1, 2), new Tensor3(1, 1, 2)));
    assertThatIllegalStateException().isThrownBy(() -> loss.backward(1));
  }
}
