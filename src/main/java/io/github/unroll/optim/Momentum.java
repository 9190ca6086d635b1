package io.github.unroll.optim;

/**
 * Gradient descent with a velocity (Polyak 1964; in this form Sutskever et al. 2013):
 *
 * <pre>{@code
 * v = μ·v − learningRate·g
 * p += v
 * }</pre>
 *
 * <p>In the velocity each gradient keeps the learning rate of its own step: a changed rate applies
 * to later gradients only. (PyTorch multiplies the whole velocity by the rate of the step; at a
 * fixed rate the two are the same.)
 */
public final class Momentum extends ElementwiseOptimizer {

  private final double momentum;

  /**
   * Gradient descent with momentum.
   *
   * @param learningRate positive
   * @param momentum μ, how much of the velocity each step keeps, in [0, 1), e.g. 0.9
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public Momentum(double learningRate, double momentum) {
    super(learningRate, "v");
    this.momentum = Settings.fraction("Momentum: momentum", momentum);
  }

  @Override
  protected Idle idle() {
    return Idle.WHILE_STATE_IS_ZERO;
  }

  @Override
  protected void step(int from, int to, double[] p, double[] g, double[][] state) {
    double[] v = state[0];
    double rate = learningRate();
    double mu = momentum;
    for (int i = from; i < to; i++) {
      double vi = mu * v[i] - rate * g[i];
      v[i] = vi;
      p[i] += vi;
    }
  }
}
