package io.github.unroll.bench;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the machine and the compiler allow at most: the loops at the heart of a case alone, on
 * arrays that lie in the nearest cache that holds them.
 *
 * <pre>{@code
 * limit fold             a multiply-add of a product in plain Java
 * limit bits             a power of two in plain Java
 * limit tile             a multiply-add in vectors
 * limit weights 96 256   reading the weights of a step, with vectors
 * limit pass 1000000     an element of a step of Adam: its memory alone, in plain Java
 * }</pre>
 */
final class Limits {

  private static final int WIDTH = 390;
  private static final int STEPS = 3;
  private static final double[][] ROWS = new double[STEPS][WIDTH];
  private static final double[][] B = new double[STEPS][WIDTH];

  private Limits() {}

  /** A loop that is timed, and of how many elements or multiply-adds a call is, or 1. */
  record Limit(Runnable loop, int per) {}

  static Limit named(String name, int... sizes) {
    return switch (name) {
      case "fold" -> new Limit(Limits::fold, STEPS * STEPS * WIDTH);
      case "bits" -> new Limit(Limits::bits, WIDTH);
      case "pass" -> new Limit(new Pass(sizes[0])::run, sizes[0]);
      case "tile" -> new Limit(Vectors::tile, Vectors.TILE);
      case "weights" -> new Limit(new Vectors(sizes[0] * sizes[1])::read, 1);
      default ->
          throw new IllegalArgumentException(name + ": not fold, bits, pass, tile or weights");
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

  /** Memory of a step of Adam: four arrays are read and three of them written. */
  private static final class Pass {
    private final double[] p;
    private final double[] g;
    private final double[] m;
    private final double[] v;

    private Pass(int n) {
      p = new double[n];
      g = new double[n];
      m = new double[n];
      v = new double[n];
    }

    private void run() {
      run(p, g, m, v);
    }

    private static void run(double[] p, double[] g, double[] m, double[] v) {
      for (int i = 0; i < p.length; i++) {
        m[i] += g[i];
        v[i] -= g[i];
        p[i] += m[i];
      }
    }
  }

  /** Apart, as only these need the Vector API. */
  private static final class Vectors {
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int DEPTH = 100;
    private static final int TILE = 12 * LANES * DEPTH; // multiply-adds
    private static final double[] FACTOR = new double[LANES];
    private static double kept; // so that nothing is left out

    private final double[] weights;

    private Vectors(int size) {
      weights = new double[size];
    }

    /** Multiply-adds of twelve sums in registers, without any memory. */
    private static void tile() {
      DoubleVector x = DoubleVector.fromArray(SPECIES, FACTOR, 0);
      DoubleVector s0 = x;
      DoubleVector s1 = x;
      DoubleVector s2 = x;
      DoubleVector s3 = x;
      DoubleVector s4 = x;
      DoubleVector s5 = x;
      DoubleVector s6 = x;
      DoubleVector s7 = x;
      DoubleVector s8 = x;
      DoubleVector s9 = x;
      DoubleVector s10 = x;
      DoubleVector s11 = x;
      for (int l = 0; l < DEPTH; l++) {
        s0 = x.fma(x, s0);
        s1 = x.fma(x, s1);
        s2 = x.fma(x, s2);
        s3 = x.fma(x, s3);
        s4 = x.fma(x, s4);
        s5 = x.fma(x, s5);
        s6 = x.fma(x, s6);
        s7 = x.fma(x, s7);
        s8 = x.fma(x, s8);
        s9 = x.fma(x, s9);
        s10 = x.fma(x, s10);
        s11 = x.fma(x, s11);
      }
      s0 = s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7)));
      kept += s0.add(s8.add(s9)).add(s10.add(s11)).lane(0);
    }

    /** Weights, read once, in the order in which they lie. */
    private void read() {
      read(weights);
    }

    private static void read(double[] w) {
      DoubleVector s0 = DoubleVector.fromArray(SPECIES, w, 0);
      DoubleVector s1 = DoubleVector.fromArray(SPECIES, w, LANES);
      DoubleVector s2 = DoubleVector.fromArray(SPECIES, w, 2 * LANES);
      DoubleVector s3 = DoubleVector.fromArray(SPECIES, w, 3 * LANES);
      DoubleVector s4 = DoubleVector.fromArray(SPECIES, w, 4 * LANES);
      DoubleVector s5 = DoubleVector.fromArray(SPECIES, w, 5 * LANES);
      DoubleVector s6 = DoubleVector.fromArray(SPECIES, w, 6 * LANES);
      DoubleVector s7 = DoubleVector.fromArray(SPECIES, w, 7 * LANES);
      for (int i = 8 * LANES; i + 8 * LANES <= w.length; i += 8 * LANES) {
        s0 = s0.add(DoubleVector.fromArray(SPECIES, w, i));
        s1 = s1.add(DoubleVector.fromArray(SPECIES, w, i + LANES));
        s2 = s2.add(DoubleVector.fromArray(SPECIES, w, i + 2 * LANES));
        s3 = s3.add(DoubleVector.fromArray(SPECIES, w, i + 3 * LANES));
        s4 = s4.add(DoubleVector.fromArray(SPECIES, w, i + 4 * LANES));
        s5 = s5.add(DoubleVector.fromArray(SPECIES, w, i + 5 * LANES));
        s6 = s6.add(DoubleVector.fromArray(SPECIES, w, i + 6 * LANES));
        s7 = s7.add(DoubleVector.fromArray(SPECIES, w, i + 7 * LANES));
      }
      s0 = s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7)));
      kept += s0.lane(0);
    }
  }
}
