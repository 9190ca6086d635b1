package io.github.unroll.random;

import java.util.Arrays;

/** A distribution over 0..n-1 with given probabilities; values are drawn by inverting its cdf. */
final class Categorical {
  /** How far from 1 the sum may be: the square root of the double's machine epsilon, 2^-26. */
  private static final double SUM_TOLERANCE = 0x1.0p-26;

  private final double[] cdf;

  /** A distribution; probabilities whose sum is not exactly 1 are scaled. */
  Categorical(double[] p) {
    cdf = new double[p.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i];
      cdf[i] = sum;
    }
    for (int i = 0; i < p.length; i++) {
      cdf[i] /= sum;
    }
  }

  /** The smallest i with u &lt; cdf[i], for u in [0, 1). */
  int quantile(double u) {
    int low = 0;
    int high = cdf.length - 1;
    while (low < high) {
      int mid = (low + high) >>> 1;
      if (u < cdf[mid]) {
        high = mid;
      } else {
        low = mid + 1;
      }
    }
    return low;
  }

  static void requireProbabilities(int n, double[] p) {
    if (p.length != n) {
      throw new IllegalArgumentException(
          "choice: " + n + " values but " + p.length + " probabilities: give one for each value");
    }
    for (int i = 0; i < n; i++) {
      if (!(p[i] >= 0)) {
        throw new IllegalArgumentException(
            "choice: probability p[" + i + "] = " + p[i] + ": must be a number not below 0");
      }
    }
    double sum = compensatedSum(p);
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new IllegalArgumentException(
          "choice: probabilities sum to " + sum + ", not 1: divide them by their sum");
    }
  }

  static int countPositive(double[] p) {
    return (int) Arrays.stream(p).filter(v -> v > 0).count();
  }

  /**
   * Kahan's sum, as in NumPy's check, so that a long list of probabilities is not rejected for
   * rounding.
   */
  private static double compensatedSum(double[] values) {
    double sum = values[0];
    double compensation = 0;
    for (int i = 1; i < values.length; i++) {
      double y = values[i] - compensation;
      double t = sum + y;
      compensation = (t - sum) - y;
      sum = t;
    }
    return sum;
  }
}
