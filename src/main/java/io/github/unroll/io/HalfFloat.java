package io.github.unroll.io;

/** IEEE 754 binary16: 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
final class HalfFloat {

  private static final int SIGN = 0x8000;
  private static final int INFINITY = 0x7c00;
  private static final int QUIET = 0x0200;
  private static final int FRACTION_BITS = 10;
  private static final int ONE = 1 << FRACTION_BITS;
  private static final int BIAS = 15;
  private static final int LEAST_EXPONENT = -14;

  private HalfFloat() {}

  static double toDouble(short half) {
    int exponent = (half >> FRACTION_BITS) & 0x1f;
    int fraction = half & (ONE - 1);
    double sign = half < 0 ? -1 : 1;
    if (exponent == 0) {
      return sign * Math.scalb((double) fraction, LEAST_EXPONENT - FRACTION_BITS);
    }
    if (exponent == 0x1f) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    return sign * Math.scalb((double) (ONE + fraction), exponent - BIAS - FRACTION_BITS);
  }

  /** Rounds to nearest, ties to even; from 65520 on to infinity. */
  static short fromDouble(double value) {
    int sign = (int) (Double.doubleToRawLongBits(value) >>> 48) & SIGN;
    double magnitude = Math.abs(value);
    if (Double.isNaN(value)) {
      return (short) (sign | INFINITY | QUIET);
    }
    if (magnitude >= 65520) {
      return (short) (sign | INFINITY);
    }
    int exponent = Math.max(Math.getExponent(magnitude), LEAST_EXPONENT);
    int fraction = (int) Math.rint(Math.scalb(magnitude, FRACTION_BITS - exponent));
    // A normal number's hidden ONE counts as one exponent; a fraction rounded up to 2·ONE carries.
    int biased = (exponent + BIAS - 1) << FRACTION_BITS;
    return (short) (sign | (biased + fraction));
  }
}
