package io.github.unroll.layer;

import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A recurrent layer that reads each sequence backward: from its last step to its first (direction
 * "reverse" in ONNX, {@code go_backwards} in Keras). With {@code lengths} it begins at the last
 * step that counts, as ONNX does; with a {@link Mask#of mask that may have holes} it begins at the
 * end, as Keras does with every mask. Its final state is the one at the first step.
 */
public final class Reversed implements RecurrentLayer {

  /** The order of the outputs. */
  public enum Order {
    /** Output t belongs to input t (ONNX, and the second half of {@link Bidirectional}). */
    OF_INPUTS,
    /** The outputs are in reading order, that of the last input first (Keras). */
    AS_READ
  }

  private final RecurrentLayer layer;
  private final Order order;

  private int n;
  private int steps;
  private Mask mask;
  private Tensor3 inputs; // (N,T,D) in reading order, then their gradient
  private Tensor3 outputs; // (N,T,H) in reading order, then their gradient

  /**
   * A layer whose outputs are in the order of the inputs.
   *
   * @param layer reads the sequences from their last step back
   * @throws IllegalArgumentException if the layer is stateful
   */
  public Reversed(RecurrentLayer layer) {
    this(layer, Order.OF_INPUTS);
  }

  /**
   * A layer that reads backward.
   *
   * @param layer reads the sequences from their last step back
   * @param order the order of the outputs
   * @throws IllegalArgumentException if the layer is stateful
   */
  public Reversed(RecurrentLayer layer, Order order) {
    if (layer.stateful()) {
      throw new IllegalArgumentException(
          "Reversed: a stateful layer cannot read backward, because its kept state is not that"
              + " of later steps; build the layer without state");
    }
    this.layer = layer;
    this.order = Objects.requireNonNull(order, "order");
  }

  /** {@return the layer that reads backward} */
  public RecurrentLayer layer() {
    return layer;
  }

  @Override
  public void forwardInto(Tensor3 xs, Mask mask, State initial, Tensor3 hs) {
    Shapes.checkFeatures("Reversed.forward: xs", xs, inputSize());
    Shapes.check("Reversed.forward: hs", hs, xs.d0(), xs.d1(), outputSize());
    Mask.check(mask, xs.d0(), xs.d1());
    steps = 0; // no forward is valid if the layer throws
    inputs = Room.of(inputs, xs.d0(), xs.d1(), inputSize());
    this.mask = mask;
    copyReversed(xs, inputs);
    Mask asRead = Mask.reversed(mask, xs.d1());
    if (order == Order.AS_READ) {
      layer.forwardInto(inputs, asRead, initial, hs);
    } else {
      outputs = Room.of(outputs, xs.d0(), xs.d1(), outputSize());
      layer.forwardInto(inputs, asRead, initial, outputs);
      copyReversed(outputs, hs);
    }
    n = xs.d0();
    steps = xs.d1();
  }

  @Override
  public void checkRoom(int batch, int length) {
    layer.checkRoom(batch, length);
  }

  @Override
  public Tensor3 backward(Tensor3 dhs) {
    return backward(dhs, null);
  }

  @Override
  public Tensor3 backward(Tensor3 dhs, State dFinal) {
    Shapes.checkForwardDone("Reversed.backward", steps > 0);
    Tensor3 dxs = new Tensor3(n, steps, inputSize());
    backwardInto(dhs, dFinal, dxs);
    return dxs;
  }

  @Override
  public void backwardInto(Tensor3 dhs, State dFinal, Tensor3 dxs) {
    Shapes.checkForwardDone("Reversed.backward", steps > 0);
    Shapes.check("Reversed.backward: dhs", dhs, n, steps, outputSize());
    Shapes.check("Reversed.backward: dxs", dxs, n, steps, inputSize());
    if (order == Order.AS_READ) {
      layer.backwardInto(dhs, dFinal, inputs);
    } else {
      copyReversed(dhs, outputs);
      layer.backwardInto(outputs, dFinal, inputs);
    }
    copyReversed(inputs, dxs);
  }

  private void copyReversed(Tensor3 from, Tensor3 to) {
    MatrixView source = from.asRows();
    MatrixView target = to.asRows();
    int length = from.d1();
    for (int i = 0; i < from.d0(); i++) {
      for (int t = 0; t < length; t++) {
        target.copyRow(i * length + t, source, i * length + Mask.reversed(mask, i, t, length));
      }
    }
  }

  @Override
  public void setTraining(boolean training) {
    layer.setTraining(training);
  }

  @Override
  public State finalState() {
    return layer.finalState();
  }

  @Override
  public State initialStateGradient() {
    return layer.initialStateGradient();
  }

  @Override
  public boolean stateful() {
    return false;
  }

  @Override
  public void setState(State state) {
    throw new IllegalStateException(
        "Reversed.setState: this layer is not stateful; pass the state to forward(xs, initial)");
  }

  @Override
  public Optional<State> keptState() {
    return Optional.empty();
  }

  @Override
  public void resetState() {
    // the layer keeps no state
  }

  @Override
  public int[] stateSizes() {
    return layer.stateSizes();
  }

  @Override
  public List<Parameter> parameters() {
    return layer.parameters();
  }

  @Override
  public int inputSize() {
    return layer.inputSize();
  }

  @Override
  public int outputSize() {
    return layer.outputSize();
  }
}
