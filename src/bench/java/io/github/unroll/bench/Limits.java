package io.github.unroll.bench;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the machine and the compiler allow at most: the loops at the heart of a case alone, on
 * arrays that lie in the nearest cache that holds them.
 */
final class Limits {

  private static final int WIDTH = 390;
  private static final int STEPS = 3;
  private static final double[][] ROWS = new double[STEPS][WIDTH];
  private static final double[][] B = new double[STEPS][WIDTH];

  private Limits() {}

  /** A loop that is timed, and of how many elements or multiply-adds a call is, or 1. */
  record Limit(Runnable loop, int per) {}

  static Limit named(String name) {
    return switch (name) {
      case "fold" -> new Limit(Limits::fold, STEPS * STEPS * WIDTH);
      case "bits" -> new Limit(Limits::bits, WIDTH);
      case "weights" -> new Limit(Reading::weights, 1);
      default -> throw new IllegalArgumentException(name + ": not fold, bits or weights");
    };
  }

  /** Multiply-adds of a product in plain Java: three rows by three steps, all in level 1. */
  private static void fold() {
    double f = 0.7;
    fold(f, B[0], B[1], B[2], ROWS[0], ROWS[1], ROWS[2]);
  }

  private static void fold(
      double f, double[] b0, double[] b1, double[] b2, double[] p, double[] q, double[] r) {
    for (int j = 0; j < WIDTH; j++) {
      double x0 = b0[j];
      double x1 = b1[j];
      double x2 = b2[j];
      double pj = Math.fma(f, x2, Math.fma(f, x1, Math.fma(f, x0, p[j])));
      double qj = Math.fma(f, x2, Math.fma(f, x1, Math.fma(f, x0, q[j])));
      double rj = Math.fma(f, x2, Math.fma(f, x1, Math.fma(f, x0, r[j])));
      p[j] = pj;
      q[j] = qj;
      r[j] = rj;
    }
  }

  /** Powers of two in plain Java: the bits of doubles, shifted. */
  private static void bits() {
    bits(B[0], ROWS[0]);
  }

  private static void bits(double[] x, double[] powers) {
    for (int i = 0; i < WIDTH; i++) {
      powers[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(x[i]) << 52);
    }
  }

  /** Apart, as only it needs the Vector API. */
  private static final class Reading {
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final double[] WEIGHTS = new double[96 * 256];
    private static double read; // kept, so that the reading is not left out

    /** The weights of a streaming step, read once with vectors, in the order in which they lie. */
    private static void weights() {
      DoubleVector s0 = DoubleVector.fromArray(SPECIES, WEIGHTS, 0);
      DoubleVector s1 = DoubleVector.fromArray(SPECIES, WEIGHTS, LANES);
      DoubleVector s2 = DoubleVector.fromArray(SPECIES, WEIGHTS, 2 * LANES);
      DoubleVector s3 = DoubleVector.fromArray(SPECIES, WEIGHTS, 3 * LANES);
      DoubleVector s4 = DoubleVector.fromArray(SPECIES, WEIGHTS, 4 * LANES);
      DoubleVector s5 = DoubleVector.fromArray(SPECIES, WEIGHTS, 5 * LANES);
      DoubleVector s6 = DoubleVector.fromArray(SPECIES, WEIGHTS, 6 * LANES);
      DoubleVector s7 = DoubleVector.fromArray(SPECIES, WEIGHTS, 7 * LANES);
      for (int i = 8 * LANES; i < WEIGHTS.length; i += 8 * LANES) {
        s0 = s0.add(DoubleVector.fromArray(SPECIES, WEIGHTS, i));
        s1 = s1.add(DoubleVector.fromArray(SPECIES, WEIGHTS, i + LANES));
        s2 = s2.add(DoubleVector.fromArray(SPECIES, WEIGHTS, i + 2 * LANES));
        s3 = s3.add(DoubleVector.fromArray(SPECIES, WEIGHTS, i + 3 * LANES));
        s4 = s4.add(DoubleVector.fromArray(SPECIES, WEIGHTS, i + 4 * LANES));
        s5 = s5.add(DoubleVector.fromArray(SPECIES, WEIGHTS, i + 5 * LANES));
        s6 = s6.add(DoubleVector.fromArray(SPECIES, WEIGHTS, i + 6 * LANES));
        s7 = s7.add(DoubleVector.fromArray(SPECIES, WEIGHTS, i + 7 * LANES));
      }
      s0 = s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7)));
      read += s0.lane(0);
    }
  }
}
