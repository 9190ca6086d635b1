package io.github.unroll.layer;

import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Two recurrent layers over the same sequences, one from the first step on, one from the last step
 * back (Schuster and Paliwal 1997). The backward one starts at the last step that counts of each
 * sequence. Its {@link State} is that of the forward layer, then that of the backward one, whose
 * final state is the one at the first step.
 */
public final class Bidirectional implements RecurrentLayer {

  /** What becomes of the two outputs of a step. */
  public enum Merge {
    /** Side by side, forward first: (N,T,2H). */
    CONCATENATE,
    /** Their sum: (N,T,H). */
    ADD
  }

  private final RecurrentLayer ahead;
  private final RecurrentLayer back;
  private final Merge merge;

  private int n;
  private int steps;
  private int[] lengths = {};

  /**
   * A layer that puts the outputs of both directions side by side.
   *
   * @param ahead reads from the first step on
   * @param back reads from the last step back; not the same layer, though it may share parameters
   * @throws IllegalArgumentException if a layer is stateful or the two do not fit together
   */
  public Bidirectional(RecurrentLayer ahead, RecurrentLayer back) {
    this(ahead, back, Merge.CONCATENATE);
  }

  /**
   * A layer of both directions.
   *
   * @param ahead reads from the first step on
   * @param back reads from the last step back; not the same layer, though it may share parameters
   * @param merge what becomes of the two outputs
   * @throws IllegalArgumentException if a layer is stateful or the two do not fit together
   */
  public Bidirectional(RecurrentLayer ahead, RecurrentLayer back, Merge merge) {
    if (ahead.stateful() || back.stateful()) {
      throw new IllegalArgumentException(
          "Bidirectional: a stateful layer cannot be read backward, for the block before is not its"
              + " past; build both layers without state");
    }
    if (ahead == back) {
      throw new IllegalArgumentException(
          "Bidirectional: the two directions need a layer each; build two over the same cell");
    }
    if (ahead.inputSize() != back.inputSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Bidirectional: the layers read %d and %d features; both must read the same",
              ahead.inputSize(),
              back.inputSize()));
    }
    if (merge == Merge.ADD && ahead.outputSize() != back.outputSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Bidirectional: outputs of %d and %d features cannot be added; concatenate them",
              ahead.outputSize(),
              back.outputSize()));
    }
    this.ahead = ahead;
    this.back = back;
    this.merge = Objects.requireNonNull(merge, "merge");
  }

  @Override
  public void forwardInto(Tensor3 xs, int[] lengths, State initial, Tensor3 hs) {
    Shapes.checkFeatures("Bidirectional.forward: xs", xs, inputSize());
    Shapes.check("Bidirectional.forward: hs", hs, xs.d0(), xs.d1(), outputSize());
    Lengths.check(lengths, xs.d0(), xs.d1());
    int[] all = Lengths.copied(lengths, xs.d0(), xs.d1(), new int[0]);
    if (initial != null) {
      initial.check("Bidirectional.forward", xs.d0(), stateSizes());
    }
    List<State> starts = State.split(initial, List.of(ahead, back));
    Tensor3 fromFirst = ahead.forward(xs, all, starts.get(0));
    Tensor3 fromLast = back.forward(reversed(xs, all), all, starts.get(1));
    n = xs.d0();
    steps = xs.d1();
    this.lengths = all;
    merge(fromFirst, reversed(fromLast, all), hs);
  }

  private void merge(Tensor3 first, Tensor3 second, Tensor3 hs) {
    if (merge == Merge.CONCATENATE) {
      copyColumns(first, 0, hs, 0, first.d2());
      copyColumns(second, 0, hs, first.d2(), second.d2());
    } else {
      addInto(first, second, hs);
    }
  }

  @Override
  public Tensor3 backward(Tensor3 dhs) {
    return backward(dhs, null);
  }

  @Override
  public Tensor3 backward(Tensor3 dhs, State dFinal) {
    Shapes.checkForwardDone("Bidirectional.backward", steps > 0);
    Tensor3 dxs = new Tensor3(n, steps, inputSize());
    backwardInto(dhs, dFinal, dxs);
    return dxs;
  }

  @Override
  public void backwardInto(Tensor3 dhs, State dFinal, Tensor3 dxs) {
    Shapes.checkForwardDone("Bidirectional.backward", steps > 0);
    Shapes.check("Bidirectional.backward: dhs", dhs, n, steps, outputSize());
    Shapes.check("Bidirectional.backward: dxs", dxs, n, steps, inputSize());
    if (dFinal != null) {
      dFinal.check("Bidirectional.backward: dFinal", n, stateSizes());
    }
    List<State> dFinals = State.split(dFinal, List.of(ahead, back));
    Tensor3 dAhead = dhs;
    Tensor3 dBack = dhs;
    if (merge == Merge.CONCATENATE) {
      dAhead = new Tensor3(n, steps, ahead.outputSize());
      dBack = new Tensor3(n, steps, back.outputSize());
      copyColumns(dhs, 0, dAhead, 0, dAhead.d2());
      copyColumns(dhs, dAhead.d2(), dBack, 0, dBack.d2());
    }
    Tensor3 fromFirst = ahead.backward(dAhead, dFinals.get(0));
    Tensor3 fromLast = back.backward(reversed(dBack, lengths), dFinals.get(1));
    addInto(fromFirst, reversed(fromLast, lengths), dxs);
  }

  /** Each sequence from its last step to its first; zeros past its length. */
  private static Tensor3 reversed(Tensor3 xs, int[] lengths) {
    int steps = xs.d1();
    int d = xs.d2();
    Tensor3 reversed = new Tensor3(xs.d0(), steps, d);
    for (int i = 0; i < xs.d0(); i++) {
      for (int t = 0; t < lengths[i]; t++) {
        int from = (i * steps + lengths[i] - 1 - t) * d;
        System.arraycopy(xs.data(), from, reversed.data(), (i * steps + t) * d, d);
      }
    }
    return reversed;
  }

  private static void copyColumns(
      Tensor3 from, int fromColumn, Tensor3 to, int toColumn, int cols) {
    for (int row = 0; row < from.d0() * from.d1(); row++) {
      int source = row * from.d2() + fromColumn;
      System.arraycopy(from.data(), source, to.data(), row * to.d2() + toColumn, cols);
    }
  }

  private static void addInto(Tensor3 a, Tensor3 b, Tensor3 sum) {
    for (int i = 0; i < sum.data().length; i++) {
      sum.data()[i] = a.data()[i] + b.data()[i];
    }
  }

  @Override
  public void setTraining(boolean training) {
    ahead.setTraining(training);
    back.setTraining(training);
  }

  @Override
  public State finalState() {
    return State.joined(List.of(ahead.finalState(), back.finalState()));
  }

  @Override
  public State initialStateGradient() {
    return State.joined(List.of(ahead.initialStateGradient(), back.initialStateGradient()));
  }

  @Override
  public boolean stateful() {
    return false;
  }

  @Override
  public void setState(State state) {
    throw new IllegalStateException(
        "Bidirectional.setState: this layer is not stateful; pass the state to forward(xs,"
            + " initial)");
  }

  @Override
  public Optional<State> keptState() {
    return Optional.empty();
  }

  @Override
  public void resetState() {
    // neither direction keeps a state
  }

  @Override
  public int[] stateSizes() {
    int[] first = ahead.stateSizes();
    int[] second = back.stateSizes();
    int[] sizes = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, sizes, first.length, second.length);
    return sizes;
  }

  /**
   * The forward layer.
   *
   * @return the one that reads from the first step on
   */
  public RecurrentLayer ahead() {
    return ahead;
  }

  /**
   * The backward layer.
   *
   * @return the one that reads from the last step back
   */
  public RecurrentLayer back() {
    return back;
  }

  /**
   * What becomes of the two outputs.
   *
   * @return as the layer was built
   */
  public Merge merge() {
    return merge;
  }

  @Override
  public List<Parameter> parameters() {
    return Stream.of(ahead, back).flatMap(l -> l.parameters().stream()).distinct().toList();
  }

  @Override
  public int inputSize() {
    return ahead.inputSize();
  }

  @Override
  public int outputSize() {
    return merge == Merge.ADD ? ahead.outputSize() : ahead.outputSize() + back.outputSize();
  }
}
