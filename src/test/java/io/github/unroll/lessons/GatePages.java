package io.github.unroll.lessons;

import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.tensor.Matrix;
import java.util.List;
import java.util.Locale;

/** The example of the pages about LSTM and GRU: N = 2, D = 2, H = 2, and how its numbers look. */
final class GatePages {

  static final Matrix X = Matrix.of(2, 2, 1, 0, 0.5, -1);
  static final Matrix H_PREV = Matrix.of(2, 2, 0.5, 0.2, 0, -0.4);
  static final Matrix C_PREV = Matrix.of(2, 2, 0.8, -0.5, 0.3, 1.2);
  static final Matrix DH = Matrix.of(2, 2, 1, 0.5, -0.2, 0.4);

  private static final Matrix LSTM_WX =
      Matrix.of(
          2, 8, //
          0.6, -0.2, 0.9, 0.3, 0.5, -0.4, 0.2, 0.7, //
          0.3, 0.8, -0.5, 0.6, -0.7, 0.1, 0.4, -0.3);
  private static final Matrix LSTM_WH =
      Matrix.of(
          2, 8, //
          0.4, 0.1, -0.6, 0.8, 0.2, 0.5, -0.3, 0.6, //
          -0.5, 0.7, 0.3, -0.2, 0.9, -0.1, 0.4, 0.2);
  private static final Matrix GRU_WX =
      Matrix.of(
          2, 6, //
          0.6, -0.2, 0.9, 0.3, 0.5, -0.4, //
          0.3, 0.8, -0.5, 0.6, -0.7, 0.1);
  private static final Matrix GRU_WH =
      Matrix.of(
          2, 6, //
          0.4, 0.1, -2, 2, 0.7, 0.5, //
          -0.5, 0.7, 0.3, -1, 0.9, -0.6);

  private GatePages() {}

  static LstmCell lstm() {
    return new LstmCell(
        LSTM_WX.copy(), LSTM_WH.copy(), Matrix.of(1, 8, 1, 1, 0.1, -0.1, 0, 0, 0.2, -0.2));
  }

  static GruCell gruBefore() {
    return GruCell.resetBefore(GRU_WX.copy(), GRU_WH.copy(), gruBias());
  }

  static GruCell gruAfter() {
    return GruCell.resetAfter(GRU_WX.copy(), GRU_WH.copy(), gruBias(), Matrix.of(1, 2, 0.3, -0.2));
  }

  private static Matrix gruBias() {
    return Matrix.of(1, 6, 0.2, -0.1, 0, 0.1, 0.1, -0.3);
  }

  /** {@return the columns of a part, of so many side by side} */
  static Matrix part(Matrix all, int place, int parts) {
    int h = all.cols() / parts;
    return all.columns(place * h, h).copy();
  }

  /** {@return {@code x·wx + hPrev·wh + b} of the example} */
  static Matrix sum(Matrix wx, Matrix wh, Matrix b) {
    Matrix a = X.matmul(wx);
    a.add(H_PREV.matmul(wh));
    a.addRow(b);
    return a;
  }

  /** {@return 1 − m} */
  static Matrix oneMinus(Matrix m) {
    Matrix ones = new Matrix(m.rows(), m.cols());
    ones.fill(1);
    return ones.minus(m);
  }

  /** {@return the sum of a product element by element: a loss whose gradient is d} */
  static double loss(Matrix y, Matrix d) {
    return y.times(d).columnSums().rowSums().get(0, 0);
  }

  /** Adds a line that names the parts side by side, each over its first column. */
  static void heading(List<String> lines, String... parts) {
    StringBuilder row = new StringBuilder(" ".repeat(16));
    for (String part : parts) {
      row.append(String.format(Locale.ROOT, "%9s%9s", part, ""));
    }
    lines.add(row.toString().stripTrailing());
  }

  /** Adds a line a row, the first with the matrix's name. */
  static void rows(List<String> lines, String name, Matrix m) {
    for (int i = 0; i < m.rows(); i++) {
      StringBuilder row =
          new StringBuilder(String.format(Locale.ROOT, "%-16s", i == 0 ? name : ""));
      for (int j = 0; j < m.cols(); j++) {
        row.append(String.format(Locale.ROOT, "%9.4f", m.get(i, j)));
      }
      lines.add(row.toString());
    }
  }
}
