package io.github.unroll.cell;

import io.github.unroll.tensor.Matrix;
import java.util.Locale;

/**
 * The order of the gates of a cell in a library, with conversions to and from Unroll's order.
 * Matrices are in row layout, with a block of H columns for each gate: (D,G·H), (H,G·H) or (1,G·H).
 *
 * <p>For a GRU not only the order differs: in Unroll z weighs the candidate, in the other libraries
 * the old state. Negating the columns of z, in weights and bias, converts one into the other: σ(−a)
 * = 1 − σ(a).
 */
public enum GateOrder {
  /** LSTM f, g, i, o; GRU z, r, h, where z weighs the candidate: the book "Deep Learning 2". */
  UNROLL("fgio", "zrh", false),
  /** LSTM i, f, g, o; GRU r, z, n, where z weighs the old state. */
  PYTORCH("ifgo", "rzh", true),
  /** LSTM i, f, c, o; GRU z, r, h, where z weighs the old state. */
  KERAS("ifgo", "zrh", true),
  /** LSTM i, o, f, c; GRU z, r, h, where z weighs the old state. */
  ONNX("iofg", "zrh", true);

  private final String lstm;
  private final String gru;
  private final boolean zWeighsOldState;

  GateOrder(String lstm, String gru, boolean zWeighsOldState) {
    this.lstm = lstm;
    this.gru = gru;
    this.zWeighsOldState = zWeighsOldState;
  }

  /**
   * {@return the columns of an LSTM in Unroll's order f, g, i, o, as a new matrix}
   *
   * @param columns weights or bias in this order, (rows,4H)
   * @throws IllegalArgumentException if the number of columns is not a multiple of 4
   */
  public Matrix lstmToUnroll(Matrix columns) {
    return reordered(columns, lstm, UNROLL.lstm);
  }

  /**
   * {@return the columns of an LSTM in this order, as a new matrix}
   *
   * @param columns weights or bias in Unroll's order f, g, i, o, (rows,4H)
   * @throws IllegalArgumentException if the number of columns is not a multiple of 4
   */
  public Matrix lstmFromUnroll(Matrix columns) {
    return reordered(columns, UNROLL.lstm, lstm);
  }

  /**
   * {@return the columns of a GRU in Unroll's order z, r, h, as a new matrix; z is negated if it
   * weighs the old state in this order}
   *
   * @param columns weights or bias in this order, (rows,3H)
   * @throws IllegalArgumentException if the number of columns is not a multiple of 3
   */
  public Matrix gruToUnroll(Matrix columns) {
    return withZOfTheOtherSense(reordered(columns, gru, UNROLL.gru), UNROLL.gru);
  }

  /**
   * {@return the columns of a GRU in this order, as a new matrix; z is negated if it weighs the old
   * state in this order}
   *
   * @param columns weights or bias in Unroll's order z, r, h, (rows,3H)
   * @throws IllegalArgumentException if the number of columns is not a multiple of 3
   */
  public Matrix gruFromUnroll(Matrix columns) {
    return withZOfTheOtherSense(reordered(columns, UNROLL.gru, gru), gru);
  }

  private static Matrix reordered(Matrix from, String fromOrder, String toOrder) {
    int gates = fromOrder.length();
    if (from.cols() % gates != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "GateOrder: %s must have %d blocks of equal width, but %d is not a multiple of %d",
              from.shape(),
              gates,
              from.cols(),
              gates));
    }
    int size = from.cols() / gates;
    Matrix to = new Matrix(from.rows(), from.cols());
    for (int row = 0; row < from.rows(); row++) {
      int at = row * from.cols();
      for (int gate = 0; gate < gates; gate++) {
        int source = fromOrder.indexOf(toOrder.charAt(gate));
        System.arraycopy(from.data(), at + source * size, to.data(), at + gate * size, size);
      }
    }
    return to;
  }

  private Matrix withZOfTheOtherSense(Matrix gruColumns, String order) {
    if (zWeighsOldState) {
      int size = gruColumns.cols() / 3;
      int z = order.indexOf('z') * size;
      for (int row = 0; row < gruColumns.rows(); row++) {
        for (int j = z; j < z + size; j++) {
          gruColumns.set(row, j, -gruColumns.get(row, j));
        }
      }
    }
    return gruColumns;
  }
}
