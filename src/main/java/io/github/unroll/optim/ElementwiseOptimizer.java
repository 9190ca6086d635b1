package io.github.unroll.optim;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the rules of this package share: each changes every element by itself, remembering arrays of
 * the parameter's size. A rule adds its equation, a loop over those arrays.
 */
abstract class ElementwiseOptimizer implements Optimizer {

  private final List<String> stateNames;
  // By identity: two parameters of equal name and values are still two.
  private final IdentityHashMap<Parameter, double[][]> states = new IdentityHashMap<>();
  private double learningRate;
  private long steps;

  ElementwiseOptimizer(double learningRate, String... stateNames) {
    this.learningRate = Settings.positive(name() + ": learning rate", learningRate);
    this.stateNames = List.of(stateNames);
  }

  /** Makes ready for a step, from 1. */
  void beginStep(long step) {}

  /** The rule for elements from..to−1: changes the values p and the state by the gradients g. */
  abstract void step(int from, int to, double[] p, double[] g, double[][] state);

  @Override
  public final void update(List<Parameter> parameters) {
    steps++;
    beginStep(steps);
    for (int i = 0; i < parameters.size(); i++) {
      if (!Tied.listedBefore(parameters, i)) {
        update(parameters.get(i));
      }
    }
  }

  private void update(Parameter parameter) {
    double[] p = parameter.value().data();
    double[] g = parameter.grad().data();
    double[][] state = states.computeIfAbsent(parameter, this::zeros);
    if (p.length < Settings.WORTH_THREADS) {
      step(0, p.length, p, g, state);
    } else {
      Kernel.active()
          .forRanges(p.length, Settings.WORTH_THREADS, (from, to) -> step(from, to, p, g, state));
    }
  }

  private double[][] zeros(Parameter parameter) {
    return new double[stateNames.size()][parameter.value().data().length];
  }

  @Override
  public final double learningRate() {
    return learningRate;
  }

  @Override
  public final void setLearningRate(double learningRate) {
    this.learningRate = Settings.notNegative(name() + ": learning rate", learningRate);
  }

  @Override
  public final long steps() {
    return steps;
  }

  @Override
  public final void setSteps(long steps) {
    if (steps < 0) {
      throw new IllegalArgumentException(
          "%s: steps made must be at least 0, not %d".formatted(name(), steps));
    }
    this.steps = steps;
  }

  @Override
  public final List<String> stateNames() {
    return stateNames;
  }

  @Override
  public final Map<String, Matrix> state(Parameter parameter) {
    Matrix value = parameter.value();
    double[][] known = states.get(parameter);
    double[][] state = known == null ? zeros(parameter) : known;
    Map<String, Matrix> copy = new LinkedHashMap<>();
    for (int i = 0; i < state.length; i++) {
      copy.put(stateNames.get(i), Matrix.of(value.rows(), value.cols(), state[i]));
    }
    return Collections.unmodifiableMap(copy);
  }

  @Override
  public final void setState(Parameter parameter, Map<String, Matrix> state) {
    if (state.size() != stateNames.size() || !state.keySet().containsAll(stateNames)) {
      throw new IllegalArgumentException(
          "%s: the state of %s has the parts %s, not %s"
              .formatted(name(), parameter.name(), stateNames, state.keySet()));
    }
    double[][] arrays = new double[stateNames.size()][];
    Arrays.setAll(arrays, i -> part(parameter, stateNames.get(i), state));
    states.put(parameter, arrays);
  }

  private double[] part(Parameter parameter, String partName, Map<String, Matrix> state) {
    Matrix part = state.get(partName);
    Matrix value = parameter.value();
    if (part.rows() != value.rows() || part.cols() != value.cols()) {
      throw new IllegalArgumentException(
          "%s: %s of %s must be %s, not %s"
              .formatted(name(), partName, parameter.name(), value.shape(), part.shape()));
    }
    return part.data().clone();
  }

  private String name() {
    return getClass().getSimpleName();
  }
}
