package io.github.unroll.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * A dense matrix of {@code double}, stored row by row in its own array.
 *
 * <p>It is the {@link MatrixView} of its whole array, which declares products and methods that
 * write in place. The methods here return new matrices, as in NumPy, except {@link #addColumn}.
 */
public final class Matrix extends MatrixView {

  /**
   * A matrix of zeros.
   *
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
   * {@return a matrix of the given values, row after row, copied}
   *
   * @throws IllegalArgumentException if their number is not rows times columns
   */
  public static Matrix of(int rows, int cols, double... rowMajor) {
    int size = checkedSize(rows, cols);
    if (rowMajor.length != size) {
      throw misfit("Matrix.of: (%dx%d) takes %d values, not %d", rows, cols, size, rowMajor.length);
    }
    return new Matrix(rows, cols, rowMajor.clone());
  }

  /**
   * {@return a matrix over the given array, row after row, which is kept, not copied}
   *
   * @throws IllegalArgumentException if its length is not rows times columns
   */
  public static Matrix over(int rows, int cols, double[] rowMajor) {
    int size = checkedSize(rows, cols);
    if (rowMajor.length != size) {
      throw misfit(
          "Matrix.over: (%dx%d) takes %d values, not %d", rows, cols, size, rowMajor.length);
    }
    return new Matrix(rows, cols, rowMajor);
  }

  /**
   * {@return a matrix of the given rows, copied}
   *
   * @throws IllegalArgumentException if there is no row or two differ in length
   */
  public static Matrix ofRows(double[]... rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException("Matrix.ofRows: no rows; pass at least one");
    }
    Matrix m = new Matrix(rows.length, rows[0].length);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != m.cols()) {
        throw misfit(
            "Matrix.ofRows: row 0 has %d values and row %d has %d", m.cols(), i, rows[i].length);
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

  /** {@return {@code this + b}, element by element, a new matrix} */
  public Matrix plus(Matrix b) {
    Matrix sum = copy();
    checkSame("plus", b);
    sum.add(b);
    return sum;
  }

  /** {@return {@code this - b}, element by element, a new matrix} */
  public Matrix minus(Matrix b) {
    checkSame("minus", b);
    Matrix out = new Matrix(rows(), cols());
    for (int i = 0; i < array.length; i++) {
      out.array[i] = array[i] - b.array[i];
    }
    return out;
  }

  /** {@return {@code this ⊙ b}, the product element by element, a new matrix} */
  public Matrix times(Matrix b) {
    checkSame("times", b);
    Matrix out = new Matrix(rows(), cols());
    out.setTimes(this, b);
    return out;
  }

  /** {@return every element times one factor, a new matrix} */
  public Matrix times(double factor) {
    Matrix out = new Matrix(rows(), cols());
    for (int i = 0; i < array.length; i++) {
      out.array[i] = array[i] * factor;
    }
    return out;
  }

  /** Adds a column (rows x 1), the bias in column layout, to each column. */
  public void addColumn(Matrix column) {
    if (column.cols() != 1 || column.rows() != rows()) {
      throw misfit(
          "addColumn: %s + %s: the column must be (%dx1)", shape(), column.shape(), rows());
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

  /** {@return the sum of each column (1 x cols), NumPy's {@code sum(axis=0)}, added row by row} */
  public Matrix columnSums() {
    Matrix sums = new Matrix(1, cols());
    sums.addColumnSums(this);
    return sums;
  }

  /** {@return the sum of each row (rows x 1), NumPy's {@code sum(axis=1)}} */
  public Matrix rowSums() {
    Matrix sums = new Matrix(rows(), 1);
    for (int i = 0; i < rows(); i++) {
      sums.array[i] = sumOfRow(i);
    }
    return sums;
  }

  /**
   * {@return the sum of the squares of elements {@code from} to {@code to − 1}, counted row by row:
   * {@code fma(x, x, s)} over eight interleaved sums, joined in a fixed order}
   */
  public double sumOfSquares(int from, int to) {
    Objects.checkFromToIndex(from, to, array.length);
    return KERNEL.sumOfSquares(to - from, array, from);
  }

  /** Sets rows from..to−1 to zero. */
  void clearRows(int from, int to) {
    KERNEL.clear((to - from) * cols(), array, from * cols());
  }

  // ---- comparison and text ----

  /**
   * {@return whether another matrix has the same shape and close values: {@code |a − b| <=
   * tolerance · max(1, |b|)}} NaN is close to nothing; an infinity is close only to itself.
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
      throw misfit("Matrix: %s is empty; both sizes must be at least 1", shape(rows, cols));
    }
    long size = (long) rows * cols;
    if (size > Integer.MAX_VALUE) {
      throw misfit(
          "Matrix: %s has %d elements; an array holds at most %d",
          shape(rows, cols), size, Integer.MAX_VALUE);
    }
    return (int) size;
  }
}
