package io.github.unroll.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * A dense matrix of {@code double}, row-major in one array of its own.
 *
 * <p>It is the {@link MatrixView} of its whole array: products and all that writes in place stand
 * there. What stands here returns new matrices, as NumPy does.
 */
public final class Matrix extends MatrixView {

  /**
   * A matrix of zeros.
   *
   * @param rows number of rows, at least 1
   * @param cols number of columns, at least 1
   * @throws IllegalArgumentException if a size is below 1 or the matrix would have more than {@code
   *     Integer.MAX_VALUE} elements
   */
  public Matrix(int rows, int cols) {
    this(rows, cols, new double[checkedSize(rows, cols)]);
  }

  /** A matrix over an array of rows times columns elements, which is not copied. */
  Matrix(int rows, int cols, double[] data) {
    super(data, 0, rows, cols, cols, false);
  }

  /**
   * A matrix of the given values.
   *
   * @param rows number of rows, at least 1
   * @param cols number of columns, at least 1
   * @param rowMajor the values, row after row; copied
   * @return a new matrix
   * @throws IllegalArgumentException if the number of values is not rows times columns
   */
  public static Matrix of(int rows, int cols, double... rowMajor) {
    int size = checkedSize(rows, cols);
    if (rowMajor.length != size) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Matrix.of: (%dx%d) takes %d values, not %d",
              rows,
              cols,
              size,
              rowMajor.length));
    }
    return new Matrix(rows, cols, rowMajor.clone());
  }

  /**
   * A matrix of the given rows.
   *
   * @param rows the rows, all of one length; copied
   * @return a new matrix
   * @throws IllegalArgumentException if there is no row or two differ in length
   */
  public static Matrix ofRows(double[]... rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException("Matrix.ofRows: no rows; pass at least one");
    }
    Matrix m = new Matrix(rows.length, rows[0].length);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != m.cols()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Matrix.ofRows: row 0 has %d values and row %d has %d",
                m.cols(),
                i,
                rows[i].length));
      }
      System.arraycopy(rows[i], 0, m.array, i * m.cols(), m.cols());
    }
    return m;
  }

  /** {@return the live row-major array of rows times columns values; not a copy} */
  public double[] data() {
    return array;
  }

  @Override
  public Matrix copy() {
    return new Matrix(rows(), cols(), array.clone());
  }

  // ---- element by element ----

  /**
   * {@code this + b}, element by element.
   *
   * @param b matrix of this shape
   * @return a new matrix
   * @throws IllegalArgumentException if the shapes differ
   */
  public Matrix plus(Matrix b) {
    Matrix sum = copy();
    checkSame("plus", b);
    sum.add(b);
    return sum;
  }

  /**
   * {@code this - b}, element by element.
   *
   * @param b matrix of this shape
   * @return a new matrix
   * @throws IllegalArgumentException if the shapes differ
   */
  public Matrix minus(Matrix b) {
    checkSame("minus", b);
    Matrix out = new Matrix(rows(), cols());
    for (int i = 0; i < array.length; i++) {
      out.array[i] = array[i] - b.array[i];
    }
    return out;
  }

  /**
   * {@code this ⊙ b}, the product element by element.
   *
   * @param b matrix of this shape
   * @return a new matrix
   * @throws IllegalArgumentException if the shapes differ
   */
  public Matrix times(Matrix b) {
    checkSame("times", b);
    Matrix out = new Matrix(rows(), cols());
    out.setTimes(this, b);
    return out;
  }

  /**
   * Every element times one factor.
   *
   * @param factor the factor
   * @return a new matrix
   */
  public Matrix times(double factor) {
    Matrix out = new Matrix(rows(), cols());
    for (int i = 0; i < array.length; i++) {
      out.array[i] = array[i] * factor;
    }
    return out;
  }

  /**
   * Adds one column to each column of this matrix: the bias in column layout.
   *
   * @param column matrix (rows x 1)
   * @throws IllegalArgumentException if column is not (rows x 1)
   */
  public void addColumn(Matrix column) {
    if (column.cols() != 1 || column.rows() != rows()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "addColumn: %s + %s: the column must be (%dx1)",
              shape(),
              column.shape(),
              rows()));
    }
    for (int i = 0; i < rows(); i++) {
      for (int j = 0; j < cols(); j++) {
        array[i * cols() + j] += column.array[i];
      }
    }
  }

  /** {@return {@code tanh(this)}, element by element, a new matrix} */
  public Matrix tanh() {
    Matrix out = new Matrix(rows(), cols());
    out.setTanh(this);
    return out;
  }

  /** {@return {@code 1 / (1 + exp(-this))}, element by element, a new matrix} */
  public Matrix sigmoid() {
    Matrix out = new Matrix(rows(), cols());
    out.setSigmoid(this);
    return out;
  }

  /** {@return {@code exp(this)}, element by element, a new matrix} */
  public Matrix exp() {
    Matrix out = new Matrix(rows(), cols());
    out.setExp(this);
    return out;
  }

  /** {@return the natural logarithm, element by element, a new matrix} */
  public Matrix log() {
    Matrix out = new Matrix(rows(), cols());
    out.setLog(this);
    return out;
  }

  // ---- sums ----

  /**
   * The sum of each column: what NumPy calls {@code sum(axis=0)}.
   *
   * @return a new matrix (1 x cols), rows added from the first to the last
   */
  public Matrix columnSums() {
    Matrix sums = new Matrix(1, cols());
    sums.addColumnSums(this);
    return sums;
  }

  /**
   * The sum of each row: what NumPy calls {@code sum(axis=1)}.
   *
   * @return a new matrix (rows x 1)
   */
  public Matrix rowSums() {
    Matrix sums = new Matrix(rows(), 1);
    for (int i = 0; i < rows(); i++) {
      sums.array[i] = sumOfRow(i);
    }
    return sums;
  }

  /**
   * The sum of the squares of some elements, counted row by row: {@code fma(x, x, s)} over eight
   * interleaved sums, joined in a fixed order.
   *
   * @param from the first element
   * @param to one past the last
   * @return their sum; 0 if there are none
   * @throws IndexOutOfBoundsException if there are no such elements
   */
  public double sumOfSquares(int from, int to) {
    Objects.checkFromToIndex(from, to, array.length);
    return KERNEL.sumOfSquares(to - from, array, from);
  }

  /** Rows from..to−1 become zero. */
  void clearRows(int from, int to) {
    KERNEL.clear((to - from) * cols(), array, from * cols());
  }

  // ---- comparison and text ----

  /**
   * Whether every element is close to that of another matrix: {@code |a − b| <= tolerance · max(1,
   * |b|)}. A NaN is close to nothing, an infinity to itself only.
   *
   * @param other matrix to compare with
   * @param tolerance e.g. {@code 1e-12}
   * @return false if shapes differ, or an element does
   */
  public boolean allClose(Matrix other, double tolerance) {
    return rows() == other.rows()
        && cols() == other.cols()
        && allClose(array, other.array, tolerance);
  }

  static boolean allClose(double[] got, double[] want, double tolerance) {
    for (int i = 0; i < got.length; i++) {
      double a = got[i];
      double b = want[i];
      // an infinite difference would pass as at most tolerance · infinity
      double difference = Math.abs(a - b);
      if (a != b
          && !(Double.isFinite(difference) && difference <= tolerance * Math.max(1, Math.abs(b)))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the other object is a matrix of the same shape and exactly the same values: NaN equals
   * NaN, and 0.0 differs from -0.0. For a tolerance see {@link #allClose}.
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix m
        && rows() == m.rows()
        && cols() == m.cols()
        && Arrays.equals(array, m.array);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows() + cols()) + Arrays.hashCode(array);
  }

  /** The shape and the first values, at most six rows and columns. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Matrix ").append(shape());
    for (int i = 0; i < Math.min(rows(), 6); i++) {
      text.append("\n  ");
      for (int j = 0; j < Math.min(cols(), 6); j++) {
        text.append(String.format(Locale.ROOT, " % .6g", get(i, j)));
      }
      text.append(cols() > 6 ? " ..." : "");
    }
    return text.append(rows() > 6 ? "\n   ..." : "").toString();
  }

  private static int checkedSize(int rows, int cols) {
    if (rows < 1 || cols < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Matrix: %s is empty; both sizes must be at least 1",
              shape(rows, cols)));
    }
    long size = (long) rows * cols;
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Matrix: %s has %d elements; an array holds at most %d",
              shape(rows, cols),
              size,
              Integer.MAX_VALUE));
    }
    return (int) size;
  }
}
