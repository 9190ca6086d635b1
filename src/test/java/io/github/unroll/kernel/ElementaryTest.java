package io.github.unroll.kernel;

import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementaryTest {

  /** Each function with its stated error and that of a reference made from StrictMath, in ulps. */
  @SuppressWarnings("ImmutableEnumChecker") // what it holds are references to static methods
  private enum Stated {
    EXP(Elementary::exp, 1.10, StrictMath::exp, 1),
    SIGMOID(Elementary::sigmoid, 1.85, ElementaryTest::strictSigmoid, 2.5),
    TANH(Elementary::tanh, 1.70, StrictMath::tanh, 2.5),
    LOG(Elementary::log, 0.95, StrictMath::log, 1);

    private final DoubleUnaryOperator scalar;
    private final double error;
    private final DoubleUnaryOperator strict;
    private final double strictError;

    Stated(
        DoubleUnaryOperator scalar, double error, DoubleUnaryOperator strict, double strictError) {
      this.scalar = scalar;
      this.error = error;
      this.strict = strict;
      this.strictError = strictError;
    }

    double at(double x) {
      return scalar.applyAsDouble(x);
    }
  }

  private static double strictSigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
  }

  @ParameterizedTest
  @EnumSource
  void should_keep_the_stated_error_against_values_of_high_precision(Stated f) throws IOException {
    int rows = 0;
    double worst = 0;
    try (BufferedReader lines = resource("/golden/elementary.csv")) {
      for (String line; (line = lines.readLine()) != null; ) {
        String[] row = line.split(",", -1);
        if (row[0].equals(f.name().toLowerCase(Locale.ROOT))) {
          double nearest = Double.parseDouble(row[2]);
          double value = f.at(Double.parseDouble(row[1]));
          double ulps = (value - nearest) / Math.ulp(nearest) - Double.parseDouble(row[3]);
          assertThat(Math.abs(ulps)).as(line).isLessThanOrEqualTo(f.error);
          worst = Math.max(worst, Math.abs(ulps));
          rows++;
        }
      }
    }
    assertThat(rows).isGreaterThan(250);
    assertThat(worst).as("the statement is not idle").isGreaterThan(f.error - 0.1);
  }

  @ParameterizedTest
  @EnumSource
  void should_agree_with_StrictMath_over_the_whole_range(Stated f) {
    for (double x : sweep()) {
      double expected = f.strict.applyAsDouble(x);
      double value = f.at(x);
      boolean near = Math.abs(value - expected) <= (f.error + f.strictError) * Math.ulp(expected);
      // assertThat only for what fails: a million of them take their time
      if (!near && Double.compare(value, expected) != 0) {
        assertThat(value).as("%s(%s)", f, Double.toHexString(x)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void should_never_fall_from_one_double_to_the_next(Stated f) {
    Random random = new Random(7);
    for (int run = 0; run < 1000; run++) {
      double x = (random.nextBoolean() ? 1 : 40) * random.nextGaussian();
      x = f == Stated.LOG ? Math.abs(x) : x;
      double before = f.at(x);
      for (int step = 0; step < 200; step++) {
        x = Math.nextUp(x);
        double value = f.at(x);
        if (value < before) {
          assertThat(value).as("%s(%s)", f, Double.toHexString(x)).isGreaterThanOrEqualTo(before);
        }
        before = value;
      }
    }
  }

  @Test
  void tanh_should_be_odd_to_the_last_bit() {
    for (double x : sweep()) {
      if (Double.compare(Elementary.tanh(-x), -Elementary.tanh(x)) != 0) {
        assertThat(Elementary.tanh(-x)).isEqualTo(-Elementary.tanh(x));
      }
    }
  }

  @Test
  void exp_should_keep_its_limits() {
    assertThat(Elementary.exp(0.0)).isEqualTo(1.0);
    assertThat(Elementary.exp(-0.0)).isEqualTo(1.0);
    assertThat(Elementary.exp(POSITIVE_INFINITY)).isEqualTo(POSITIVE_INFINITY);
    assertThat(bits(Elementary.exp(NEGATIVE_INFINITY))).isEqualTo(bits(0.0));
    assertThat(Elementary.exp(NaN)).isNaN();
    assertThat(Elementary.exp(0x1.62e42fefa39efp9)).isEqualTo(0x1.fffffffffff2ap1023);
    assertThat(Elementary.exp(0x1.62e42fefa39f0p9)).isEqualTo(POSITIVE_INFINITY);
    assertThat(Elementary.exp(-0x1.74910d52d3051p9)).isEqualTo(Double.MIN_VALUE);
    assertThat(bits(Elementary.exp(-0x1.74910d52d3052p9))).isEqualTo(bits(0.0));
    assertThat(Elementary.exp(Double.MAX_VALUE)).isEqualTo(POSITIVE_INFINITY);
    assertThat(bits(Elementary.exp(-Double.MAX_VALUE))).isEqualTo(bits(0.0));
  }

  @Test
  void sigmoid_should_keep_its_limits() {
    assertThat(Elementary.sigmoid(0.0)).isEqualTo(0.5);
    assertThat(Elementary.sigmoid(-0.0)).isEqualTo(0.5);
    assertThat(Elementary.sigmoid(POSITIVE_INFINITY)).isEqualTo(1.0);
    assertThat(bits(Elementary.sigmoid(NEGATIVE_INFINITY))).isEqualTo(bits(0.0));
    assertThat(Elementary.sigmoid(NaN)).isNaN();
    assertThat(Elementary.sigmoid(36.0)).isEqualTo(1 - 0x1p-52);
    assertThat(Elementary.sigmoid(37.43)).isEqualTo(1.0);
    assertThat(Elementary.sigmoid(-745.0)).isEqualTo(Double.MIN_VALUE);
    assertThat(bits(Elementary.sigmoid(-746.0))).isEqualTo(bits(0.0));
  }

  @Test
  void tanh_should_keep_its_limits() {
    assertThat(bits(Elementary.tanh(0.0))).isEqualTo(bits(0.0));
    assertThat(bits(Elementary.tanh(-0.0))).isEqualTo(bits(-0.0));
    assertThat(Elementary.tanh(Double.MIN_VALUE)).isEqualTo(Double.MIN_VALUE);
    assertThat(Elementary.tanh(-0x1.8p-1040)).isEqualTo(-0x1.8p-1040);
    assertThat(Elementary.tanh(1e-9)).isEqualTo(1e-9);
    assertThat(Elementary.tanh(19.06)).isEqualTo(Math.nextDown(1.0));
    assertThat(Elementary.tanh(19.07)).isEqualTo(1.0);
    assertThat(Elementary.tanh(POSITIVE_INFINITY)).isEqualTo(1.0);
    assertThat(Elementary.tanh(NEGATIVE_INFINITY)).isEqualTo(-1.0);
    assertThat(Elementary.tanh(NaN)).isNaN();
  }

  @Test
  void log_should_keep_its_limits() {
    assertThat(bits(Elementary.log(1.0))).isEqualTo(bits(0.0));
    assertThat(Elementary.log(0.0)).isEqualTo(NEGATIVE_INFINITY);
    assertThat(Elementary.log(-0.0)).isEqualTo(NEGATIVE_INFINITY);
    assertThat(Elementary.log(-Double.MIN_VALUE)).isNaN();
    assertThat(Elementary.log(-1.0)).isNaN();
    assertThat(Elementary.log(NEGATIVE_INFINITY)).isNaN();
    assertThat(Elementary.log(POSITIVE_INFINITY)).isEqualTo(POSITIVE_INFINITY);
    assertThat(Elementary.log(NaN)).isNaN();
    assertThat(Elementary.log(Double.MIN_VALUE)).isEqualTo(-744.4400719213812);
    assertThat(Elementary.log(2.0)).isEqualTo(0.6931471805599453);
  }

  @ParameterizedTest
  @EnumSource
  void an_array_should_get_the_same_bits_wherever_it_begins_and_ends(Stated f) {
    double[] all = sweep();
    for (int n : new int[] {0, 1, 7, 8, 100, 255, 256, 257, 600, all.length - 3}) {
      double[] x = Arrays.copyOfRange(all, 0, n + 3);
      double[] expected = x.clone();
      for (int i = 2; i < n + 2; i++) {
        expected[i] = f.at(x[i]);
      }

      double[] out = new double[n + 5];
      Elementary.apply(Kernel.Function.valueOf(f.name()), n, x, 2, out, 4);
      assertThat(bits(Arrays.copyOfRange(out, 4, n + 4)))
          .isEqualTo(bits(Arrays.copyOfRange(expected, 2, n + 2)));
      assertThat(new double[] {out[0], out[1], out[2], out[3], out[n + 4]}).containsOnly(0);

      Elementary.apply(Kernel.Function.valueOf(f.name()), n, x, 2, x, 2);
      assertThat(bits(x)).isEqualTo(bits(expected));
    }
  }

  /** Every exponent with both signs, the places where something changes, and any bits at all. */
  private static double[] sweep() {
    Random random = new Random(1);
    DoubleStream.Builder all = DoubleStream.builder();
    for (double x : new double[] {NaN, POSITIVE_INFINITY, 0, 1, 20, 40, 709.8, 710, 745.14, 746}) {
      all.add(x).add(-x).add(Math.nextUp(x)).add(-Math.nextUp(x));
    }
    for (int exponent = -1074; exponent < 1024; exponent++) {
      for (int i = 0; i < 10; i++) {
        double x = Math.scalb(1 + random.nextDouble(), exponent);
        all.add(x).add(-x);
      }
    }
    for (int k = -1080; k < 1030; k++) {
      double halfway = (k + 0.5) * 0.6931471805599453;
      all.add(halfway).add(Math.nextUp(halfway)).add(halfway / 2).add(Math.nextUp(halfway / 2));
    }
    for (int i = 0; i < 50_000; i++) {
      all.add(Double.longBitsToDouble(random.nextLong()))
          .add(random.nextGaussian())
          .add(20 * random.nextGaussian())
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

  private static BufferedReader resource(String name) {
    return new BufferedReader(
        new InputStreamReader(
            Objects.requireNonNull(ElementaryTest.class.getResourceAsStream(name), name),
            StandardCharsets.UTF_8));
  }
}
