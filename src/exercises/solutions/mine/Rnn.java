package mine;

import io.github.unroll.tensor.Matrix;

/** One step of a network with a memory. */
public final class Rnn {

  private Rnn() {}

  /**
   * One step.
   *
   * @param x input (N,D)
   * @param hPrev state before the step (N,H)
   * @param wx weights of the input (D,H)
   * @param wh weights of the state (H,H)
   * @param b bias (1,H)
   * @return h, the state after the step (N,H)
   */
  public static Matrix forward(Matrix x, Matrix hPrev, Matrix wx, Matrix wh, Matrix b) {
    Matrix a = x.matmul(wx);
    a.add(hPrev.matmul(wh));
    a.addRow(b);
    return a.tanh();
  }
}
