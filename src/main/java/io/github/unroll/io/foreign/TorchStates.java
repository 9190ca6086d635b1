package io.github.unroll.io.foreign;

import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.State;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * States of recurrent layers in PyTorch's form: h and c apart, each of all layers and directions,
 * (layers·directions, N, H), the lowest layer first, forward before backward. Gradients of states
 * have the same form.
 *
 * <pre>{@code
 * Tensor3 y = lstm.forward(xs, TorchStates.toUnroll(lstm, h0, c0));
 * Tensor3 hn = TorchStates.h(lstm, lstm.finalState());
 * }</pre>
 */
public final class TorchStates {

  private TorchStates() {}

  /**
   * {@return the state of an RNN or a GRU}
   *
   * @param layer the layer of the state, or a stack of layers
   * @param h its h (layers·directions, N, H)
   * @throws IllegalArgumentException if the layer has c too, or h another number of layers and
   *     directions
   */
  public static State toUnroll(RecurrentLayer layer, Tensor3 h) {
    return toUnroll(layer, new Tensor3[] {h});
  }

  /**
   * {@return the state of an LSTM}
   *
   * @param layer the layer of the state, or a stack of layers
   * @param h its h (layers·directions, N, H); with a projection (layers·directions, N, P)
   * @param c its c (layers·directions, N, H)
   * @throws IllegalArgumentException if the layer has no c, or h or c another number of layers and
   *     directions
   */
  public static State toUnroll(RecurrentLayer layer, Tensor3 h, Tensor3 c) {
    return toUnroll(layer, new Tensor3[] {h, c});
  }

  private static State toUnroll(RecurrentLayer layer, Tensor3... parts) {
    int count = count(layer);
    requireParts(layer.stateSizes().length == count * parts.length);
    List<Matrix> matrices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (Tensor3 part : parts) {
        if (part.d0() != count) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "TorchStates: this layer has %d layers and directions, but the state %s",
                  count,
                  part.shape()));
        }
        matrices.add(part.sequence(i).copy());
      }
    }
    return new State(matrices);
  }

  /**
   * {@return h of all layers and directions (layers·directions, N, H)}
   *
   * @param layer the layer of the state, or a stack of layers
   * @param state its state, or the gradient of one
   * @throws IllegalArgumentException if the state is not that of the layer, or its layers differ in
   *     their size
   */
  public static Tensor3 h(RecurrentLayer layer, State state) {
    return part(layer, state, 0);
  }

  /**
   * {@return c of all layers and directions of an LSTM (layers·directions, N, H)}
   *
   * @param layer the layer of the state, or a stack of layers
   * @param state its state, or the gradient of one
   * @throws IllegalArgumentException if the layer has no c, the state is not that of the layer, or
   *     its layers differ in their size
   */
  public static Tensor3 c(RecurrentLayer layer, State state) {
    return part(layer, state, 1);
  }

  private static Tensor3 part(RecurrentLayer layer, State state, int part) {
    int count = count(layer);
    int each = layer.stateSizes().length / count;
    requireParts(part < each && state.matrices().size() == count * each);
    Tensor3 all = new Tensor3(count, state.h().rows(), layer.stateSizes()[part]);
    for (int i = 0; i < count; i++) {
      all.sequence(i).copyFrom(state.matrices().get(i * each + part));
    }
    return all;
  }

  private static void requireParts(boolean fit) {
    if (!fit) {
      throw new IllegalArgumentException(
          "TorchStates: not the state of this layer: every layer and direction of an LSTM has h and"
              + " c, of an RNN or a GRU h alone");
    }
  }

  /** The number of layers, each direction counted. */
  private static int count(RecurrentLayer layer) {
    int count = 0;
    for (RecurrentLayer one :
        layer instanceof RecurrentStack stack ? stack.layers() : List.of(layer)) {
      count += CellWeights.directions(one).size();
    }
    return count;
  }
}
