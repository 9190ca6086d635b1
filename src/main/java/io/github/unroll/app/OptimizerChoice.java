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

/** An optimizer that the command line can name, with a learning rate that suits small models. */
enum OptimizerChoice {
  SGD(1),
  MOMENTUM(0.1),
  NESTEROV(0.1),
  ADAGRAD(0.03),
  RMSPROP(0.003),
  ADAM(0.003),
  ADAMW(0.003);

  private static final double MOMENTUM_FACTOR = 0.9;
  private static final double WEIGHT_DECAY = 0.01;

  private final double defaultRate;

  OptimizerChoice(double defaultRate) {
    this.defaultRate = defaultRate;
  }

  double defaultRate() {
    return defaultRate;
  }

  Optimizer optimizer(double learningRate) {
    return switch (this) {
      case SGD -> new Sgd(learningRate);
      case MOMENTUM -> new Momentum(learningRate, MOMENTUM_FACTOR);
      case NESTEROV -> new Nesterov(learningRate, MOMENTUM_FACTOR);
      case ADAGRAD -> new AdaGrad(learningRate);
      case RMSPROP -> new RmsProp(learningRate);
      case ADAM -> new Adam(learningRate, Adam.EpsilonConvention.BOOK);
      case ADAMW -> new AdamW(learningRate, WEIGHT_DECAY);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
