package io.github.unroll.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** One row of a product, as in a streaming step: b is read where it stands, once, row after row. */
final class SimdRow {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private SimdRow() {}

  /** {@code out[j] = fma(a(l), b(l,j), out[j])} over ascending l, a(l) at {@code aAt + l·aCol}. */
  static void fold(
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
    int l = 0;
    for (; l + 4 <= k; l += 4) {
      int factor = aAt + l * aCol;
      foldFour(
          n,
          a[factor],
          a[factor + aCol],
          a[factor + 2 * aCol],
          a[factor + 3 * aCol],
          b,
          bAt + l * bRow,
          bRow,
          out,
          at);
    }
    for (; l < k; l++) {
      foldOne(n, a[aAt + l * aCol], b, bAt + l * bRow, out, at);
    }
  }

  private static void foldFour(
      int n,
      double a0,
      double a1,
      double a2,
      double a3,
      double[] b,
      int row0,
      int bRow,
      double[] out,
      int at) {
    int row1 = row0 + bRow;
    int row2 = row1 + bRow;
    int row3 = row2 + bRow;
    DoubleVector v0 = DoubleVector.broadcast(SPECIES, a0);
    DoubleVector v1 = DoubleVector.broadcast(SPECIES, a1);
    DoubleVector v2 = DoubleVector.broadcast(SPECIES, a2);
    DoubleVector v3 = DoubleVector.broadcast(SPECIES, a3);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      DoubleVector s = DoubleVector.fromArray(SPECIES, out, at + j);
      s = v0.fma(DoubleVector.fromArray(SPECIES, b, row0 + j), s);
      s = v1.fma(DoubleVector.fromArray(SPECIES, b, row1 + j), s);
      s = v2.fma(DoubleVector.fromArray(SPECIES, b, row2 + j), s);
      s = v3.fma(DoubleVector.fromArray(SPECIES, b, row3 + j), s);
      s.intoArray(out, at + j);
    }
    for (; j < n; j++) {
      double s = Math.fma(a1, b[row1 + j], Math.fma(a0, b[row0 + j], out[at + j]));
      out[at + j] = Math.fma(a3, b[row3 + j], Math.fma(a2, b[row2 + j], s));
    }
  }

  private static void foldOne(int n, double a0, double[] b, int row, double[] out, int at) {
    DoubleVector v0 = DoubleVector.broadcast(SPECIES, a0);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      DoubleVector s = DoubleVector.fromArray(SPECIES, out, at + j);
      v0.fma(DoubleVector.fromArray(SPECIES, b, row + j), s).intoArray(out, at + j);
    }
    for (; j < n; j++) {
      out[at + j] = Math.fma(a0, b[row + j], out[at + j]);
    }
  }
}
