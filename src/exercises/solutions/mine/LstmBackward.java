package mine;

import io.github.unroll.tensor.Matrix;

/** The way back through one step of an LSTM. */
public final class LstmBackward {

  private LstmBackward() {}

  /**
   * First a single number of c. The loss depends on it in two ways: through the steps that follow,
   * and through h = o·tanh(c) of this step.
   *
   * @param dh gradient of h
   * @param dc gradient of c from the steps that follow, without what comes through h
   * @param o the output gate
   * @param c the cell state
   * @return the whole gradient of c
   */
  public static double intoC(double dh, double dc, double o, double c) {
    double tanhC = Math.tanh(c);
    return dc + dh * o * (1 - tanhC * tanhC);
  }

  /**
   * Then a single number of the forget gate, back to what went into its sigmoid: f = σ(a) and c =
   * f·cPrev + i·g.
   *
   * @param ds the whole gradient of c
   * @param cPrev the cell state before the step
   * @param f the forget gate
   * @return the gradient of a
   */
  public static double intoForget(double ds, double cPrev, double f) {
    return ds * cPrev * f * (1 - f);
  }

  /** A gradient for each input of {@link Lstm#forward}, of the same shape. */
  public record Gradients(
      Matrix dx, Matrix dhPrev, Matrix dcPrev, Matrix dwx, Matrix dwh, Matrix db) {}

  /**
   * The whole step.
   *
   * @param dh gradient of h (N,H)
   * @param dc gradient of c from the steps that follow (N,H), without what comes through h
   * @param x input (N,D)
   * @param hPrev state before the step (N,H)
   * @param cPrev cell state before the step (N,H)
   * @param wx weights of the input (D,4H)
   * @param wh weights of the state (H,4H)
   * @param step what {@link Lstm#forward} gave: h, c and the gates, each (N,H)
   * @return the gradients; those of the parameters are sums over the batch
   */
  public static Gradients backward(
      Matrix dh,
      Matrix dc,
      Matrix x,
      Matrix hPrev,
      Matrix cPrev,
      Matrix wx,
      Matrix wh,
      Lstm.Step step) {
    Matrix tanhC = step.c().tanh();
    Matrix ds = dc.plus(throughTanh(dh.times(step.o()), tanhC));
    Matrix daf = throughSigmoid(ds.times(cPrev), step.f());
    Matrix dag = throughTanh(ds.times(step.i()), step.g());
    Matrix dai = throughSigmoid(ds.times(step.g()), step.i());
    Matrix dao = throughSigmoid(dh.times(tanhC), step.o());
    Matrix da = sideBySide(daf, dag, dai, dao);
    return new Gradients(
        da.matmul(wx.transposed()),
        da.matmul(wh.transposed()),
        ds.times(step.f()),
        x.transposed().matmul(da),
        hPrev.transposed().matmul(da),
        da.columnSums());
  }

  /** From the gradient of s = σ(a) to that of a. */
  private static Matrix throughSigmoid(Matrix ds, Matrix s) {
    return ds.times(s.minus(s.times(s)));
  }

  /** From the gradient of t = tanh(a) to that of a. */
  private static Matrix throughTanh(Matrix dt, Matrix t) {
    return dt.minus(dt.times(t).times(t));
  }

  /** Given: puts four matrices (N,H) side by side, (N,4H). */
  static Matrix sideBySide(Matrix first, Matrix second, Matrix third, Matrix fourth) {
    int h = first.cols();
    Matrix all = new Matrix(first.rows(), 4 * h);
    all.columns(0, h).copyFrom(first);
    all.columns(h, h).copyFrom(second);
    all.columns(2 * h, h).copyFrom(third);
    all.columns(3 * h, h).copyFrom(fourth);
    return all;
  }
}
