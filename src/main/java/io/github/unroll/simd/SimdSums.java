package io.github.unroll.simd;

import static io.github.unroll.kernel.Kernel.Fma.fma;

import io.github.unroll.kernel.Kernel;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums and maxima. The eight interleaved partial sums that {@link Kernel} specifies are one vector
 * of 8 lanes, two of 4 or four of 2.
 */
final class SimdSums extends Kernel.Scratch {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int PARTS = 8;

  private static final Kernel.Scratch.Pool<SimdSums> POOL =
      new Kernel.Scratch.Pool<>() {
        @Override
        protected SimdSums make() {
          return new SimdSums();
        }
      };

  private final double[] parts = new double[PARTS];

  private SimdSums() {}

  static double sum(int n, double[] x, int at) {
    SimdSums scratch = POOL.take();
    try {
      return sum(n, x, at, scratch.parts);
    } finally {
      scratch.giveBack();
    }
  }

  private static double sum(int n, double[] x, int at, double[] s) {
    int whole = n & -PARTS;
    Arrays.fill(s, 0);
    if (whole > 0) {
      for (int part = 0; part < PARTS; part += LANES) {
        DoubleVector sum = DoubleVector.zero(SPECIES);
        for (int i = part; i < whole; i += PARTS) {
          sum = sum.add(DoubleVector.fromArray(SPECIES, x, at + i));
        }
        sum.intoArray(s, part);
      }
    }
    for (int i = whole; i < n; i++) {
      s[i - whole] += x[at + i];
    }
    return joined(s);
  }

  static double sumOfSquares(int n, double[] x, int at) {
    SimdSums scratch = POOL.take();
    try {
      return sumOfSquares(n, x, at, scratch.parts);
    } finally {
      scratch.giveBack();
    }
  }

  private static double sumOfSquares(int n, double[] x, int at, double[] s) {
    int whole = n & -PARTS;
    Arrays.fill(s, 0);
    if (whole > 0) {
      for (int part = 0; part < PARTS; part += LANES) {
        DoubleVector sum = DoubleVector.zero(SPECIES);
        for (int i = part; i < whole; i += PARTS) {
          DoubleVector v = DoubleVector.fromArray(SPECIES, x, at + i);
          sum = v.fma(v, sum);
        }
        sum.intoArray(s, part);
      }
    }
    for (int i = whole; i < n; i++) {
      s[i - whole] = fma(x[at + i], x[at + i], s[i - whole]);
    }
    return joined(s);
  }

  private static double joined(double[] s) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }

  /** Math.max lane by lane: NaN is greatest, and 0.0 is greater than -0.0, in any order. */
  static double max(int n, double[] x, int at) {
    int whole = n - n % (2 * LANES);
    double max = whole == 0 ? Double.NEGATIVE_INFINITY : maxOfWhole(whole, x, at);
    for (int i = whole; i < n; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

  private static double maxOfWhole(int n, double[] x, int at) {
    DoubleVector max0 = DoubleVector.fromArray(SPECIES, x, at);
    DoubleVector max1 = DoubleVector.fromArray(SPECIES, x, at + LANES);
    for (int i = 2 * LANES; i < n; i += 2 * LANES) {
      max0 = max0.max(DoubleVector.fromArray(SPECIES, x, at + i));
      max1 = max1.max(DoubleVector.fromArray(SPECIES, x, at + i + LANES));
    }
    return max0.max(max1).reduceLanes(VectorOperators.MAX);
  }
}
