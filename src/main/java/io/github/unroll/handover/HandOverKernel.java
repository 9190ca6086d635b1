package io.github.unroll.handover;

import io.github.unroll.kernel.Kernel;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Plain Java at first, and operation by operation vectors, when their compiled form is there:
 * uncompiled vectors are objects, and ten to a hundred times as slow. {@link HandOver} decides.
 */
public final class HandOverKernel implements Kernel {

  private static final long CALL = 32; // ns
  private static final long MULTIPLICATIONS = 16; // in a ns
  private static final long COPIED = 4; // elements in a ns
  private static final long SUMMED = 2;
  private static final long FUNCTION = 2; // ns

  private final HandOver handOver;

  /**
   * A kernel that is in plain Java for now.
   *
   * @param plain the kernel to begin with
   * @param vectors makes the other one, when there is use for it; it may return the first
   */
  public HandOverKernel(Kernel plain, Supplier<Kernel> vectors) {
    this(new HandOver(plain, vectors, HandOver.Pace.ofThisMachine()));
  }

  HandOverKernel(HandOver handOver) {
    this.handOver = handOver;
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
    Operation operation = Operation.product(m, bCol);
    long work = CALL + (long) m * k * n / MULTIPLICATIONS + (long) (m + k) * n / COPIED;
    long start = handOver.start(operation, work);
    Kernel kernel = handOver.kernel(operation, work, start);
    kernel.matmul(add, m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, bCol, out, outAt, outRow);
    handOver.end(operation, work, start, kernel);
  }

  @Override
  public RightOperand newRightOperand() {
    return new Operand();
  }

  /** It stays with the kernel that it was set by until it is set again. */
  private final class Operand implements RightOperand {

    private Kernel kernel = handOver.plain();
    private RightOperand operand = kernel.newRightOperand();
    private int k;
    private int n;

    @Override
    public void set(int k, int n, double[] b, int bAt, int bRow, int bCol) {
      this.k = k;
      this.n = n;
      Kernel now = handOver.kernel(Operation.PRODUCT);
      if (now != kernel) {
        kernel = now;
        operand = now.newRightOperand();
      }
      operand.set(k, n, b, bAt, bRow, bCol);
    }

    @Override
    public void addMatmul(
        int m, double[] a, int aAt, int aRow, double[] out, int outAt, int outRow) {
      long work = CALL + (long) m * k * n / MULTIPLICATIONS + (long) m * n / COPIED;
      long start = handOver.start(Operation.PRODUCT, work);
      operand.addMatmul(m, a, aAt, aRow, out, outAt, outRow);
      handOver.end(Operation.PRODUCT, work, start, kernel);
    }
  }

  @Override
  public void apply(Function function, int n, double[] x, int xAt, double[] out, int outAt) {
    Operation operation = Operation.of(function);
    long work = CALL + n * FUNCTION;
    long start = handOver.start(operation, work);
    Kernel kernel = handOver.kernel(operation, work, start);
    kernel.apply(function, n, x, xAt, out, outAt);
    handOver.end(operation, work, start, kernel);
  }

  @Override
  public double sum(int n, double[] x, int xAt) {
    long work = CALL + n / SUMMED;
    long start = handOver.start(Operation.SUM, work);
    Kernel kernel = handOver.kernel(Operation.SUM, work, start);
    double sum = kernel.sum(n, x, xAt);
    handOver.end(Operation.SUM, work, start, kernel);
    return sum;
  }

  @Override
  public double sumOfSquares(int n, double[] x, int xAt) {
    long work = CALL + n / SUMMED;
    long start = handOver.start(Operation.SUM_OF_SQUARES, work);
    Kernel kernel = handOver.kernel(Operation.SUM_OF_SQUARES, work, start);
    double sum = kernel.sumOfSquares(n, x, xAt);
    handOver.end(Operation.SUM_OF_SQUARES, work, start, kernel);
    return sum;
  }

  @Override
  public double max(int n, double[] x, int xAt) {
    long work = CALL + n / SUMMED;
    long start = handOver.start(Operation.MAX, work);
    Kernel kernel = handOver.kernel(Operation.MAX, work, start);
    double max = kernel.max(n, x, xAt);
    handOver.end(Operation.MAX, work, start, kernel);
    return max;
  }

  @Override
  public void endThreads() {
    handOver.endThread();
  }

  @Override
  public String toString() {
    Kernel vectors = handOver.vectors();
    if (vectors == handOver.plain()) {
      return vectors.toString();
    }
    return String.format(
        Locale.ROOT,
        "%s, handing over to %s (%d of %d operations so far)",
        handOver.plain(),
        vectors,
        handOver.handedOver(),
        Operation.values().length);
  }
}
