package io.github.unroll.cell;

import io.github.unroll.tensor.Matrix;
import java.util.Locale;

/**
 * The order in which a library keeps the gates of a cell side by side, and the way from it to
 * Unroll's own. Matrices are in row layout, a block of H columns a gate: (D,G·H), (H,G·H) or
 * (1,G·H).
 *
 * <p>Of a GRU not only the order differs: here z weighs the candidate, in the other libraries the
 * old state. The two are one once the columns of z, weights and bias, are negated: σ(−a) = 1 −
 * σ(a).
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
   * Brings the columns of an LSTM from this order into Unroll's.
   *
   * @param columns weights or bias in this order, (rows,4H)
   * @return a new matrix in the order f, g, i, o
   * @throws IllegalArgumentException if the number of columns is no multiple of 4
   */
  public Matrix lstmToUnroll(Matrix columns) {
    return reordered(columns, lstm, UNROLL.lstm);
  }

  /**
   * Brings the columns of an LSTM from Unroll's order into this one.
   *
   * @param columns weights or bias in the order f, g, i, o, (rows,4H)
   * @return a new matrix in this order
   * @throws IllegalArgumentException if the number of columns is no multiple of 4
   */
  public Matrix lstmFromUnroll(Matrix columns) {
    return reordered(columns, UNROLL.lstm, lstm);
  }

  /**
   * Brings the columns of a GRU from this order into Unroll's.
   *
   * @param columns weights or bias in this order, (rows,3H)
   * @return a new matrix in the order z, r, h, z negated where it weighs the old state here
   * @throws IllegalArgumentException if the number of columns is no multiple of 3
   */
  public Matrix gruToUnroll(Matrix columns) {
    return withZOfTheOtherSense(reordered(columns, gru, UNROLL.gru), UNROLL.gru);
  }

  /**
   * Brings the columns of a GRU from Unroll's order into this one.
   *
   * @param columns weights or bias in the order z, r, h, (rows,3H)
   * @return a new matrix in this order, z negated where it weighs the old state there
   * @throws IllegalArgumentException if the number of columns is no multiple of 3
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
              "GateOrder: %s has not %d blocks side by side: %d columns are no multiple of it",
              from.shape(),
              gates,
              from.cols()));
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
