package io.github.unroll.optim;

import io.github.unroll.tensor.Arithmetic;
import io.github.unroll.tensor.Parameter;
import java.util.List;

/**
 * The norm of gradients whose squares are too large or too small for a double: they are first
 * divided by a power of two near the greatest of them.
 */
final class ScaledNorm {

  // In a sum of this size, what 2^31 squares lose to underflow is less than its last bit.
  private static final double LEAST_SUM = 0x1p-960;

  private ScaledNorm() {}

  /** Whether a plain sum of squares may have lost digits: it overflowed or is almost zero. */
  static boolean isDue(double sum) {
    return !(sum >= LEAST_SUM && Double.isFinite(sum));
  }

  /**
   * The norm; NaN if a gradient is NaN, infinite if one is infinite or the norm is too large for a
   * double.
   */
  static double of(List<Parameter> parameters) {
    double greatest = 0;
    for (Parameter parameter : parameters) {
      for (double g : parameter.gradOfTouchedRows().data()) { // rows that are not touched are zero
        greatest = Math.max(greatest, Math.abs(g)); // NaN stays
      }
    }
    if (greatest == 0 || !Double.isFinite(greatest)) {
      return greatest;
    }
    int exponent = Math.getExponent(greatest);
    double sum = 0;
    for (int k = 0; k < parameters.size(); k++) {
      if (!Tied.listedBefore(parameters, k)) {
        for (double g : parameters.get(k).gradOfTouchedRows().data()) {
          double scaled = Math.scalb(g, -exponent);
          sum = Arithmetic.fma(scaled, scaled, sum);
        }
      }
    }
    return Math.scalb(Math.sqrt(sum), exponent);
  }
}
