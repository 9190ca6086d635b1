package mine;

import io.github.unroll.tensor.Matrix;

/** A whole sequence of an RNN, backward. */
public final class BackThroughTime {

  private BackThroughTime() {}

  /**
   * The gradients of the inputs (T times (N,D)), of the state before the first step (N,H), of the
   * weights (D,H) and (H,H) and of the bias (1,H).
   */
  public record Gradients(Matrix[] dxs, Matrix dh0, Matrix dwx, Matrix dwh, Matrix db) {}

  /**
   * Two steps, a single number of state: the loss reads h[0] and h[1], and h[1] = tanh(x[1]·wx +
   * h[0]·wh + b).
   *
   * @param fromLoss0 the gradient of h[0] that comes from the loss directly, not by way of h[1]
   * @param fromLoss1 the gradient of h[1], which the loss reads too
   * @param h1 h[1]
   * @param wh the weight of the state
   * @return the whole gradient of h[0]
   */
  public static double firstState(double fromLoss0, double fromLoss1, double h1, double wh) {
    double fromStep1 = fromLoss1 * (1 - h1 * h1) * wh;
    return fromLoss0 + fromStep1;
  }

  /**
   * Backward, of T steps. The step itself is RnnBackward.backward.
   *
   * @param dhs of each state the gradient that comes from the loss directly (T times (N,H))
   * @param xs the inputs (T times (N,D))
   * @param h0 the state before the first step (N,H)
   * @param hs the states, hs[t] the one after step t (T times (N,H))
   * @param wx weights of the input (D,H)
   * @param wh weights of the state (H,H)
   * @return the gradients
   */
  public static Gradients backward(
      Matrix[] dhs, Matrix[] xs, Matrix h0, Matrix[] hs, Matrix wx, Matrix wh) {
    int steps = xs.length;
    Matrix[] dxs = new Matrix[steps];
    Matrix dwx = new Matrix(wx.rows(), wx.cols());
    Matrix dwh = new Matrix(wh.rows(), wh.cols());
    Matrix db = new Matrix(1, wh.cols());
    Matrix fromNext = new Matrix(h0.rows(), h0.cols());
    for (int t = steps - 1; t >= 0; t--) {
      Matrix hPrev = t == 0 ? h0 : hs[t - 1];
      Matrix dh = dhs[t].plus(fromNext);
      RnnBackward.Gradients d = RnnBackward.backward(dh, xs[t], hPrev, hs[t], wx, wh);
      dxs[t] = d.dx();
      dwx.add(d.dwx());
      dwh.add(d.dwh());
      db.add(d.db());
      fromNext = d.dhPrev();
    }
    return new Gradients(dxs, fromNext, dwx, dwh, db);
  }
}
