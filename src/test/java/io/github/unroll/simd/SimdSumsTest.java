package io.github.unroll.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SimdSumsTest {

  @Test
  void should_join_eight_partial_sums_in_the_fixed_tree() {
    Random random = new Random(3);
    for (int n = 0; n <= 70; n++) {
      double[] x = random.doubles(n + 5, -1, 1).map(v -> v * v * v).toArray();
      for (int at = 0; at < 4; at++) {
        double[] s = new double[8];
        double[] squares = new double[8];
        for (int i = 0; i < n; i++) {
          s[i % 8] += x[at + i];
          squares[i % 8] = Math.fma(x[at + i], x[at + i], squares[i % 8]);
        }
        assertThat(SimdSums.sum(n, x, at)).isEqualTo(joined(s));
        assertThat(SimdSums.sumOfSquares(n, x, at)).isEqualTo(joined(squares));
      }
    }
  }

  private static double joined(double[] s) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }

  @Test
  void should_sum_nothing_to_zero() {
    assertThat(bits(SimdSums.sum(0, new double[3], 1))).isEqualTo(bits(0.0));
    assertThat(bits(SimdSums.sumOfSquares(0, new double[3], 1))).isEqualTo(bits(0.0));
    assertThat(SimdSums.max(0, new double[3], 1)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void should_find_the_maximum_wherever_it_stands() {
    for (int n = 1; n <= 70; n++) {
      for (int at = 0; at < 4; at++) {
        for (int place = 0; place < n; place++) {
          double[] x = new double[n + 5];
          Arrays.fill(x, 9);
          Arrays.fill(x, at, at + n, -3);
          x[at + place] = -2;
          assertThat(SimdSums.max(n, x, at)).isEqualTo(-2);
          Arrays.fill(x, at, at + n, -0.0);
          x[at + place] = 0.0;
          assertThat(bits(SimdSums.max(n, x, at))).isEqualTo(bits(0.0));
          x[at + place] = Double.NaN;
          assertThat(SimdSums.max(n, x, at)).isNaN();
        }
      }
    }
  }

  private static long bits(double x) {
    return Double.doubleToLongBits(x);
  }
}
