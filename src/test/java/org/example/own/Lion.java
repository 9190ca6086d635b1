package org.example.own;

import io.github.unroll.optim.ElementwiseOptimizer;

/**
 * Lion (Chen et al. 2023): every element moves by the learning rate, in the direction of a mean of
 * past gradients.
 *
 * <pre>{@code
 * p = p − rate · sign(β1·m + (1 − β1)·g)
 * m = β2·m + (1 − β2)·g
 * }</pre>
 */
public final class Lion extends ElementwiseOptimizer {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.99;

  public Lion(double learningRate) {
    super(learningRate, "m");
  }

  @Override
  protected void step(int from, int to, double[] p, double[] g, double[][] state) {
    double[] m = state[0];
    for (int i = from; i < to; i++) {
      p[i] -= learningRate() * Math.signum(BETA1 * m[i] + (1 - BETA1) * g[i]);
      m[i] = BETA2 * m[i] + (1 - BETA2) * g[i];
    }
  }
}
