package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** Sequences of lengths 4, 1 and 3 in one tensor, with NaN where they have ended. */
final class Padded {

  static final int[] LENGTHS = {4, 1, 3};
  static final int STEPS = 4;

  private Padded() {}

  static Tensor3 random(int features, RandomState random) {
    Tensor3 xs = random.randn(LENGTHS.length, STEPS, features);
    for (int i = 0; i < LENGTHS.length; i++) {
      int sequence = STEPS * features;
      Arrays.fill(xs.data(), i * sequence + LENGTHS[i] * features, (i + 1) * sequence, Double.NaN);
    }
    return xs;
  }

  /** Sequence i by itself, without its padding; of a tensor of one step a sequence that step. */
  static Tensor3 alone(Tensor3 xs, int i) {
    int steps = Math.min(LENGTHS[i], xs.d1());
    int from = i * xs.d1() * xs.d2();
    return Tensor3.of(
        1, steps, xs.d2(), Arrays.copyOfRange(xs.data(), from, from + steps * xs.d2()));
  }

  /** New values for all parameters: fresh biases are zero, which hides mistakes. */
  static void shake(List<Parameter> parameters, RandomState random) {
    for (Parameter p : parameters) {
      p.value().copyFrom(random.randn(p.value().rows(), p.value().cols()).times(0.5));
    }
  }

  /**
   * Loss and gradients of a padded batch are the means of those of its sequences alone, each with
   * the weight of its answers.
   */
  static <B> void assertLearnsAsAlone(
      TrainableModel<B> model, Readout readout, B padded, IntFunction<B> alone) {
    double loss = model.forward(padded);
    model.backward();
    double[] gradients = gradients(model.parameters());
    model.parameters().forEach(Parameter::zeroGrad);

    double[] mean = new double[gradients.length];
    double meanLoss = 0;
    int answers = Arrays.stream(LENGTHS).map(readout::answers).sum();
    for (int i = 0; i < LENGTHS.length; i++) {
      double weight = (double) readout.answers(LENGTHS[i]) / answers;
      meanLoss += weight * model.forward(alone.apply(i));
      model.backward();
      double[] own = gradients(model.parameters());
      Arrays.setAll(mean, j -> mean[j] + weight * own[j]);
      model.parameters().forEach(Parameter::zeroGrad);
    }
    assertThat(loss).isCloseTo(meanLoss, within(1e-13));
    assertThat(gradients).containsExactly(mean, within(1e-13));
  }

  static double[] gradients(List<Parameter> parameters) {
    return parameters.stream().flatMapToDouble(p -> Arrays.stream(p.grad().data())).toArray();
  }
}
