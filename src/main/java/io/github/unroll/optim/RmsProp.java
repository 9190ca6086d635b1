package io.github.unroll.optim;

/**
 * RMSProp (Tieleman and Hinton 2012): AdaGrad with a decaying mean of squares instead of their sum.
 *
 * <pre>{@code
 * h = ρ·h + (1 − ρ)·g²
 * p −= learningRate · g / (√h + ε)
 * }</pre>
 */
public final class RmsProp extends ElementwiseOptimizer {

  private final double decay;
  private final double epsilon;

  /**
   * RMSProp with ρ = 0.99 and ε = 1e-7, as in the book "Deep Learning from Scratch".
   *
   * @param learningRate positive, e.g. 0.01
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public RmsProp(double learningRate) {
    this(learningRate, 0.99, 1e-7);
  }

  /**
   * RMSProp with all its settings.
   *
   * @param learningRate positive
   * @param decay ρ, the share of h that each step keeps, in [0, 1)
   * @param epsilon at least 1e-100; keeps the quotient finite
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public RmsProp(double learningRate, double decay, double epsilon) {
    super(learningRate, "h");
    this.decay = Settings.fraction("RmsProp: decay", decay);
    this.epsilon = Settings.epsilon("RmsProp: epsilon", epsilon);
  }

  @Override
  protected Idle idle() {
    return Idle.WHILE_STATE_IS_ZERO;
  }

  @Override
  protected void step(int from, int to, double[] p, double[] g, double[][] state) {
    double[] h = state[0];
    double rate = learningRate();
    double rho = decay;
    double rest = 1 - rho;
    double eps = epsilon;
    for (int i = from; i < to; i++) {
      double hi = rho * h[i] + rest * (g[i] * g[i]);
      h[i] = hi;
      // 0·h is 0, but NaN if a square overflowed: otherwise this and all later steps would be 0
      p[i] -= rate * g[i] / (Math.sqrt(hi) + (eps + 0 * hi));
    }
  }
}
