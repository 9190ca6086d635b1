package io.github.unroll.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The multiply-add in software against {@link Math#fma}, bit by bit; NaN equals NaN. With {@code
 * -Dunroll.heavy=true} a hundred million triples of numbers.
 */
class FmaTest {

  private static final int TRIPLES = Boolean.getBoolean("unroll.heavy") ? 100_000_000 : 400_000;

  private static final double[] SPECIAL = {
    0,
    1,
    3,
    0.5,
    Double.MIN_VALUE,
    0x0.0000000000003p-1022,
    0x0.fffffffffffffp-1022,
    Double.MIN_NORMAL,
    0x1.8p-1022,
    0x1p-969,
    0x1p-968,
    0x1p-538,
    0x1p-537,
    0x1.fffffffffffffp-537,
    0x1p-53,
    0x1.fffffffffffffp-1,
    0x1.0000000000001p0,
    0x1p53,
    0x1.fffffffffffffp52,
    0x1p511,
    0x1p512,
    0x1p970,
    0x1.fffffffffffffp995,
    0x1p996,
    0x1p997,
    0x1p1022,
    0x1p1023,
    0x1.ffffffffffffep1023,
    Double.MAX_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NaN
  };

  /** What a sum may meet; each must be met, or the numbers drawn are too tame. */
  private enum Met {
    TIE,
    ALMOST_TIE,
    CANCELLED,
    SUBNORMAL,
    LAST_NORMAL,
    UNDERFLOW,
    OVERFLOW,
    PRODUCT_OVERFLOW,
    ONLY_C_COUNTS,
    ONLY_PRODUCT_COUNTS
  }

  @Test
  void should_have_the_bits_of_Math_fma_for_any_three_special_numbers() {
    double[] all = Arrays.copyOf(SPECIAL, 2 * SPECIAL.length);
    for (int i = 0; i < SPECIAL.length; i++) {
      all[SPECIAL.length + i] = -SPECIAL[i];
    }
    for (double a : all) {
      for (double b : all) {
        for (double c : all) {
          check(a, b, c);
        }
      }
    }
  }

  @Test
  void should_have_the_bits_of_Math_fma_for_ordinary_numbers() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < TRIPLES; i++) {
      check(2 * random.nextDouble() - 1, 2 * random.nextDouble() - 1, 8 * random.nextDouble() - 4);
    }
  }

  @Test
  void should_have_the_bits_of_Math_fma_for_any_bits() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < TRIPLES; i++) {
      check(anyBits(random), anyBits(random), anyBits(random));
    }
  }

  @Test
  void should_have_the_bits_of_Math_fma_where_rounding_is_hard() {
    SplittableRandom random = new SplittableRandom(5);
    Set<Met> met = EnumSet.noneOf(Met.class);
    for (int i = 0; i < TRIPLES; i++) {
      double a = Math.scalb(mantissa(random), random.nextInt(-1074, 1024));
      double b = Math.scalb(mantissa(random), productExponent(random) - Math.getExponent(a));
      double c = summand(random, a, b);
      check(a, b, c);
      check(b, -a, c);
      if (i < 400_000) {
        note(a, b, c, met);
      }
    }
    assertThat(met).containsExactlyInAnyOrder(Met.values());
  }

  /** The signs of zeros that come of a sum are by the rules of IEEE 754, as Math.fma's are. */
  @ParameterizedTest
  @ValueSource(doubles = {0x1p-600, 0x1p-500, 8, 0x1p900})
  void should_give_zeros_their_sign(double x) {
    double y = 1 / x;
    assertSame(Kernel.Fma.software(x, y, -1), 0.0, x, y, -1);
    assertSame(Kernel.Fma.software(-x, y, 1), 0.0, -x, y, 1);
    assertSame(Kernel.Fma.software(-0.0, x, -0.0), -0.0, -0.0, x, -0.0);
    assertSame(Kernel.Fma.software(-0.0, x, 0.0), 0.0, -0.0, x, 0.0);
    double least = Double.MIN_VALUE;
    assertSame(Kernel.Fma.software(least, -least, 0.0), -0.0, least, -least, 0.0);
  }

  /** By products of whole numbers, which need no other fused multiply-add to be known. */
  @Test
  void should_round_a_tie_to_even_and_what_is_next_to_it_to_its_own_side() {
    assertThat(Kernel.Fma.software(1, 1, 0x1p53)).isEqualTo(0x1p53);
    assertThat(Kernel.Fma.software(1, 1, 0x1p53 + 2)).isEqualTo(0x1p53 + 4);
    assertThat(Kernel.Fma.software(1 + 0x1p-40, 1 + 0x1p-40, 0x1p53)).isEqualTo(0x1p53 + 2);
    assertThat(Kernel.Fma.software(1 + 0x1p-30, 1 - 0x1p-30, 0x1p53 + 2)).isEqualTo(0x1p53 + 2);
    assertThat(Kernel.Fma.software(-1, 1 + 0x1p-52, 0x1p54)).isEqualTo(0x1p54 - 2);
    assertThat(Kernel.Fma.software(-1, 1, 0x1p54)).isEqualTo(0x1p54);
  }

  // ---- what the tests are made of ----

  private static double anyBits(SplittableRandom random) {
    return Double.longBitsToDouble(random.nextLong());
  }

  /** From 1 to 2, of either sign: random bits, few bits, or close to a power of two. */
  private static double mantissa(SplittableRandom random) {
    long bits =
        switch (random.nextInt(5)) {
          case 0 -> random.nextLong();
          case 1 -> (1L << random.nextInt(52)) + random.nextInt(2);
          case 2 -> -1L << random.nextInt(53);
          case 3 -> random.nextInt(4);
          default -> -1L - random.nextInt(4);
        };
    double magnitude = Double.longBitsToDouble((1023L << 52) | (bits & ((1L << 52) - 1)));
    return random.nextBoolean() ? magnitude : -magnitude;
  }

  /** Anywhere, or near a place where something changes. */
  private static int productExponent(SplittableRandom random) {
    int[] places = {-1074, -1022, -968, 0, 996, 1023};
    int place = places[random.nextInt(places.length)];
    return random.nextInt(3) == 0 ? random.nextInt(-1200, 1100) : place + random.nextInt(-5, 6);
  }

  /** Near minus the product, at some distance of powers of two from it, or anywhere. */
  private static double summand(SplittableRandom random, double a, double b) {
    double p = a * b;
    int[] distances = {0, 26, 53, 106, 300};
    int distance = distances[random.nextInt(distances.length)] + random.nextInt(-3, 4);
    return switch (random.nextInt(4)) {
      case 0 -> -p + random.nextInt(-4, 5) * Math.ulp(p);
      case 1 -> anyBits(random);
      default ->
          Math.scalb(
              mantissa(random),
              Math.getExponent(a)
                  + Math.getExponent(b)
                  + (random.nextBoolean() ? distance : -distance));
    };
  }

  private static void note(double a, double b, double c, Set<Met> met) {
    double r = Math.fma(a, b, c);
    double p = a * b;
    double magnitude = Math.abs(r);
    if (!Double.isFinite(a) || !Double.isFinite(b) || !Double.isFinite(c)) {
      return;
    }
    if (Double.isInfinite(p) && !Double.isInfinite(r)) {
      met.add(Met.PRODUCT_OVERFLOW);
    }
    if (Double.isInfinite(r) && !Double.isInfinite(p)) {
      met.add(Met.OVERFLOW);
    }
    if (magnitude == 0 && a != 0 && b != 0 && p == 0) {
      met.add(Met.UNDERFLOW);
    }
    if (magnitude > 0 && magnitude < Double.MIN_NORMAL) {
      met.add(Met.SUBNORMAL);
    }
    if (magnitude == Double.MIN_NORMAL && p != r && c != r) {
      met.add(Met.LAST_NORMAL);
    }
    if (magnitude > 0 && magnitude < 0x1p-80 * Math.abs(p)) {
      met.add(Met.CANCELLED);
    }
    if (r == c && p != 0) {
      met.add(Met.ONLY_C_COUNTS);
    }
    if (r == p && c != 0 && r != 0) {
      met.add(Met.ONLY_PRODUCT_COUNTS);
    }
    if (magnitude > 0x1p-900 && magnitude < 0x1p900 && Math.abs(p) < 0x1p900) {
      double lost = (p - (r - c)) + Math.fma(a, b, -p); // exact where c is r and its neighbour
      if (Math.abs(r - c) <= Math.ulp(r) && Math.abs(lost) == Math.ulp(r) / 2) {
        met.add(Math.fma(a, b, -p) == 0 ? Met.TIE : Met.ALMOST_TIE);
      }
    }
  }

  private static void check(double a, double b, double c) {
    assertSame(Kernel.Fma.software(a, b, c), Math.fma(a, b, c), a, b, c);
  }

  /** AssertJ only for what fails: a hundred million calls of it take their time. */
  private static void assertSame(double value, double expected, double a, double b, double c) {
    if (Double.doubleToLongBits(value) != Double.doubleToLongBits(expected)) {
      assertThat(Double.toHexString(value))
          .as(
              String.format(
                  Locale.ROOT,
                  "%s * %s + %s",
                  Double.toHexString(a),
                  Double.toHexString(b),
                  Double.toHexString(c)))
          .isEqualTo(Double.toHexString(expected));
    }
  }
}
