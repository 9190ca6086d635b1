package io.github.unroll.io.bytes;

/** The two 16-bit floating-point formats, to double and back. */
public enum NarrowFloat {
  /** IEEE 754 binary16. */
  F16(5, 10),
  /** bfloat16: the upper half of a float. */
  BF16(8, 7);

  private final int fractionBits;
  private final int infinity; // its bits, and the mask of the exponent
  private final int bias;

  NarrowFloat(int exponentBits, int fractionBits) {
    this.fractionBits = fractionBits;
    this.infinity = ((1 << exponentBits) - 1) << fractionBits;
    this.bias = (1 << (exponentBits - 1)) - 1;
  }

  /** The value of 16 bits; every one is a double. */
  public double toDouble(short bits) {
    int exponent = (bits & infinity) >>> fractionBits;
    int fraction = bits & ((1 << fractionBits) - 1);
    double magnitude;
    if ((bits & infinity) == infinity) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((double) fraction, 1 - bias - fractionBits);
    } else {
      int significand = fraction | 1 << fractionBits;
      magnitude = Math.scalb((double) significand, exponent - bias - fractionBits);
    }
    return bits < 0 ? -magnitude : magnitude;
  }

  /** The nearest value, of two equally near the one whose last bit is 0. */
  public short ofDouble(double value) {
    int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
    if (Double.isNaN(value)) {
      return (short) (sign | infinity | 1 << (fractionBits - 1));
    }
    double magnitude = Math.min(Math.abs(value), 0x1p200); // both formats end below 2^128
    int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
    int units = (int) Math.rint(Math.scalb(magnitude, fractionBits - exponent));
    // A significand that rounds up to 2 carries into the exponent, which is where it belongs.
    long bits = ((long) (exponent + bias - 1) << fractionBits) + units;
    return (short) (sign | (int) Math.min(bits, infinity));
  }
}
