package io.github.unroll.tensor;

import java.util.BitSet;
import java.util.Objects;

/**
 * A trainable matrix: its name, its value and the gradient of the loss with respect to it.
 *
 * <p>Every backward pass <em>adds</em> to {@link #grad()}, so that a parameter used in several
 * places or steps collects all its gradients; {@link #zeroGrad()} clears it before the next
 * backward pass. An optimizer changes {@link #value()} in place.
 *
 * <p>Until {@link #grad()} or {@link #addMatmulToGrad} is called, a parameter knows which rows of
 * its gradient are touched, that is, added to by {@link #addToGradRow} since the latest {@link
 * #zeroGrad()}. All other rows are zero, and code that clears, measures or uses the gradient may
 * skip them. After such a call all rows count as touched, permanently.
 */
public final class Parameter {

  private final String name;
  private final Matrix value;
  private final Matrix grad;
  private BitSet touched; // null if any row may have been written
  private boolean lent; // by grad(), whose caller may read and write at any time
  private boolean toBeCleared;
  private double toBeScaledBy = 1;

  /**
   * A parameter with a gradient of zero. Its name, e.g. {@code rnn.wh}, is used in messages and
   * files. The matrix is kept, not copied: training changes it.
   */
  public Parameter(String name, Matrix value) {
    this.name = Objects.requireNonNull(name, "name");
    this.value = Objects.requireNonNull(value, "value");
    this.grad = new Matrix(value.rows(), value.cols());
    this.touched = new BitSet(value.rows());
  }

  /** {@return the name in messages and files} */
  public String name() {
    return name;
  }

  /** {@return the live matrix that is trained, not a copy} */
  public Matrix value() {
    return value;
  }

  /**
   * Checks the shape of the value, as the constructor of a cell or layer does.
   *
   * @param owner what the parameter belongs to, for the message
   * @return this
   * @throws IllegalArgumentException if the value has another shape
   */
  public Parameter shaped(String owner, int rows, int cols) {
    if (value.rows() != rows || value.cols() != cols) {
      String format = "%s: %s must be (%dx%d), not %s";
      throw MatrixView.misfit(format, owner, name, rows, cols, value.shape());
    }
    return this;
  }

  /**
   * {@return the gradient of the loss with respect to the value, a live matrix of its shape} After
   * the first call all rows count as touched, permanently.
   */
  public Matrix grad() {
    finishGrad();
    touched = null;
    lent = true;
    return grad;
  }

  /**
   * Adds the product a·b to the gradient, with the bits of {@code grad().addMatmul(a, b)}. As long
   * as nobody has called {@link #grad()}, it takes less time if a parameter is large: {@link
   * #zeroGrad()} clears nothing then, and the first product overwrites.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public void addMatmulToGrad(MatrixView a, MatrixView b) {
    if (toBeCleared) {
      grad.setMatmul(a, b);
      toBeCleared = false;
    } else {
      finishGrad();
      grad.addMatmul(a, b);
    }
    touched = null;
  }

  /**
   * Adds a row of x to a row of the gradient, which is then touched. An embedding does this for
   * every word that occurs.
   *
   * @throws IllegalArgumentException if a row does not exist or x has another number of columns
   */
  public void addToGradRow(int row, MatrixView x, int xRow) {
    int cols = grad.cols();
    if (row < 0 || row >= grad.rows() || xRow < 0 || xRow >= x.rows() || x.cols() != cols) {
      String format = "addToGradRow: row %3$d of %4$s does not fit row %1$d of %2$s";
      throw MatrixView.misfit(format, row, this, xRow, x.shape());
    }
    finishGrad();
    if (touched != null) {
      touched.set(row);
    }
    grad.addToRow(row, x, xRow);
  }

  /** Multiplies the gradient by a factor, now or when it is read next. */
  public void scaleGrad(double factor) {
    finishGrad();
    toBeScaledBy = factor;
    boolean keepsZeros = factor > 0 && factor <= Double.MAX_VALUE; // of rows that are not touched
    if (lent || !keepsZeros) {
      finishGrad();
    }
  }

  /**
   * {@return the factor of {@link #scaleGrad} that waits, 1 if none does, and forgets it: the
   * caller must multiply all touched rows by it} So an optimizer scales and uses a gradient in one
   * pass. It calls this before {@link #gradOfTouchedRows()}, which would multiply.
   */
  public double takeGradFactor() {
    double factor = toBeScaledBy;
    toBeScaledBy = 1;
    return factor;
  }

  private void finishGrad() {
    if (toBeCleared) {
      grad.clearRows(0, grad.rows());
      toBeCleared = false;
    }
    double factor = takeGradFactor();
    if (factor != 1) {
      double[] g = grad.data();
      int cols = grad.cols();
      int to;
      for (int from = nextTouchedRow(0); from < grad.rows(); from = nextTouchedRow(to)) {
        to = nextUntouchedRow(from);
        for (int i = from * cols; i < to * cols; i++) {
          g[i] *= factor;
        }
      }
    }
  }

  /**
   * {@return the matrix of {@link #grad()}, for code that writes touched rows only, such as
   * optimizers, and does not keep it past the next clipping, {@link #scaleGrad} or {@link
   * #zeroGrad()}} This call touches no row. What waits to be done to the gradient is done first, so
   * threads must not call it at once.
   */
  public Matrix gradOfTouchedRows() {
    finishGrad();
    return grad;
  }

  /**
   * {@return the first touched row from row {@code from} on, or the number of rows if there is
   * none}
   */
  public int nextTouchedRow(int from) {
    if (touched == null) {
      return from;
    }
    int row = touched.nextSetBit(from);
    return row < 0 ? grad.rows() : row;
  }

  /** {@return the first untouched row from row {@code from} on, or the number of rows} */
  public int nextUntouchedRow(int from) {
    return touched == null ? grad.rows() : Math.min(touched.nextClearBit(from), grad.rows());
  }

  /**
   * Sets the gradient to the values of an array from a place on, or adds them. A row that was not
   * touched stays so if its values are zero.
   */
  void takeGrad(double[] from, int at, boolean add) {
    if (!add) {
      zeroGrad();
    }
    finishGrad();
    double[] g = grad.data();
    int cols = grad.cols();
    for (int row = 0; row < grad.rows(); row++) {
      int begin = row * cols;
      if (touched != null && !touched.get(row) && isZero(from, at + begin, cols)) {
        continue;
      }
      if (touched != null) {
        touched.set(row);
      }
      for (int i = begin; i < begin + cols; i++) {
        g[i] = add ? g[i] + from[at + i] : from[at + i];
      }
    }
  }

  private static boolean isZero(double[] values, int at, int count) {
    long bits = 0; // a zero with a sign is none: it would lose it
    for (int i = at; i < at + count; i++) {
      bits |= Double.doubleToRawLongBits(values[i]);
    }
    return bits == 0;
  }

  /**
   * Sets the gradient to zero, at the latest when it is read next. No row is then touched, unless
   * {@link #grad()} or {@link #addMatmulToGrad} was called before.
   */
  public void zeroGrad() {
    toBeScaledBy = 1;
    if (touched == null && !lent) {
      toBeCleared = true;
      return;
    }
    int to;
    for (int from = nextTouchedRow(0); from < grad.rows(); from = nextTouchedRow(to)) {
      to = nextUntouchedRow(from);
      grad.clearRows(from, to);
    }
    if (touched != null) {
      touched.clear();
    }
  }

  @Override
  public String toString() {
    return name + " " + value.shape();
  }
}
