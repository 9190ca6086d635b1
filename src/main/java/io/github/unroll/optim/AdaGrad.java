package io.github.unroll.optim;

/**
 * AdaGrad (Duchi, Hazan and Singer 2011): the more an element has been changed, the smaller its
 * steps.
 *
 * <pre>{@code
 * h += g²
 * p −= learningRate · g / (√h + ε)
 * }</pre>
 */
public final class AdaGrad extends ElementwiseOptimizer {

  private final double epsilon;

  /**
   * The rule with ε = 1e-7, as in the book "Deep Learning from Scratch".
   *
   * @param learningRate positive, e.g. 0.01
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public AdaGrad(double learningRate) {
    this(learningRate, 1e-7);
  }

  /**
   * The rule with all its settings.
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
  Idle idle() {
    return Idle.ALWAYS;
  }

  @Override
  void step(int from, int to, double[] p, double[] g, double[][] state) {
    double[] h = state[0];
    double rate = learningRate();
    double beside = epsilon;
    for (int i = from; i < to; i++) {
      double hi = h[i] + g[i] * g[i];
      h[i] = hi;
      // 0·h is 0, but NaN of a square too large: else this and every later step would be 0.
      p[i] -= rate * g[i] / (Math.sqrt(hi) + (beside + 0 * hi));
    }
  }
}
