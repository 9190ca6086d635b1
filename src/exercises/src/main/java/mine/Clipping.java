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
    throw new Todo();
  }

  /**
   * The gradients with a norm of {@code max} at most; their direction stays.
   *
   * @param gradients of all parameters; they stay as they are
   * @param max the greatest norm allowed, positive
   * @return new matrices of the same shapes; the same numbers, if their norm is not too large
   */
  public static Matrix[] clip(Matrix[] gradients, double max) {
    throw new Todo();
  }
}
