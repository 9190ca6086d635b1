package io.github.unroll.simd;

import io.github.unroll.tensor.Kernel;

/** The panels of {@link SimdProducts}, a block of k after another, copied once. */
final class SimdRightOperand implements Kernel.RightOperand {

  private int k;
  private int n;
  private double[] panels = {};

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
    panels = SimdProducts.withRoom(panels, k, n);
    for (int l = 0; l < k; l += SimdProducts.DEPTH) {
      int depth = Math.min(SimdProducts.DEPTH, k - l);
      int at = l * SimdProducts.padded(n);
      SimdProducts.copyPanels(depth, n, b, bAt + l * bRow, bRow, bCol, panels, at);
    }
  }

  @Override
  public void addMatmul(
      int m, double[] a, int aAt, int aStride, double[] out, int outAt, int outStride) {
    SimdProducts.foldCopied(m, k, n, a, aAt, aStride, panels, out, outAt, outStride);
  }
}
