package mine;

import io.github.unroll.tensor.Matrix;

/** One step of an RNN, backward: from the gradient of the new state all others. */
public final class RnnBackward {

  private RnnBackward() {}

  /**
   * The gradients of the input (N,D), of the state before the step (N,H), of the weights (D,H) and
   * (H,H) and of the bias (1,H).
   */
  public record Gradients(Matrix dx, Matrix dhPrev, Matrix dwx, Matrix dwh, Matrix db) {}

  /**
   * A single number of state: h = tanh(x·wx + hPrev·wh + b).
   *
   * @param dh gradient of h
   * @param h the state after the step
   * @param hPrev the state before the step
   * @param wh the weight of the state
   * @return dhPrev, the gradient of hPrev
   */
  public static double oneState(double dh, double h, double hPrev, double wh) {
    double da = dh * (1 - h * h);
    return da * wh;
  }

  /**
   * Backward, of one step.
   *
   * @param dh gradient of h (N,H)
   * @param x input of the step (N,D)
   * @param hPrev state before the step (N,H)
   * @param h state after the step (N,H)
   * @param wx weights of the input (D,H)
   * @param wh weights of the state (H,H)
   * @return the gradients, each of the shape of what it belongs to
   */
  public static Gradients backward(
      Matrix dh, Matrix x, Matrix hPrev, Matrix h, Matrix wx, Matrix wh) {
    Matrix da = dh.copy();
    for (int i = 0; i < h.rows(); i++) {
      for (int j = 0; j < h.cols(); j++) {
        da.set(i, j, dh.get(i, j) * (1 - h.get(i, j) * h.get(i, j)));
      }
    }
    Matrix dx = da.matmul(wx.transposed());
    Matrix dhPrev = da.matmul(wh.transposed());
    Matrix dwx = x.transposed().matmul(da);
    Matrix dwh = hPrev.transposed().matmul(da);
    Matrix db = da.columnSums();
    return new Gradients(dx, dhPrev, dwx, dwh, db);
  }
}
