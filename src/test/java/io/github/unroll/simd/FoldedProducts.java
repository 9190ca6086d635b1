package io.github.unroll.simd;

import io.github.unroll.kernel.Kernel;
import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Multiplies matrices of many sizes, and prints which forms and sizes m,k,n come out wrong. */
final class FoldedProducts {

  /** Blocks of k and of rows, groups of panels, and what is left of them. */
  private static final int[][] LARGE_SIZES = {{20, 769, 123}, {35, 387, 331}};

  private static final int ROWS = 64;
  private static final int[] DEPTHS = {3, 387};
  private static final int COLUMNS = 13;

  private final Kernel kernel = new SimdKernel();
  private final RandomState random = new RandomState(8);
  private final List<String> wrong = new ArrayList<>();
  private int products;

  private FoldedProducts() {}

  public static void main(String[] args) {
    FoldedProducts of = new FoldedProducts();
    for (int k : DEPTHS) {
      for (int m = 1; m <= ROWS; m++) {
        for (int n = 1; n <= COLUMNS; n++) {
          of.multiplyTransB(m, k, n);
        }
      }
    }
    for (int[] size : LARGE_SIZES) {
      of.multiply(size[0], size[1], size[2]);
      of.multiplyTransA(size[0], size[1], size[2]);
    }
    System.out.println(of.kernel + ": " + of.products + " products, wrong: " + of.wrong);
  }

  private void multiply(int m, int k, int n) {
    double[] a = random.randn(m * k);
    double[] b = random.randn(k * n);
    double[] got = random.randn(m * n);
    double[] expected = folded(m, k, n, a, k, 1, b, n, 1, got);
    kernel.matmul(true, m, k, n, a, 0, k, 1, b, 0, n, 1, got, 0, n);
    compare("ab", m, k, n, got, expected);
  }

  private void multiplyTransA(int m, int k, int n) {
    double[] a = random.randn(k * m);
    double[] b = random.randn(k * n);
    double[] got = random.randn(m * n);
    double[] expected = folded(m, k, n, a, 1, m, b, n, 1, got);
    kernel.matmul(true, m, k, n, a, 0, 1, m, b, 0, n, 1, got, 0, n);
    compare("aTb", m, k, n, got, expected);
  }

  private void multiplyTransB(int m, int k, int n) {
    double[] a = random.randn(m * k);
    double[] b = random.randn(n * k);
    double[] got = random.randn(m * n);
    double[] expected = folded(m, k, n, a, k, 1, b, 1, k, got);
    kernel.matmul(true, m, k, n, a, 0, k, 1, b, 0, 1, k, got, 0, n);
    compare("abT", m, k, n, got, expected);
  }

  private void compare(String form, int m, int k, int n, double[] got, double[] expected) {
    products++;
    if (!Arrays.equals(got, expected)) {
      wrong.add(String.format(Locale.ROOT, "%s %d,%d,%d", form, m, k, n));
    }
  }

  private static double[] folded(
      int m,
      int k,
      int n,
      double[] a,
      int aRow,
      int aCol,
      double[] b,
      int bRow,
      int bCol,
      double[] start) {
    double[] out = start.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int l = 0; l < k; l++) {
          double factor = a[i * aRow + l * aCol];
          out[i * n + j] = Math.fma(factor, b[l * bRow + j * bCol], out[i * n + j]);
        }
      }
    }
    return out;
  }
}
