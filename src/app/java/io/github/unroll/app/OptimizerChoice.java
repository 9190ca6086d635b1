package io.github.unroll.app;

import io.github.unroll.optim.AdaGrad;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.AdamW;
import io.github.unroll.optim.Momentum;
import io.github.unroll.optim.Nesterov;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.RmsProp;
import io.github.unroll.optim.Sgd;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** The optimizers of the command line, with learning rates for small models. */
enum OptimizerChoice {
  SGD(1, Sgd::new),
  MOMENTUM(0.1, rate -> new Momentum(rate, 0.9)),
  NESTEROV(0.1, rate -> new Nesterov(rate, 0.9)),
  ADAGRAD(0.03, AdaGrad::new),
  RMSPROP(0.003, RmsProp::new),
  ADAM(0.003, rate -> new Adam(rate, Adam.EpsilonConvention.BOOK)),
  ADAMW(0.003, rate -> new AdamW(rate, 0.01));

  private final double defaultRate;

  @SuppressWarnings("ImmutableEnumChecker") // constructors, which hold nothing
  private final DoubleFunction<Optimizer> maker;

  OptimizerChoice(double defaultRate, DoubleFunction<Optimizer> maker) {
    this.defaultRate = defaultRate;
    this.maker = maker;
  }

  double defaultRate() {
    return defaultRate;
  }

  Optimizer optimizer(double learningRate) {
    return maker.apply(learningRate);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
