package io.github.unroll.simd;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of a product, as in a streaming step: b is read where it stands, once, eight vectors
 * wide, as fast as the level 2 cache gives it.
 */
final class SimdRow {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private SimdRow() {}

  /**
   * {@code out[j] = fma(a(l), b(l,j), out[j])} over ascending l, a(l) at {@code aAt + l·aCol}; if
   * it does not add, out counts as 0.
   */
  static void fold(
      boolean add,
      int k,
      int n,
      double[] a,
      int aAt,
      int aCol,
      double[] b,
      int bAt,
      int bRow,
      double[] out,
      int at) {
    if (!add) {
      Arrays.fill(out, at, at + n, 0);
    }
    int j = 0;
    for (; j + 8 * LANES <= n; j += 8 * LANES) {
      foldEight(k, a, aAt, aCol, b, bAt + j, bRow, out, at + j);
    }
    for (; j + LANES <= n; j += LANES) {
      DoubleVector s = load(out, at + j);
      for (int l = 0; l < k; l++) {
        s = broadcast(a[aAt + l * aCol]).fma(load(b, bAt + l * bRow + j), s);
      }
      s.intoArray(out, at + j);
    }
    for (; j < n; j++) {
      double s = out[at + j];
      for (int l = 0; l < k; l++) {
        s = Math.fma(a[aAt + l * aCol], b[bAt + l * bRow + j], s);
      }
      out[at + j] = s;
    }
  }

  private static void foldEight(
      int k, double[] a, int aAt, int aCol, double[] b, int bAt, int bRow, double[] out, int at) {
    DoubleVector s0 = load(out, at);
    DoubleVector s1 = load(out, at + LANES);
    DoubleVector s2 = load(out, at + 2 * LANES);
    DoubleVector s3 = load(out, at + 3 * LANES);
    DoubleVector s4 = load(out, at + 4 * LANES);
    DoubleVector s5 = load(out, at + 5 * LANES);
    DoubleVector s6 = load(out, at + 6 * LANES);
    DoubleVector s7 = load(out, at + 7 * LANES);
    for (int l = 0; l < k; l++) {
      int row = bAt + l * bRow;
      DoubleVector factor = broadcast(a[aAt + l * aCol]);
      s0 = factor.fma(load(b, row), s0);
      s1 = factor.fma(load(b, row + LANES), s1);
      s2 = factor.fma(load(b, row + 2 * LANES), s2);
      s3 = factor.fma(load(b, row + 3 * LANES), s3);
      s4 = factor.fma(load(b, row + 4 * LANES), s4);
      s5 = factor.fma(load(b, row + 5 * LANES), s5);
      s6 = factor.fma(load(b, row + 6 * LANES), s6);
      s7 = factor.fma(load(b, row + 7 * LANES), s7);
    }
    s0.intoArray(out, at);
    s1.intoArray(out, at + LANES);
    s2.intoArray(out, at + 2 * LANES);
    s3.intoArray(out, at + 3 * LANES);
    s4.intoArray(out, at + 4 * LANES);
    s5.intoArray(out, at + 5 * LANES);
    s6.intoArray(out, at + 6 * LANES);
    s7.intoArray(out, at + 7 * LANES);
  }

  private static DoubleVector load(double[] from, int at) {
    return DoubleVector.fromArray(SPECIES, from, at);
  }

  private static DoubleVector broadcast(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }
}
