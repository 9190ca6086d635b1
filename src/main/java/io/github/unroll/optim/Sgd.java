package io.github.unroll.optim;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Parameter;
import java.util.List;

/** Stochastic gradient descent: {@code p −= learningRate · g}. */
public final class Sgd implements Optimizer {

  private final double learningRate;

  /**
   * The rule with a fixed learning rate.
   *
   * @param learningRate positive
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public Sgd(double learningRate) {
    this.learningRate = Settings.positive("Sgd: learning rate", learningRate);
  }

  @Override
  public void update(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      double[] p = parameter.value().data();
      double[] g = parameter.grad().data();
      Kernel.active()
          .forRanges(
              p.length,
              Settings.WORTH_THREADS,
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  p[i] -= learningRate * g[i];
                }
              });
    }
  }
}
