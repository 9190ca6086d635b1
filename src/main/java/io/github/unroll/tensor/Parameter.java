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
 * <p>As long as nobody was handed {@link #grad()}, a parameter knows which rows of its gradient
 * were touched, that is, added to by {@link #addToGradRow} since the latest {@link #zeroGrad()}.
 * All others are zero, and what clears, measures or uses the gradient may skip them.
 */
public final class Parameter {

  private final String name;
  private final Matrix value;
  private final Matrix grad;
  private BitSet touched; // null from the first grad() on: its caller may write anywhere, any time

  /**
   * A parameter with a gradient of zero. Its name is what messages and files call it, e.g. {@code
   * rnn.wh}; the matrix is kept, not copied: what trains the parameter changes it.
   */
  public Parameter(String name, Matrix value) {
    this.name = Objects.requireNonNull(name, "name");
    this.value = Objects.requireNonNull(value, "value");
    this.grad = new Matrix(value.rows(), value.cols());
    this.touched = new BitSet(value.rows());
  }

  /** {@return how messages and files call it} */
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
   * @param owner what the parameter is for, as a message should say
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
   * {@return the gradient of the loss with respect to the value, a live matrix of its shape} From
   * the first call on all its rows count as touched, for good.
   */
  public Matrix grad() {
    touched = null;
    return grad;
  }

  /**
   * Adds a row of x to a row of the gradient, as an embedding does for a word that occurred; the
   * row is touched then.
   *
   * @throws IllegalArgumentException if there is no such row or x has other columns
   */
  public void addToGradRow(int row, MatrixView x, int xRow) {
    int cols = grad.cols();
    if (row < 0 || row >= grad.rows() || xRow < 0 || xRow >= x.rows() || x.cols() != cols) {
      String format = "addToGradRow: row %d of %s cannot get row %d of %s";
      throw MatrixView.misfit(format, row, this, xRow, x.shape());
    }
    if (touched != null) {
      touched.set(row);
    }
    grad.addToRow(row, x, xRow);
  }

  /**
   * {@return {@link #grad()} for an optimizer or what clips, which write touched rows only} No row
   * is touched by this call.
   */
  public Matrix gradOfTouchedRows() {
    return grad;
  }

  /** {@return the first touched row from a row on, or the number of rows if there is none} */
  public int nextTouchedRow(int from) {
    if (touched == null) {
      return from;
    }
    int row = touched.nextSetBit(from);
    return row < 0 ? grad.rows() : row;
  }

  /** {@return the first row from a row on that is not touched, where a run of touched rows ends} */
  public int nextUntouchedRow(int from) {
    return touched == null ? grad.rows() : Math.min(touched.nextClearBit(from), grad.rows());
  }

  /** Sets the gradient to zero. No row is touched then, unless {@link #grad()} was handed out. */
  public void zeroGrad() {
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
