package io.github.unroll.handover;

import io.github.unroll.kernel.Kernel;
import io.github.unroll.kernel.PlainKernels;

/** Vectors that C2 has not compiled: a call takes many times as long, while it is to. */
final class SlowedKernel implements Kernel {

  private static final int TIMES = 40;

  private final Kernel kernel = PlainKernels.plain();
  volatile boolean isSlow = true;

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
    kernel.matmul(add, m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, bCol, out, outAt, outRow);
  }

  @Override
  public RightOperand newRightOperand() {
    return kernel.newRightOperand();
  }

  @Override
  public void apply(Function function, int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = 1; i < TIMES && isSlow; i++) {
      kernel.apply(function, n, x, xAt, out, outAt);
    }
    kernel.apply(function, n, x, xAt, out, outAt);
  }

  @Override
  public double max(int n, double[] x, int xAt) {
    return kernel.max(n, x, xAt);
  }

  @Override
  public String toString() {
    return "slow vectors";
  }
}
