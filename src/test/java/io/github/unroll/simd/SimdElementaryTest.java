package io.github.unroll.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll.kernel.Elementary;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimdElementaryTest {

  private interface Loop {
    void run(int n, double[] x, int xAt, double[] out, int outAt);
  }

  @SuppressWarnings("ImmutableEnumChecker") // what it holds are references to static methods
  private enum Function {
    EXP(Elementary::exp, SimdElementary::exp),
    SIGMOID(Elementary::sigmoid, SimdElementary::sigmoid),
    TANH(Elementary::tanh, SimdElementary::tanh),
    LOG(Elementary::log, SimdElementary::log);

    private final DoubleUnaryOperator scalar;
    private final Loop simd;

    Function(DoubleUnaryOperator scalar, Loop simd) {
      this.scalar = scalar;
      this.simd = simd;
    }
  }

  @ParameterizedTest
  @EnumSource
  void should_give_the_bits_of_the_scalar_form(Function f) {
    double[] x = sweep();
    double[] out = new double[x.length];
    f.simd.run(x.length, x, 0, out, 0);
    for (int i = 0; i < x.length; i++) {
      double expected = f.scalar.applyAsDouble(x[i]);
      // assertThat only for what fails: a million of them take their time
      if (bits(out[i]) != bits(expected)) {
        assertThat(out[i]).as("%s(%s)", f, Double.toHexString(x[i])).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void should_write_each_length_at_each_place_and_nothing_beside_it(Function f) {
    double[] all = sweep();
    for (int n = 0; n <= 70; n++) {
      for (int xAt = 0; xAt < 3; xAt++) {
        double[] x = Arrays.copyOfRange(all, 50 * n, 50 * n + n + 5);
        double[] expected = x.clone();
        double[] out = new double[n + 6];
        double[] expectedOut = new double[n + 6];
        for (int i = 0; i < n; i++) {
          expected[xAt + i] = f.scalar.applyAsDouble(x[xAt + i]);
          expectedOut[4 - xAt + i] = expected[xAt + i];
        }

        f.simd.run(n, x, xAt, out, 4 - xAt);
        assertThat(bits(out)).isEqualTo(bits(expectedOut));

        f.simd.run(n, x, xAt, x, xAt);
        assertThat(bits(x)).isEqualTo(bits(expected));
      }
    }
  }

  /** Special values, places where something changes, every exponent, and any bits at all. */
  private static double[] sweep() {
    Random random = new Random(1);
    DoubleStream.Builder all = DoubleStream.builder();
    for (double x :
        new double[] {
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.MAX_VALUE,
          Double.MIN_VALUE,
          0,
          0.5,
          1,
          20,
          40,
          708.4,
          709.8,
          710,
          745.14,
          746,
          0x1p52,
          0x1p53,
          Double.MIN_NORMAL
        }) {
      all.add(x).add(-x);
      all.add(Math.nextUp(x)).add(-Math.nextUp(x)).add(Math.nextDown(x)).add(-Math.nextDown(x));
    }
    for (int exponent = -1074; exponent < 1024; exponent++) {
      for (int i = 0; i < 5; i++) {
        double x = Math.scalb(1 + random.nextDouble(), exponent);
        all.add(x).add(-x);
      }
    }
    for (int k = -1080; k < 1030; k++) {
      double halfway = (k + 0.5) * 0.6931471805599453;
      all.add(halfway).add(Math.nextUp(halfway)).add(halfway / 2).add(Math.nextUp(halfway / 2));
    }
    for (int i = 0; i < 100_000; i++) {
      all.add(Double.longBitsToDouble(random.nextLong()))
          .add(2 * random.nextGaussian())
          .add(1500 * random.nextDouble() - 750);
    }
    return all.build().toArray();
  }

  private static long bits(double x) {
    return Double.doubleToLongBits(x);
  }

  private static long[] bits(double[] x) {
    return Arrays.stream(x).mapToLong(Double::doubleToLongBits).toArray();
  }
}
