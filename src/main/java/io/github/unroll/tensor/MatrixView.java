package io.github.unroll.tensor;

import io.github.unroll.kernel.Kernel;
import io.github.unroll.kernel.Kernel.Function;
import java.util.Arrays;
import java.util.Locale;

/**
 * A view of some rows or columns of a {@link Matrix}, used as a matrix itself. A {@link Matrix} is
 * the view of its whole array.
 *
 * <p>Writing to a view changes the matrix behind it. The name of a method tells what is written:
 * {@code out.setMatmul(a, b)} overwrites the receiver, {@code out.addMatmul(a, b)} adds to it,
 * {@code a.matmul(b)} returns a new matrix. Indices of rows and columns start at 0.
 *
 * <p>Every method checks its arguments first. Shapes that do not fit cause an {@link
 * IllegalArgumentException} that names both; an element or row that does not exist causes an {@link
 * IndexOutOfBoundsException}. The receiver of a product must not share elements with an operand; in
 * an element-by-element method the receiver may be an operand. A {@linkplain #transposed()
 * transposed} view can be an operand of a product, and {@link #get}, {@link #copy} and views of it
 * work; every other method rejects it.
 *
 * <p>Each element of a product is the fold {@code s = Math.fma(a(i,l), b(l,j), s)} over ascending
 * l, so products have the same bits on every machine.
 */
public sealed class MatrixView permits Matrix {

  static final Kernel KERNEL = Kernel.active();

  final double[] array;
  private final int at;
  private final int rows;
  private final int cols;
  private final int stride; // from one row to the next; of a transposed view from column to column
  private final boolean transposed;
  private MatrixView exchanged; // the transposed view, created on first use

  MatrixView(double[] array, int at, int rows, int cols, int stride, boolean transposed) {
    this.array = array;
    this.at = at;
    this.rows = rows;
    this.cols = cols;
    this.stride = stride;
    this.transposed = transposed;
  }

  // ---- shape, elements, views ----

  /** {@return the number of rows, at least 1} */
  public final int rows() {
    return rows;
  }

  /** {@return the number of columns, at least 1} */
  public final int cols() {
    return cols;
  }

  /** {@return the shape as text, e.g. {@code (2x3)}} */
  public final String shape() {
    return shape(rows, cols);
  }

  static String shape(int rows, int cols) {
    return "(" + rows + "x" + cols + ")";
  }

  /** {@return the element in row i and column j} */
  public final double get(int i, int j) {
    return array[index(i, j)];
  }

  /** Sets the element in row i and column j. */
  public final void set(int i, int j, double value) {
    checkNotTransposed("set");
    array[index(i, j)] = value;
  }

  /** Adds to the element in row i and column j. */
  public final void add(int i, int j, double value) {
    checkNotTransposed("add");
    array[index(i, j)] += value;
  }

  private int index(int i, int j) {
    if (i < 0 || i >= rows || j < 0 || j >= cols) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "no element [%d,%d] in %s", i, j, shape()));
    }
    return transposed ? at + j * stride + i : at + i * stride + j;
  }

  /** {@return a view of {@code count} rows, at least 1, starting at row {@code from}} */
  public final MatrixView rows(int from, int count) {
    checkRange("rows", from, count, rows);
    int first = transposed ? at + from : at + from * stride;
    return new MatrixView(array, first, count, cols, stride, transposed);
  }

  /** {@return a view of {@code count} columns, at least 1, starting at column {@code from}} */
  public final MatrixView columns(int from, int count) {
    checkRange("columns", from, count, cols);
    int first = transposed ? at + from * stride : at + from;
    return new MatrixView(array, first, rows, count, stride, transposed);
  }

  /**
   * {@return a view with rows and columns exchanged; it can be read, as an operand, but not
   * written}
   */
  public final MatrixView transposed() {
    if (exchanged == null) {
      exchanged = new MatrixView(array, at, cols, rows, stride, !transposed);
    }
    return exchanged;
  }

  /** {@return whether rows and columns are exchanged} */
  public final boolean isTransposed() {
    return transposed;
  }

  /** Whether another view has the same elements in the same places. */
  final boolean isSameRectangle(MatrixView x) {
    boolean sameShape = rows == x.rows && cols == x.cols && transposed == x.transposed;
    return sameShape && array == x.array && at == x.at && stride == x.stride;
  }

  /** {@return a new matrix of the same values} */
  public Matrix copy() {
    Matrix copy = new Matrix(rows, cols);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        copy.array[i * cols + j] = array[index(i, j)];
      }
    }
    return copy;
  }

  // ---- products ----

  /** {@return the product {@code this·b}, a new matrix} */
  public final Matrix matmul(MatrixView b) {
    checkInner("matmul", this, b);
    Matrix out = new Matrix(rows, b.cols);
    out.setMatmul(this, b);
    return out;
  }

  /** {@code this = a·b}. */
  public final void setMatmul(MatrixView a, MatrixView b) {
    checkProduct("setMatmul", a, b);
    multiply(false, a, b);
  }

  /** {@code this += a·b}. */
  public final void addMatmul(MatrixView a, MatrixView b) {
    checkProduct("addMatmul", a, b);
    multiply(true, a, b);
  }

  private void multiply(boolean add, MatrixView a, MatrixView b) {
    int ai = a.rowDistance();
    int al = a.colDistance();
    int bl = b.rowDistance();
    int bj = b.colDistance();
    KERNEL.matmul(
        add, rows, a.cols, cols, a.array, a.at, ai, al, b.array, b.at, bl, bj, array, at, stride);
  }

  private int rowDistance() {
    return transposed ? 1 : stride;
  }

  private int colDistance() {
    return transposed ? stride : 1;
  }

  /**
   * The right operand b of many products {@code a·b}. It is read in place or, after {@link
   * #prepare}, from a copy in the order that is fastest to read; the results have the same bits.
   */
  public static final class RightOperand {

    private final MatrixView b;
    private final Kernel.RightOperand copied = KERNEL.newRightOperand();
    private boolean prepared;

    /** A right operand that is read in place; it may be transposed. */
    public RightOperand(MatrixView b) {
      this.b = b;
    }

    /** Copies the current values of b; this saves time from two products of several rows on. */
    public void prepare() {
      copied.set(b.rows, b.cols, b.array, b.at, b.rowDistance(), b.colDistance());
      prepared = true;
    }

    private void addMatmul(MatrixView a, MatrixView out) {
      a.checkNotTransposed("addMatmul");
      copied.addMatmul(out.rows, a.array, a.at, a.stride, out.array, out.at, out.stride);
    }

    /** Reads b in place from now on. */
    public void release() {
      prepared = false;
    }

    /** {@return the matrix b} */
    public MatrixView matrix() {
      return b;
    }
  }

  /** {@code this = a·b}. */
  public final void setMatmul(MatrixView a, RightOperand b) {
    checkProduct("setMatmul", a, b.b);
    if (b.prepared) {
      fill(0);
      b.addMatmul(a, this);
    } else {
      multiply(false, a, b.b);
    }
  }

  /** {@code this += a·b}; a must not be transposed. */
  public final void addMatmul(MatrixView a, RightOperand b) {
    checkProduct("addMatmul", a, b.b);
    if (b.prepared) {
      b.addMatmul(a, this);
    } else {
      multiply(true, a, b.b);
    }
  }

  // ---- element by element ----

  /** Sets every element to one value. */
  public final void fill(double value) {
    checkNotTransposed("fill");
    if (value == 0 && isOneRun()) {
      KERNEL.clear(rows * cols, array, at);
      return;
    }
    for (int i = 0; i < rows; i++) {
      fillRow(i, value);
    }
  }

  /** {@code this = x}. */
  public final void copyFrom(MatrixView x) {
    checkSame("copyFrom", x);
    if (isOneRun() && x.isOneRun()) {
      System.arraycopy(x.array, x.at, array, at, rows * cols);
      return;
    }
    for (int i = 0; i < rows; i++) {
      copyRow(i, x, i);
    }
  }

  /** Overwrites row i with a row of x. */
  public final void copyRow(int i, MatrixView x, int xRow) {
    checkColumns("copyRow", x);
    System.arraycopy(x.array, x.rowAt(xRow), array, rowAt(i), cols);
  }

  /** Overwrites row i with a row of x times a factor. */
  public final void copyRow(int i, MatrixView x, int xRow, double factor) {
    checkColumns("copyRow", x);
    int to = rowAt(i);
    int from = x.rowAt(xRow);
    for (int j = 0; j < cols; j++) {
      array[to + j] = x.array[from + j] * factor;
    }
  }

  /** Adds a row of x to row i. */
  public final void addToRow(int i, MatrixView x, int xRow) {
    checkColumns("addToRow", x);
    int to = rowAt(i);
    int from = x.rowAt(xRow);
    for (int j = 0; j < cols; j++) {
      array[to + j] += x.array[from + j];
    }
  }

  /** Sets row i to one value. */
  public final void fillRow(int i, double value) {
    int from = rowAt(i);
    Arrays.fill(array, from, from + cols, value);
  }

  /** {@code this += x}. */
  public final void add(MatrixView x) {
    checkSame("add", x);
    for (int i = 0; i < rows; i++) {
      addToRow(i, x, i);
    }
  }

  /** {@code this = x ⊙ y}, element by element. */
  public final void setTimes(MatrixView x, MatrixView y) {
    checkSame("setTimes", x);
    checkSame("setTimes", y);
    for (int i = 0; i < rows; i++) {
      int to = at + i * stride;
      int xi = x.at + i * x.stride;
      int yi = y.at + i * y.stride;
      for (int j = 0; j < cols; j++) {
        array[to + j] = x.array[xi + j] * y.array[yi + j];
      }
    }
  }

  /** {@code this += x ⊙ y}, element by element; the product is rounded, then the sum. */
  public final void addTimes(MatrixView x, MatrixView y) {
    checkSame("addTimes", x);
    checkSame("addTimes", y);
    for (int i = 0; i < rows; i++) {
      int to = at + i * stride;
      int xi = x.at + i * x.stride;
      int yi = y.at + i * y.stride;
      for (int j = 0; j < cols; j++) {
        array[to + j] += x.array[xi + j] * y.array[yi + j];
      }
    }
  }

  /** Adds a row (1 x cols), a bias, to every row. */
  public final void addRow(MatrixView row) {
    checkNotTransposed("addRow");
    if (row.rows != 1 || row.cols != cols || row.transposed) {
      throw misfit("addRow: %s + %s: the row must be (1x%d)", shape(), row.shape(), cols);
    }
    KERNEL.addRow(rows, cols, row.array, row.at, array, at, stride);
  }

  /** Adds the column sums of x, row by row, to this row: the gradient of a bias. */
  public final void addColumnSums(MatrixView x) {
    x.checkNotTransposed("addColumnSums");
    if (rows != 1 || x.cols != cols || transposed) {
      String format = "addColumnSums: %s += sums of %s: the receiver must be (1x%d)";
      throw misfit(format, shape(), x.shape(), x.cols);
    }
    KERNEL.addColumnSums(x.rows, cols, x.array, x.at, x.stride, array, at);
  }

  /** {@code this = exp(x)}, element by element. */
  public final void setExp(MatrixView x) {
    set("setExp", Function.EXP, x);
  }

  /** {@code this = ln(x)}, element by element: NaN below 0, negative infinity at 0. */
  public final void setLog(MatrixView x) {
    set("setLog", Function.LOG, x);
  }

  /** {@code this = σ(x) = 1 / (1 + exp(−x))}, element by element. */
  public final void setSigmoid(MatrixView x) {
    set("setSigmoid", Function.SIGMOID, x);
  }

  /** {@code this = tanh(x)}, element by element. */
  public final void setTanh(MatrixView x) {
    set("setTanh", Function.TANH, x);
  }

  private void set(String verb, Function function, MatrixView x) {
    checkSame(verb, x);
    if (isOneRun() && x.isOneRun()) {
      KERNEL.apply(function, rows * cols, x.array, x.at, array, at);
      return;
    }
    for (int i = 0; i < rows; i++) {
      KERNEL.apply(function, cols, x.array, x.at + i * x.stride, array, at + i * stride);
    }
  }

  // ---- rows ----

  /** {@return the greatest element of row i; NaN if one is NaN} */
  public final double maxOfRow(int i) {
    return KERNEL.max(cols, array, rowAt(i));
  }

  /** {@return the sum of row i: eight interleaved sums, joined in a fixed order} */
  public final double sumOfRow(int i) {
    return KERNEL.sum(cols, array, rowAt(i));
  }

  /** Replaces row i with its softmax: {@code exp(x − max) / Σ exp(x − max)}. */
  public final void softmaxRow(int i) {
    double sum = setExpRow(i, this, maxOfRow(i));
    int from = rowAt(i);
    for (int j = from; j < from + cols; j++) {
      array[j] /= sum;
    }
  }

  /** Replaces every row with its softmax. */
  public final void softmaxRows() {
    for (int i = 0; i < rows; i++) {
      softmaxRow(i);
    }
  }

  /** Sets row i to {@code exp(x − less)} of row i of x and returns the sum of the new row. */
  public final double setExpRow(int i, MatrixView x, double less) {
    checkColumns("setExpRow", x);
    int to = rowAt(i);
    int from = x.rowAt(i);
    for (int j = 0; j < cols; j++) {
      array[to + j] = x.array[from + j] - less;
    }
    KERNEL.apply(Function.EXP, cols, array, to, array, to);
    return KERNEL.sum(cols, array, to);
  }

  private int rowAt(int i) {
    checkNotTransposed("row");
    if (i < 0 || i >= rows) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "no row %d in %s", i, shape()));
    }
    return at + i * stride;
  }

  // ---- checks ----

  /** Whether the rows follow each other in the array without gaps. */
  private boolean isOneRun() {
    return stride == cols || rows == 1;
  }

  static IllegalArgumentException misfit(String format, Object... arguments) {
    return new IllegalArgumentException(String.format(Locale.ROOT, format, arguments));
  }

  private static void checkRange(String what, int from, int count, int size) {
    if (from < 0 || count < 1 || from > size - count) {
      String format = "%s(%d, %d): there are %d; from must be at least 0, count at least 1";
      throw misfit(format, what, from, count, size);
    }
  }

  final void checkSame(String verb, MatrixView x) {
    if (rows != x.rows || cols != x.cols) {
      throw misfit("%s: %s and %s: shapes differ", verb, shape(), x.shape());
    }
    checkNotTransposed(verb);
    x.checkNotTransposed(verb);
    if (array == x.array && !isSameRectangle(x) && overlaps(x)) {
      throw misfit(
          "%s: the receiver overlaps an operand without being that operand; pass a copy() of the"
              + " operand",
          verb);
    }
  }

  private void checkColumns(String verb, MatrixView x) {
    if (x.cols != cols) {
      throw misfit("%s: %s and %s: numbers of columns differ", verb, shape(), x.shape());
    }
  }

  private void checkNotTransposed(String verb) {
    if (transposed) {
      throw misfit(
          "%s: a transposed view can only be an operand of a product; use its copy()", verb);
    }
  }

  private static void checkInner(String verb, MatrixView a, MatrixView b) {
    if (a.cols != b.rows) {
      String format = "%s: %s·%s: inner dimensions %d and %d differ";
      throw misfit(format, verb, a.shape(), b.shape(), a.cols, b.rows);
    }
  }

  private void checkProduct(String verb, MatrixView a, MatrixView b) {
    checkInner(verb, a, b);
    checkNotTransposed(verb);
    if (rows != a.rows || cols != b.cols) {
      String format = "%s: the product of %s and %s is %s, but the receiver is %s";
      throw misfit(format, verb, a.shape(), b.shape(), shape(a.rows, b.cols), shape());
    }
    if (overlaps(a) || overlaps(b)) {
      throw misfit(
          "%s: the receiver shares elements with an operand of the product; copy it", verb);
    }
  }

  /** Whether both views may share elements of one array; disjoint columns do not. */
  private boolean overlaps(MatrixView x) {
    if (array != x.array || end() <= x.at || x.end() <= at) {
      return false;
    }
    if (stride != x.stride || transposed != x.transposed) {
      return true;
    }
    if (x.at < at) {
      return x.overlaps(this);
    }
    int distance = x.at - at;
    int column = distance < stride ? distance : distance % stride; // a division is slow
    return column < cols || stride - column < x.cols;
  }

  /** The index after its last element. */
  private int end() {
    return transposed ? at + (cols - 1) * stride + rows : at + (rows - 1) * stride + cols;
  }

  @Override
  public String toString() {
    return "MatrixView " + shape();
  }
}
