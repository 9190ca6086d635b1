package io.github.unroll.parallel;

import io.github.unroll.kernel.Kernel;
import java.util.Arrays;

/**
 * A kernel that splits large calls of another kernel over threads: products by columns or rows of
 * the result, never by k; sums of columns by columns; elementary functions and other passes by
 * ranges. Calls that give one number, a sum or a maximum, run on one thread.
 */
public final class ParallelKernel implements Kernel {

  /** Multiplications below which a product is not worth a second thread. */
  private static final long PRODUCT_WORTH = 1 << 22;

  /** Elements below which a pass is not worth a second thread. */
  private static final int PASS_WORTH = 1 << 16;

  /**
   * The share of a thread in a product begins at a multiple of this: a whole number of vectors and
   * of tiles.
   */
  private static final int PRODUCT_GRAIN = 48;

  private final Kernel kernel;
  private final Workers workers;

  /**
   * A kernel on several threads.
   *
   * @param kernel does the work of each thread
   * @param threads how many threads share a large call, the caller's included; at least 2
   */
  public ParallelKernel(Kernel kernel, int threads) {
    this.kernel = kernel;
    this.workers = new Workers(threads);
  }

  /** The start of each thread's share of n items; the last start is n. */
  private static int start(int part, int parts, int n, int grain) {
    if (part == parts) {
      return n;
    }
    long start = (long) n * part / parts;
    return (int) (start - start % grain);
  }

  // Small calls are not split: the objects for splitting would be garbage in every training step.

  private static boolean isSmall(int m, int k, int n) {
    return (long) m * k * n < PRODUCT_WORTH;
  }

  /** A part of a product: rows of out from i on, columns from j on. */
  @FunctionalInterface
  private interface Product {
    void of(int i, int rows, int j, int columns);
  }

  private void split(int m, int n, Product product) {
    int parts = workers.count();
    if (n >= m) {
      workers.run(
          part -> {
            int from = start(part, parts, n, PRODUCT_GRAIN);
            int columns = start(part + 1, parts, n, PRODUCT_GRAIN) - from;
            if (columns > 0) {
              product.of(0, m, from, columns);
            }
          });
    } else {
      workers.run(
          part -> {
            int from = start(part, parts, m, PRODUCT_GRAIN);
            int rows = start(part + 1, parts, m, PRODUCT_GRAIN) - from;
            if (rows > 0) {
              product.of(from, rows, 0, n);
            }
          });
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
      int aRow,
      int aCol,
      double[] b,
      int bAt,
      int bRow,
      int bCol,
      double[] out,
      int outAt,
      int outRow) {
    if (isSmall(m, k, n)) {
      kernel.matmul(add, m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, bCol, out, outAt, outRow);
      return;
    }
    split(
        m,
        n,
        (i, rows, j, columns) ->
            kernel.matmul(
                add,
                rows,
                k,
                columns,
                a,
                aAt + i * aRow,
                aRow,
                aCol,
                b,
                bAt + j * bCol,
                bRow,
                bCol,
                out,
                outAt + i * outRow + j,
                outRow));
  }

  @Override
  public RightOperand newRightOperand() {
    return new ParallelRightOperand();
  }

  /** A share of the columns for each thread, with its own operand. */
  private final class ParallelRightOperand implements RightOperand {

    private final RightOperand[] shares = new RightOperand[workers.count()];
    private int k;
    private int n;

    private ParallelRightOperand() {
      Arrays.setAll(shares, part -> kernel.newRightOperand());
    }

    @Override
    public void set(int k, int n, double[] b, int bAt, int bRow, int bCol) {
      this.k = k;
      this.n = n;
      for (int part = 0; part < shares.length; part++) {
        shares[part].set(k, columns(part), b, bAt + start(part) * bCol, bRow, bCol);
      }
    }

    private int start(int part) {
      return ParallelKernel.start(part, shares.length, n, PRODUCT_GRAIN);
    }

    private int columns(int part) {
      return start(part + 1) - start(part);
    }

    @Override
    public void addMatmul(
        int m, double[] a, int aAt, int aStride, double[] out, int outAt, int outStride) {
      if (isSmall(m, k, n)) {
        for (int part = 0; part < shares.length; part++) {
          shares[part].addMatmul(m, a, aAt, aStride, out, outAt + start(part), outStride);
        }
      } else {
        workers.run(
            part ->
                shares[part].addMatmul(m, a, aAt, aStride, out, outAt + start(part), outStride));
      }
    }
  }

  @Override
  public void forRanges(int n, int worth, RangeTask task) {
    if (n < worth) {
      task.over(0, n);
      return;
    }
    int parts = workers.count();
    workers.run(
        part -> {
          int from = start(part, parts, n, 1);
          int to = start(part + 1, parts, n, 1);
          if (from < to) {
            task.over(from, to);
          }
        });
  }

  @Override
  public void clear(int n, double[] out, int at) {
    if (n < PASS_WORTH) {
      kernel.clear(n, out, at);
    } else {
      forRanges(n, PASS_WORTH, (from, to) -> kernel.clear(to - from, out, at + from));
    }
  }

  @Override
  public void addRow(int m, int n, double[] row, int rowAt, double[] out, int outAt, int outRow) {
    if ((long) m * n < PASS_WORTH) {
      kernel.addRow(m, n, row, rowAt, out, outAt, outRow);
    } else {
      forRanges(
          m,
          2,
          (from, to) ->
              kernel.addRow(to - from, n, row, rowAt, out, outAt + from * outRow, outRow));
    }
  }

  @Override
  public void addColumnSums(
      int m, int n, double[] a, int aAt, int aStride, double[] sums, int sumsAt) {
    if ((long) m * n < PASS_WORTH) {
      kernel.addColumnSums(m, n, a, aAt, aStride, sums, sumsAt);
    } else {
      forRanges(
          n,
          2,
          (from, to) ->
              kernel.addColumnSums(m, to - from, a, aAt + from, aStride, sums, sumsAt + from));
    }
  }

  @Override
  public void apply(Function f, int n, double[] x, int xAt, double[] out, int outAt) {
    if (n < PASS_WORTH) {
      kernel.apply(f, n, x, xAt, out, outAt);
    } else {
      forRanges(
          n,
          PASS_WORTH,
          (from, to) -> kernel.apply(f, to - from, x, xAt + from, out, outAt + from));
    }
  }

  @Override
  public double sum(int n, double[] x, int at) {
    return kernel.sum(n, x, at);
  }

  @Override
  public double sumOfSquares(int n, double[] x, int at) {
    return kernel.sumOfSquares(n, x, at);
  }

  @Override
  public double max(int n, double[] x, int at) {
    return kernel.max(n, x, at);
  }

  @Override
  public void endThreads() {
    workers.end();
    kernel.endThreads();
  }

  @Override
  public String toString() {
    return kernel + " on " + workers.count() + " threads";
  }
}
