package io.github.unroll.io.numpy;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An array as NumPy saves it: numbers of one {@link NumpyType} in any number of axes. It never
 * changes.
 *
 * <p>Floating-point values are held as {@code double}, integers and booleans (0 and 1) as {@code
 * long}, so 64-bit integers keep all their bits; those of uint64 are the unsigned reading of a
 * {@code long}. Values stand in row-major order, whatever order a file had.
 *
 * <p>What a {@link NumpyType} does not tell, such as text, records and complex numbers, is not
 * read, nor is what is too large. Among the arrays of a file, such a one tells the name of its type
 * and its shape, and refuses all else; see {@link #isReadable()}.
 */
public final class NumpyArray {

  static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  private final String typeName;
  private final NumpyType type; // null if it is none
  private final long[] shape;
  private final double[] doubles;
  private final long[] longs;
  private final String unread; // why the values are not here; empty if they are

  /** Takes the arrays as they are; one of them is null. */
  NumpyArray(NumpyType type, int[] shape, double[] doubles, long[] longs) {
    this.typeName = type.toString();
    this.type = type;
    this.shape = Arrays.stream(shape).asLongStream().toArray();
    this.doubles = doubles;
    this.longs = longs;
    this.unread = "";
  }

  /** An array whose values cannot be read; not its shape either, if that is null. */
  NumpyArray(String typeName, long[] shape, String unread) {
    this.typeName = typeName;
    this.type = null;
    this.shape = shape;
    this.doubles = null;
    this.longs = null;
    this.unread = unread;
  }

  /**
   * An array of floating-point numbers.
   *
   * @param type float64, float32 or float16; values are rounded to it, to nearest
   * @param shape size of each axis, none for a single number; copied
   * @param rowMajor the values, the last axis fastest; copied
   * @return a new array
   * @throws IllegalArgumentException if the type is not floating, a size is negative, the number of
   *     values is not the product of the sizes, or a finite value is too large for the type
   */
  public static NumpyArray ofDoubles(NumpyType type, int[] shape, double... rowMajor) {
    if (!type.isFloating()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "NumpyArray.ofDoubles: %s is no floating-point type; use ofLongs",
              type));
    }
    checkSize("ofDoubles", shape, rowMajor.length);
    double[] values = new double[rowMajor.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.rounded(rowMajor[i]);
      if (Double.isInfinite(values[i]) && !Double.isInfinite(rowMajor[i])) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "NumpyArray.ofDoubles: value %s at index %d is too large for %s; take a wider type",
                rowMajor[i],
                i,
                type));
      }
    }
    return new NumpyArray(type, shape.clone(), values, null);
  }

  /**
   * An array of integers or booleans.
   *
   * @param type any but the floating-point types
   * @param shape size of each axis, none for a single number; copied
   * @param rowMajor the values, the last axis fastest; of uint64 their unsigned reading counts;
   *     copied
   * @return a new array
   * @throws IllegalArgumentException if the type is floating, a size is negative, the number of
   *     values is not the product of the sizes, or a value is out of the type's range
   */
  public static NumpyArray ofLongs(NumpyType type, int[] shape, long... rowMajor) {
    if (type.isFloating()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "NumpyArray.ofLongs: %s is a floating-point type; use ofDoubles", type));
    }
    checkSize("ofLongs", shape, rowMajor.length);
    for (int i = 0; i < rowMajor.length; i++) {
      if (!type.holds(rowMajor[i])) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "NumpyArray.ofLongs: value %d at index %d is out of the range of %s; take a wider"
                    + " type",
                rowMajor[i],
                i,
                type));
      }
    }
    return new NumpyArray(type, shape.clone(), null, rowMajor.clone());
  }

  /**
   * A matrix as an array.
   *
   * @param matrix its values are copied
   * @return a new array (rows, cols) of float64
   */
  public static NumpyArray of(Matrix matrix) {
    int[] shape = {matrix.rows(), matrix.cols()};
    return new NumpyArray(NumpyType.FLOAT64, shape, matrix.data().clone(), null);
  }

  /**
   * A tensor as an array.
   *
   * @param tensor its values are copied
   * @return a new array (d0, d1, d2) of float64
   */
  public static NumpyArray of(Tensor3 tensor) {
    int[] shape = {tensor.d0(), tensor.d1(), tensor.d2()};
    return new NumpyArray(NumpyType.FLOAT64, shape, tensor.data().clone(), null);
  }

  /**
   * Whether the values were read. If not, there are only {@link #typeName()} and {@code toString},
   * and {@link #shape()} if no axis is too long.
   *
   * @return false for an array of text, records, complex numbers or another type that {@link
   *     NumpyType} has not, for one with more values than Java holds in an array, and for one that
   *     the archive keeps encrypted or compressed in another way than deflated
   */
  public boolean isReadable() {
    return unread.isEmpty();
  }

  /**
   * The name of the type, of one that is not read too.
   *
   * @return NumPy's name if {@link NumpyType} has it, such as {@code float64}; else what the file
   *     says, such as {@code <U5}; empty if it cannot be read
   */
  public String typeName() {
    return typeName;
  }

  /**
   * The type of the values.
   *
   * @return NumPy's dtype, without its byte order
   * @throws IllegalStateException naming array and type, if the values were not read
   */
  public NumpyType type() {
    requireRead();
    return type;
  }

  /**
   * The size of each axis.
   *
   * @return a copy; empty for a single number
   * @throws IllegalStateException naming the array, if it was not read and an axis is beyond an
   *     int, or not known
   */
  public int[] shape() {
    if (shape == null || Arrays.stream(shape).anyMatch(axis -> axis > Integer.MAX_VALUE)) {
      requireRead();
    }
    return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
  }

  /**
   * The number of values.
   *
   * @return the product of the shape: 1 for a single number, 0 if an axis is empty
   * @throws IllegalStateException naming array and type, if the values were not read
   */
  public int size() {
    requireRead();
    return doubles != null ? doubles.length : longs.length;
  }

  private void requireRead() {
    if (!unread.isEmpty()) {
      throw new IllegalStateException(unread);
    }
  }

  /**
   * The values of any type as doubles. Only int64 and uint64 have values that a double has not;
   * these are rounded to nearest.
   *
   * @return a new array in row-major order
   * @throws IllegalStateException naming array and type, if the values were not read
   */
  public double[] toDoubles() {
    double[] values = new double[size()];
    copyTo(values);
    return values;
  }

  /**
   * The values of an integer or boolean array, exactly.
   *
   * @return a new array in row-major order; for uint64 read them as unsigned
   * @throws IllegalStateException if the type is floating, or the values were not read
   */
  public long[] toLongs() {
    requireRead();
    if (longs == null) {
      throw new IllegalStateException("toLongs: the array is of " + type + "; use toDoubles");
    }
    return longs.clone();
  }

  /**
   * The array as a matrix: two axes as they are, one axis as a row, a single number as (1x1).
   *
   * @return a new matrix; values as {@link #toDoubles()} has them
   * @throws IllegalArgumentException if there are more than two axes, or no values
   * @throws IllegalStateException naming array and type, if the values were not read
   */
  public Matrix toMatrix() {
    requireRead();
    if (shape.length > 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "toMatrix: the array is %s; a matrix has at most two axes",
              shapeText(shape)));
    }
    int rows = shape.length == 2 ? (int) shape[0] : 1;
    int cols = shape.length == 0 ? 1 : (int) shape[shape.length - 1];
    Matrix m = new Matrix(rows, cols);
    copyTo(m.data());
    return m;
  }

  /**
   * The array of three axes as a tensor.
   *
   * @return a new tensor; values as {@link #toDoubles()} has them
   * @throws IllegalArgumentException if there are not three axes, or no values
   * @throws IllegalStateException naming array and type, if the values were not read
   */
  public Tensor3 toTensor3() {
    requireRead();
    if (shape.length != 3) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "toTensor3: the array is %s; a tensor has three axes",
              shapeText(shape)));
    }
    Tensor3 t = new Tensor3((int) shape[0], (int) shape[1], (int) shape[2]);
    copyTo(t.data());
    return t;
  }

  /**
   * Whether the other object is an array of the same type and shape and exactly the same values:
   * NaN equals NaN, and 0.0 differs from -0.0. One whose values were not read equals itself alone.
   */
  @Override
  public boolean equals(Object other) {
    if (other == this) {
      return true;
    }
    return other instanceof NumpyArray a
        && isReadable()
        && a.isReadable()
        && type == a.type
        && Arrays.equals(shape, a.shape)
        && Arrays.equals(doubles, a.doubles)
        && Arrays.equals(longs, a.longs);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * typeName.hashCode() + Arrays.hashCode(shape))
        + (doubles != null ? Arrays.hashCode(doubles) : Arrays.hashCode(longs));
  }

  /** Type and shape, e.g. {@code float64 (2, 3)}. */
  @Override
  public String toString() {
    return shape == null ? "not read" : typeName + " " + shapeText(shape);
  }

  /** Why the values were not read, and what to do; empty if they were. */
  public String unread() {
    return unread;
  }

  /** The shape, of one that is not known none. */
  public long[] longShape() {
    return shape == null ? new long[0] : shape.clone();
  }

  /** The storage of a floating-point array; null for another. */
  public double[] doubles() {
    return doubles;
  }

  /** The storage of an integer array; null for another. */
  public long[] longs() {
    return longs;
  }

  /** The shape as Python writes a tuple. */
  static String shapeText(int[] shape) {
    return shapeText(Arrays.stream(shape).asLongStream().toArray());
  }

  static String shapeText(long[] shape) {
    return Arrays.stream(shape)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", ", "(", shape.length == 1 ? ",)" : ")"));
  }

  /**
   * The product of the sizes, none negative; a number above {@code MOST_VALUES} if it is larger.
   */
  static long size(int[] shape) {
    long size = 1;
    for (int axis : shape) {
      if (axis == 0) {
        return 0;
      }
      // Once too large it stays so, unless a later axis is empty; it cannot overflow.
      size = Math.min(size * axis, MOST_VALUES + 1L);
    }
    return size;
  }

  private static void checkSize(String verb, int[] shape, int values) {
    if (Arrays.stream(shape).anyMatch(axis -> axis < 0) || size(shape) != values) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "NumpyArray.%s: %d values do not fill the shape %s",
              verb,
              values,
              shapeText(shape)));
    }
  }

  private void copyTo(double[] target) {
    if (doubles != null) {
      System.arraycopy(doubles, 0, target, 0, doubles.length);
      return;
    }
    for (int i = 0; i < longs.length; i++) {
      boolean aboveSigned = type == NumpyType.UINT64 && longs[i] < 0;
      // Halved with the lost bit kept as a sticky one, so that doubling rounds only once.
      target[i] =
          aboveSigned ? (double) ((longs[i] >>> 1) | (longs[i] & 1)) * 2 : (double) longs[i];
    }
  }
}
