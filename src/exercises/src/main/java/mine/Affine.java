package mine;

import io.github.unroll.tensor.Matrix;

/** A layer without memory: each row of x becomes a row of y. */
public final class Affine {

  private Affine() {}

  /**
   * Forward.
   *
   * @param x inputs (N,D), one row a sample
   * @param w weights (D,H)
   * @param b bias (1,H), the same for every sample
   * @return y (N,H)
   */
  public static Matrix forward(Matrix x, Matrix w, Matrix b) {
    throw new Todo();
  }
}
