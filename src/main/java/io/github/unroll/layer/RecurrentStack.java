package io.github.unroll.layer;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Recurrent layers one upon the other: each reads the outputs of the one below, with dropout
 * between if wanted (not below the first, not above the last). Its {@link State} is those of its
 * layers, from the lowest up.
 */
public final class RecurrentStack implements RecurrentLayer {

  private final List<RecurrentLayer> layers;
  private final List<TimeDropout> dropouts; // dropouts.get(l) reads the outputs of layer l

  /**
   * A stack without dropout.
   *
   * @param layers from the lowest up, at least one, all stateful or none
   * @throws IllegalArgumentException if the layers do not fit together
   */
  public RecurrentStack(List<? extends RecurrentLayer> layers) {
    this(layers, 0, new RandomState(0));
  }

  /**
   * A stack with dropout between its layers.
   *
   * @param layers from the lowest up, at least one, all stateful or none
   * @param dropout probability that a value between two layers is dropped, in [0, 1)
   * @param random modified: where the masks are drawn from
   * @throws IllegalArgumentException if the layers do not fit together
   */
  public RecurrentStack(List<? extends RecurrentLayer> layers, double dropout, RandomState random) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("RecurrentStack: no layers; pass at least one");
    }
    this.layers = List.copyOf(layers);
    List<TimeDropout> between = new ArrayList<>();
    for (int l = 1; l < layers.size(); l++) {
      RecurrentLayer lower = layers.get(l - 1);
      RecurrentLayer upper = layers.get(l);
      if (lower.outputSize() != upper.inputSize()) {
        throw new IllegalArgumentException(
            "RecurrentStack: layer %d gives %d features and layer %d reads %d"
                .formatted(l - 1, lower.outputSize(), l, upper.inputSize()));
      }
      if (lower.stateful() != upper.stateful()) {
        throw new IllegalArgumentException(
            "RecurrentStack: layers %d and %d: one is stateful, one is not".formatted(l - 1, l));
      }
      between.add(new TimeDropout(lower.outputSize(), dropout, random));
    }
    this.dropouts = List.copyOf(between);
  }

  /**
   * Switches between training and use.
   *
   * @param training whether dropout acts from the next forward on
   */
  public void setTraining(boolean training) {
    dropouts.forEach(dropout -> dropout.setTraining(training));
  }

  @Override
  public void forwardInto(Tensor3 xs, int[] lengths, State initial, Tensor3 hs) {
    List<State> starts = State.split("RecurrentStack.forward", initial, layers);
    Tensor3 below = xs;
    int top = layers.size() - 1;
    for (int l = 0; l < top; l++) {
      below = dropouts.get(l).forward(layers.get(l).forward(below, lengths, starts.get(l)));
    }
    layers.get(top).forwardInto(below, lengths, starts.get(top), hs);
  }

  @Override
  public Tensor3 backward(Tensor3 dhs) {
    return backward(dhs, null);
  }

  @Override
  public Tensor3 backward(Tensor3 dhs, State dFinal) {
    List<State> dFinals = State.split("RecurrentStack.backward", dFinal, layers);
    return layers.get(0).backward(backwardToLowest(dhs, dFinals), dFinals.get(0));
  }

  @Override
  public void backwardInto(Tensor3 dhs, State dFinal, Tensor3 dxs) {
    List<State> dFinals = State.split("RecurrentStack.backward", dFinal, layers);
    layers.get(0).backwardInto(backwardToLowest(dhs, dFinals), dFinals.get(0), dxs);
  }

  /** The gradient of the outputs of the lowest layer. */
  private Tensor3 backwardToLowest(Tensor3 dhs, List<State> dFinals) {
    Tensor3 dBelow = dhs;
    for (int l = layers.size() - 1; l > 0; l--) {
      dBelow = dropouts.get(l - 1).backward(layers.get(l).backward(dBelow, dFinals.get(l)));
    }
    return dBelow;
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
    List<State> parts = State.split("RecurrentStack.setState", state, layers);
    for (int l = 0; l < layers.size(); l++) {
      layers.get(l).setState(parts.get(l));
    }
  }

  @Override
  public void resetState() {
    layers.forEach(RecurrentLayer::resetState);
  }

  @Override
  public int[] stateSizes() {
    return layers.stream().flatMapToInt(layer -> Arrays.stream(layer.stateSizes())).toArray();
  }

  @Override
  public List<Parameter> parameters() {
    return layers.stream().flatMap(layer -> layer.parameters().stream()).toList();
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
