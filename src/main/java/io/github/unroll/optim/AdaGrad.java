package io.github.unroll.optim;

/**
 * AdaGrad (Duchi, Hazan and Singer 2011): the larger the past gradients of an element, the smaller
 * its steps.
 *
 * <pre>{@code
 * h += g²
 * p −= learningRate · g / (√h + ε)
 * }</pre>
 */
public final class AdaGrad extends ElementwiseOptimizer {

  private final double epsilon;

  /**
   * AdaGrad with ε = 1e-7, as in the book "Deep Learning from Scratch".
   *
   * @param learningRate positive, e.g. 0.01
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public AdaGrad(double learningRate) {
    this(learningRate, 1e-7);
  }

  /**
   * AdaGrad with all its settings.
   *
   * @param learningRate positive
   * @param epsilon at least 1e-100; keeps the quotient finite
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public AdaGrad(double learningRate, double epsilon) {
    super(learningRate, "h");
    this.epsilon = Settings.epsilon("AdaGrad: epsilon", epsilon);
  }

  @Override
  protected Idle idle() {
    return Idle.ALWAYS;
  }

  @Override
  protected void step(int from, int to, double[] p, double[] g, double[][] state) {
    double[] h = state[0];
    double rate = learningRate();
    double eps = epsilon;
    for (int i = from; i < to; i++) {
      double hi = h[i] + g[i] * g[i];
      h[i] = hi;
      // 0·h is 0, but NaN if a square overflowed: otherwise this and all later steps would be 0
      p[i] -= rate * g[i] / (Math.sqrt(hi) + (eps + 0 * hi));
    }
  }
}
