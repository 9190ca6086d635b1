package io.github.unroll.column;

import io.github.unroll.tensor.Matrix;

/** Derivatives of tanh and sigmoid, computed from their values. */
final class Slopes {

  private Slopes() {}

  /** {@code 1 − y²} for y = tanh(z). */
  static Matrix ofTanh(Matrix y) {
    return ones(y).minus(y.times(y));
  }

  /** {@code y ⊙ (1 − y)} for y = σ(z). */
  static Matrix ofSigmoid(Matrix y) {
    return y.times(ones(y).minus(y));
  }

  private static Matrix ones(Matrix like) {
    Matrix ones = new Matrix(like.rows(), like.cols());
    ones.fill(1);
    return ones;
  }
}
