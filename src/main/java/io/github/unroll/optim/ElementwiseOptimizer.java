package io.github.unroll.optim;

import io.github.unroll.tensor.Arithmetic;
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
 * An optimizer that updates each element independently, to be extended: a subclass adds its
 * equation, a loop over arrays. This class handles the state of the rule, saving and restoring it,
 * shared parameters, threads, and the rows of an embedding whose words did not occur.
 *
 * <pre>{@code
 * final class Plain extends ElementwiseOptimizer {
 *   Plain(double learningRate) { super(learningRate); }
 *
 *   @Override
 *   protected void step(int from, int to, double[] p, double[] g, double[][] state) {
 *     for (int i = from; i < to; i++) {
 *       p[i] -= learningRate() * g[i];
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>A rule that does not change elements whose gradient is zero can say so, and the rows of words
 * that did not occur are skipped: see {@link #idle()}.
 */
public abstract class ElementwiseOptimizer implements Optimizer {

  /** When a step with a gradient of zero leaves an element and its state as they are. */
  protected enum Idle {
    /** Always, as in plain gradient descent. */
    ALWAYS,
    /** As long as the state of the element is zero, as in rules that average gradients. */
    WHILE_STATE_IS_ZERO,
    /** Never, as where weights decay: the rule is applied to all elements. */
    NEVER
  }

  /** State of a parameter, and the rows that a step may change even if they are not touched. */
  private record Memory(double[][] state, BitSet live) {}

  private static final int BLOCK = 2048;
  private static final long MINUS_ZERO = Double.doubleToRawLongBits(-0.0);

  private final List<String> stateNames;
  // By identity: two parameters with equal names and values are still different.
  private final IdentityHashMap<Parameter, Memory> memories = new IdentityHashMap<>();
  private double learningRate;
  private long steps;

  /**
   * An optimizer whose state has named parts.
   *
   * @param learningRate positive
   * @param stateNames the names of the values that it keeps for each element; each starts at zero
   * @throws IllegalArgumentException if the learning rate is not positive and finite, or two names
   *     are equal
   */
  protected ElementwiseOptimizer(double learningRate, String... stateNames) {
    this.learningRate = Settings.positive(name() + ": learning rate", learningRate);
    this.stateNames = List.of(stateNames);
    for (String stateName : stateNames) {
      if (Collections.frequency(this.stateNames, stateName) > 1) {
        throw new IllegalArgumentException(
            name() + ": two parts of the state are called " + stateName);
      }
    }
  }

  /**
   * {@return when the rule leaves an element whose gradient is zero, and its state, as they are,
   * bit for bit; never, unless a rule overrides this}
   */
  protected Idle idle() {
    return Idle.NEVER;
  }

  /**
   * Prepares a step, before its first element.
   *
   * @param step its number, from 1
   */
  protected void beginStep(long step) {}

  /**
   * Applies the rule to some elements of a parameter. Several threads may call it at once, each
   * with its own elements.
   *
   * @param from the first element
   * @param to one past the last
   * @param p modified: the values
   * @param g the gradients; those of other elements may not be clipped yet
   * @param state modified: one array for each state name, in the same order
   */
  protected abstract void step(int from, int to, double[] p, double[] g, double[][] state);

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
    update(parameter, memory);
  }

  private void update(Parameter parameter, Memory memory) {
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
    double factor = parameter.takeGradFactor();
    double[] g = parameter.gradOfTouchedRows().data(); // finished, before threads share it
    int until = live.length() * cols; // threads share the rows up to the last live one
    if ((long) live.cardinality() * cols < Settings.WORTH_THREADS) {
      step(0, until, parameter, g, factor, memory);
    } else {
      Arithmetic.share(
          until,
          Settings.WORTH_THREADS,
          (from, to) -> step(from, to, parameter, g, factor, memory));
    }
  }

  /** Applies the rule to the elements from..to−1 that are in live rows. */
  private void step(
      int from, int to, Parameter parameter, double[] g, double factor, Memory memory) {
    double[] p = parameter.value().data();
    BitSet live = memory.live;
    int cols = parameter.value().cols();
    int end;
    for (int row = live.nextSetBit(from / cols);
        row >= 0 && row * cols < to;
        row = live.nextSetBit(end)) {
      end = live.nextClearBit(row);
      stepInBlocks(
          Math.max(from, row * cols), Math.min(to, end * cols), p, g, factor, memory.state);
    }
  }

  /** Scales a block of gradients just before they are used, while they are in the cache. */
  private void stepInBlocks(
      int from, int to, double[] p, double[] g, double factor, double[][] state) {
    int end;
    for (int at = from; at < to; at = end) {
      end = at + Math.min(BLOCK, to - at);
      if (factor != 1) {
        for (int i = at; i < end; i++) {
          g[i] *= factor;
        }
      }
      step(at, end, p, g, state);
    }
  }

  private Memory memory(Parameter parameter, double[][] state) {
    double[] p = parameter.value().data();
    int cols = parameter.value().cols();
    BitSet live = new BitSet(parameter.value().rows());
    for (int i = 0; i < p.length; i++) {
      // adding a velocity of 0 turns −0 into 0, so −0 does change
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
