package mine;

import io.github.unroll.tensor.Matrix;

/** Clipping: gradients that are too long are made shorter, all by one factor. */
public final class Clipping {

  private Clipping() {}

  /**
   * How long the gradients are, taken together as one long vector.
   *
   * @param gradients of all parameters, each of its own shape
   * @return their norm
   */
  public static double norm(Matrix[] gradients) {
    double sum = 0;
    for (Matrix g : gradients) {
      for (int i = 0; i < g.rows(); i++) {
        for (int j = 0; j < g.cols(); j++) {
          sum += g.get(i, j) * g.get(i, j);
        }
      }
    }
    return Math.sqrt(sum);
  }

  /**
   * The gradients with a norm of {@code max} at most; their direction stays.
   *
   * @param gradients of all parameters; they stay as they are
   * @param max the greatest norm allowed, positive
   * @return new matrices of the same shapes; the same numbers, if their norm is not too large
   */
  public static Matrix[] clip(Matrix[] gradients, double max) {
    double norm = norm(gradients);
    double rate = norm > max ? max / norm : 1;
    Matrix[] clipped = new Matrix[gradients.length];
    for (int k = 0; k < gradients.length; k++) {
      clipped[k] = gradients[k].times(rate);
    }
    return clipped;
  }
}
