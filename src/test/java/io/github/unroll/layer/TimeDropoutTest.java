package io.github.unroll.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TimeDropoutTest {

  private static Tensor3 ones(int n, int steps, int d) {
    Tensor3 ones = new Tensor3(n, steps, d);
    ones.fill(1);
    return ones;
  }

  /** {@code np.random.rand(*xs.shape) > rate}, divided by 1 - rate: the book's mask. */
  @Test
  void should_draw_the_books_mask() {
    double[] drawn = new RandomState(3).rand(2 * 3 * 4);
    double[] mask = Arrays.stream(drawn).map(u -> u > 0.25 ? 1 / 0.75 : 0).toArray();
    TimeDropout dropout = new TimeDropout(4, 0.25, new RandomState(3));
    assertThat(dropout.forward(ones(2, 3, 4)).data()).containsExactly(mask);
    assertThat(dropout.backward(ones(2, 3, 4)).data()).containsExactly(mask);
  }

  @Test
  void should_drop_a_value_whose_number_is_the_rate_itself() {
    double[] drawn = new RandomState(3).rand(2);
    TimeDropout dropout = new TimeDropout(2, drawn[0], new RandomState(3));
    assertThat(drawn[1]).isGreaterThan(drawn[0]);
    assertThat(dropout.forward(ones(1, 1, 2)).data()).containsExactly(0, 1 / (1 - drawn[0]));
  }

  /** Whoever draws from the same source then gets the numbers that they would without. */
  @Test
  void should_draw_nothing_at_a_rate_of_zero_or_out_of_training() {
    RandomState random = new RandomState(3);
    Tensor3 xs = new RandomState(2).randn(2, 3, 4);
    assertThat(new TimeDropout(4, 0, random).forward(xs)).isEqualTo(xs);
    TimeDropout dropout = new TimeDropout(4, 0.5, random);
    dropout.setTraining(false);
    dropout.forward(xs);
    assertThat(random.rand()).isEqualTo(new RandomState(3).rand());
  }

  @Test
  void should_keep_the_mean() {
    TimeDropout dropout = new TimeDropout(100, 0.3, new RandomState(1));
    double mean = Arrays.stream(dropout.forward(ones(10, 50, 100)).data()).average().orElseThrow();
    assertThat(mean).isCloseTo(1, within(0.01));
  }

  @Test
  void should_keep_one_mask_for_all_steps_in_the_variational_form() {
    TimeDropout dropout = new TimeDropout(20, 0.5, new RandomState(1), true);
    Tensor3 ys = dropout.forward(ones(2, 5, 20));
    for (int t = 1; t < 5; t++) {
      assertThat(ys.step(t)).isEqualTo(ys.step(0));
    }
    assertThat(ys.step(0).data()).contains(0, 2);
    assertThat(Arrays.copyOf(ys.data(), 20))
        .as("another sequence, another mask")
        .isNotEqualTo(Arrays.copyOfRange(ys.data(), 100, 120));
  }

  @Test
  void should_do_nothing_out_of_training() {
    Tensor3 xs = new RandomState(2).randn(2, 3, 4);
    TimeDropout dropout = new TimeDropout(4, 0.5, new RandomState(1));
    dropout.setTraining(false);
    assertThat(dropout.forward(xs)).isEqualTo(xs);
    assertThat(dropout.backward(xs)).isEqualTo(xs);
    dropout.setTraining(true);
    assertThat(dropout.forward(xs)).isNotEqualTo(xs);
  }

  @Test
  void should_draw_a_new_mask_each_time_and_the_same_from_the_same_seed() {
    TimeDropout dropout = new TimeDropout(20, 0.5, new RandomState(1));
    Tensor3 first = dropout.forward(ones(2, 3, 20));
    assertThat(dropout.forward(ones(2, 3, 20))).isNotEqualTo(first);
    assertThat(new TimeDropout(20, 0.5, new RandomState(1)).forward(ones(2, 3, 20)))
        .isEqualTo(first);
  }

  @Test
  void should_refuse_what_has_no_meaning() {
    RandomState random = new RandomState(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TimeDropout(4, 1, random))
        .withMessage("TimeDropout: rate must be in [0, 1), not 1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> new TimeDropout(4, Double.NaN, random));
    assertThatIllegalArgumentException().isThrownBy(() -> new TimeDropout(0, 0.5, random));
    TimeDropout dropout = new TimeDropout(4, 0.5, random);
    assertThatIllegalStateException().isThrownBy(() -> dropout.backward(ones(1, 1, 4)));
    assertThatIllegalStateException()
        .isThrownBy(() -> dropout.backwardInto(ones(1, 1, 4), ones(1, 1, 4)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dropout.forward(ones(1, 1, 5)))
        .withMessage("TimeDropout.forward: xs must have 4 features, the last axis; it is (1x1x5)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dropout.forwardInto(ones(2, 3, 4), ones(3, 2, 4)))
        .withMessage("TimeDropout.forward: ys must be (2x3x4), not (3x2x4)");
    dropout.forward(ones(2, 3, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dropout.backwardInto(ones(3, 2, 4), ones(2, 3, 4)))
        .withMessage("TimeDropout.backward: dys must be (2x3x4), not (3x2x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dropout.backwardInto(ones(2, 3, 4), ones(3, 2, 4)))
        .withMessage("TimeDropout.backward: dxs must be (2x3x4), not (3x2x4)");
  }

  @Test
  void should_work_in_place() {
    Tensor3 xs = new RandomState(2).randn(2, 3, 4);
    TimeDropout dropout = new TimeDropout(4, 0.5, new RandomState(1));
    Tensor3 beside = new TimeDropout(4, 0.5, new RandomState(1)).forward(xs);
    dropout.forwardInto(xs, xs);
    assertThat(xs).isEqualTo(beside);
    Tensor3 dys = new RandomState(3).randn(2, 3, 4);
    Tensor3 dxs = dropout.backward(dys);
    dropout.backwardInto(dys, dys);
    assertThat(dys).isEqualTo(dxs);
  }
}
