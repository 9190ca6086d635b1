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
   * @throws IllegalArgumentException if the layer has c too, or the shape does not fit
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
   * @throws IllegalArgumentException if the layer has no c, or a shape does not fit
   */
  public static State toUnroll(RecurrentLayer layer, Tensor3 h, Tensor3 c) {
    return toUnroll(layer, new Tensor3[] {h, c});
  }

  private static State toUnroll(RecurrentLayer layer, Tensor3[] parts) {
    List<int[]> sizes = sizes(layer);
    List<Matrix> matrices = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      requireParts(sizes.get(i), parts.length);
      for (int part = 0; part < parts.length; part++) {
        Tensor3 all = parts[part];
        int size = sizes.get(i)[part];
        if (all.d0() != sizes.size() || all.d1() != parts[0].d1() || all.d2() != size) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "TorchStates: %s must be (%dx%dx%d) for %d layers and directions, not %s",
                  part == 0 ? "h" : "c",
                  sizes.size(),
                  parts[0].d1(),
                  size,
                  sizes.size(),
                  all.shape()));
        }
        matrices.add(all.sequence(i).copy());
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
    List<int[]> sizes = sizes(layer);
    int parts = sizes.stream().mapToInt(own -> own.length).sum();
    requireParts(sizes.get(0), Math.max(part + 1, sizes.get(0).length));
    if (state.matrices().size() != parts) {
      throw misfit(layer, state);
    }
    Tensor3 all = new Tensor3(sizes.size(), state.h().rows(), sizes.get(0)[part]);
    for (int i = 0; i < sizes.size(); i++) {
      Matrix matrix = state.matrices().get(i * parts / sizes.size() + part);
      if (matrix.rows() != all.d1() || matrix.cols() != all.d2()) {
        throw misfit(layer, state);
      }
      all.sequence(i).copyFrom(matrix);
    }
    return all;
  }

  private static IllegalArgumentException misfit(RecurrentLayer layer, State state) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "TorchStates: a state of %s is none of a %s in PyTorch, whose layers are of one size",
            state.matrices().stream().map(Matrix::shape).toList(),
            layer.getClass().getSimpleName()));
  }

  private static void requireParts(int[] sizes, int parts) {
    if (sizes.length != parts) {
      throw new IllegalArgumentException(
          parts == 1
              ? "TorchStates: an LSTM has the states h and c; pass both"
              : "TorchStates: only the state of an LSTM has c; this layer's has h alone");
    }
  }

  /** The sizes of the parts of the state of each layer and direction. */
  private static List<int[]> sizes(RecurrentLayer layer) {
    List<int[]> sizes = new ArrayList<>();
    List<RecurrentLayer> layers =
        layer instanceof RecurrentStack stack ? stack.layers() : CellWeights.directions(layer);
    if (layers.size() == 1 && layers.get(0) == layer) {
      return List.of(layer.stateSizes());
    }
    layers.forEach(part -> sizes.addAll(sizes(part)));
    return sizes;
  }
}
