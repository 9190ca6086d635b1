package io.github.unroll.layer;

import io.github.unroll.cell.Cell;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Any {@link Cell} unrolled over T steps: inputs (N,T,D), outputs (N,T,H). Its {@link State} has
 * the parts of the cell's state. The results are those of the cell stepped by hand.
 *
 * <p>For speed, the input products of all steps are one product before the loop, and each weight
 * gradient is one product after it.
 *
 * @param <C> the type of the cell
 */
public class Recurrent<C extends Cell> implements RecurrentLayer {

  /** The output of a layer at steps that do not count. */
  public enum SkippedOutput {
    /** Zeros. */
    ZERO,
    /** The output of the latest step that counts, zeros before the first (the default of Keras). */
    LAST
  }

  private final C cell;
  private final boolean stateful;
  private final int[] stateSizes;
  private final UnrolledCell unrolled;
  private SkippedOutput nextSkippedOutput = SkippedOutput.ZERO;

  // The names of the layer and its methods in messages, joined once so that checks allocate
  // nothing.
  private final String name;
  private final String forward;
  private final String backward;

  private int n;
  private int steps;
  private Mask mask;
  private SkippedOutput skippedOutput;
  private int[] first = {}; // for each sequence the first step that counts, T if there is none

  private State kept;
  private Done done = Done.NOTHING;

  /** How far the latest forward and its backward got; a cell may throw in the middle of either. */
  private enum Done {
    NOTHING,
    FORWARD,
    HALF_BACKWARD,
    BACKWARD
  }

  /**
   * A layer that starts every forward from the cell's initial state.
   *
   * @param cell the cell; its parameters are the layer's
   * @throws IllegalArgumentException if the sizes of the cell contradict each other or its weights,
   *     or wx is not among its parameters
   */
  public Recurrent(C cell) {
    this(cell, false);
  }

  /**
   * A layer over a cell.
   *
   * @param cell the cell; its parameters are the layer's
   * @param stateful whether a forward starts from the final state of the previous one
   * @throws IllegalArgumentException if the sizes of the cell contradict each other or its weights,
   *     or wx is not among its parameters
   */
  public Recurrent(C cell, boolean stateful) {
    this.cell = Objects.requireNonNull(cell, "cell");
    this.stateful = stateful;
    this.stateSizes = cell.stateSizes().clone();
    this.name = nameOf(cell);
    checkCell();
    this.forward = name + ".forward";
    this.backward = name + ".backward";
    this.unrolled = new UnrolledCell(cell, name);
  }

  private void checkCell() {
    refuseUnless(
        stateSizes.length > 0 && Arrays.stream(stateSizes).allMatch(size -> size > 0),
        "stateSizes() is %s; there must be at least one part, the output, each of at least 1",
        Arrays.toString(stateSizes));
    checkWidths("keptSizes()", cell.keptSizes());
    checkWidths("leftSizes()", cell.leftSizes());
    refuseUnless(
        cell.outputSize() == stateSizes[0],
        "outputSize() is %d, but the output is part 0 of the state, of %d",
        cell.outputSize(),
        stateSizes[0]);
    Matrix wx = cell.wx().value();
    refuseUnless(
        cell.inputSize() == wx.rows(),
        "inputSize() is %d, but wx is %s",
        cell.inputSize(),
        wx.shape());
    refuseUnless(
        cell.parameters().contains(cell.wx()),
        "parameters() lacks wx, which would never be trained");
  }

  private void checkWidths(String what, int[] sizes) {
    refuseUnless(
        Arrays.stream(sizes).allMatch(size -> size > 0),
        "%s is %s; each must be at least 1",
        what,
        Arrays.toString(sizes));
  }

  private void refuseUnless(boolean holds, String otherwise, Object... details) {
    if (!holds) {
      throw new IllegalArgumentException(
          name + ": the cell's " + String.format(Locale.ROOT, otherwise, details));
    }
  }

  /** {@return the cell that is unrolled} */
  public final C cell() {
    return cell;
  }

  /**
   * Sets the output at steps that do not count, from the next forward on.
   *
   * @param skippedOutput zeros, as in a new layer, or the latest output
   */
  public final void setSkippedOutput(SkippedOutput skippedOutput) {
    this.nextSkippedOutput = Objects.requireNonNull(skippedOutput, "skippedOutput");
  }

  @Override
  public final void checkRoom(int batch, int length) {
    unrolled.checkRoom(batch, length);
  }

  @Override
  public final void forwardInto(Tensor3 xs, Mask mask, State initial, Tensor3 hs) {
    Shapes.checkFeatures(forward, ": xs", xs, inputSize());
    Shapes.check(forward, ": hs", hs, xs.d0(), xs.d1(), outputSize());
    Mask.check(mask, xs.d0(), xs.d1());
    if (initial != null) {
      initial.check(forward, xs.d0(), stateSizes);
    } else if (kept != null && kept.h().rows() != xs.d0()) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "%s.forward: the kept state has a batch of %d, the inputs have a batch of %d; ",
                  name,
                  kept.h().rows(),
                  xs.d0())
              + "keep the batch size, or call resetState()");
    }
    State start = initial != null ? initial : kept;

    reserve(xs.d0(), xs.d1(), mask);
    copyInputs(xs.asRows());
    setInitialState(start);
    unrolled.beginForward();
    for (int t = 0; t < steps; t++) {
      unrolled.forward(t);
      standStill(t);
    }
    copyOutputs(hs.asRows());
    keepFinalState();
    done = Done.FORWARD;
  }

  private void reserve(int batch, int length, Mask newMask) {
    done = Done.NOTHING; // no forward is valid if its buffers do not fit
    unrolled.reserve(batch, length);
    n = batch;
    mask = newMask;
    skippedOutput = nextSkippedOutput;
    first = first.length == batch ? first : new int[batch];
    for (int i = 0; i < batch; i++) {
      first[i] = 0;
      while (first[i] < length && !counts(i, first[i])) {
        first[i]++;
      }
    }
    steps = length;
  }

  private boolean counts(int i, int t) {
    return mask == null || mask.counts(i, t);
  }

  /** Whether a sequence has an output at a step: its own or that of an earlier step. */
  private boolean hasOutput(int i, int t) {
    return counts(i, t) || (skippedOutput == SkippedOutput.LAST && t > first[i]);
  }

  private void copyInputs(MatrixView xs) {
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        if (counts(i, t)) {
          unrolled.x().copyRow(t * n + i, xs, i * steps + t);
        } else {
          unrolled.x().fillRow(t * n + i, 0);
        }
      }
    }
  }

  private void copyOutputs(MatrixView hs) {
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        if (hasOutput(i, t)) {
          hs.copyRow(i * steps + t, unrolled.state(0), (t + 1) * n + i);
        } else {
          hs.fillRow(i * steps + t, 0);
        }
      }
    }
  }

  private void setInitialState(State start) {
    for (int p = 0; p < stateSizes.length; p++) {
      for (int i = 0; i < n; i++) {
        if (start == null) {
          unrolled.state(p).fillRow(i, cell.initial(p));
        } else {
          unrolled.state(p).copyRow(i, start.matrices().get(p), i);
        }
      }
    }
  }

  /** Keeps the state of the sequences whose step t does not count. */
  private void standStill(int t) {
    for (int i = 0; mask != null && i < n; i++) {
      if (!counts(i, t)) {
        for (int p = 0; p < stateSizes.length; p++) {
          unrolled.state(p).copyRow((t + 1) * n + i, unrolled.state(p), t * n + i);
        }
      }
    }
  }

  private void keepFinalState() {
    if (!stateful) {
      return;
    }
    if (kept == null || kept.h().rows() != n) {
      kept = lastState();
      return;
    }
    for (int p = 0; p < stateSizes.length; p++) {
      for (int i = 0; i < n; i++) {
        kept.matrices().get(p).copyRow(i, unrolled.state(p), steps * n + i);
      }
    }
  }

  @Override
  public final Tensor3 backward(Tensor3 dys) {
    return backward(dys, null);
  }

  @Override
  public final Tensor3 backward(Tensor3 dys, State dFinal) {
    Shapes.checkForwardDone(backward, done != Done.NOTHING);
    Tensor3 dxs = new Tensor3(n, steps, inputSize());
    backwardInto(dys, dFinal, dxs);
    return dxs;
  }

  @Override
  public final void backwardInto(Tensor3 dys, State dFinal, Tensor3 dxs) {
    Shapes.checkForwardDone(backward, done != Done.NOTHING);
    Shapes.check(backward, ": dhs", dys, n, steps, outputSize());
    Shapes.check(backward, ": dxs", dxs, n, steps, inputSize());
    if (dFinal != null) {
      dFinal.check(name + ".backward: dFinal", n, stateSizes);
    }
    if (done != Done.FORWARD) {
      throw new IllegalStateException(
          name
              + ".backward: the latest forward already had its backward, which used up what it had"
              + " kept; call forward again, or add the gradients up and call backward once");
    }
    unrolled.reserveBackward();
    done = Done.HALF_BACKWARD; // from here on backward overwrites what forward kept

    setFinalGradients(dFinal);
    unrolled.beginBackward();
    MatrixView dhs = dys.asRows();
    for (int t = steps - 1; t >= 0; t--) {
      addOutputGradient(t, dhs);
      unrolled.backward(t);
      passOver(t);
    }
    unrolled.endBackward();
    copyInputGradients(dxs.asRows());
    done = Done.BACKWARD;
  }

  private void setFinalGradients(State dFinal) {
    for (int p = 0; p < stateSizes.length; p++) {
      if (dFinal == null) {
        unrolled.dState(steps, p).fill(0);
      } else {
        unrolled.dState(steps, p).copyFrom(dFinal.matrices().get(p));
      }
    }
  }

  private void addOutputGradient(int t, MatrixView dhs) {
    MatrixView dh = unrolled.dState(t + 1, 0);
    for (int i = 0; i < n; i++) {
      if (hasOutput(i, t)) {
        dh.addToRow(i, dhs, i * steps + t);
      }
    }
  }

  /** Passes on the gradients of the sequences whose step t does not count, unchanged. */
  private void passOver(int t) {
    for (int i = 0; mask != null && i < n; i++) {
      if (!counts(i, t)) {
        for (int p = 0; p < stateSizes.length; p++) {
          unrolled.dState(t, p).copyRow(i, unrolled.dState(t + 1, p), i);
        }
        unrolled.clearStep(t, i);
      }
    }
  }

  private void copyInputGradients(MatrixView dxs) {
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        if (counts(i, t)) {
          dxs.copyRow(i * steps + t, unrolled.x(), t * n + i);
        } else {
          dxs.fillRow(i * steps + t, 0);
        }
      }
    }
  }

  @Override
  public final void setState(State state) {
    if (!stateful) {
      throw new IllegalStateException(
          name
              + ".setState: this layer is not stateful and starts every forward anew; "
              + "pass the state to forward(xs, initial), or build the layer stateful");
    }
    state.check(name + ".setState", state.h().rows(), stateSizes);
    kept = state.copy();
  }

  @Override
  public final Optional<State> keptState() {
    return Optional.ofNullable(kept).map(State::copy);
  }

  @Override
  public final void resetState() {
    kept = null;
  }

  @Override
  public final State finalState() {
    Shapes.checkForwardDone(name + ".finalState", done != Done.NOTHING);
    return lastState();
  }

  private State lastState() {
    List<Matrix> parts = new ArrayList<>();
    for (int p = 0; p < stateSizes.length; p++) {
      parts.add(unrolled.state(p).rows(steps * n, n).copy());
    }
    return new State(parts);
  }

  @Override
  public final State initialStateGradient() {
    if (done != Done.BACKWARD) {
      throw new IllegalStateException(
          name + ".initialStateGradient: the latest forward had no backward yet; call backward");
    }
    List<Matrix> parts = new ArrayList<>();
    for (int p = 0; p < stateSizes.length; p++) {
      parts.add(unrolled.dState(0, p).copy());
    }
    return new State(parts);
  }

  @Override
  public final List<Cell> cells() {
    return List.of(cell);
  }

  @Override
  public final List<Parameter> parameters() {
    return cell.parameters();
  }

  @Override
  public final boolean stateful() {
    return stateful;
  }

  @Override
  public final int[] stateSizes() {
    return stateSizes.clone();
  }

  @Override
  public final int inputSize() {
    return cell.inputSize();
  }

  @Override
  public final int outputSize() {
    return stateSizes[0];
  }

  private String nameOf(Cell cell) {
    return getClass() == Recurrent.class
        ? "Recurrent of " + nameOf(cell.getClass())
        : nameOf(getClass());
  }

  private static String nameOf(Class<?> type) {
    String simple = type.getSimpleName(); // "" of an anonymous class
    return simple.isEmpty() ? type.getName().replaceFirst(".*\\.", "") : simple;
  }
}
