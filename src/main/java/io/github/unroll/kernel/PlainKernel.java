package io.github.unroll.kernel;

import static io.github.unroll.kernel.Kernel.Fma.fma;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** The kernel in plain Java: no flags, no modules, the same bits on every JVM. */
final class PlainKernel implements Kernel {

  static final PlainKernel INSTANCE = new PlainKernel();

  private PlainKernel() {}

  /**
   * The kernel that this JVM uses. Faster kernels are named as text, so that this file compiles
   * without them.
   */
  static final class Choice {

    private static final String SIMD = "io.github.unroll.simd.SimdKernel";
    private static final String VECTOR = "jdk.incubator.vector.DoubleVector";
    private static final int MOST_THREADS = 1024;
    private static final String HAND_OVER = "io.github.unroll.handover.HandOverKernel";
    private static final String PARALLEL = "io.github.unroll.parallel.ParallelKernel";

    static final Kernel KERNEL = withThreads(unthreaded());

    static {
      warnIfFmaIsInSoftware();
    }

    private Choice() {}

    /** Added here, not in module-info, where it would give every user of the module a warning. */
    private static void readVectorModule() {
      Optional<Module> vectors = ModuleLayer.boot().findModule("jdk.incubator.vector");
      if (vectors.isPresent()) {
        PlainKernel.class.getModule().addReads(vectors.get());
      }
    }

    private static Kernel unthreaded() {
      String wanted = System.getProperty("unroll.kernel");
      if (wanted != null && !wanted.equals("simd") && !wanted.equals("plain")) {
        throw new IllegalArgumentException(
            "-Dunroll.kernel=" + wanted + ": there are simd and plain");
      }
      if ("plain".equals(wanted) || (wanted == null && !Fma.IN_HARDWARE)) {
        return INSTANCE; // a vector's multiply-add without hardware is a BigDecimal for each lane
      }
      if (wanted == null) {
        return isThere(VECTOR) && isThere(SIMD) ? handOver() : INSTANCE;
      }
      try {
        return simd();
      } catch (ReflectiveOperationException | LinkageError e) {
        throw new IllegalStateException("-Dunroll.kernel=simd: " + whyNoSimd(e), e);
      }
    }

    private static Kernel simd() throws ReflectiveOperationException {
      readVectorModule();
      return Class.forName(SIMD).asSubclass(Kernel.class).getConstructor().newInstance();
    }

    /** Vectors are loaded when there is use for them: a short program needs none. */
    private static final class Vectors implements Supplier<Kernel> {
      @Override
      public Kernel get() {
        try {
          return simd();
        } catch (ReflectiveOperationException | LinkageError e) {
          warn("there is a Vector API, but " + whyNoSimd(e) + "; plain Java does the work");
          return INSTANCE;
        }
      }
    }

    private static Kernel handOver() {
      try {
        return Class.forName(HAND_OVER)
            .asSubclass(Kernel.class)
            .getConstructor(Kernel.class, Supplier.class)
            .newInstance(INSTANCE, new Vectors());
      } catch (ReflectiveOperationException | LinkageError e) {
        warn("there is a Vector API, but " + missing(HAND_OVER) + "; plain Java does the work");
        return INSTANCE;
      }
    }

    private static String whyNoSimd(Throwable e) {
      if (!isThere(SIMD)) {
        return missing(SIMD);
      }
      if (!isThere(VECTOR)) {
        return "there is no Vector API in this JVM; start it with --add-modules "
            + "jdk.incubator.vector";
      }
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return "the class " + SIMD + " does not start: " + root;
    }

    private static String missing(String name) {
      return "the class "
          + name
          + " is missing, as beside a copied cell or in a jar made smaller; add it or leave the"
          + " property out";
    }

    private static boolean isThere(String name) {
      try {
        return Class.forName(name, false, Choice.class.getClassLoader()) != null;
      } catch (ClassNotFoundException | LinkageError e) {
        return false;
      }
    }

    /** Where nobody asked for it. */
    private static void warnIfFmaIsInSoftware() {
      if (!Fma.IN_HARDWARE && System.getProperty("unroll.fma") == null) {
        warn(
            "this JVM has no fused multiply-add in hardware: results are the same, but each takes"
                + " nanoseconds in a product, and with -Dunroll.kernel=simd microseconds");
      }
    }

    private static void warn(String message) {
      System.getLogger("io.github.unroll").log(System.Logger.Level.WARNING, message);
    }

    private static Kernel withThreads(Kernel kernel) {
      String wanted = System.getProperty("unroll.threads");
      int threads =
          wanted == null
              ? Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS)
              : threads(wanted);
      if (threads == 1) {
        return kernel;
      }
      try {
        return Class.forName(PARALLEL)
            .asSubclass(Kernel.class)
            .getConstructor(Kernel.class, int.class)
            .newInstance(kernel, threads);
      } catch (ReflectiveOperationException | LinkageError e) {
        if (wanted != null) {
          throw new IllegalStateException(
              "-Dunroll.threads=" + wanted + ": " + missing(PARALLEL), e);
        }
        return kernel; // a copied cell has no threads
      }
    }

    private static int threads(String wanted) {
      try {
        int threads = Integer.parseInt(wanted);
        if (threads >= 1 && threads <= MOST_THREADS) {
          return threads;
        }
      } catch (NumberFormatException e) {
        // rejected like a number out of range
      }
      throw new IllegalArgumentException(
          "-Dunroll.threads="
              + wanted
              + ": it must be a whole number from 1, the caller's thread alone, to "
              + MOST_THREADS);
    }
  }

  /**
   * {@code out[i][j] = fma(a(i,l), b(l,j), out[i][j])} over ascending l, where a(i,l) stands at
   * {@code aAt + i·aRow + l·aCol} and b(l,j) at {@code bAt + l·bRow + j·bCol}: every form of
   * product. If it does not add, out starts as 0.
   *
   * <p>Blocks of out and of b are copied into rows of their own: C2 makes vectors of a loop only
   * when its one index is the loop variable over separate arrays, and of no larger body than three
   * rows by three steps of l.
   */
  @Override
  public void matmul(
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
    Blocks blocks = Blocks.POOL.take();
    try {
      int blockWidth = blockWidth(n);
      blocks.fit(Math.min(m, Blocks.ROWS), Math.min(k, Blocks.DEPTH), Math.min(n, blockWidth));
      double[][] rows = blocks.rows;
      double[][] block = blocks.block;
      for (int j = 0; j < n; j += blockWidth) {
        int width = Math.min(blockWidth, n - j);
        for (int i = 0; i < m; i += Blocks.ROWS) {
          int height = Math.min(Blocks.ROWS, m - i);
          int outBlock = outAt + i * outRow + j;
          if (add) {
            copyRows(height, width, out, outBlock, outRow, rows);
          } else {
            clearRows(height, width, rows);
          }
          for (int l = 0; l < k; l += Blocks.DEPTH) {
            int depth = Math.min(Blocks.DEPTH, k - l);
            copyBlock(depth, width, b, bAt + l * bRow + j * bCol, bRow, bCol, block, 0);
            int at = aAt + i * aRow + l * aCol;
            foldBlock(height, depth, width, a, at, aRow, aCol, block, 0, rows);
          }
          copyBack(height, width, rows, out, outBlock, outRow);
        }
      }
    } finally {
      blocks.giveBack();
    }
  }

  /** Columns of a block: n in equal parts. */
  private static int blockWidth(int n) {
    int blocks = (n + Blocks.WIDTH - 1) / Blocks.WIDTH;
    return (n + blocks - 1) / Math.max(1, blocks);
  }

  /** Memory for copies of blocks of out and b, as large as the largest so far. */
  private static final class Blocks extends Scratch {

    /** With its header an array of this many doubles is 49 cache lines long. */
    static final int WIDTH = 390;

    /** So many rows of b stay in level 1, beside the three of out that they are added to. */
    static final int DEPTH = 12;

    static final int ROWS = 120;

    /** Not a lambda: the first lambda of a JVM loads the classes for all lambdas. */
    static final Pool<Blocks> POOL =
        new Pool<>() {
          @Override
          protected Blocks make() {
            return new Blocks();
          }
        };

    double[][] rows = {};
    double[][] block = {};
    private int width;

    /**
     * Allocates the arrays, all at once: side by side and whole cache lines long, they have the
     * same alignment, and a loop that is aligned for one is aligned for all.
     */
    void fit(int height, int depth, int width) {
      if (height > rows.length || depth > block.length || width > this.width) {
        int widest = Math.max(width, this.width);
        int rowCount = Math.max(height, rows.length);
        double[][] arrays = new double[rowCount + Math.max(depth, block.length)][padded(widest)];
        rows = Arrays.copyOfRange(arrays, 0, rowCount);
        block = Arrays.copyOfRange(arrays, rowCount, arrays.length);
        this.width = widest;
      }
    }

    /**
     * The elements of an array that with its header fills an odd number of cache lines: with a
     * power of two, rows would compete for the same cache sets.
     */
    static int padded(int width) {
      return ((width + 9) / 8 | 1) * 8 - 2;
    }
  }

  /** b in blocks of columns, one after the other, each of k rows. */
  private static final class PlainRightOperand implements RightOperand {

    private int k;
    private int n;
    private double[][] blocks = {};

    @Override
    public void set(int k, int n, double[] b, int bAt, int bRow, int bCol) {
      this.k = k;
      this.n = n;
      int width = blockWidth(n);
      int rows = (n + width - 1) / Math.max(1, width) * k;
      if (blocks.length < rows || (rows > 0 && blocks[0].length < width)) {
        blocks = new double[Math.max(rows, blocks.length)][Blocks.padded(width)];
      }
      for (int j = 0, block = 0; j < n; j += width, block += k) {
        copyBlock(k, Math.min(width, n - j), b, bAt + j * bCol, bRow, bCol, blocks, block);
      }
    }

    @Override
    public void addMatmul(
        int m, double[] a, int aAt, int aStride, double[] out, int outAt, int outStride) {
      Blocks scratch = Blocks.POOL.take();
      try {
        int blockWidth = blockWidth(n);
        scratch.fit(Math.min(m, Blocks.ROWS), 0, Math.min(n, blockWidth));
        double[][] rows = scratch.rows;
        for (int j = 0, block = 0; j < n; j += blockWidth, block += k) {
          int width = Math.min(blockWidth, n - j);
          for (int i = 0; i < m; i += Blocks.ROWS) {
            int height = Math.min(Blocks.ROWS, m - i);
            int outBlock = outAt + i * outStride + j;
            copyRows(height, width, out, outBlock, outStride, rows);
            for (int l = 0; l < k; l += Blocks.DEPTH) {
              int depth = Math.min(Blocks.DEPTH, k - l);
              int at = aAt + i * aStride + l;
              foldBlock(height, depth, width, a, at, aStride, 1, blocks, block + l, rows);
            }
            copyBack(height, width, rows, out, outBlock, outStride);
          }
        }
      } finally {
        scratch.giveBack();
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

  // Each value of b is read once into a local variable, so that it stays in a register. C2 of
  // JDK 17 and 25 vectorizes only one of the two orders of writing; that was found by trying.

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
      double pj = fma(p2, x2, fma(p1, x1, fma(p0, x0, p[j])));
      double qj = fma(q2, x2, fma(q1, x1, fma(q0, x0, q[j])));
      double rj = fma(r2, x2, fma(r1, x1, fma(r0, x0, r[j])));
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
      p[j] = fma(p2, x2, fma(p1, x1, fma(p0, x0, p[j])));
      q[j] = fma(q2, x2, fma(q1, x1, fma(q0, x0, q[j])));
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
      p[j] = fma(p3, b3[j], fma(p2, b2[j], fma(p1, b1[j], fma(p0, b0[j], p[j]))));
    }
  }

  private static void foldOneByOne(int width, double p0, double[] b0, double[] p) {
    for (int j = 0; j < width; j++) {
      p[j] = fma(p0, b0[j], p[j]);
    }
  }

  @Override
  public void apply(Function function, int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.apply(function, n, x, xAt, out, outAt);
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
    return Fma.IN_HARDWARE ? "plain Java" : "plain Java (multiply-adds in software, so no vectors)";
  }
}
