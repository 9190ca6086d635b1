package io.github.unroll.optim;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the rules of this package share: each changes every element by itself, remembering arrays of
 * the parameter's size. A rule adds its equation, a loop over those arrays.
 *
 * <p>Rows that a step would leave as they are, bit for bit, are skipped: words of an embedding that
 * have not occurred.
 */
abstract class ElementwiseOptimizer implements Optimizer {

  /** When a step with a gradient of zero leaves an element and its state as they are. */
  enum Idle {
    ALWAYS,
    WHILE_STATE_IS_ZERO,
    NEVER
  }

  /** State of a parameter, and the rows that a step may change even if they are not touched. */
  private record Memory(double[][] state, BitSet live) {}

  private static final long MINUS_ZERO = Double.doubleToRawLongBits(-0.0);

  private final List<String> stateNames;
  // By identity: two parameters of equal name and values are still two.
  private final IdentityHashMap<Parameter, Memory> memories = new IdentityHashMap<>();
  private double learningRate;
  private long steps;

  ElementwiseOptimizer(double learningRate, String... stateNames) {
    this.learningRate = Settings.positive(name() + ": learning rate", learningRate);
    this.stateNames = List.of(stateNames);
  }

  /** Where the rule may skip elements. */
  Idle idle() {
    return Idle.WHILE_STATE_IS_ZERO;
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
    Memory memory = memories.get(parameter);
    if (memory == null) {
      memory = memory(parameter, zeros(parameter));
      memories.put(parameter, memory);
    }
    BitSet live = memory.live;
    if (idle() == Idle.ALWAYS) {
      live.clear();
    }
    int rows = parameter.value().rows();
    int end;
    for (int row = parameter.nextTouchedRow(0); row < rows; row = parameter.nextTouchedRow(end)) {
      end = parameter.nextUntouchedRow(row);
      live.set(row, end);
    }
    int cols = parameter.value().cols();
    double[][] state = memory.state;
    int until = live.length() * cols; // shared up to there: words that occur come first
    if ((long) live.cardinality() * cols < Settings.WORTH_THREADS) {
      step(0, until, parameter, state, live);
    } else {
      Kernel.active()
          .forRanges(
              until, Settings.WORTH_THREADS, (from, to) -> step(from, to, parameter, state, live));
    }
  }

  /** The rule for those of the elements from..to−1 that are in live rows. */
  private void step(int from, int to, Parameter parameter, double[][] state, BitSet live) {
    double[] p = parameter.value().data();
    double[] g = parameter.gradOfTouchedRows();
    int cols = parameter.value().cols();
    int end;
    for (int row = live.nextSetBit(from / cols);
        row >= 0 && row * cols < to;
        row = live.nextSetBit(end)) {
      end = live.nextClearBit(row);
      step(Math.max(from, row * cols), Math.min(to, end * cols), p, g, state);
    }
  }

  private Memory memory(Parameter parameter, double[][] state) {
    double[] p = parameter.value().data();
    int cols = parameter.value().cols();
    BitSet live = new BitSet(parameter.value().rows());
    for (int i = 0; i < p.length; i++) {
      // −0 is not left as it is: a velocity of 0 added makes it 0.
      boolean changes = idle() == Idle.NEVER || Double.doubleToRawLongBits(p[i]) == MINUS_ZERO;
      for (double[] part : state) {
        changes |= Double.doubleToRawLongBits(part[i]) != 0;
      }
      if (changes) {
        live.set(i / cols);
      }
    }
    return new Memory(state, live);
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
          String.format(Locale.ROOT, "%s: steps made must be at least 0, not %d", name(), steps));
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
    Memory known = memories.get(parameter);
    double[][] state = known == null ? zeros(parameter) : known.state;
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
          String.format(
              Locale.ROOT,
              "%s: the state of %s has the parts %s, not %s",
              name(),
              parameter.name(),
              stateNames,
              state.keySet()));
    }
    double[][] arrays = new double[stateNames.size()][];
    Arrays.setAll(arrays, i -> part(parameter, stateNames.get(i), state));
    memories.put(parameter, memory(parameter, arrays));
  }

  private double[] part(Parameter parameter, String partName, Map<String, Matrix> state) {
    Matrix part = state.get(partName);
    Matrix value = parameter.value();
    if (part.rows() != value.rows() || part.cols() != value.cols()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %s of %s must be %s, not %s",
              name(),
              partName,
              parameter.name(),
              value.shape(),
              part.shape()));
    }
    return part.data().clone();
  }

  private String name() {
    return getClass().getSimpleName();
  }
}
