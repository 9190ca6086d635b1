package io.github.unroll.layer;

import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The state of a recurrent layer between two steps: the parts of its cell's state, each (N, its
 * size), the output first: h, in an LSTM h and c, both (N,H). A layer made of several layers
 * ({@link Bidirectional}, {@link RecurrentStack}) has the parts of all of them, forward before
 * backward, lower before upper. Gradients of states have the same form.
 *
 * @param matrices the parts, each (N, its size)
 */
public record State(List<Matrix> matrices) {

  /**
   * A state of given parts.
   *
   * @param matrices at least one; the list is copied, the matrices are not
   * @throws IllegalArgumentException if there is none
   */
  public State {
    matrices = List.copyOf(matrices);
    if (matrices.isEmpty()) {
      throw new IllegalArgumentException("State: no matrix; a state has at least h");
    }
  }

  /**
   * {@return a state of given parts}
   *
   * @param matrices h, in an LSTM h and c; not copied
   * @throws IllegalArgumentException if there is none
   */
  public static State of(Matrix... matrices) {
    return new State(List.of(matrices));
  }

  /** {@return the hidden state, the first part (N,H)} */
  public Matrix h() {
    return matrices.get(0);
  }

  /**
   * {@return the cell state of an LSTM, the second part (N,H)}
   *
   * @throws IllegalStateException if there is none
   */
  public Matrix c() {
    if (matrices.size() < 2) {
      throw new IllegalStateException("State.c: this state has only h, as that of an RNN or a GRU");
    }
    return matrices.get(1);
  }

  /** {@return a copy with its own matrices} */
  State copy() {
    return new State(matrices.stream().map(Matrix::copy).toList());
  }

  /** The states of several layers as one state. */
  static State joined(List<State> states) {
    return new State(states.stream().flatMap(state -> state.matrices.stream()).toList());
  }

  /** Throws unless there is a part (n,H) for each width H. */
  void check(String verb, int n, int[] sizes) {
    if (matrices.size() != sizes.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: a state has %d parts, not %d",
              verb,
              sizes.length,
              matrices.size()));
    }
    for (int i = 0; i < sizes.length; i++) {
      Matrix part = matrices.get(i);
      if (part.rows() != n || part.cols() != sizes[i]) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: part %d of a state must be (%dx%d), not %s",
                verb,
                i,
                n,
                sizes[i],
                part.shape()));
      }
    }
  }

  /** Splits a checked state into those of several layers; all null if it is null. */
  static List<State> split(State state, List<? extends RecurrentLayer> layers) {
    List<State> parts = new ArrayList<>();
    int from = 0;
    for (RecurrentLayer layer : layers) {
      int to = from + layer.stateSizes().length;
      parts.add(state == null ? null : new State(state.matrices.subList(from, to)));
      from = to;
    }
    return parts;
  }
}
