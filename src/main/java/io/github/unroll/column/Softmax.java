package io.github.unroll.column;

import io.github.unroll.tensor.Matrix;

/** Softmax over axis 0: each column of scores becomes a column of probabilities. */
final class Softmax {

  private Softmax() {}

  /** {@code y = exp(z − max z) / Σ exp(z − max z)}, column by column: (n_y, m). */
  static Matrix forward(Matrix z) {
    Matrix samples = z.transposed().copy();
    samples.softmaxRows();
    return samples.transposed().copy();
  }

  /** {@code dz = y ⊙ (dy − Σ y·dy)}, the sum over each column. */
  static Matrix backward(Matrix dy, Matrix y) {
    Matrix dz = dy.copy();
    dz.addRow(y.times(dy).columnSums().times(-1));
    return dz.times(y);
  }
}
