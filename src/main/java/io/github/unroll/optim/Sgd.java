package io.github.unroll.optim;

/** Stochastic gradient descent: {@code p −= learningRate · g}. It has no state. */
public final class Sgd extends ElementwiseOptimizer {

  /**
   * Stochastic gradient descent.
   *
   * @param learningRate positive
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public Sgd(double learningRate) {
    super(learningRate);
  }

  @Override
  protected Idle idle() {
    return Idle.ALWAYS;
  }

  @Override
  protected void step(int from, int to, double[] p, double[] g, double[][] state) {
    double rate = learningRate();
    for (int i = from; i < to; i++) {
      p[i] -= rate * g[i];
    }
  }
}
