package io.github.unroll.layer;

import io.github.unroll.cell.Cell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A stack of recurrent layers: each reads the outputs of the layer below, with optional dropout
 * between layers (not before the first, not after the last). Its {@link State} has the parts of all
 * layers, the lowest first.
 */
public final class RecurrentStack implements RecurrentLayer {

  private final List<RecurrentLayer> layers;
  private final List<TimeDropout> dropouts; // dropouts.get(l) reads the outputs of layer l
  private final Tensor3[] between; // between[l]: outputs of layer l, then their gradient

  private int n;
  private int steps;

  /**
   * A stack without dropout.
   *
   * @param layers the layers, the lowest first, at least one, all stateful or none
   * @throws IllegalArgumentException if the layers do not fit together
   */
  public RecurrentStack(List<? extends RecurrentLayer> layers) {
    this(layers, 0, new RandomState(0));
  }

  /**
   * A stack with dropout between its layers.
   *
   * @param layers the layers, the lowest first, at least one, all stateful or none
   * @param dropout probability that a value between two layers is dropped, in [0, 1)
   * @param random modified: the source of the masks
   * @throws IllegalArgumentException if the layers do not fit together
   */
  public RecurrentStack(List<? extends RecurrentLayer> layers, double dropout, RandomState random) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("RecurrentStack: no layers; pass at least one");
    }
    TimeDropout.checkRate("RecurrentStack: dropout", dropout);
    this.layers = List.copyOf(layers);
    this.between = new Tensor3[layers.size() - 1];
    List<TimeDropout> reading = new ArrayList<>();
    for (int l = 1; l < layers.size(); l++) {
      RecurrentLayer lower = layers.get(l - 1);
      RecurrentLayer upper = layers.get(l);
      if (layers.subList(0, l).stream().anyMatch(other -> other == upper)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "RecurrentStack: layer %d is listed twice; build two over the same cell",
                l));
      }
      if (lower.outputSize() != upper.inputSize()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "RecurrentStack: layer %d gives %d features and layer %d reads %d",
                l - 1,
                lower.outputSize(),
                l,
                upper.inputSize()));
      }
      if (lower.stateful() != upper.stateful()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "RecurrentStack: layers %d and %d: one is stateful, one is not",
                l - 1,
                l));
      }
      reading.add(new TimeDropout(lower.outputSize(), dropout, random));
    }
    this.dropouts = List.copyOf(reading);
  }

  @Override
  public void setTraining(boolean training) {
    layers.forEach(layer -> layer.setTraining(training));
    dropouts.forEach(dropout -> dropout.setTraining(training));
  }

  @Override
  public void forwardInto(Tensor3 xs, Mask mask, State initial, Tensor3 hs) {
    Shapes.checkFeatures("RecurrentStack.forward: xs", xs, inputSize());
    Shapes.check("RecurrentStack.forward: hs", hs, xs.d0(), xs.d1(), outputSize());
    Mask.check(mask, xs.d0(), xs.d1());
    if (initial != null) {
      initial.check("RecurrentStack.forward", xs.d0(), stateSizes());
    }
    List<State> starts = initial == null ? null : State.split(initial, layers);
    checkRoom(xs.d0(), xs.d1());
    steps = 0; // no forward is valid if a layer throws
    reserve(xs.d0(), xs.d1());
    Tensor3 below = xs;
    for (int l = 0; l < layers.size(); l++) {
      Tensor3 above = l < between.length ? between[l] : hs;
      layers.get(l).forwardInto(below, mask, starts == null ? null : starts.get(l), above);
      if (l < between.length) {
        dropouts.get(l).forwardInto(above, above);
      }
      below = above;
    }
    n = xs.d0();
    steps = xs.d1();
  }

  @Override
  public void checkRoom(int batch, int length) {
    for (RecurrentLayer layer : layers) {
      layer.checkRoom(batch, length);
    }
  }

  private void reserve(int batch, int length) {
    for (int l = 0; l < between.length; l++) {
      between[l] = Room.of(between[l], batch, length, layers.get(l).outputSize());
    }
  }

  @Override
  public Tensor3 backward(Tensor3 dhs) {
    return backward(dhs, null);
  }

  @Override
  public Tensor3 backward(Tensor3 dhs, State dFinal) {
    Shapes.checkForwardDone("RecurrentStack.backward", steps > 0);
    Tensor3 dxs = new Tensor3(n, steps, inputSize());
    backwardInto(dhs, dFinal, dxs);
    return dxs;
  }

  @Override
  public void backwardInto(Tensor3 dhs, State dFinal, Tensor3 dxs) {
    Shapes.checkForwardDone("RecurrentStack.backward", steps > 0);
    Shapes.check("RecurrentStack.backward: dhs", dhs, n, steps, outputSize());
    Shapes.check("RecurrentStack.backward: dxs", dxs, n, steps, inputSize());
    if (dFinal != null) {
      dFinal.check("RecurrentStack.backward: dFinal", n, stateSizes());
    }
    List<State> dFinals = dFinal == null ? null : State.split(dFinal, layers);
    Tensor3 dAbove = dhs;
    for (int l = layers.size() - 1; l >= 0; l--) {
      Tensor3 dBelow = l > 0 ? between[l - 1] : dxs;
      layers.get(l).backwardInto(dAbove, dFinals == null ? null : dFinals.get(l), dBelow);
      if (l > 0) {
        dropouts.get(l - 1).backwardInto(dBelow, dBelow);
      }
      dAbove = dBelow;
    }
  }

  @Override
  public State finalState() {
    return State.joined(layers.stream().map(RecurrentLayer::finalState).toList());
  }

  @Override
  public State initialStateGradient() {
    return State.joined(layers.stream().map(RecurrentLayer::initialStateGradient).toList());
  }

  @Override
  public boolean stateful() {
    return layers.get(0).stateful();
  }

  @Override
  public void setState(State state) {
    state.check("RecurrentStack.setState", state.h().rows(), stateSizes());
    List<State> parts = State.split(state, layers);
    for (int l = 0; l < layers.size(); l++) {
      layers.get(l).setState(parts.get(l));
    }
  }

  @Override
  public Optional<State> keptState() {
    List<State> parts = layers.stream().flatMap(layer -> layer.keptState().stream()).toList();
    return parts.size() == layers.size() ? Optional.of(State.joined(parts)) : Optional.empty();
  }

  @Override
  public void resetState() {
    layers.forEach(RecurrentLayer::resetState);
  }

  @Override
  public List<Cell> cells() {
    return layers.stream().flatMap(layer -> layer.cells().stream()).toList();
  }

  @Override
  public int[] stateSizes() {
    return layers.stream().flatMapToInt(layer -> Arrays.stream(layer.stateSizes())).toArray();
  }

  /** {@return the layers, the lowest first; unmodifiable} */
  public List<RecurrentLayer> layers() {
    return layers;
  }

  @Override
  public List<Parameter> parameters() {
    return layers.stream().flatMap(layer -> layer.parameters().stream()).distinct().toList();
  }

  @Override
  public int inputSize() {
    return layers.get(0).inputSize();
  }

  @Override
  public int outputSize() {
    return layers.get(layers.size() - 1).outputSize();
  }
}
