package io.github.unroll.model;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;

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

  static double[] gradients(List<Parameter> parameters) {
    return parameters.stream().flatMapToDouble(p -> Arrays.stream(p.grad().data())).toArray();
  }
}
