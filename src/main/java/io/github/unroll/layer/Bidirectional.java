package io.github.unroll.layer;

import io.github.unroll.cell.Cell;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Two recurrent layers over the same sequences, one forward from the first step, one backward from
 * the last step (Schuster and Paliwal 1997). The backward layer starts at the last step of each
 * sequence that counts. The {@link State} has the parts of the forward layer, then those of the
 * backward layer, whose final state is the one at the first step.
 */
public final class Bidirectional implements RecurrentLayer {

  private final RecurrentLayer ahead;
  private final Reversed back;
  private final List<RecurrentLayer> directions;
  private final Merge merge;

  private int n;
  private int steps;
  private Tensor3 fromFirst; // (N,T,H): forward outputs, then their gradient
  private Tensor3 fromLast; // (N,T,H): backward outputs, then their gradient
  private Tensor3 dxsBack; // (N,T,D): gradient of the inputs through the backward layer

  /**
   * A layer that concatenates the outputs of both directions.
   *
   * @param ahead the forward layer
   * @param back the backward layer; not the same object, though it may share parameters
   * @throws IllegalArgumentException if a layer is stateful or the two do not fit together
   */
  public Bidirectional(RecurrentLayer ahead, RecurrentLayer back) {
    this(ahead, back, Merge.CONCATENATE);
  }

  /**
   * A layer of both directions.
   *
   * @param ahead the forward layer
   * @param back the backward layer; not the same object, though it may share parameters
   * @param merge how the two outputs are merged
   * @throws IllegalArgumentException if a layer is stateful or the two do not fit together
   */
  public Bidirectional(RecurrentLayer ahead, RecurrentLayer back, Merge merge) {
    if (ahead.stateful() || back.stateful()) {
      throw new IllegalArgumentException(
          "Bidirectional: a stateful layer cannot read backward, because its kept state is"
              + " not that of later steps; build both layers without state");
    }
    if (ahead == back) {
      throw new IllegalArgumentException(
          "Bidirectional: each direction needs its own layer; build two over the same cell");
    }
    if (ahead.inputSize() != back.inputSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Bidirectional: the layers read %d and %d features; both must read the same",
              ahead.inputSize(),
              back.inputSize()));
    }
    if (merge != Merge.CONCATENATE && ahead.outputSize() != back.outputSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Bidirectional: outputs of %d and %d features can only be concatenated, not merged by"
                  + " %s",
              ahead.outputSize(),
              back.outputSize(),
              merge));
    }
    this.ahead = ahead;
    this.back = new Reversed(back);
    this.directions = List.of(ahead, this.back);
    this.merge = Objects.requireNonNull(merge, "merge");
  }

  @Override
  public void forwardInto(Tensor3 xs, Mask mask, State initial, Tensor3 hs) {
    Shapes.checkFeatures("Bidirectional.forward: xs", xs, inputSize());
    Shapes.check("Bidirectional.forward: hs", hs, xs.d0(), xs.d1(), outputSize());
    Mask.check(mask, xs.d0(), xs.d1());
    if (initial != null) {
      initial.check("Bidirectional.forward", xs.d0(), stateSizes());
    }
    List<State> starts = State.split(initial, directions);
    checkRoom(xs.d0(), xs.d1());
    steps = 0; // no forward is valid if a layer throws
    fromFirst = Room.of(fromFirst, xs.d0(), xs.d1(), ahead.outputSize());
    fromLast = Room.of(fromLast, xs.d0(), xs.d1(), back.outputSize());
    ahead.forwardInto(xs, mask, starts.get(0), fromFirst);
    back.forwardInto(xs, mask, starts.get(1), fromLast);
    merge.merge(fromFirst.asRows(), fromLast.asRows(), hs.asRows());
    n = xs.d0();
    steps = xs.d1();
  }

  @Override
  public void checkRoom(int batch, int length) {
    directions.forEach(direction -> direction.checkRoom(batch, length));
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
    List<State> dFinals = State.split(dFinal, directions);
    dxsBack = Room.of(dxsBack, n, steps, inputSize());
    merge.backward(dhs.asRows(), fromFirst.asRows(), fromLast.asRows());
    ahead.backwardInto(fromFirst, dFinals.get(0), dxs);
    back.backwardInto(fromLast, dFinals.get(1), dxsBack);
    dxs.asRows().add(dxsBack.asRows());
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
  public List<Cell> cells() {
    throw new IllegalArgumentException(
        "RecurrentSession: a Bidirectional layer also reads each sequence from its end and cannot"
            + " run step by step; call forward on whole sequences");
  }

  @Override
  public int[] stateSizes() {
    int[] first = ahead.stateSizes();
    int[] second = back.stateSizes();
    int[] sizes = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, sizes, first.length, second.length);
    return sizes;
  }

  /** {@return the forward layer, which reads from the first step on} */
  public RecurrentLayer ahead() {
    return ahead;
  }

  /** {@return the backward layer, which reads from the last step back} */
  public RecurrentLayer back() {
    return back.layer();
  }

  /** {@return how the two outputs are merged} */
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
    return merge.size(ahead.outputSize(), back.outputSize());
  }
}
