package io.github.unroll.optim;

/**
 * Nesterov's accelerated gradient, in the form of Bengio, Boulanger-Lewandowski and Pascanu (2013)
 * that needs the gradient at the parameters alone; PyTorch's SGD with {@code nesterov=True}:
 *
 * <pre>{@code
 * v = μ·v − learningRate·g
 * p += μ·v − learningRate·g      with the new v; of the old one: μ²·v − (1 + μ)·learningRate·g
 * }</pre>
 *
 * <p>What {@code p} holds is the point that Nesterov looks ahead to. The book "Deep Learning from
 * Scratch" puts the new v into the formula for the old one: that is a slip, and not done here. The
 * velocity keeps the learning rate that each of its gradients had, as in {@link Momentum}.
 */
public final class Nesterov extends ElementwiseOptimizer {

  private final double momentum;

  /**
   * The rule.
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
