package mine;

import io.github.unroll.tensor.Matrix;

/** Adam: a step down that is about as long for a small gradient as for a large one. */
public final class AdamRule {

  /** How much of the mean gradient m stays at each step. */
  public static final double BETA1 = 0.9;

  /** How much of the mean squared gradient v stays at each step. */
  public static final double BETA2 = 0.999;

  /** Keeps the quotient finite where v is 0. */
  public static final double EPSILON = 1e-8;

  private AdamRule() {}

  /**
   * What a step gives; the next step gets it back.
   *
   * @param w the weights after the step
   * @param m running mean of the gradients
   * @param v running mean of the squared gradients
   */
  public record Step(Matrix w, Matrix m, Matrix v) {}

  /**
   * One step.
   *
   * @param w weights before it, of any shape
   * @param dw their gradient
   * @param m running mean of the gradients before it; zeros before the first step
   * @param v running mean of the squared gradients before it; zeros before the first step
   * @param t which step this is; the first is 1
   * @param rate learning rate
   * @return the weights, m and v after it, in new matrices
   */
  public static Step step(Matrix w, Matrix dw, Matrix m, Matrix v, int t, double rate) {
    Matrix wNext = new Matrix(w.rows(), w.cols());
    Matrix mNext = new Matrix(w.rows(), w.cols());
    Matrix vNext = new Matrix(w.rows(), w.cols());
    for (int i = 0; i < w.rows(); i++) {
      for (int j = 0; j < w.cols(); j++) {
        double g = dw.get(i, j);
        mNext.set(i, j, BETA1 * m.get(i, j) + (1 - BETA1) * g);
        vNext.set(i, j, BETA2 * v.get(i, j) + (1 - BETA2) * g * g);
        double mHat = mNext.get(i, j) / (1 - Math.pow(BETA1, t));
        double vHat = vNext.get(i, j) / (1 - Math.pow(BETA2, t));
        wNext.set(i, j, w.get(i, j) - rate * mHat / (Math.sqrt(vHat) + EPSILON));
      }
    }
    return new Step(wNext, mNext, vNext);
  }
}
