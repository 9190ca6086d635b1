package io.github.unroll.simd;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Multiplies few rows by a transposed matrix, and prints which sizes m,k,n come out wrong. */
final class TransposedProducts {

  private static final int ROWS = 64;
  private static final int[] DEPTHS = {3, 387};
  private static final int COLUMNS = 13;

  private TransposedProducts() {}

  public static void main(String[] args) {
    Kernel kernel = new SimdKernel();
    RandomState random = new RandomState(8);
    double[] a = random.randn(ROWS * DEPTHS[1]);
    double[] b = random.randn(COLUMNS * DEPTHS[1]);
    double[] start = random.randn(ROWS * COLUMNS);
    int products = 0;
    List<String> wrong = new ArrayList<>();
    for (int k : DEPTHS) {
      for (int m = 1; m <= ROWS; m++) {
        for (int n = 1; n <= COLUMNS; n++) {
          double[] got = start.clone();
          kernel.addMatmulTransB(m, k, n, a, 0, k, b, 0, k, got, 0, n);
          products++;
          if (!Arrays.equals(got, folded(m, k, n, a, b, start))) {
            wrong.add(m + "," + k + "," + n);
          }
        }
      }
    }
    System.out.println(kernel + ": " + products + " products, wrong: " + wrong);
  }

  private static double[] folded(int m, int k, int n, double[] a, double[] b, double[] start) {
    double[] out = start.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int l = 0; l < k; l++) {
          out[i * n + j] = Math.fma(a[i * k + l], b[j * k + l], out[i * n + j]);
        }
      }
    }
    return out;
  }
}
