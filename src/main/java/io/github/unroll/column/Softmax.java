package io.github.unroll.column;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;

/** Softmax over axis 0: each column of scores becomes a column of probabilities. */
final class Softmax {

  private static final Kernel KERNEL = Kernel.active();

  private Softmax() {}

  /** {@code y = exp(z − max z) / Σ exp(z − max z)}, column by column: (n_y, m). */
  static Matrix forward(Matrix z) {
    Matrix rows = z.transpose();
    double[] y = rows.data();
    int n = rows.cols();
    for (int i = 0; i < rows.rows(); i++) {
      int at = i * n;
      double max = KERNEL.max(n, y, at);
      for (int j = 0; j < n; j++) {
        y[at + j] -= max;
      }
      KERNEL.exp(n, y, at, y, at);
      double sum = KERNEL.sum(n, y, at);
      for (int j = 0; j < n; j++) {
        y[at + j] /= sum;
      }
    }
    return rows.transpose();
  }

  /** {@code dz = y ⊙ (dy − Σ y·dy)}, the sum over each column. */
  static Matrix backward(Matrix dy, Matrix y) {
    Matrix dz = dy.copy();
    dz.addRow(y.times(dy).columnSums().times(-1));
    return dz.times(y);
  }
}
