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
    throw new Todo();
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
    throw new Todo();
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
    throw new Todo();
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
    throw new Todo();
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
