package io.github.unroll.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The kernel in plain Java: no flags, no modules, the same bits on every JVM. */
final class PlainKernel implements Kernel {

  static final PlainKernel INSTANCE = new PlainKernel();

  private PlainKernel() {}

  /** Which kernel this JVM uses. Faster ones are named as text, so that this file stands alone. */
  static final class Choice {

    private static final String SIMD = "io.github.unroll.simd.SimdKernel";
    private static final int FMA_CALLS = 100;
    private static final long SLOW_FMA_NANOS = 1000;
    private static final String PARALLEL = "io.github.unroll.parallel.ParallelKernel";

    static final Kernel KERNEL = withThreads(simdOrPlain());

    static {
      warnIfFmaIsSlow();
    }

    private Choice() {}

    private static Kernel simdOrPlain() {
      String wanted = System.getProperty("unroll.kernel", "any");
      if (!List.of("any", "simd", "plain").contains(wanted)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "-Dunroll.kernel=%s: there are simd and plain", wanted));
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

    /**
     * Without hardware for it, Math.fma computes in BigDecimal: microseconds instead of
     * nanoseconds.
     */
    private static void warnIfFmaIsSlow() {
      long least = Long.MAX_VALUE;
      double s = 0.7;
      for (int round = 0; round < 5; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < FMA_CALLS; i++) {
          s = Math.fma(0.3, s, 0.7);
        }
        least = Math.min(least, System.nanoTime() - start);
      }
      if (s > 0 && least > FMA_CALLS * SLOW_FMA_NANOS) {
        System.getLogger("io.github.unroll")
            .log(
                System.Logger.Level.WARNING,
                "this JVM has no fused multiply-add in hardware: results are the same, but products"
                    + " take about a thousand times as long");
      }
    }

    private static Kernel withThreads(Kernel kernel) {
      int processors = Runtime.getRuntime().availableProcessors();
      int threads = Integer.getInteger("unroll.threads", processors);
      if (threads < 1) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "-Dunroll.threads=%d: there must be at least 1", threads));
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
  public void matmul(
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
    fold(add, m, k, n, a, aAt, aStride, 1, b, bAt, bStride, 1, out, outAt, outStride);
  }

  @Override
  public void matmulTransA(
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
    fold(add, m, k, n, a, aAt, 1, aStride, b, bAt, bStride, 1, out, outAt, outStride);
  }

  @Override
  public void matmulTransB(
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
    fold(add, m, k, n, a, aAt, aStride, 1, b, bAt, 1, bStride, out, outAt, outStride);
  }

  /**
   * {@code out[i][j] = fma(a(i,l), b(l,j), out[i][j])} over ascending l, where a(i,l) stands at
   * {@code aAt + i·aRow + l·aCol} and b(l,j) at {@code bAt + l·bRow + j·bCol}: every form of
   * product. If it does not add, out counts as 0.
   *
   * <p>Blocks of out and of b are copied into rows of their own: C2 makes vectors of a loop only
   * when its one index is the loop variable over separate arrays, and of no larger body than three
   * rows by three steps of l.
   */
  private static void fold(
      boolean add,
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
      int outRow) {
    Scratch scratch = Scratch.OF_THREAD.get();
    double[][] rows = scratch.rows;
    double[][] block = scratch.block;
    int blockWidth = blockWidth(n);
    for (int j = 0; j < n; j += blockWidth) {
      int width = Math.min(blockWidth, n - j);
      for (int i = 0; i < m; i += Scratch.ROWS) {
        int height = Math.min(Scratch.ROWS, m - i);
        int outBlock = outAt + i * outRow + j;
        if (add) {
          copyRows(height, width, out, outBlock, outRow, rows);
        } else {
          clearRows(height, width, rows);
        }
        for (int l = 0; l < k; l += Scratch.DEPTH) {
          int depth = Math.min(Scratch.DEPTH, k - l);
          copyBlock(depth, width, b, bAt + l * bRow + j * bCol, bRow, bCol, block, 0);
          foldBlock(height, depth, width, a, aAt + i * aRow + l * aCol, aRow, aCol, block, 0, rows);
        }
        copyBack(height, width, rows, out, outBlock, outRow);
      }
    }
  }

  /** Columns of a block: n in equal parts. */
  private static int blockWidth(int n) {
    int blocks = (n + Scratch.WIDTH - 1) / Scratch.WIDTH;
    return (n + blocks - 1) / Math.max(1, blocks);
  }

  /** What a thread keeps from product to product. */
  private static final class Scratch {

    /** With its header an array of so many doubles is 49 cache lines long. */
    static final int WIDTH = 390;

    static final int DEPTH = 36;
    static final int ROWS = 120;

    /** Not made by a lambda: the first one of a JVM brings all that lambdas need with it. */
    static final ThreadLocal<Scratch> OF_THREAD =
        new ThreadLocal<>() {
          @Override
          protected Scratch initialValue() {
            return new Scratch();
          }
        };

    final double[][] rows;
    final double[][] block;

    /**
     * All arrays are made in one go: side by side and whole cache lines long, they are aligned
     * alike, and a loop that is aligned for one is aligned for all.
     */
    private Scratch() {
      double[][] arrays = new double[ROWS + DEPTH][WIDTH];
      rows = Arrays.copyOfRange(arrays, 0, ROWS);
      block = Arrays.copyOfRange(arrays, ROWS, ROWS + DEPTH);
    }
  }

  /** b in blocks of columns, one after the other, each of k rows. */
  private static final class PlainRightOperand implements RightOperand {

    private int k;
    private int n;
    private double[][] blocks = {};

    @Override
    public void set(int k, int n, double[] b, int bAt, int bStride) {
      copy(k, n, b, bAt, bStride, 1);
    }

    @Override
    public void setTransposed(int k, int n, double[] b, int bAt, int bStride) {
      copy(k, n, b, bAt, 1, bStride);
    }

    private void copy(int k, int n, double[] b, int bAt, int bRow, int bCol) {
      this.k = k;
      this.n = n;
      int width = blockWidth(n);
      int rows = (n + width - 1) / Math.max(1, width) * k;
      if (blocks.length < rows) {
        blocks = new double[rows][Scratch.WIDTH];
      }
      for (int j = 0, block = 0; j < n; j += width, block += k) {
        copyBlock(k, Math.min(width, n - j), b, bAt + j * bCol, bRow, bCol, blocks, block);
      }
    }

    @Override
    public void addMatmul(
        int m, double[] a, int aAt, int aStride, double[] out, int outAt, int outStride) {
      double[][] rows = Scratch.OF_THREAD.get().rows;
      int blockWidth = blockWidth(n);
      for (int j = 0, block = 0; j < n; j += blockWidth, block += k) {
        int width = Math.min(blockWidth, n - j);
        for (int i = 0; i < m; i += Scratch.ROWS) {
          int height = Math.min(Scratch.ROWS, m - i);
          int outBlock = outAt + i * outStride + j;
          copyRows(height, width, out, outBlock, outStride, rows);
          for (int l = 0; l < k; l += Scratch.DEPTH) {
            int depth = Math.min(Scratch.DEPTH, k - l);
            int at = aAt + i * aStride + l;
            foldBlock(height, depth, width, a, at, aStride, 1, blocks, block + l, rows);
          }
          copyBack(height, width, rows, out, outBlock, outStride);
        }
      }
    }
  }

  @Override
  public RightOperand newRightOperand() {
    return new PlainRightOperand();
  }

  private static void copyRows(
      int height, int width, double[] from, int at, int stride, double[][] rows) {
    for (int r = 0; r < height; r++) {
      System.arraycopy(from, at + r * stride, rows[r], 0, width);
    }
  }

  private static void clearRows(int height, int width, double[][] rows) {
    for (int r = 0; r < height; r++) {
      Arrays.fill(rows[r], 0, width, 0);
    }
  }

  private static void copyBack(
      int height, int width, double[][] rows, double[] to, int at, int stride) {
    for (int r = 0; r < height; r++) {
      System.arraycopy(rows[r], 0, to, at + r * stride, width);
    }
  }

  /** {@code block[first + l][j] = b(l,j)}. */
  private static void copyBlock(
      int depth, int width, double[] b, int bAt, int bRow, int bCol, double[][] block, int first) {
    int l = 0;
    for (; bCol != 1 && l + 3 < depth; l += 4) {
      copyFourTransposed(
          width,
          b,
          bAt + l * bRow,
          bRow,
          bCol,
          block[first + l],
          block[first + l + 1],
          block[first + l + 2],
          block[first + l + 3]);
    }
    for (; l < depth; l++) {
      copyRow(width, b, bAt + l * bRow, bCol, block[first + l]);
    }
  }

  private static void copyRow(int width, double[] b, int bAt, int bCol, double[] row) {
    if (bCol == 1) {
      System.arraycopy(b, bAt, row, 0, width);
    } else {
      for (int j = 0; j < width; j++) {
        row[j] = b[bAt + j * bCol];
      }
    }
  }

  /** Four at a time: b is read four steps of l at a time, from one cache line. */
  private static void copyFourTransposed(
      int width,
      double[] b,
      int bAt,
      int bRow,
      int bCol,
      double[] b0,
      double[] b1,
      double[] b2,
      double[] b3) {
    for (int j = 0; j < width; j++) {
      int at = bAt + j * bCol;
      b0[j] = b[at];
      b1[j] = b[at + bRow];
      b2[j] = b[at + 2 * bRow];
      b3[j] = b[at + 3 * bRow];
    }
  }

  private static void foldBlock(
      int height,
      int depth,
      int width,
      double[] a,
      int aAt,
      int aRow,
      int aCol,
      double[][] block,
      int first,
      double[][] rows) {
    int i = 0;
    for (; i + 2 < height; i += 3) {
      foldThreeRows(depth, width, a, aAt + i * aRow, aRow, aCol, block, first, rows, i);
    }
    if (i + 1 < height) {
      foldTwoRows(depth, width, a, aAt + i * aRow, aRow, aCol, block, first, rows, i);
      i += 2;
    }
    if (i < height) {
      foldOneRow(depth, width, a, aAt + i * aRow, aCol, block, first, rows[i]);
    }
  }

  private static void foldThreeRows(
      int depth,
      int width,
      double[] a,
      int p,
      int aRow,
      int aCol,
      double[][] block,
      int first,
      double[][] rows,
      int i) {
    int q = p + aRow;
    int r = q + aRow;
    int l = 0;
    for (; l + 2 < depth; l += 3) {
      foldThreeByThree(
          width,
          a[p + l * aCol],
          a[p + (l + 1) * aCol],
          a[p + (l + 2) * aCol],
          a[q + l * aCol],
          a[q + (l + 1) * aCol],
          a[q + (l + 2) * aCol],
          a[r + l * aCol],
          a[r + (l + 1) * aCol],
          a[r + (l + 2) * aCol],
          block[first + l],
          block[first + l + 1],
          block[first + l + 2],
          rows[i],
          rows[i + 1],
          rows[i + 2]);
    }
    for (; l < depth; l++) {
      foldOneByOne(width, a[p + l * aCol], block[first + l], rows[i]);
      foldOneByOne(width, a[q + l * aCol], block[first + l], rows[i + 1]);
      foldOneByOne(width, a[r + l * aCol], block[first + l], rows[i + 2]);
    }
  }

  private static void foldTwoRows(
      int depth,
      int width,
      double[] a,
      int p,
      int aRow,
      int aCol,
      double[][] block,
      int first,
      double[][] rows,
      int i) {
    int q = p + aRow;
    int l = 0;
    for (; l + 2 < depth; l += 3) {
      foldTwoByThree(
          width,
          a[p + l * aCol],
          a[p + (l + 1) * aCol],
          a[p + (l + 2) * aCol],
          a[q + l * aCol],
          a[q + (l + 1) * aCol],
          a[q + (l + 2) * aCol],
          block[first + l],
          block[first + l + 1],
          block[first + l + 2],
          rows[i],
          rows[i + 1]);
    }
    for (; l < depth; l++) {
      foldOneByOne(width, a[p + l * aCol], block[first + l], rows[i]);
      foldOneByOne(width, a[q + l * aCol], block[first + l], rows[i + 1]);
    }
  }

  private static void foldOneRow(
      int depth,
      int width,
      double[] a,
      int p,
      int aCol,
      double[][] block,
      int first,
      double[] row) {
    int l = 0;
    for (; l + 3 < depth; l += 4) {
      foldOneByFour(
          width,
          a[p + l * aCol],
          a[p + (l + 1) * aCol],
          a[p + (l + 2) * aCol],
          a[p + (l + 3) * aCol],
          block[first + l],
          block[first + l + 1],
          block[first + l + 2],
          block[first + l + 3],
          row);
    }
    for (; l < depth; l++) {
      foldOneByOne(width, a[p + l * aCol], block[first + l], row);
    }
  }

  // Read once, a value of b stays in its register: so the bodies below name it. Which of the two
  // orders of writing C2 makes vectors of, on 17 and 25 alike, was found by trying.

  private static void foldThreeByThree(
      int width,
      double p0,
      double p1,
      double p2,
      double q0,
      double q1,
      double q2,
      double r0,
      double r1,
      double r2,
      double[] b0,
      double[] b1,
      double[] b2,
      double[] p,
      double[] q,
      double[] r) {
    for (int j = 0; j < width; j++) {
      double x0 = b0[j];
      double x1 = b1[j];
      double x2 = b2[j];
      double pj = Math.fma(p2, x2, Math.fma(p1, x1, Math.fma(p0, x0, p[j])));
      double qj = Math.fma(q2, x2, Math.fma(q1, x1, Math.fma(q0, x0, q[j])));
      double rj = Math.fma(r2, x2, Math.fma(r1, x1, Math.fma(r0, x0, r[j])));
      p[j] = pj;
      q[j] = qj;
      r[j] = rj;
    }
  }

  private static void foldTwoByThree(
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
      double[] p,
      double[] q) {
    for (int j = 0; j < width; j++) {
      double x0 = b0[j];
      double x1 = b1[j];
      double x2 = b2[j];
      p[j] = Math.fma(p2, x2, Math.fma(p1, x1, Math.fma(p0, x0, p[j])));
      q[j] = Math.fma(q2, x2, Math.fma(q1, x1, Math.fma(q0, x0, q[j])));
    }
  }

  private static void foldOneByFour(
      int width,
      double p0,
      double p1,
      double p2,
      double p3,
      double[] b0,
      double[] b1,
      double[] b2,
      double[] b3,
      double[] p) {
    for (int j = 0; j < width; j++) {
      p[j] =
          Math.fma(p3, b3[j], Math.fma(p2, b2[j], Math.fma(p1, b1[j], Math.fma(p0, b0[j], p[j]))));
    }
  }

  private static void foldOneByOne(int width, double p0, double[] b0, double[] p) {
    for (int j = 0; j < width; j++) {
      p[j] = Math.fma(p0, b0[j], p[j]);
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
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int whole = at + (n & ~7);
    for (int i = at; i < whole; i += 8) {
      s0 = s0 + x[i];
      s1 = s1 + x[i + 1];
      s2 = s2 + x[i + 2];
      s3 = s3 + x[i + 3];
      s4 = s4 + x[i + 4];
      s5 = s5 + x[i + 5];
      s6 = s6 + x[i + 6];
      s7 = s7 + x[i + 7];
    }
    int rest = n & 7;
    s0 = rest > 0 ? s0 + x[whole] : s0;
    s1 = rest > 1 ? s1 + x[whole + 1] : s1;
    s2 = rest > 2 ? s2 + x[whole + 2] : s2;
    s3 = rest > 3 ? s3 + x[whole + 3] : s3;
    s4 = rest > 4 ? s4 + x[whole + 4] : s4;
    s5 = rest > 5 ? s5 + x[whole + 5] : s5;
    s6 = rest > 6 ? s6 + x[whole + 6] : s6;
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
  }

  @Override
  public double sumOfSquares(int n, double[] x, int at) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int whole = at + (n & ~7);
    for (int i = at; i < whole; i += 8) {
      s0 = Math.fma(x[i], x[i], s0);
      s1 = Math.fma(x[i + 1], x[i + 1], s1);
      s2 = Math.fma(x[i + 2], x[i + 2], s2);
      s3 = Math.fma(x[i + 3], x[i + 3], s3);
      s4 = Math.fma(x[i + 4], x[i + 4], s4);
      s5 = Math.fma(x[i + 5], x[i + 5], s5);
      s6 = Math.fma(x[i + 6], x[i + 6], s6);
      s7 = Math.fma(x[i + 7], x[i + 7], s7);
    }
    int rest = n & 7;
    s0 = rest > 0 ? Math.fma(x[whole], x[whole], s0) : s0;
    s1 = rest > 1 ? Math.fma(x[whole + 1], x[whole + 1], s1) : s1;
    s2 = rest > 2 ? Math.fma(x[whole + 2], x[whole + 2], s2) : s2;
    s3 = rest > 3 ? Math.fma(x[whole + 3], x[whole + 3], s3) : s3;
    s4 = rest > 4 ? Math.fma(x[whole + 4], x[whole + 4], s4) : s4;
    s5 = rest > 5 ? Math.fma(x[whole + 5], x[whole + 5], s5) : s5;
    s6 = rest > 6 ? Math.fma(x[whole + 6], x[whole + 6], s6) : s6;
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
  }

  @Override
  public double max(int n, double[] x, int at) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }

  @Override
  public String toString() {
    return "plain Java";
  }
}
