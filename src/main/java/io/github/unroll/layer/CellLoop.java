package io.github.unroll.layer;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The loop over a cell that {@link TimeRnn}, {@link TimeLstm} and {@link TimeGru} share: they add
 * one step forward, one step backward and the gradient of the recurrent weights.
 *
 * <p>Arranged for speed: the input products of all steps are one product before the loop, the
 * weight gradients one product each after it. Arrays are time major, so that the states before and
 * after a step are both contiguous: state s of step t stands at {@code states[s]}, from {@code
 * t·N·H}.
 *
 * <p>Forward makes room for what it fills and leaves to backward; backward, which works in that
 * same room, for the little that it needs beside it. Who only goes forward pays for no gradient.
 */
abstract class CellLoop implements RecurrentLayer {

  static final Kernel KERNEL = Kernel.active();

  private static final String GATES = "gates";
  private static final String STATES = "states, the initial one among them,";

  final int hidden;
  private final Parameter wx;
  private final Parameter recurrent;
  private final Parameter b;
  private final boolean stateful;

  // What messages begin with, joined once: a check that passes allocates nothing.
  private final String name = getClass().getSimpleName();
  private final String forward = name + ".forward";
  private final String backward = name + ".backward";

  int n;
  int steps;
  private int[] lengths = {};
  private int shortest;

  // ---- what forward fills and backward reads ----

  /** Inputs (T,N,D), zero past a sequence's length; in the end of backward their gradients. */
  private double[] x = {};

  /** Pre-activations (T,N,G·H), which a step may turn into gates; in backward their gradients. */
  double[] a = {};

  /** Each (T+1,N,H): the initial state, then the state after each step; h first. */
  final double[][] states;

  /** Right operand of the products of a step forward. */
  final StepWeights wh = new StepWeights(false);

  // ---- what backward alone works with ----

  /** Each (N,H): the gradient of the state after a step, then of that before it. */
  final double[][] dStates;

  private final double[][] still; // each (N,H): gradients of states that stand still

  /** Right operand of the products of a step backward. */
  final StepWeights whTransposed = new StepWeights(true);

  private State kept;
  private boolean backwardDone;

  CellLoop(Parameter wx, Parameter wh, Parameter b, int hidden, int stateParts, boolean stateful) {
    this.wx = wx;
    this.recurrent = wh;
    this.b = b;
    this.hidden = hidden;
    this.stateful = stateful;
    this.states = new double[stateParts][0];
    this.dStates = new double[stateParts][0];
    this.still = new double[stateParts][0];
  }

  /** From {@code states} at step t and {@code a} at t to the states at t + 1. */
  abstract void stepForward(int t);

  /**
   * From {@code dStates}, the gradient of the states at t + 1, to that of the states at t, in
   * place; leaves the gradient of the pre-activations in {@code a} at t.
   */
  abstract void stepBackward(int t);

  /** Adds the gradient of the recurrent weights, all steps at once. */
  abstract void addRecurrentGradients();

  /** Readies the recurrent weights for the steps forward. */
  void prepareForward() {
    Matrix w = recurrent.value();
    wh.prepare(w.rows(), w.cols(), w.data(), steps, n);
  }

  /** Readies the recurrent weights, and room of a layer's own, for the steps backward. */
  void prepareBackward() {
    Matrix w = recurrent.value();
    whTransposed.prepare(w.rows(), w.cols(), w.data(), steps, n);
  }

  /** Makes room for what a step forward fills besides {@code a} and {@code states}. */
  void reserveForward(int batch, int length) {}

  @Override
  public void forwardInto(Tensor3 xs, int[] lengths, State initial, Tensor3 hs) {
    int d = inputSize();
    Shapes.checkFeatures(forward, ": xs", xs, d);
    Shapes.check(forward, ": hs", hs, xs.d0(), xs.d1(), hidden);
    Lengths.check(lengths, xs.d0(), xs.d1());
    if (initial != null) {
      initial.check(forward, xs.d0(), stateSizes());
    } else if (kept != null && kept.h().rows() != xs.d0()) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "%s.forward: the kept state is of a batch of %d, the inputs are a batch of %d; ",
                  name,
                  kept.h().rows(),
                  xs.d0())
              + "keep the batch size, or call resetState()");
    }
    State start = initial != null ? initial : kept;

    reserve(xs.d0(), xs.d1(), lengths);
    TimeMajor.copyIn(xs, this.lengths, x);
    int width = wx.value().cols();
    KERNEL.matmul(false, steps * n, d, width, x, 0, d, wx.value().data(), 0, width, a, 0, width);
    setInitialStates(start);
    prepareForward();
    for (int t = 0; t < steps; t++) {
      stepForward(t);
      standStill(t);
    }
    TimeMajor.copyOut(states[0], n * hidden, this.lengths, hs);
    keepFinalState();
  }

  private void keepFinalState() {
    if (!stateful) {
      return;
    }
    if (kept == null || kept.h().rows() != n) {
      kept = finalState();
      return;
    }
    for (int s = 0; s < states.length; s++) {
      double[] part = kept.matrices().get(s).data();
      System.arraycopy(states[s], steps * n * hidden, part, 0, n * hidden);
    }
  }

  private void setInitialStates(State start) {
    for (int s = 0; s < states.length; s++) {
      if (start == null) {
        Arrays.fill(states[s], 0, n * hidden, 0);
      } else {
        System.arraycopy(start.matrices().get(s).data(), 0, states[s], 0, n * hidden);
      }
    }
  }

  /** Sequences that have ended by step t keep the state that they had. */
  private void standStill(int t) {
    for (int i = 0; i < n; i++) {
      if (t >= lengths[i]) {
        int now = (t * n + i) * hidden;
        for (double[] state : states) {
          System.arraycopy(state, now, state, now + n * hidden, hidden);
        }
      }
    }
  }

  @Override
  public Tensor3 backward(Tensor3 dys) {
    return backward(dys, null);
  }

  @Override
  public Tensor3 backward(Tensor3 dys, State dFinal) {
    Shapes.checkForwardDone(backward, steps > 0);
    Tensor3 dxs = new Tensor3(n, steps, inputSize());
    backwardInto(dys, dFinal, dxs);
    return dxs;
  }

  @Override
  public void backwardInto(Tensor3 dys, State dFinal, Tensor3 dxs) {
    int d = inputSize();
    int width = wx.value().cols();
    Shapes.checkForwardDone(backward, steps > 0);
    Shapes.check(backward, ": dhs", dys, n, steps, hidden);
    Shapes.check(backward, ": dxs", dxs, n, steps, d);
    if (dFinal != null) {
      dFinal.check(name + ".backward: dFinal", n, stateSizes());
    }
    if (backwardDone) {
      throw new IllegalStateException(
          name
              + ".backward: the latest forward had its backward already, which used up what it had"
              + " kept; call forward again, or add the gradients up and call backward once");
    }

    for (int s = 0; s < dStates.length; s++) {
      dStates[s] = room("gradient of the state", dStates[s], n, 1, hidden);
      still[s] = room("gradient of the state", still[s], n, 1, hidden);
    }
    setFinalGradients(dFinal);
    prepareBackward();
    for (int t = steps - 1; t >= 0; t--) {
      addOutputGradient(t, dys);
      if (t < shortest) {
        stepBackward(t);
      } else {
        stepBackwardWhereActive(t);
      }
    }
    int rows = steps * n;
    KERNEL.addMatmulTransA(d, rows, width, x, 0, d, a, 0, width, wx.grad().data(), 0, width);
    addRecurrentGradients();
    KERNEL.addColumnSums(rows, width, a, 0, width, b.grad().data(), 0);
    // The inputs have been read for the last time: their gradients take their place.
    KERNEL.matmulTransB(false, rows, width, d, a, 0, width, wx.value().data(), 0, width, x, 0, d);
    TimeMajor.copyOut(x, 0, lengths, dxs);
    backwardDone = true;
  }

  private void setFinalGradients(State dFinal) {
    for (int s = 0; s < dStates.length; s++) {
      if (dFinal == null) {
        Arrays.fill(dStates[s], 0, n * hidden, 0);
      } else {
        System.arraycopy(dFinal.matrices().get(s).data(), 0, dStates[s], 0, n * hidden);
      }
    }
  }

  /** Adds dys at t (N,H); past a sequence's length zeros, whatever stands there. */
  private void addOutputGradient(int t, Tensor3 dys) {
    double[] dh = dStates[0];
    double[] dy = dys.data();
    for (int i = 0; i < n; i++) {
      int to = i * hidden;
      int from = (i * steps + t) * hidden;
      boolean counts = t < lengths[i];
      for (int j = 0; j < hidden; j++) {
        dh[to + j] += counts ? dy[from + j] : 0;
      }
    }
  }

  /** A step backward in which sequences that had ended by then have no part. */
  private void stepBackwardWhereActive(int t) {
    for (int s = 0; s < dStates.length; s++) {
      System.arraycopy(dStates[s], 0, still[s], 0, n * hidden);
    }
    stepBackward(t);
    for (int i = 0; i < n; i++) {
      if (t >= lengths[i]) {
        for (int s = 0; s < dStates.length; s++) {
          System.arraycopy(still[s], i * hidden, dStates[s], i * hidden, hidden);
        }
        clearGradients(t * n + i);
      }
    }
  }

  /** Sets the gradients that a step left in one row, t·N + n, to zero. */
  void clearGradients(int row) {
    int width = wx.value().cols();
    Arrays.fill(a, row * width, (row + 1) * width, 0);
  }

  private void reserve(int batch, int length, int[] sequenceLengths) {
    steps = 0; // no forward stands if there is no room for it
    backwardDone = false;
    checkRoom(batch, length);
    x = room("inputs", x, batch, length, inputSize());
    a = room(GATES, a, batch, length, wx.value().cols());
    for (int s = 0; s < states.length; s++) {
      states[s] = room(STATES, states[s], batch, length + 1, hidden);
    }
    reserveForward(batch, length);
    n = batch;
    steps = length;
    lengths = Lengths.copied(sequenceLengths, n, steps, lengths);
    shortest = Lengths.shortest(lengths);
  }

  @Override
  public void checkRoom(int batch, int length) {
    Room.size(name, GATES, batch, length, wx.value().cols());
    Room.size(name, STATES, batch, length + 1L, hidden);
  }

  final double[] room(String array, double[] kept, int batch, int length, int features) {
    return Room.of(name, array, kept, batch, length, features);
  }

  @Override
  public void setState(State state) {
    if (!stateful) {
      throw new IllegalStateException(
          name
              + ".setState: this layer is not stateful and starts every forward from zeros; "
              + "pass the state to forward(xs, initial), or build the layer stateful");
    }
    state.check(name + ".setState", state.h().rows(), stateSizes());
    kept = copyOf(state);
  }

  @Override
  public Optional<State> keptState() {
    return Optional.ofNullable(kept).map(CellLoop::copyOf);
  }

  @Override
  public void resetState() {
    kept = null;
  }

  @Override
  public State finalState() {
    Shapes.checkForwardDone(name + ".finalState", steps > 0);
    return copyOf(states, steps * n * hidden);
  }

  @Override
  public State initialStateGradient() {
    if (!backwardDone) {
      throw new IllegalStateException(
          name + ".initialStateGradient: the latest forward had no backward yet; call backward");
    }
    return copyOf(dStates, 0);
  }

  private State copyOf(double[][] parts, int at) {
    List<Matrix> copies = new ArrayList<>();
    for (double[] part : parts) {
      Matrix copy = new Matrix(n, hidden);
      System.arraycopy(part, at, copy.data(), 0, n * hidden);
      copies.add(copy);
    }
    return new State(copies);
  }

  private static State copyOf(State state) {
    return new State(state.matrices().stream().map(Matrix::copy).toList());
  }

  @Override
  public boolean stateful() {
    return stateful;
  }

  @Override
  public int[] stateSizes() {
    int[] sizes = new int[states.length];
    Arrays.fill(sizes, hidden);
    return sizes;
  }

  @Override
  public int inputSize() {
    return wx.value().rows();
  }

  @Override
  public int outputSize() {
    return hidden;
  }
}
