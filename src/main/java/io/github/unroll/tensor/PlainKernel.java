package io.github.unroll.tensor;

import java.util.List;

/** The kernel in plain Java: no flags, no modules, the same bits on every JVM. */
final class PlainKernel implements Kernel {

  private static final int BLOCK_WIDTH = 256;
  private static final int BLOCK_DEPTH = 48;

  static final PlainKernel INSTANCE = new PlainKernel();

  private PlainKernel() {}

  /** Which kernel this JVM uses. Faster ones are named as text, so that this file stands alone. */
  static final class Choice {

    private static final String SIMD = "io.github.unroll.simd.SimdKernel";
    private static final String PARALLEL = "io.github.unroll.parallel.ParallelKernel";

    static final Kernel KERNEL = withThreads(simdOrPlain());

    private Choice() {}

    private static Kernel simdOrPlain() {
      String wanted = System.getProperty("unroll.kernel", "any");
      if (!List.of("any", "simd", "plain").contains(wanted)) {
        throw new IllegalArgumentException(
            "-Dunroll.kernel=%s: there are simd and plain".formatted(wanted));
      }
      try {
        return wanted.equals("plain")
            ? INSTANCE
            : (Kernel) Class.forName(SIMD).getConstructor().newInstance();
      } catch (ReflectiveOperationException | LinkageError e) {
        if (wanted.equals("simd")) {
          throw new IllegalStateException(
              "-Dunroll.kernel=simd: there is no Vector API in this JVM; start it with "
                  + "--add-modules jdk.incubator.vector",
              e);
        }
        return INSTANCE;
      }
    }

    private static Kernel withThreads(Kernel kernel) {
      int processors = Runtime.getRuntime().availableProcessors();
      int threads = Integer.getInteger("unroll.threads", processors);
      if (threads < 1) {
        throw new IllegalArgumentException(
            "-Dunroll.threads=%d: there must be at least 1".formatted(threads));
      }
      try {
        return threads == 1
            ? kernel
            : (Kernel)
                Class.forName(PARALLEL)
                    .getConstructor(Kernel.class, int.class)
                    .newInstance(kernel, threads);
      } catch (ReflectiveOperationException e) {
        return kernel; // a copied cell has no threads
      }
    }
  }

  @Override
  public void addMatmul(
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
    fold(m, k, n, a, aAt, aStride, 1, b, bAt, bStride, 1, out, outAt, outStride);
  }

  @Override
  public void addMatmulTransA(
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
    fold(m, k, n, a, aAt, 1, aStride, b, bAt, bStride, 1, out, outAt, outStride);
  }

  @Override
  public void addMatmulTransB(
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
    fold(m, k, n, a, aAt, aStride, 1, b, bAt, 1, bStride, out, outAt, outStride);
  }

  /**
   * {@code out[i][j] = fma(a(i,l), b(l,j), out[i][j])} over ascending l, where a(i,l) stands at
   * {@code aAt + i·aRow + l·aCol} and b(l,j) at {@code bAt + l·bRow + j·bCol}: every form of
   * product.
   *
   * <p>A block of b is copied into rows of their own, and so are two rows of out: C2 makes vectors
   * of a loop only when its one index is the loop variable over separate arrays.
   */
  private static void fold(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aRow,
      int aCol,
      double[] b,
      int bAt,
      int bRow,
      int bCol,
      double[] out,
      int outAt,
      int outStride) {
    double[][] block = new double[Math.min(k, BLOCK_DEPTH)][Math.min(n, BLOCK_WIDTH)];
    double[] r0 = new double[Math.min(n, BLOCK_WIDTH)];
    double[] r1 = new double[Math.min(n, BLOCK_WIDTH)];
    for (int j = 0; j < n; j += BLOCK_WIDTH) {
      int width = Math.min(BLOCK_WIDTH, n - j);
      for (int l = 0; l < k; l += BLOCK_DEPTH) {
        int depth = Math.min(BLOCK_DEPTH, k - l);
        pack(depth, width, b, bAt + l * bRow + j * bCol, bRow, bCol, block);
        for (int i = 0; i < m; i += 2) {
          int a0 = aAt + i * aRow + l * aCol;
          int out0 = outAt + i * outStride + j;
          System.arraycopy(out, out0, r0, 0, width);
          if (i + 1 < m) {
            System.arraycopy(out, out0 + outStride, r1, 0, width);
            foldTwoRows(depth, width, a, a0, a0 + aRow, aCol, block, r0, r1);
            System.arraycopy(r1, 0, out, out0 + outStride, width);
          } else {
            foldRow(0, depth, width, a, a0, aCol, block, r0);
          }
          System.arraycopy(r0, 0, out, out0, width);
        }
      }
    }
  }

  private static void pack(
      int depth, int width, double[] b, int at, int row, int col, double[][] block) {
    for (int l = 0; l < depth; l++) {
      int from = at + l * row;
      if (col == 1) {
        System.arraycopy(b, from, block[l], 0, width);
      } else {
        for (int j = 0; j < width; j++) {
          block[l][j] = b[from + j * col];
        }
      }
    }
  }

  private static void foldTwoRows(
      int depth,
      int width,
      double[] a,
      int a0,
      int a1,
      int aCol,
      double[][] block,
      double[] r0,
      double[] r1) {
    int l = 0;
    for (; l + 2 < depth; l += 3) {
      int p = a0 + l * aCol;
      int q = a1 + l * aCol;
      foldThree(
          width,
          a[p],
          a[p + aCol],
          a[p + 2 * aCol],
          a[q],
          a[q + aCol],
          a[q + 2 * aCol],
          block[l],
          block[l + 1],
          block[l + 2],
          r0,
          r1);
    }
    foldRow(l, depth, width, a, a0, aCol, block, r0);
    foldRow(l, depth, width, a, a1, aCol, block, r1);
  }

  private static void foldThree(
      int width,
      double p0,
      double p1,
      double p2,
      double q0,
      double q1,
      double q2,
      double[] b0,
      double[] b1,
      double[] b2,
      double[] r0,
      double[] r1) {
    for (int j = 0; j < width; j++) {
      r0[j] = Math.fma(p2, b2[j], Math.fma(p1, b1[j], Math.fma(p0, b0[j], r0[j])));
      r1[j] = Math.fma(q2, b2[j], Math.fma(q1, b1[j], Math.fma(q0, b0[j], r1[j])));
    }
  }

  private static void foldRow(
      int from, int depth, int width, double[] a, int at, int aCol, double[][] block, double[] r) {
    for (int l = from; l < depth; l++) {
      double p = a[at + l * aCol];
      double[] b = block[l];
      for (int j = 0; j < width; j++) {
        r[j] = Math.fma(p, b[j], r[j]);
      }
    }
  }

  @Override
  public void addRow(int m, int n, double[] row, double[] out, int outAt) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        out[outAt + i * n + j] += row[j];
      }
    }
  }

  @Override
  public void addColumnSums(int m, int n, double[] a, int aAt, double[] sums) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[j] += a[aAt + i * n + j];
      }
    }
  }

  @Override
  public void exp(int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.exp(n, x, xAt, out, outAt);
  }

  @Override
  public void tanh(int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.tanh(n, x, xAt, out, outAt);
  }

  @Override
  public void sigmoid(int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.sigmoid(n, x, xAt, out, outAt);
  }

  @Override
  public void log(int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.log(n, x, xAt, out, outAt);
  }

  @Override
  public double sum(int n, double[] x, int at) {
    double[] s = new double[8];
    int whole = n & ~7;
    for (int i = at; i < at + whole; i += 8) {
      for (int lane = 0; lane < 8; lane++) {
        s[lane] += x[i + lane];
      }
    }
    for (int lane = 0; lane < n - whole; lane++) {
      s[lane] += x[at + whole + lane];
    }
    return joined(s);
  }

  @Override
  public double sumOfSquares(int n, double[] x, int at) {
    double[] s = new double[8];
    int whole = n & ~7;
    for (int i = at; i < at + whole; i += 8) {
      for (int lane = 0; lane < 8; lane++) {
        s[lane] = Math.fma(x[i + lane], x[i + lane], s[lane]);
      }
    }
    for (int lane = 0; lane < n - whole; lane++) {
      double last = x[at + whole + lane];
      s[lane] = Math.fma(last, last, s[lane]);
    }
    return joined(s);
  }

  private static double joined(double[] s) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }

  @Override
  public double max(int n, double[] x, int at) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }
}
