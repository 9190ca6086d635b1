package mine;

import io.github.unroll.tensor.Matrix;

/** A network with a memory over a whole sequence: the same weights at every step. */
public final class Unrolled {

  private Unrolled() {}

  /**
   * All steps, one after the other.
   *
   * @param xs inputs, one matrix (N,D) a step; at least one
   * @param h0 state before the first step (N,H)
   * @param wx weights of the input (D,H)
   * @param wh weights of the state (H,H)
   * @param b bias (1,H)
   * @return hs, one matrix (N,H) a step: hs[t] is the state after step t
   */
  public static Matrix[] forward(Matrix[] xs, Matrix h0, Matrix wx, Matrix wh, Matrix b) {
    throw new Todo();
  }
}
