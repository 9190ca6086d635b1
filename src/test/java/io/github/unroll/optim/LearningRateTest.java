package io.github.unroll.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LearningRateTest {

  private static double[] first(int steps, LearningRate schedule) {
    return LongStream.range(0, steps).mapToDouble(schedule::at).toArray();
  }

  @Test
  void constant_should_stay() {
    assertThat(first(3, LearningRate.constant(0.1))).containsExactly(0.1, 0.1, 0.1);
    assertThat(LearningRate.constant(0.1).at(Long.MAX_VALUE)).isEqualTo(0.1);
  }

  @Test
  void step_should_go_down_a_staircase() {
    assertThat(first(7, LearningRate.step(8, 0.5, 3))).containsExactly(8, 8, 8, 4, 4, 4, 2);
    assertThat(first(3, LearningRate.step(8, 1, 1))).containsExactly(8, 8, 8);
  }

  @Test
  void exponential_should_shrink_by_the_same_factor() {
    assertThat(first(4, LearningRate.exponential(16, 0.25))).containsExactly(16, 4, 1, 0.25);
  }

  @Test
  void cosine_should_rise_in_a_line_and_fall_in_half_a_cosine() {
    double[] rates = first(14, LearningRate.cosine(8, 3, 9, 2));
    // cos of 0, 30, 60, 90, 120, 150 degrees after the warm-up
    double half = Math.sqrt(3) / 2;
    double[] want = {
      2, 4, 6, 8, 5 + 3 * half, 6.5, 5, 3.5, 5 - 3 * half, 2, 2, 2, 2, 2,
    };
    assertThat(rates).containsExactly(want, within(1e-14));
  }

  @Test
  void cosine_should_do_without_warm_up_and_end_at_zero() {
    double[] rates = first(4, LearningRate.cosine(1, 0, 2, 0));
    assertThat(rates).containsExactly(new double[] {1, 0.5, 0, 0}, within(1e-15));
    assertThat(rates[3]).isZero();
  }

  @Test
  void cosine_should_have_the_full_rate_itself_after_the_warm_up() {
    // 0.1 · 3 / 3, one more step on the way up, would be 0.10000000000000002.
    assertThat(LearningRate.cosine(0.1, 2, 5, 0).at(2)).isEqualTo(0.1);
  }

  @Test
  void cosine_should_stay_if_the_last_rate_is_the_full_one() {
    assertThat(first(5, LearningRate.cosine(6, 2, 4, 6))).containsExactly(2, 4, 6, 6, 6);
  }

  @Test
  void a_rate_should_never_rise_after_the_warm_up_nor_leave_its_limits() {
    double[] rates = first(500, LearningRate.cosine(0.3, 37, 401, 0.01));
    for (int i = 1; i < rates.length; i++) {
      assertThat(rates[i] > rates[i - 1]).isEqualTo(i <= 37);
    }
    assertThat(DoubleStream.of(rates).max()).hasValue(0.3);
    assertThat(DoubleStream.of(rates).skip(37).min()).hasValue(0.01);
  }

  @Test
  void an_optimizer_should_follow_a_schedule_by_its_own_count() {
    LearningRate schedule = LearningRate.step(1, 0.5, 2);
    Sgd sgd = new Sgd(schedule.at(0));
    Parameter p = new Parameter("p", new Matrix(1, 1));
    p.grad().fill(-1);
    for (int i = 0; i < 5; i++) {
      sgd.setLearningRate(schedule.at(sgd.steps()));
      sgd.update(List.of(p));
    }
    assertThat(p.value().get(0, 0)).isEqualTo(1 + 1 + 0.5 + 0.5 + 0.25);
  }

  @Test
  void should_refuse_settings_outside_their_range() {
    assertRefused(
        () -> LearningRate.constant(0), "LearningRate: rate must be positive and finite, not 0.0");
    assertRefused(
        () -> LearningRate.step(-1, 0.5, 1),
        "LearningRate: rate must be positive and finite, not -1.0");
    assertRefused(
        () -> LearningRate.step(1, 1.5, 1), "LearningRate: factor must be in (0, 1], not 1.5");
    assertRefused(
        () -> LearningRate.step(1, 0.5, 0), "LearningRate: every must be at least 1, not 0");
    assertRefused(
        () -> LearningRate.exponential(1, 0), "LearningRate: factor must be in (0, 1], not 0.0");
    assertRefused(
        () -> LearningRate.cosine(Double.NaN, 0, 1, 0),
        "LearningRate: rate must be positive and finite, not NaN");
    assertRefused(
        () -> LearningRate.cosine(1, -1, 1, 0),
        "LearningRate: steps of warm-up must be at least 0, not -1");
    assertRefused(
        () -> LearningRate.cosine(1, 5, 5, 0),
        "LearningRate: steps in all must be at least 6, not 5");
    assertRefused(
        () -> LearningRate.cosine(1, 0, 1, 2),
        "LearningRate: last rate must be in 0..1.0, not 2.0");
    assertRefused(
        () -> LearningRate.constant(1).at(-1), "LearningRate: step must be at least 0, not -1");
    assertRefused(
        () -> LearningRate.step(1, 0.5, 2).at(-1), "LearningRate: step must be at least 0, not -1");
    assertRefused(
        () -> LearningRate.cosine(1, 1, 2, 0).at(-1),
        "LearningRate: step must be at least 0, not -1");
  }

  private static void assertRefused(Runnable made, String message) {
    assertThatIllegalArgumentException().isThrownBy(made::run).withMessage(message);
  }
}
