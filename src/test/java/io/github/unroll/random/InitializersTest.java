package io.github.unroll.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InitializersTest {

  @Test
  void normal_should_have_a_variance_of_one_by_rows() {
    Matrix w = Initializers.normal(100, 200, new RandomState(1));
    double meanSquare = Arrays.stream(w.data()).map(v -> v * v).average().orElseThrow();
    assertThat(meanSquare).isCloseTo(0.01, within(0.0005));
  }

  @Test
  void normal_should_be_numpys_quotient_bit_for_bit() {
    double[] drawn = new RandomState(1).randn(20, 30).data();
    assertThat(Initializers.normal(20, 30, 3, new RandomState(1)).data())
        .containsExactly(Arrays.stream(drawn).map(v -> v / 3).toArray());
  }

  @Test
  void uniform_should_stay_within_its_limit_and_fill_it() {
    Matrix w = Initializers.uniform(50, 60, 0.25, new RandomState(1));
    assertThat(w.shape()).isEqualTo("(50x60)");
    assertThat(Arrays.stream(w.data()).max().orElseThrow()).isBetween(0.24, 0.25);
    assertThat(Arrays.stream(w.data()).min().orElseThrow()).isBetween(-0.25, -0.24);
  }

  @Test
  void should_refuse_what_would_make_weights_that_are_not_finite() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Initializers.normal(2, 3, 0, new RandomState(1)))
        .withMessage("Initializers.normal: the divisor must be finite and not 0, not 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Initializers.normal(2, 3, Double.NaN, new RandomState(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Initializers.lstmBias(2, Double.NaN))
        .withMessage("Initializers.lstmBias: the bias must be finite, not NaN");
  }

  @Test
  void lstm_bias_should_push_the_forget_gates_alone() {
    assertThat(Initializers.lstmBias(2, 1)).isEqualTo(Matrix.of(1, 8, 1, 1, 0, 0, 0, 0, 0, 0));
    assertThat(Initializers.lstmBias(2, 0)).isEqualTo(new Matrix(1, 8));
  }

  /** b_f = log(u), u in [1, T_max - 1), and b_i = -b_f: the paper's equation 16. */
  @Test
  void chrono_bias_should_spread_the_forget_gates_over_the_lags() {
    int h = 500;
    double[] b = Initializers.lstmChronoBias(h, 100, new RandomState(1)).data();
    for (int j = 0; j < h; j++) {
      assertThat(b[j]).isBetween(0.0, Math.log(99));
      assertThat(b[h + j]).as("g").isZero();
      assertThat(b[2 * h + j]).as("i").isEqualTo(-b[j]);
      assertThat(b[3 * h + j]).as("o").isZero();
    }
    double meanLag = Arrays.stream(b, 0, h).map(Math::exp).average().orElseThrow();
    assertThat(meanLag).as("uniform in 1..99").isCloseTo(50, within(3.0));
  }

  @Test
  void chrono_bias_should_refuse_lags_that_are_none() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Initializers.lstmChronoBias(4, 2, new RandomState(1)))
        .withMessage("lstmChronoBias: the longest lag must be above 2 steps, not 2");
  }

  /** Products that wrap round to a negative int, to 0 and to a small one. */
  @Test
  void should_refuse_sizes_beyond_an_int_before_a_number_is_drawn() {
    RandomState random = new RandomState(1);
    for (int size : new int[] {46_341, 65_536, 65_537}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Initializers.uniform(size, size, 1, random))
          .withMessageStartingWith("Matrix: (%dx%d) has ", size, size);
    }
    for (int hidden : new int[] {600_000_000, 1 << 30, (1 << 30) + 1}) {
      long columns = 4L * hidden;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Initializers.lstmBias(hidden, 1))
          .withMessage(
              "lstmBias: hidden size %d is too large: its four blocks side by side are %d columns;"
                  + " an array holds at most 2147483647",
              hidden, columns);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Initializers.lstmChronoBias(hidden, 10, random))
          .withMessageStartingWith("lstmChronoBias: hidden size %d is too large", hidden);
    }
    assertThat(random.rand()).isEqualTo(new RandomState(1).rand());
  }
}
