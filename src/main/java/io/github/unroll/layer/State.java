package io.github.unroll.layer;

import io.github.unroll.tensor.Matrix;
import java.nio.ByteBuffer;
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

  // ---- as bytes ----

  /**
   * {@return this state as bytes, {@link #toBytes(long)} with the number 0: of no model in
   * particular}
   *
   * @throws IllegalArgumentException if it is larger than an array
   */
  public byte[] toBytes() {
    return toBytes(0);
  }

  /**
   * {@return this state as bytes, such as for a state store, of which {@link #ofBytes(byte[],
   * long)} makes a state of equal bits}
   *
   * <p>The form, all numbers little endian, with P parts and V values in all of them:
   *
   * <pre>{@code
   * at        bytes
   * 0         4     55 52 53 54, "URST"
   * 4         4     the version of the form, 1
   * 8         4     the number of all bytes, 28 + 8·P + 8·V
   * 12        4     P
   * 16        8     the number of the model, or 0
   * 24        8·P   of each part the number of rows, then that of columns, 4 bytes each
   * 24 + 8·P  8·V   the values as float64: part by part, row by row
   * the last  4     the CRC-32 of all bytes before it, as in zip and zlib
   * }</pre>
   *
   * @param model a number by which you know the model's weights, such as {@link
   *     io.github.unroll.tensor.FlatParameters#fingerprint()}; 0 for none
   * @throws IllegalArgumentException if it is larger than an array
   */
  public byte[] toBytes(long model) {
    ByteBuffer bytes = ByteBuffer.allocate(StateFormat.size(this));
    write(bytes, model);
    return bytes.array();
  }

  /**
   * Writes the bytes of {@link #toBytes(long)} at the position of a buffer.
   *
   * @param to modified: its position moves behind the state; its byte order does not matter
   * @param model a number by which you know the model's weights; 0 for none
   * @throws IllegalArgumentException if there is not room enough; the buffer is then unchanged
   */
  public void write(ByteBuffer to, long model) {
    StateFormat.write(this, model, to);
  }

  /**
   * {@return the state of bytes that {@link #toBytes} made}
   *
   * @param bytes exactly those of one state; not kept
   * @throws IllegalArgumentException if they are no state, were cut off or changed
   */
  public static State ofBytes(byte[] bytes) {
    return ofBytes(bytes, 0);
  }

  /**
   * {@return the state of bytes that {@link #toBytes(long)} made with the same number}
   *
   * <p>A state tells its own shapes, and a session refuses one of other shapes. That a state is of
   * other weights of the same shapes only the number can tell.
   *
   * @param bytes exactly those of one state; not kept
   * @param model the number of the model that is to go on with it; 0 if that does not matter
   * @throws IllegalArgumentException if they are no state, were cut off or changed, or have the
   *     number of another model
   */
  public static State ofBytes(byte[] bytes, long model) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    State state = read(buffer, model);
    if (buffer.hasRemaining()) {
      throw StateFormat.wrong(
          "%d bytes follow the state; give exactly its own, or read it from a ByteBuffer",
          buffer.remaining());
    }
    return state;
  }

  /**
   * {@return the state at the position of a buffer, which {@link #write} wrote}
   *
   * @param from modified: its position moves behind the state; its byte order does not matter
   * @param model the number of the model that is to go on with it; 0 if that does not matter
   * @throws IllegalArgumentException if there is no state, it was cut off or changed, or has the
   *     number of another model; the buffer is then unchanged
   */
  public static State read(ByteBuffer from, long model) {
    return StateFormat.read(from, model);
  }

  // ---- for layers ----

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
