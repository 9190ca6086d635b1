package io.github.unroll.layer;

import io.github.unroll.tensor.Kernel;

/**
 * The recurrent weights as the right operand of every step: copied once for a sequence into the
 * order in which the kernel reads them, or read where they stand when no copy would pay.
 */
final class StepWeights {

  private static final Kernel KERNEL = Kernel.active();

  private final Kernel.RightOperand copied = KERNEL.newRightOperand();
  private final boolean transposed;

  private double[] w;
  private int k;
  private int n;
  private boolean worthCopying;

  /** Of products with w, or with wᵀ. */
  StepWeights(boolean transposed) {
    this.transposed = transposed;
  }

  /** To be called before the first of some steps, of so many samples each, with w (rows,cols). */
  void prepare(int rows, int cols, double[] w, int steps, int samples) {
    this.w = w;
    this.k = transposed ? cols : rows;
    this.n = transposed ? rows : cols;
    worthCopying = steps > 1 && samples > 1;
    if (worthCopying && transposed) {
      copied.setTransposed(k, n, w, 0, cols);
    } else if (worthCopying) {
      copied.set(k, n, w, 0, cols);
    }
  }

  /** {@code out += a·w} or {@code a·wᵀ}, with m rows of a and out side by side. */
  void addMatmul(int m, double[] a, int aAt, double[] out, int outAt) {
    if (worthCopying) {
      copied.addMatmul(m, a, aAt, k, out, outAt, n);
    } else if (transposed) {
      KERNEL.addMatmulTransB(m, k, n, a, aAt, k, w, 0, k, out, outAt, n);
    } else {
      KERNEL.addMatmul(m, k, n, a, aAt, k, w, 0, n, out, outAt, n);
    }
  }
}
