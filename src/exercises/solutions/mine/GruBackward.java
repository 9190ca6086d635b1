package mine;

import io.github.unroll.tensor.Matrix;

/** The way back through one step of a GRU, of either kind. */
public final class GruBackward {

  private GruBackward() {}

  /**
   * First a single number of the update gate, back to what went into its sigmoid: z = σ(a) and h =
   * (1 − z)·hPrev + z·candidate.
   *
   * @param dh gradient of h
   * @param hPrev the state before the step
   * @param candidate the candidate
   * @param z the update gate
   * @return the gradient of a
   */
  public static double intoUpdate(double dh, double hPrev, double candidate, double z) {
    return dh * (candidate - hPrev) * z * (1 - z);
  }

  /**
   * Then a single number of the reset gate, which acts after the product here: r = σ(a), candidate
   * = tanh(… + r·u), where … does not depend on r, and h = (1 − z)·hPrev + z·candidate.
   *
   * @param dh gradient of h
   * @param z the update gate
   * @param candidate the candidate
   * @param u the product that r resets, with its bias
   * @param r the reset gate
   * @return the gradient of a
   */
  public static double intoReset(double dh, double z, double candidate, double u, double r) {
    double intoTanh = dh * z * (1 - candidate * candidate);
    return intoTanh * u * r * (1 - r);
  }

  /**
   * A gradient for each input of a step, of the same shape; dbhn is null where the reset acts
   * before the product, as there is no bhn.
   */
  public record Gradients(
      Matrix dx, Matrix dhPrev, Matrix dwx, Matrix dwh, Matrix db, Matrix dbhn) {}

  /**
   * The whole step, where the reset gate acted before the product.
   *
   * @param dh gradient of h (N,H)
   * @param x input (N,D)
   * @param hPrev state before the step (N,H)
   * @param wx weights of the input (D,3H)
   * @param wh weights of the state (H,3H)
   * @param step what {@link Gru#resetBefore} gave; its u is the state, reset
   * @return the gradients; those of the parameters are sums over the batch; dbhn is null
   */
  public static Gradients resetBefore(
      Matrix dh, Matrix x, Matrix hPrev, Matrix wx, Matrix wh, Gru.Step step) {
    Matrix daz = throughSigmoid(dh.times(step.candidate().minus(hPrev)), step.z());
    Matrix dah = throughTanh(dh.times(step.z()), step.candidate());
    Matrix du = dah.matmul(Gru.part(wh, 2).transposed());
    Matrix dar = throughSigmoid(du.times(hPrev), step.r());
    Matrix dhPrev = dh.minus(dh.times(step.z()));
    dhPrev.add(du.times(step.r()));
    dhPrev.add(daz.matmul(Gru.part(wh, 0).transposed()));
    dhPrev.add(dar.matmul(Gru.part(wh, 1).transposed()));
    Matrix dwhz = hPrev.transposed().matmul(daz);
    Matrix dwhr = hPrev.transposed().matmul(dar);
    Matrix dwhh = step.u().transposed().matmul(dah);
    Matrix da = sideBySide(daz, dar, dah);
    return new Gradients(
        da.matmul(wx.transposed()),
        dhPrev,
        x.transposed().matmul(da),
        sideBySide(dwhz, dwhr, dwhh),
        da.columnSums(),
        null);
  }

  /**
   * The whole step, where the reset gate acted after the product.
   *
   * @param dh gradient of h (N,H)
   * @param x input (N,D)
   * @param hPrev state before the step (N,H)
   * @param wx weights of the input (D,3H)
   * @param wh weights of the state (H,3H)
   * @param step what {@link Gru#resetAfter} gave; its u is the product and its bias
   * @return the gradients; those of the parameters are sums over the batch
   */
  public static Gradients resetAfter(
      Matrix dh, Matrix x, Matrix hPrev, Matrix wx, Matrix wh, Gru.Step step) {
    Matrix daz = throughSigmoid(dh.times(step.candidate().minus(hPrev)), step.z());
    Matrix dah = throughTanh(dh.times(step.z()), step.candidate());
    Matrix du = dah.times(step.r());
    Matrix dar = throughSigmoid(dah.times(step.u()), step.r());
    Matrix dIn = sideBySide(daz, dar, dah); // what x·wx + b receives
    Matrix dState = sideBySide(daz, dar, du); // what hPrev·wh receives
    Matrix dhPrev = dh.minus(dh.times(step.z()));
    dhPrev.add(dState.matmul(wh.transposed()));
    return new Gradients(
        dIn.matmul(wx.transposed()),
        dhPrev,
        x.transposed().matmul(dIn),
        hPrev.transposed().matmul(dState),
        dIn.columnSums(),
        du.columnSums());
  }

  /** From the gradient of s = σ(a) to that of a. */
  private static Matrix throughSigmoid(Matrix ds, Matrix s) {
    return ds.times(s.minus(s.times(s)));
  }

  /** From the gradient of t = tanh(a) to that of a. */
  private static Matrix throughTanh(Matrix dt, Matrix t) {
    return dt.minus(dt.times(t).times(t));
  }

  /** Given: puts three matrices of as many rows and H columns side by side. */
  static Matrix sideBySide(Matrix first, Matrix second, Matrix third) {
    int h = first.cols();
    Matrix all = new Matrix(first.rows(), 3 * h);
    all.columns(0, h).copyFrom(first);
    all.columns(h, h).copyFrom(second);
    all.columns(2 * h, h).copyFrom(third);
    return all;
  }
}
