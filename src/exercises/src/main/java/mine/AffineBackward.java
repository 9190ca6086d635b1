package mine;

import io.github.unroll.tensor.Matrix;

/** A layer without memory, backward: from the gradient of y those of x, w and b. */
public final class AffineBackward {

  private AffineBackward() {}

  /** The gradients of the inputs (N,D), of the weights (D,H) and of the bias (1,H). */
  public record Gradients(Matrix dx, Matrix dw, Matrix db) {}

  /**
   * A single weight that two samples go through: y0 = x0·w + b and y1 = x1·w + b.
   *
   * @param x0 the first sample
   * @param x1 the second sample
   * @param w the weight
   * @param dy0 gradient of y0: what the loss gains where y0 grows by one
   * @param dy1 gradient of y1
   * @return dw, the gradient of w
   */
  public static double oneWeight(double x0, double x1, double w, double dy0, double dy1) {
    throw new Todo();
  }

  /**
   * Backward, of y = x·w + b.
   *
   * @param dy gradient of y (N,H)
   * @param x the inputs of the forward (N,D)
   * @param w the weights of the forward (D,H)
   * @return the gradients, each of the shape of what it belongs to
   */
  public static Gradients backward(Matrix dy, Matrix x, Matrix w) {
    throw new Todo();
  }
}
