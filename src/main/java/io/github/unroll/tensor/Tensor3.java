package io.github.unroll.tensor;

import java.util.Arrays;
import java.util.Locale;

/**
 * A tensor of {@code double} with three axes, row-major in one array: a batch of sequences (N,T,D),
 * or in column layout (n_x, m, T_x).
 *
 * <p>In a batch of sequences, {@link #step(int)} and {@link #setStep(int, Matrix)} read and write
 * the matrix (N,D) of one time step. In column layout, where time is the last axis, {@link
 * #slice(int)} and {@link #setSlice(int, Matrix)} do this.
 */
public final class Tensor3 {

  private final int d0;
  private final int d1;
  private final int d2;
  private final double[] data;
  private MatrixView rows; // created on first use

  /**
   * A tensor of zeros.
   *
   * @param d0 size of axis 0, at least 1
   * @param d1 size of axis 1, at least 1
   * @param d2 size of axis 2, at least 1
   * @throws IllegalArgumentException if a size is below 1 or there would be more than {@code
   *     Integer.MAX_VALUE} elements
   * @throws OutOfMemoryError if the heap is too small; the message names all sizes
   */
  public Tensor3(int d0, int d1, int d2) {
    this(d0, d1, d2, Room.ofTensor(checkedSize(d0, d1, d2), d0, d1, d2));
  }

  private Tensor3(int d0, int d1, int d2, double[] data) {
    this.d0 = d0;
    this.d1 = d1;
    this.d2 = d2;
    this.data = data;
  }

  /**
   * {@return a tensor of the given values}
   *
   * @param d0 size of axis 0, at least 1
   * @param d1 size of axis 1, at least 1
   * @param d2 size of axis 2, at least 1
   * @param rowMajor the values, the last axis fastest; copied
   * @throws IllegalArgumentException if the number of values is not the product of the sizes
   */
  public static Tensor3 of(int d0, int d1, int d2, double... rowMajor) {
    int size = checkedSize(d0, d1, d2);
    if (rowMajor.length != size) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Tensor3.of: %s takes %d values, not %d",
              shape(d0, d1, d2),
              size,
              rowMajor.length));
    }
    return new Tensor3(d0, d1, d2, rowMajor.clone());
  }

  /** {@return the size of axis 0, at least 1: the batch N} */
  public int d0() {
    return d0;
  }

  /** {@return the size of axis 1, at least 1: the steps T of a batch of sequences} */
  public int d1() {
    return d1;
  }

  /** {@return the size of axis 2, at least 1: the features D of a batch of sequences} */
  public int d2() {
    return d2;
  }

  /** {@return N, the number of sequences of a batch: the size of axis 0} */
  public int batch() {
    return d0;
  }

  /** {@return T, the number of steps of each sequence: the size of axis 1} */
  public int steps() {
    return d1;
  }

  /** {@return D, the number of features of each step: the size of axis 2} */
  public int features() {
    return d2;
  }

  /** {@return the shape as text, e.g. {@code (2x3x4)}} */
  public String shape() {
    return shape(d0, d1, d2);
  }

  /** {@return whether another tensor has this shape} */
  public boolean sameShape(Tensor3 other) {
    return d0 == other.d0 && d1 == other.d1 && d2 == other.d2;
  }

  /** {@return the live row-major array: writing to it changes the tensor} */
  public double[] data() {
    return data;
  }

  /**
   * {@return one element}
   *
   * @param i index on axis 0
   * @param j index on axis 1
   * @param k index on axis 2
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public double get(int i, int j, int k) {
    return data[index(i, j, k)];
  }

  /**
   * Sets one element of this tensor.
   *
   * @param i index on axis 0
   * @param j index on axis 1
   * @param k index on axis 2
   * @param value its new value
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public void set(int i, int j, int k, double value) {
    data[index(i, j, k)] = value;
  }

  /**
   * Sets every element of this tensor to one value.
   *
   * @param value the value
   */
  public void fill(double value) {
    Arrays.fill(data, value);
  }

  /** {@return a view of all steps of all sequences as the rows of one matrix (N·T,D)} */
  public MatrixView asRows() {
    if (rows == null) {
      rows = new MatrixView(data, 0, d0 * d1, d2, d2, false);
    }
    return rows;
  }

  /** {@return a view of all elements as one row (1,N·T·D)} */
  public MatrixView asRow() {
    return new MatrixView(data, 0, 1, data.length, data.length, false);
  }

  /**
   * {@return a view (T,D) of one sequence}
   *
   * @param i its index, from 0
   * @throws IndexOutOfBoundsException if there is no such sequence
   */
  public MatrixView sequence(int i) {
    checkIndex("sequence", i, d0);
    return new MatrixView(data, i * d1 * d2, d1, d2, d2, false);
  }

  /** {@return a copy with its own storage} */
  public Tensor3 copy() {
    return new Tensor3(d0, d1, d2, data.clone());
  }

  /**
   * {@return a copy (d0 x d2) of index t on axis 1: step t of a batch of sequences}
   *
   * @param t time step, from 0
   * @throws IndexOutOfBoundsException if there is no such step
   */
  public Matrix step(int t) {
    checkIndex("step", t, d1);
    Matrix m = new Matrix(d0, d2);
    for (int i = 0; i < d0; i++) {
      System.arraycopy(data, (i * d1 + t) * d2, m.data(), i * d2, d2);
    }
    return m;
  }

  /**
   * Copies a matrix to index t on axis 1: step t of a batch of sequences.
   *
   * @param t time step, from 0
   * @param m matrix (d0 x d2)
   * @throws IndexOutOfBoundsException if there is no such step
   * @throws IllegalArgumentException if m has another shape
   */
  public void setStep(int t, Matrix m) {
    checkIndex("setStep", t, d1);
    checkMatrix("setStep", m, d0, d2);
    for (int i = 0; i < d0; i++) {
      System.arraycopy(m.data(), i * d2, data, (i * d1 + t) * d2, d2);
    }
  }

  /**
   * {@return a copy (d0 x d1) of index k on axis 2: NumPy's {@code x[:, :, k]}, step k in column
   * layout}
   *
   * @param k index on axis 2
   * @throws IndexOutOfBoundsException if there is no such slice
   */
  public Matrix slice(int k) {
    checkIndex("slice", k, d2);
    Matrix m = new Matrix(d0, d1);
    for (int i = 0; i < d0 * d1; i++) {
      m.data()[i] = data[i * d2 + k];
    }
    return m;
  }

  /**
   * Copies a matrix to index k on axis 2: NumPy's {@code x[:, :, k] = m}.
   *
   * @param k index on axis 2
   * @param m matrix (d0 x d1)
   * @throws IndexOutOfBoundsException if there is no such slice
   * @throws IllegalArgumentException if m has another shape
   */
  public void setSlice(int k, Matrix m) {
    checkIndex("setSlice", k, d2);
    checkMatrix("setSlice", m, d0, d1);
    for (int i = 0; i < d0 * d1; i++) {
      data[i * d2 + k] = m.data()[i];
    }
  }

  /**
   * {@return a copy with axes 0 and 1 swapped, (N,T,D) as (T,N,D) or back: {@code swapaxes(0, 1)}}
   */
  public Tensor3 swapAxes01() {
    Tensor3 swapped = new Tensor3(d1, d0, d2);
    for (int i = 0; i < d0; i++) {
      for (int j = 0; j < d1; j++) {
        System.arraycopy(data, (i * d1 + j) * d2, swapped.data, (j * d0 + i) * d2, d2);
      }
    }
    return swapped;
  }

  /** {@return a copy with the steps of every sequence in reverse order} */
  public Tensor3 reversedSteps() {
    int[] lengths = new int[d0];
    Arrays.fill(lengths, d1);
    return reversedSteps(lengths);
  }

  /**
   * {@return a copy with the first steps of every sequence in reverse order, and those after its
   * length where they were}
   *
   * @param lengths how many steps of each sequence count (N), each in 0..T
   * @throws IllegalArgumentException if there are not N lengths, or one is out of range
   */
  public Tensor3 reversedSteps(int[] lengths) {
    if (lengths.length != d0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "reversedSteps: %d lengths for the %d sequences of %s",
              lengths.length,
              d0,
              shape()));
    }
    Tensor3 reversed = copy();
    for (int i = 0; i < d0; i++) {
      if (lengths[i] < 0 || lengths[i] > d1) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "reversedSteps: length %d is not in 0..%d", lengths[i], d1));
      }
      for (int t = 0; t < lengths[i]; t++) {
        int from = i * d1 + lengths[i] - 1 - t;
        System.arraycopy(data, from * d2, reversed.data, (i * d1 + t) * d2, d2);
      }
    }
    return reversed;
  }

  /**
   * {@return whether another tensor has the same shape and close values: {@code |a − b| <=
   * tolerance · max(1, |b|)}} NaN is close to nothing; an infinity is close only to itself.
   *
   * @param other the tensor to compare with
   * @param tolerance e.g. {@code 1e-12}
   */
  public boolean allClose(Tensor3 other, double tolerance) {
    return sameShape(other) && Matrix.allClose(data, other.data, tolerance);
  }

  /**
   * Whether the other object is a tensor of the same shape and exactly the same values: NaN equals
   * NaN, and 0.0 differs from -0.0. For a tolerance see {@link #allClose}.
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor3 t && sameShape(t) && Arrays.equals(data, t.data);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * (31 * d0 + d1) + d2) + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Tensor3 " + shape();
  }

  private int index(int i, int j, int k) {
    if (i < 0 || i >= d0 || j < 0 || j >= d1 || k < 0 || k >= d2) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "no element [%d,%d,%d] in %s", i, j, k, shape()));
    }
    return (i * d1 + j) * d2 + k;
  }

  private static String shape(int d0, int d1, int d2) {
    return "(" + d0 + "x" + d1 + "x" + d2 + ")";
  }

  private static int checkedSize(int d0, int d1, int d2) {
    if (d0 < 1 || d1 < 1 || d2 < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Tensor3: %s is empty; all sizes must be at least 1",
              shape(d0, d1, d2)));
    }
    return Room.size("Tensor3", "", d0, d1, d2);
  }

  private void checkIndex(String verb, int index, int size) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT, "%s: %d is not in 0..%d of %s", verb, index, size - 1, shape()));
    }
  }

  private void checkMatrix(String verb, Matrix m, int rows, int cols) {
    if (m.rows() != rows || m.cols() != cols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %s takes a matrix (%dx%d), not %s",
              verb,
              shape(),
              rows,
              cols,
              m.shape()));
    }
  }
}
