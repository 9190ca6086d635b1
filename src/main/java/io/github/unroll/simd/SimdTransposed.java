package io.github.unroll.simd;

import static io.github.unroll.simd.SimdProducts.DEPTH;
import static jdk.incubator.vector.DoubleVector.broadcast;
import static jdk.incubator.vector.DoubleVector.fromArray;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code out += a·bᵀ} for an a of few rows, computed as {@code outᵀ += b·aᵀ}: vectors run along the
 * rows of a, and b, the much larger one, is read in place instead of being transposed.
 *
 * <p>Both orders are the same fold over ascending k. An object is the scratch memory of one product
 * at a time.
 */
final class SimdTransposed {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** A block of aᵀ: for LANES rows of a after LANES rows, depth by LANES. */
  private double[] factors = {};

  /** outᵀ: for LANES rows of out after LANES rows, n by LANES. */
  private double[] sums = {};

  /** a (m,k), b (n,k), out (m,n), each with its stride. If it does not add, out counts as 0. */
  void fold(
      boolean add,
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aStride,
      double[] b,
      int bAt,
      int bStride,
      double[] out,
      int outAt,
      int outStride) {
    int lines = (m + LANES - 1) / LANES;
    if (add) {
      sums = copyTransposed(m, n, out, outAt, outStride, sums);
    } else {
      sums = withRoom(lines, n, sums);
      Arrays.fill(sums, 0, lines * LANES * n, 0);
    }
    int paired = lines % 2 == 0 ? lines : lines - 3; // three at the end rather than one alone
    for (int l = 0; l < k; l += DEPTH) {
      int depth = Math.min(DEPTH, k - l);
      factors = copyTransposed(m, depth, a, aAt + l, aStride, factors);
      int line = 0;
      for (; line < paired; line += 2) {
        foldTwoLines(line, depth, n, b, bAt + l, bStride);
      }
      if (line + 3 == lines) {
        foldThreeLines(line, depth, n, b, bAt + l, bStride);
      } else if (line < lines) {
        foldLine(line, depth, n, b, bAt + l, bStride);
      }
    }
    copyBack(m, n, out, outAt, outStride);
  }

  private void foldTwoLines(int line, int depth, int n, double[] b, int bAt, int bStride) {
    int factor = line * depth * LANES;
    int sum = line * n * LANES;
    int j = 0;
    for (; j + 6 <= n; j += 6) {
      int row = bAt + j * bStride;
      foldSixByTwo(depth, factors, factor, b, row, bStride, sums, sum + j * LANES, n);
    }
    foldRest(line, 2, j, depth, n, b, bAt, bStride);
  }

  private void foldThreeLines(int line, int depth, int n, double[] b, int bAt, int bStride) {
    int factor = line * depth * LANES;
    int sum = line * n * LANES;
    int j = 0;
    for (; j + 4 <= n; j += 4) {
      int row = bAt + j * bStride;
      foldFourByThree(depth, factors, factor, b, row, bStride, sums, sum + j * LANES, n);
    }
    foldRest(line, 3, j, depth, n, b, bAt, bStride);
  }

  private void foldLine(int line, int depth, int n, double[] b, int bAt, int bStride) {
    int factor = line * depth * LANES;
    int sum = line * n * LANES;
    int j = 0;
    for (; j + 8 <= n; j += 8) {
      foldEight(depth, factors, factor, b, bAt + j * bStride, bStride, sums, sum + j * LANES);
    }
    foldRest(line, 1, j, depth, n, b, bAt, bStride);
  }

  /**
   * Rows of b from the j-th on: by two lines of a in pairs, else one by one. All in one method, so
   * that it is too long to be inlined (see the package).
   */
  private void foldRest(
      int line, int lines, int j, int depth, int n, double[] b, int bAt, int bStride) {
    if (lines == 2) {
      int factor0 = line * depth * LANES;
      int factor1 = factor0 + depth * LANES;
      for (; j + 2 <= n; j += 2) {
        int sum0 = (line * n + j) * LANES;
        int sum1 = sum0 + n * LANES;
        int b0 = bAt + j * bStride;
        int b1 = b0 + bStride;
        DoubleVector s00 = fromArray(SPECIES, sums, sum0);
        DoubleVector s01 = fromArray(SPECIES, sums, sum1);
        DoubleVector s10 = fromArray(SPECIES, sums, sum0 + LANES);
        DoubleVector s11 = fromArray(SPECIES, sums, sum1 + LANES);
        for (int l = 0; l < depth; l++) {
          DoubleVector a0 = fromArray(SPECIES, factors, factor0 + l * LANES);
          DoubleVector a1 = fromArray(SPECIES, factors, factor1 + l * LANES);
          DoubleVector row = broadcast(SPECIES, b[b0 + l]);
          s00 = row.fma(a0, s00);
          s01 = row.fma(a1, s01);
          row = broadcast(SPECIES, b[b1 + l]);
          s10 = row.fma(a0, s10);
          s11 = row.fma(a1, s11);
        }
        s00.intoArray(sums, sum0);
        s01.intoArray(sums, sum1);
        s10.intoArray(sums, sum0 + LANES);
        s11.intoArray(sums, sum1 + LANES);
      }
    }
    for (; j < n; j++) {
      int row = bAt + j * bStride;
      for (int i = line; i < line + lines; i++) {
        int factor = i * depth * LANES;
        int sum = (i * n + j) * LANES;
        DoubleVector s = fromArray(SPECIES, sums, sum);
        for (int l = 0; l < depth; l++) {
          DoubleVector a = fromArray(SPECIES, factors, factor + l * LANES);
          s = broadcast(SPECIES, b[row + l]).fma(a, s);
        }
        s.intoArray(sums, sum);
      }
    }
  }

  private static double[] withRoom(int lines, int cols, double[] kept) {
    int size = Math.multiplyExact(lines * LANES, cols);
    return kept.length >= size ? kept : new double[size];
  }

  private static double[] copyTransposed(
      int rows, int cols, double[] from, int at, int stride, double[] kept) {
    int lines = (rows + LANES - 1) / LANES;
    double[] to = withRoom(lines, cols, kept);
    if (rows % LANES != 0) {
      Arrays.fill(to, (lines - 1) * cols * LANES, lines * cols * LANES, 0);
    }
    for (int line = 0; line < lines; line++) {
      int first = at + line * LANES * stride;
      int last = Math.min(LANES, rows - line * LANES);
      int i = 0;
      for (; i + 4 <= last; i += 4) {
        copyFour(cols, from, first + i * stride, stride, to, line * cols * LANES + i);
      }
      for (; i < last; i++) {
        for (int j = 0; j < cols; j++) {
          to[(line * cols + j) * LANES + i] = from[first + i * stride + j];
        }
      }
    }
    return to;
  }

  /** Four rows become four lanes. */
  private static void copyFour(
      int cols, double[] from, int row0, int stride, double[] to, int lane) {
    int row1 = row0 + stride;
    int row2 = row1 + stride;
    int row3 = row2 + stride;
    for (int j = 0; j < cols; j++) {
      to[lane + j * LANES] = from[row0 + j];
      to[lane + j * LANES + 1] = from[row1 + j];
      to[lane + j * LANES + 2] = from[row2 + j];
      to[lane + j * LANES + 3] = from[row3 + j];
    }
  }

  private void copyBack(int m, int n, double[] out, int outAt, int outStride) {
    for (int i = 0; i < m; i++) {
      int row = outAt + i * outStride;
      int lane = i / LANES * n * LANES + i % LANES;
      for (int j = 0; j < n; j++) {
        out[row + j] = sums[lane + j * LANES];
      }
    }
  }

  /** Six rows of b by the line of a at factor and the one after it. */
  private static void foldSixByTwo(
      int depth,
      double[] factors,
      int factor0,
      double[] b,
      int b0,
      int bStride,
      double[] sums,
      int sum0,
      int n) {
    int factor1 = factor0 + depth * LANES;
    int sum1 = sum0 + n * LANES;
    int b1 = b0 + bStride;
    int b2 = b1 + bStride;
    int b3 = b2 + bStride;
    int b4 = b3 + bStride;
    int b5 = b4 + bStride;
    DoubleVector s00 = fromArray(SPECIES, sums, sum0);
    DoubleVector s01 = fromArray(SPECIES, sums, sum1);
    DoubleVector s10 = fromArray(SPECIES, sums, sum0 + LANES);
    DoubleVector s11 = fromArray(SPECIES, sums, sum1 + LANES);
    DoubleVector s20 = fromArray(SPECIES, sums, sum0 + 2 * LANES);
    DoubleVector s21 = fromArray(SPECIES, sums, sum1 + 2 * LANES);
    DoubleVector s30 = fromArray(SPECIES, sums, sum0 + 3 * LANES);
    DoubleVector s31 = fromArray(SPECIES, sums, sum1 + 3 * LANES);
    DoubleVector s40 = fromArray(SPECIES, sums, sum0 + 4 * LANES);
    DoubleVector s41 = fromArray(SPECIES, sums, sum1 + 4 * LANES);
    DoubleVector s50 = fromArray(SPECIES, sums, sum0 + 5 * LANES);
    DoubleVector s51 = fromArray(SPECIES, sums, sum1 + 5 * LANES);
    for (int l = 0; l < depth; l++) {
      DoubleVector a0 = fromArray(SPECIES, factors, factor0 + l * LANES);
      DoubleVector a1 = fromArray(SPECIES, factors, factor1 + l * LANES);
      DoubleVector row = broadcast(SPECIES, b[b0 + l]);
      s00 = row.fma(a0, s00);
      s01 = row.fma(a1, s01);
      row = broadcast(SPECIES, b[b1 + l]);
      s10 = row.fma(a0, s10);
      s11 = row.fma(a1, s11);
      row = broadcast(SPECIES, b[b2 + l]);
      s20 = row.fma(a0, s20);
      s21 = row.fma(a1, s21);
      row = broadcast(SPECIES, b[b3 + l]);
      s30 = row.fma(a0, s30);
      s31 = row.fma(a1, s31);
      row = broadcast(SPECIES, b[b4 + l]);
      s40 = row.fma(a0, s40);
      s41 = row.fma(a1, s41);
      row = broadcast(SPECIES, b[b5 + l]);
      s50 = row.fma(a0, s50);
      s51 = row.fma(a1, s51);
    }
    s00.intoArray(sums, sum0);
    s01.intoArray(sums, sum1);
    s10.intoArray(sums, sum0 + LANES);
    s11.intoArray(sums, sum1 + LANES);
    s20.intoArray(sums, sum0 + 2 * LANES);
    s21.intoArray(sums, sum1 + 2 * LANES);
    s30.intoArray(sums, sum0 + 3 * LANES);
    s31.intoArray(sums, sum1 + 3 * LANES);
    s40.intoArray(sums, sum0 + 4 * LANES);
    s41.intoArray(sums, sum1 + 4 * LANES);
    s50.intoArray(sums, sum0 + 5 * LANES);
    s51.intoArray(sums, sum1 + 5 * LANES);
  }

  /** Four rows of b by three lines of a. */
  private static void foldFourByThree(
      int depth,
      double[] factors,
      int factor0,
      double[] b,
      int b0,
      int bStride,
      double[] sums,
      int sum0,
      int n) {
    int factor1 = factor0 + depth * LANES;
    int sum1 = sum0 + n * LANES;
    int factor2 = factor1 + depth * LANES;
    int sum2 = sum1 + n * LANES;
    int b1 = b0 + bStride;
    int b2 = b1 + bStride;
    int b3 = b2 + bStride;
    DoubleVector s00 = fromArray(SPECIES, sums, sum0);
    DoubleVector s01 = fromArray(SPECIES, sums, sum1);
    DoubleVector s02 = fromArray(SPECIES, sums, sum2);
    DoubleVector s10 = fromArray(SPECIES, sums, sum0 + LANES);
    DoubleVector s11 = fromArray(SPECIES, sums, sum1 + LANES);
    DoubleVector s12 = fromArray(SPECIES, sums, sum2 + LANES);
    DoubleVector s20 = fromArray(SPECIES, sums, sum0 + 2 * LANES);
    DoubleVector s21 = fromArray(SPECIES, sums, sum1 + 2 * LANES);
    DoubleVector s22 = fromArray(SPECIES, sums, sum2 + 2 * LANES);
    DoubleVector s30 = fromArray(SPECIES, sums, sum0 + 3 * LANES);
    DoubleVector s31 = fromArray(SPECIES, sums, sum1 + 3 * LANES);
    DoubleVector s32 = fromArray(SPECIES, sums, sum2 + 3 * LANES);
    for (int l = 0; l < depth; l++) {
      DoubleVector a0 = fromArray(SPECIES, factors, factor0 + l * LANES);
      DoubleVector a1 = fromArray(SPECIES, factors, factor1 + l * LANES);
      DoubleVector a2 = fromArray(SPECIES, factors, factor2 + l * LANES);
      DoubleVector row = broadcast(SPECIES, b[b0 + l]);
      s00 = row.fma(a0, s00);
      s01 = row.fma(a1, s01);
      s02 = row.fma(a2, s02);
      row = broadcast(SPECIES, b[b1 + l]);
      s10 = row.fma(a0, s10);
      s11 = row.fma(a1, s11);
      s12 = row.fma(a2, s12);
      row = broadcast(SPECIES, b[b2 + l]);
      s20 = row.fma(a0, s20);
      s21 = row.fma(a1, s21);
      s22 = row.fma(a2, s22);
      row = broadcast(SPECIES, b[b3 + l]);
      s30 = row.fma(a0, s30);
      s31 = row.fma(a1, s31);
      s32 = row.fma(a2, s32);
    }
    s00.intoArray(sums, sum0);
    s01.intoArray(sums, sum1);
    s02.intoArray(sums, sum2);
    s10.intoArray(sums, sum0 + LANES);
    s11.intoArray(sums, sum1 + LANES);
    s12.intoArray(sums, sum2 + LANES);
    s20.intoArray(sums, sum0 + 2 * LANES);
    s21.intoArray(sums, sum1 + 2 * LANES);
    s22.intoArray(sums, sum2 + 2 * LANES);
    s30.intoArray(sums, sum0 + 3 * LANES);
    s31.intoArray(sums, sum1 + 3 * LANES);
    s32.intoArray(sums, sum2 + 3 * LANES);
  }

  private static void foldEight(
      int depth,
      double[] factors,
      int factor,
      double[] b,
      int b0,
      int bStride,
      double[] sums,
      int sum) {
    int b1 = b0 + bStride;
    int b2 = b1 + bStride;
    int b3 = b2 + bStride;
    int b4 = b3 + bStride;
    int b5 = b4 + bStride;
    int b6 = b5 + bStride;
    int b7 = b6 + bStride;
    DoubleVector s0 = fromArray(SPECIES, sums, sum);
    DoubleVector s1 = fromArray(SPECIES, sums, sum + LANES);
    DoubleVector s2 = fromArray(SPECIES, sums, sum + 2 * LANES);
    DoubleVector s3 = fromArray(SPECIES, sums, sum + 3 * LANES);
    DoubleVector s4 = fromArray(SPECIES, sums, sum + 4 * LANES);
    DoubleVector s5 = fromArray(SPECIES, sums, sum + 5 * LANES);
    DoubleVector s6 = fromArray(SPECIES, sums, sum + 6 * LANES);
    DoubleVector s7 = fromArray(SPECIES, sums, sum + 7 * LANES);
    for (int l = 0; l < depth; l++) {
      DoubleVector a = fromArray(SPECIES, factors, factor + l * LANES);
      s0 = broadcast(SPECIES, b[b0 + l]).fma(a, s0);
      s1 = broadcast(SPECIES, b[b1 + l]).fma(a, s1);
      s2 = broadcast(SPECIES, b[b2 + l]).fma(a, s2);
      s3 = broadcast(SPECIES, b[b3 + l]).fma(a, s3);
      s4 = broadcast(SPECIES, b[b4 + l]).fma(a, s4);
      s5 = broadcast(SPECIES, b[b5 + l]).fma(a, s5);
      s6 = broadcast(SPECIES, b[b6 + l]).fma(a, s6);
      s7 = broadcast(SPECIES, b[b7 + l]).fma(a, s7);
    }
    s0.intoArray(sums, sum);
    s1.intoArray(sums, sum + LANES);
    s2.intoArray(sums, sum + 2 * LANES);
    s3.intoArray(sums, sum + 3 * LANES);
    s4.intoArray(sums, sum + 4 * LANES);
    s5.intoArray(sums, sum + 5 * LANES);
    s6.intoArray(sums, sum + 6 * LANES);
    s7.intoArray(sums, sum + 7 * LANES);
  }
}
