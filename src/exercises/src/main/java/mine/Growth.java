package mine;

import io.github.unroll.tensor.Matrix;

/** How the gradient grows or vanishes on its way back through the steps of an RNN. */
public final class Growth {

  private Growth() {}

  /**
   * The size of the gradient after each step back. The norm of a matrix is the root of the sum of
   * the squares of all its numbers.
   *
   * @param dh gradient of the last state, hs[T − 1] (N,H)
   * @param hs the states, hs[t] the one after step t (T times (N,H))
   * @param wh weights of the state (H,H)
   * @return T norms: norms[0] of the gradient of hs[T − 2], one step back, and so on; the last is
   *     that of the state before the first step
   */
  public static double[] norms(Matrix dh, Matrix[] hs, Matrix wh) {
    throw new Todo();
  }

  /**
   * The spectral radius of a matrix, by power iteration: a row of ones goes through the matrix
   * again and again, each time brought back to norm 1. The radius is by how much it grows in a
   * round, the geometric mean of the second half of the rounds; the first half only lets the row
   * turn to where it grows.
   *
   * @param wh a square matrix (H,H)
   * @param rounds how many rounds, some hundreds
   * @return the spectral radius, close enough for two decimals
   */
  public static double spectralRadius(Matrix wh, int rounds) {
    throw new Todo();
  }
}
