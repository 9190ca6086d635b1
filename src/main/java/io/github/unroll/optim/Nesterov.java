package io.github.unroll.optim;

/**
 * Nesterov's accelerated gradient, in the form of Bengio, Boulanger-Lewandowski and Pascanu (2013)
 * that needs the gradient only at the parameters; PyTorch's SGD with {@code nesterov=True}:
 *
 * <pre>{@code
 * v = μ·v − learningRate·g
 * p += μ·v − learningRate·g      with the new v; in terms of the old v: μ²·v − (1 + μ)·learningRate·g
 * }</pre>
 *
 * <p>{@code p} holds the look-ahead point of Nesterov's method. The book "Deep Learning from
 * Scratch" uses the new v in the formula for the old v; this is a mistake, which is not repeated
 * here. In the velocity each gradient keeps the learning rate of its own step, as in {@link
 * Momentum}.
 */
public final class Nesterov extends ElementwiseOptimizer {

  private final double momentum;

  /**
   * Nesterov's accelerated gradient.
   *
   * @param learningRate positive
   * @param momentum μ, how much of the velocity each step keeps, in [0, 1), e.g. 0.9
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public Nesterov(double learningRate, double momentum) {
    super(learningRate, "v");
    this.momentum = Settings.fraction("Nesterov: momentum", momentum);
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
      double push = rate * g[i];
      double vi = mu * v[i] - push;
      v[i] = vi;
      p[i] += mu * vi - push;
    }
  }
}
