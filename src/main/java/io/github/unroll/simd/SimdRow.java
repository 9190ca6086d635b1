package io.github.unroll.simd;

import static io.github.unroll.kernel.Kernel.Fma.fma;
import static jdk.incubator.vector.DoubleVector.broadcast;
import static jdk.incubator.vector.DoubleVector.fromArray;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of a product, as in a streaming step: b is read in place, once, eight vectors wide, as
 * fast as the level 2 cache gives it.
 */
final class SimdRow {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private SimdRow() {}

  /**
   * {@code out[j] = fma(a(l), b(l,j), out[j])} over ascending l, a(l) at {@code aAt + l·aCol}; if
   * it does not add, out starts as 0.
   *
   * <p>All in one method, so that it is too long to be inlined (see the package).
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
      DoubleVector s0 = fromArray(SPECIES, out, at + j);
      DoubleVector s1 = fromArray(SPECIES, out, at + j + LANES);
      DoubleVector s2 = fromArray(SPECIES, out, at + j + 2 * LANES);
      DoubleVector s3 = fromArray(SPECIES, out, at + j + 3 * LANES);
      DoubleVector s4 = fromArray(SPECIES, out, at + j + 4 * LANES);
      DoubleVector s5 = fromArray(SPECIES, out, at + j + 5 * LANES);
      DoubleVector s6 = fromArray(SPECIES, out, at + j + 6 * LANES);
      DoubleVector s7 = fromArray(SPECIES, out, at + j + 7 * LANES);
      for (int l = 0; l < k; l++) {
        int row = bAt + l * bRow + j;
        DoubleVector factor = broadcast(SPECIES, a[aAt + l * aCol]);
        s0 = factor.fma(fromArray(SPECIES, b, row), s0);
        s1 = factor.fma(fromArray(SPECIES, b, row + LANES), s1);
        s2 = factor.fma(fromArray(SPECIES, b, row + 2 * LANES), s2);
        s3 = factor.fma(fromArray(SPECIES, b, row + 3 * LANES), s3);
        s4 = factor.fma(fromArray(SPECIES, b, row + 4 * LANES), s4);
        s5 = factor.fma(fromArray(SPECIES, b, row + 5 * LANES), s5);
        s6 = factor.fma(fromArray(SPECIES, b, row + 6 * LANES), s6);
        s7 = factor.fma(fromArray(SPECIES, b, row + 7 * LANES), s7);
      }
      s0.intoArray(out, at + j);
      s1.intoArray(out, at + j + LANES);
      s2.intoArray(out, at + j + 2 * LANES);
      s3.intoArray(out, at + j + 3 * LANES);
      s4.intoArray(out, at + j + 4 * LANES);
      s5.intoArray(out, at + j + 5 * LANES);
      s6.intoArray(out, at + j + 6 * LANES);
      s7.intoArray(out, at + j + 7 * LANES);
    }
    for (; j + LANES <= n; j += LANES) {
      DoubleVector s = fromArray(SPECIES, out, at + j);
      for (int l = 0; l < k; l++) {
        s = broadcast(SPECIES, a[aAt + l * aCol]).fma(fromArray(SPECIES, b, bAt + l * bRow + j), s);
      }
      s.intoArray(out, at + j);
    }
    for (; j < n; j++) {
      double s = out[at + j];
      for (int l = 0; l < k; l++) {
        s = fma(a[aAt + l * aCol], b[bAt + l * bRow + j], s);
      }
      out[at + j] = s;
    }
  }
}
