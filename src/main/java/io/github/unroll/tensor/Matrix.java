package io.github.unroll.tensor;

import java.util.Arrays;
import java.util.Locale;

/**
 * A dense matrix of {@code double}, row-major in one array.
 *
 * <p>Three verbs tell who allocates: {@code a.matmul(b)} returns a new matrix; {@code
 * a.matmulInto(b, out)} overwrites {@code out}; {@code out.addMatmul(a, b)} adds to the receiver.
 * Every method checks shapes first and throws {@link IllegalArgumentException} with both of them:
 * {@code matmul: (2x3)·(4x5): inner dimensions 3 and 4 differ}. A matrix is never a view of
 * another.
 *
 * <p>An element of a product is the fold {@code s = Math.fma(a[i][k], b[k][j], s)} over ascending
 * k, so products have the same bits on every machine (see {@link Kernel}).
 */
public final class Matrix {

  private static final Kernel KERNEL = Kernel.active();

  private final int rows;
  private final int cols;
  private final double[] data;

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

  private Matrix(int rows, int cols, double[] data) {
    this.rows = rows;
    this.cols = cols;
    this.data = data;
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
      if (rows[i].length != m.cols) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Matrix.ofRows: row 0 has %d values and row %d has %d",
                m.cols,
                i,
                rows[i].length));
      }
      System.arraycopy(rows[i], 0, m.data, i * m.cols, m.cols);
    }
    return m;
  }

  // ---- shape and elements ----

  /**
   * The number of rows.
   *
   * @return at least 1
   */
  public int rows() {
    return rows;
  }

  /**
   * The number of columns.
   *
   * @return at least 1
   */
  public int cols() {
    return cols;
  }

  /**
   * The shape as text.
   *
   * @return e.g. {@code (2x3)}
   */
  public String shape() {
    return shape(rows, cols);
  }

  /**
   * The storage itself.
   *
   * @return the live row-major array of rows times columns values; what is written there is written
   *     to the matrix
   */
  public double[] data() {
    return data;
  }

  /**
   * The element in row i and column j.
   *
   * @param i row, from 0
   * @param j column, from 0
   * @return the element
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public double get(int i, int j) {
    return data[index(i, j)];
  }

  /**
   * Sets the element in row i and column j of this matrix.
   *
   * @param i row, from 0
   * @param j column, from 0
   * @param value its new value
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public void set(int i, int j, double value) {
    data[index(i, j)] = value;
  }

  /**
   * Sets every element of this matrix to one value.
   *
   * @param value the value
   */
  public void fill(double value) {
    Arrays.fill(data, value);
  }

  /**
   * Overwrites this matrix with another of the same shape.
   *
   * @param other what to copy
   * @throws IllegalArgumentException if the shapes differ
   */
  public void copyFrom(Matrix other) {
    checkSameShape("copyFrom", other);
    System.arraycopy(other.data, 0, data, 0, data.length);
  }

  /**
   * A copy with storage of its own.
   *
   * @return a new matrix
   */
  public Matrix copy() {
    return new Matrix(rows, cols, data.clone());
  }

  /**
   * The transpose.
   *
   * @return a new matrix (cols x rows)
   */
  public Matrix transpose() {
    Matrix t = new Matrix(cols, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        t.data[j * rows + i] = data[i * cols + j];
      }
    }
    return t;
  }

  // ---- products ----

  /**
   * The product {@code this·b}.
   *
   * @param b matrix with as many rows as this has columns
   * @return a new matrix (rows x b.cols)
   * @throws IllegalArgumentException if the inner dimensions differ
   */
  public Matrix matmul(Matrix b) {
    checkInner("matmul: %s·%s", this, b, cols, b.rows);
    return new Matrix(rows, b.cols).fold(false, this, b);
  }

  /**
   * {@code out = this·b}.
   *
   * @param b matrix with as many rows as this has columns
   * @param out modified: overwritten; (rows x b.cols), neither this nor b
   * @throws IllegalArgumentException if shapes do not fit, or out is an operand
   */
  public void matmulInto(Matrix b, Matrix out) {
    checkInner("matmulInto: %s·%s", this, b, cols, b.rows);
    checkOut("matmulInto", this, b, out, rows, b.cols);
    out.fold(false, this, b);
  }

  /**
   * {@code this += a·b}.
   *
   * @param a left operand, as many rows as this
   * @param b right operand, as many columns as this
   * @throws IllegalArgumentException if shapes do not fit, or this is an operand
   */
  public void addMatmul(Matrix a, Matrix b) {
    checkInner("addMatmul: %s·%s", a, b, a.cols, b.rows);
    checkOut("addMatmul", a, b, this, a.rows, b.cols);
    fold(true, a, b);
  }

  /**
   * The product {@code thisᵀ·b}.
   *
   * @param b matrix with as many rows as this
   * @return a new matrix (cols x b.cols)
   * @throws IllegalArgumentException if the inner dimensions differ
   */
  public Matrix matmulTransA(Matrix b) {
    checkInner("matmulTransA: %sᵀ·%s", this, b, rows, b.rows);
    return new Matrix(cols, b.cols).foldTransA(false, this, b);
  }

  /**
   * {@code out = thisᵀ·b}.
   *
   * @param b matrix with as many rows as this
   * @param out modified: overwritten; (cols x b.cols), neither this nor b
   * @throws IllegalArgumentException if shapes do not fit, or out is an operand
   */
  public void matmulTransAInto(Matrix b, Matrix out) {
    checkInner("matmulTransAInto: %sᵀ·%s", this, b, rows, b.rows);
    checkOut("matmulTransAInto", this, b, out, cols, b.cols);
    out.foldTransA(false, this, b);
  }

  /**
   * {@code this += aᵀ·b}.
   *
   * @param a left operand, read transposed, as many columns as this has rows
   * @param b right operand, as many columns as this
   * @throws IllegalArgumentException if shapes do not fit, or this is an operand
   */
  public void addMatmulTransA(Matrix a, Matrix b) {
    checkInner("addMatmulTransA: %sᵀ·%s", a, b, a.rows, b.rows);
    checkOut("addMatmulTransA", a, b, this, a.cols, b.cols);
    foldTransA(true, a, b);
  }

  /**
   * The product {@code this·bᵀ}.
   *
   * @param b matrix with as many columns as this
   * @return a new matrix (rows x b.rows)
   * @throws IllegalArgumentException if the inner dimensions differ
   */
  public Matrix matmulTransB(Matrix b) {
    checkInner("matmulTransB: %s·%sᵀ", this, b, cols, b.cols);
    return new Matrix(rows, b.rows).foldTransB(false, this, b);
  }

  /**
   * {@code out = this·bᵀ}.
   *
   * @param b matrix with as many columns as this
   * @param out modified: overwritten; (rows x b.rows), neither this nor b
   * @throws IllegalArgumentException if shapes do not fit, or out is an operand
   */
  public void matmulTransBInto(Matrix b, Matrix out) {
    checkInner("matmulTransBInto: %s·%sᵀ", this, b, cols, b.cols);
    checkOut("matmulTransBInto", this, b, out, rows, b.rows);
    out.foldTransB(false, this, b);
  }

  /**
   * {@code this += a·bᵀ}.
   *
   * @param a left operand, as many rows as this
   * @param b right operand, read transposed, as many rows as this has columns
   * @throws IllegalArgumentException if shapes do not fit, or this is an operand
   */
  public void addMatmulTransB(Matrix a, Matrix b) {
    checkInner("addMatmulTransB: %s·%sᵀ", a, b, a.cols, b.cols);
    checkOut("addMatmulTransB", a, b, this, a.rows, b.rows);
    foldTransB(true, a, b);
  }

  private Matrix fold(boolean add, Matrix a, Matrix b) {
    KERNEL.matmul(add, rows, a.cols, cols, a.data, 0, a.cols, b.data, 0, b.cols, data, 0, cols);
    return this;
  }

  private Matrix foldTransA(boolean add, Matrix a, Matrix b) {
    KERNEL.matmulTransA(
        add, rows, a.rows, cols, a.data, 0, a.cols, b.data, 0, b.cols, data, 0, cols);
    return this;
  }

  private Matrix foldTransB(boolean add, Matrix a, Matrix b) {
    KERNEL.matmulTransB(
        add, rows, a.cols, cols, a.data, 0, a.cols, b.data, 0, b.cols, data, 0, cols);
    return this;
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
    checkSameShape("plus", b);
    Matrix sum = copy();
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
    checkSameShape("minus", b);
    Matrix out = new Matrix(rows, cols);
    for (int i = 0; i < data.length; i++) {
      out.data[i] = data[i] - b.data[i];
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
    checkSameShape("times", b);
    Matrix out = new Matrix(rows, cols);
    for (int i = 0; i < data.length; i++) {
      out.data[i] = data[i] * b.data[i];
    }
    return out;
  }

  /**
   * Every element times one factor.
   *
   * @param factor the factor
   * @return a new matrix
   */
  public Matrix times(double factor) {
    Matrix out = new Matrix(rows, cols);
    for (int i = 0; i < data.length; i++) {
      out.data[i] = data[i] * factor;
    }
    return out;
  }

  /**
   * {@code this += b}, element by element.
   *
   * @param b matrix of this shape
   * @throws IllegalArgumentException if the shapes differ
   */
  public void add(Matrix b) {
    checkSameShape("add", b);
    for (int i = 0; i < data.length; i++) {
      data[i] += b.data[i];
    }
  }

  /**
   * Adds one row to each row of this matrix: the bias of a layer.
   *
   * @param row matrix (1 x cols)
   * @throws IllegalArgumentException if row is not (1 x cols)
   */
  public void addRow(Matrix row) {
    if (row.rows != 1 || row.cols != cols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "addRow: %s + %s: the row must be (1x%d)", shape(), row.shape(), cols));
    }
    KERNEL.addRow(rows, cols, row.data, data, 0);
  }

  /**
   * Adds one column to each column of this matrix: the bias in column layout.
   *
   * @param column matrix (rows x 1)
   * @throws IllegalArgumentException if column is not (rows x 1)
   */
  public void addColumn(Matrix column) {
    if (column.cols != 1 || column.rows != rows) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "addColumn: %s + %s: the column must be (%dx1)",
              shape(),
              column.shape(),
              rows));
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        data[i * cols + j] += column.data[i];
      }
    }
  }

  /**
   * {@code tanh(this)}, element by element.
   *
   * @return a new matrix
   */
  public Matrix tanh() {
    Matrix out = new Matrix(rows, cols);
    KERNEL.tanh(data.length, data, 0, out.data, 0);
    return out;
  }

  /**
   * {@code 1 / (1 + exp(-this))}, element by element.
   *
   * @return a new matrix
   */
  public Matrix sigmoid() {
    Matrix out = new Matrix(rows, cols);
    KERNEL.sigmoid(data.length, data, 0, out.data, 0);
    return out;
  }

  /**
   * {@code exp(this)}, element by element.
   *
   * @return a new matrix
   */
  public Matrix exp() {
    Matrix out = new Matrix(rows, cols);
    KERNEL.exp(data.length, data, 0, out.data, 0);
    return out;
  }

  /**
   * The natural logarithm, element by element.
   *
   * @return a new matrix
   */
  public Matrix log() {
    Matrix out = new Matrix(rows, cols);
    KERNEL.log(data.length, data, 0, out.data, 0);
    return out;
  }

  // ---- sums ----

  /**
   * The sum of each column: what NumPy calls {@code sum(axis=0)}.
   *
   * @return a new matrix (1 x cols), rows added from the first to the last
   */
  public Matrix columnSums() {
    Matrix sums = new Matrix(1, cols);
    sums.addColumnSums(this);
    return sums;
  }

  /**
   * Adds the sum of each column of a to this row: the gradient of a bias.
   *
   * @param a matrix with as many columns as this
   * @throws IllegalArgumentException if this is not (1 x a.cols)
   */
  public void addColumnSums(Matrix a) {
    if (rows != 1 || a.cols != cols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "addColumnSums: %s += sums of %s: the receiver must be (1x%d)",
              shape(),
              a.shape(),
              a.cols));
    }
    KERNEL.addColumnSums(a.rows, cols, a.data, 0, cols, data, 0);
  }

  /**
   * The sum of each row: what NumPy calls {@code sum(axis=1)}.
   *
   * @return a new matrix (rows x 1)
   */
  public Matrix rowSums() {
    Matrix sums = new Matrix(rows, 1);
    for (int i = 0; i < rows; i++) {
      sums.data[i] = KERNEL.sum(cols, data, i * cols);
    }
    return sums;
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
    return rows == other.rows && cols == other.cols && allClose(data, other.data, tolerance);
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
        && rows == m.rows
        && cols == m.cols
        && Arrays.equals(data, m.data);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + cols) + Arrays.hashCode(data);
  }

  /** The shape and the first values, at most six rows and columns. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Matrix ").append(shape());
    for (int i = 0; i < Math.min(rows, 6); i++) {
      text.append("\n  ");
      for (int j = 0; j < Math.min(cols, 6); j++) {
        text.append(String.format(Locale.ROOT, " % .6g", get(i, j)));
      }
      text.append(cols > 6 ? " ..." : "");
    }
    return text.append(rows > 6 ? "\n   ..." : "").toString();
  }

  // ---- checks ----

  private int index(int i, int j) {
    if (i < 0 || i >= rows || j < 0 || j >= cols) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "no element [%d,%d] in %s", i, j, shape()));
    }
    return i * cols + j;
  }

  private static String shape(int rows, int cols) {
    return "(" + rows + "x" + cols + ")";
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

  private void checkSameShape(String verb, Matrix b) {
    if (rows != b.rows || cols != b.cols) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: %s and %s: shapes differ", verb, shape(), b.shape()));
    }
  }

  private static void checkInner(String product, Matrix a, Matrix b, int innerA, int innerB) {
    if (innerA != innerB) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: inner dimensions %d and %d differ",
              String.format(Locale.ROOT, product, a.shape(), b.shape()),
              innerA,
              innerB));
    }
  }

  @SuppressWarnings("ReferenceEquality") // the same storage is what matters, not the same values
  private static void checkOut(
      String verb, Matrix a, Matrix b, Matrix out, int outRows, int outCols) {
    if (out.rows != outRows || out.cols != outCols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the product of %s and %s is %s, but out is %s",
              verb,
              a.shape(),
              b.shape(),
              shape(outRows, outCols),
              out.shape()));
    }
    if (out == a || out == b) {
      throw new IllegalArgumentException(
          verb + ": out is one of the operands, which would be overwritten while read; copy it");
    }
  }
}
