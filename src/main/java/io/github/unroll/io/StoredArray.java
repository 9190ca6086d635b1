package io.github.unroll.io;

import io.github.unroll.io.bytes.BytePieces;
import io.github.unroll.io.bytes.Strides;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * An array as it is stored in files: elements of one {@link ElementType} with any number of axes,
 * row-major. It keeps the original bytes, so no bit of a 64-bit integer or a NaN is lost, and it
 * takes as much memory as the file. Immutable.
 *
 * <p>The values of an array may be unreadable: then only the name of its type and its shape are
 * available; see {@link #isReadable()}.
 */
public final class StoredArray {

  /** The greatest length of a Java array, and so of {@link #doubles()}. */
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  private final String typeName;
  private final ElementType type; // null if there are no values
  private final long[] shape; // null if it is unknown
  private final int size;
  private final BytePieces bytes; // little endian; null if there are no values
  private final String unread; // why there are no values; empty if there are

  /** Takes bytes and shape as they are. */
  private StoredArray(ElementType type, long[] shape, int size, BytePieces bytes) {
    this.typeName = type.toString();
    this.type = type;
    this.shape = shape;
    this.size = size;
    this.bytes = bytes;
    this.unread = "";
  }

  private StoredArray(String typeName, long[] shape, String unread) {
    this.typeName = typeName;
    this.type = null;
    this.shape = shape;
    this.size = 0;
    this.bytes = null;
    this.unread = unread;
  }

  // ---- made of numbers ----

  /** {@return a matrix as an array of float64 and two axes; its values are copied} */
  public static StoredArray of(Matrix matrix) {
    return ofDoubles(ElementType.FLOAT64, new long[] {matrix.rows(), matrix.cols()}, matrix.data());
  }

  /** {@return a tensor as an array of float64 and three axes; its values are copied} */
  public static StoredArray of(Tensor3 tensor) {
    return ofDoubles(
        ElementType.FLOAT64, new long[] {tensor.d0(), tensor.d1(), tensor.d2()}, tensor.data());
  }

  /**
   * {@return a new array of floating-point numbers}
   *
   * @param type float64 keeps each value; float32, float16 and bfloat16 round to the nearest value,
   *     ties to even
   * @param shape the size of each axis; empty for a single number; copied
   * @param rowMajor the values, the last axis fastest; copied
   * @throws IllegalArgumentException if the type is not floating-point, the shape does not fit the
   *     number of values, or a finite value is too large for the type
   */
  public static StoredArray ofDoubles(ElementType type, long[] shape, double... rowMajor) {
    if (!type.isFloating()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredArray.ofDoubles: %s is no floating-point type; use ofLongs",
              type));
    }
    requireFilled("ofDoubles", shape, rowMajor.length);
    for (int i = 0; i < rowMajor.length; i++) {
      if (ElementBytes.isTooLarge(type, rowMajor[i])) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "StoredArray.ofDoubles: value %s at index %d is too large for %s; take a wider"
                    + " type",
                rowMajor[i],
                i,
                type));
      }
    }
    BytePieces bytes = BytePieces.zeros((long) rowMajor.length * type.bytes());
    forEachPiece(
        type, bytes, (piece, from, to) -> ElementBytes.put(type, piece, rowMajor, from, to));
    return new StoredArray(type, shape.clone(), rowMajor.length, bytes);
  }

  /**
   * {@return a new array of integers or booleans}
   *
   * @param type any type except the floating-point types
   * @param shape the size of each axis; empty for a single number; copied
   * @param rowMajor the values, the last axis fastest; for uint64 they are read as unsigned; copied
   * @throws IllegalArgumentException if the type is floating-point, the shape does not fit the
   *     number of values, or a value is out of the type's range
   */
  public static StoredArray ofLongs(ElementType type, long[] shape, long... rowMajor) {
    if (type.isFloating()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredArray.ofLongs: %s is a floating-point type; use ofDoubles",
              type));
    }
    requireFilled("ofLongs", shape, rowMajor.length);
    for (int i = 0; i < rowMajor.length; i++) {
      if (!type.holds(rowMajor[i])) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "StoredArray.ofLongs: value %d at index %d is outside the range of %s, %d to %d;"
                    + " take a wider type",
                rowMajor[i],
                i,
                type,
                type.least(),
                type.greatest()));
      }
    }
    BytePieces bytes = BytePieces.zeros((long) rowMajor.length * type.bytes());
    forEachPiece(
        type, bytes, (piece, from, to) -> ElementBytes.put(type, piece, rowMajor, from, to));
    return new StoredArray(type, shape.clone(), rowMajor.length, bytes);
  }

  private static void requireFilled(String verb, long[] shape, int values) {
    long wanted = size(shape);
    if (wanted < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "StoredArray.%s: no array has the shape %s", verb, shapeText(shape)));
    }
    if (wanted != values) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredArray.%s: the shape %s takes %d values, not %d",
              verb,
              shapeText(shape),
              wanted,
              values));
    }
  }

  /** The product of the sizes; -1 if one is negative or the product does not fit in a long. */
  private static long size(long[] shape) {
    long size = 1;
    for (long axis : shape) {
      if (axis < 0 || (axis > 0 && size > Long.MAX_VALUE / axis)) {
        return -1;
      }
      size *= axis;
    }
    return size;
  }

  // ---- made of a file's bytes ----

  /**
   * Reads the elements of an array from a stream, and nothing after them. Memory is allocated only
   * for bytes that have arrived.
   *
   * @param in the stream of the elements, row-major
   * @param type their type
   * @param order the order of the bytes of an element
   * @param shape the size of each axis; empty for a single number; copied
   * @return a new array
   * @throws EOFException if the stream ends before
   * @throws IOException if it cannot be read, or an element of bool is neither 0 nor 1
   * @throws IllegalArgumentException if no array has that shape, or so many values
   */
  public static StoredArray read(InputStream in, ElementType type, ByteOrder order, long... shape)
      throws IOException {
    long size = size(shape);
    if (size < 0 || size > MOST_VALUES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredArray.read: the shape %s is not one of 0 to %d values; read it in parts",
              shapeText(shape),
              MOST_VALUES));
    }
    BytePieces bytes =
        BytePieces.read(
            in,
            size * type.bytes(),
            (piece, start) -> {
              if (type == ElementType.BOOL) {
                requireBooleans(piece, start);
              }
              if (order == ByteOrder.BIG_ENDIAN) {
                ElementBytes.swap(type, ByteBuffer.wrap(piece));
              }
            });
    return new StoredArray(type, shape.clone(), (int) size, bytes);
  }

  private static void requireBooleans(byte[] piece, long start) throws IOException {
    for (int i = 0; i < piece.length; i++) {
      if (piece[i] != 0 && piece[i] != 1) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "value %d at index %d is no boolean; 0 and 1 are",
                piece[i] & 0xff,
                start + i));
      }
    }
  }

  /**
   * {@return an array whose values cannot be read, for the list of arrays of a file}
   *
   * @param typeName the type of its elements in the terms of the file; empty if unknown
   * @param shape the size of each axis, copied; null if unknown
   * @param why the name of the array, what is wrong with it, and what to do
   */
  public static StoredArray unread(String typeName, long[] shape, String why) {
    return new StoredArray(typeName, shape == null ? null : shape.clone(), why);
  }

  /**
   * Writes only the elements, without type and shape: row-major, little endian.
   *
   * @param out not closed
   * @throws IllegalStateException naming the array, if its values were not read
   * @throws IOException if they cannot be written
   */
  public void write(OutputStream out) throws IOException {
    requireRead();
    bytes.writeTo(out);
  }

  // ---- what it is ----

  /**
   * {@return whether the values were read; if not, only {@link #typeName()}, {@link #shape()} and
   * {@code toString} are available} It is false for an array of a type that {@link ElementType}
   * does not have, such as texts, records or complex numbers, for one that is too large, and for
   * one that is encrypted or compressed by an unknown method.
   */
  public boolean isReadable() {
    return unread.isEmpty();
  }

  /** {@return why the values were not read, and what to do; empty if they were} */
  public String unread() {
    return unread;
  }

  private void requireRead() {
    if (!unread.isEmpty()) {
      throw new IllegalStateException(unread);
    }
  }

  /**
   * {@return the name of the elements' type: that of {@link ElementType}, such as {@code float64},
   * or for other types that of the file, such as {@code <U5} or {@code F8_E4M3}; empty if unknown}
   */
  public String typeName() {
    return typeName;
  }

  /**
   * {@return the type of the elements}
   *
   * @throws IllegalStateException naming the array, if its values were not read
   */
  public ElementType elementType() {
    requireRead();
    return type;
  }

  /**
   * {@return a copy of the sizes of the axes; empty for a single number}
   *
   * @throws IllegalStateException naming the array, if the shape is unknown
   */
  public long[] shape() {
    if (shape == null) {
      throw new IllegalStateException(unread);
    }
    return shape.clone();
  }

  /**
   * {@return the number of elements, the product of the shape: 1 for a single number, 0 if an axis
   * is empty}
   *
   * @throws IllegalStateException naming the array, if its values were not read
   */
  public int size() {
    requireRead();
    return size;
  }

  // ---- its values ----

  /** An operation on one piece after the other. */
  @FunctionalInterface
  private interface PieceUse {
    void of(ByteBuffer piece, int from, int to);
  }

  private static void forEachPiece(ElementType type, BytePieces bytes, PieceUse use) {
    int from = 0;
    for (int i = 0; i < bytes.count(); i++) {
      ByteBuffer piece = bytes.piece(i);
      int to = from + piece.limit() / type.bytes();
      use.of(piece, from, to);
      from = to;
    }
  }

  /**
   * {@return the values as doubles, a new row-major array; true is 1}
   *
   * @throws IllegalStateException if a large int64 or uint64 is not a double, see {@link #longs()}
   *     and {@link #nearestDoubles()}; or if the values were not read
   */
  public double[] doubles() {
    double[] values = new double[size()];
    putInto(values);
    return values;
  }

  private void putInto(double[] values) {
    if (type.bytes() == Long.BYTES && !type.isFloating()) {
      forEachPiece(
          type,
          bytes,
          (piece, from, to) -> {
            for (int i = from; i < to; i++) {
              values[i] = exactDouble(piece.getLong());
            }
          });
    } else {
      putNearest(values);
    }
  }

  private double exactDouble(long value) {
    // A double holds 53 significant bits, counted from the first 1 to the last.
    long magnitude = type == ElementType.UINT64 ? value : Math.abs(value);
    int significant =
        64 - Long.numberOfLeadingZeros(magnitude) - Long.numberOfTrailingZeros(magnitude);
    if (significant > 53) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "doubles: %s is not a double; take longs(), or nearestDoubles(), which rounds",
              type == ElementType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value)));
    }
    return nearestDouble(value);
  }

  /**
   * {@return the values as doubles, a new row-major array; large values of int64 and uint64 are
   * rounded to nearest, true is 1}
   *
   * @throws IllegalStateException naming the array, if its values were not read
   */
  public double[] nearestDoubles() {
    double[] values = new double[size()];
    putNearest(values);
    return values;
  }

  private void putNearest(double[] values) {
    if (type.isFloating()) {
      forEachPiece(
          type, bytes, (piece, from, to) -> ElementBytes.get(type, piece, values, from, to));
      return;
    }
    long[] some = new long[BytePieces.LENGTH / type.bytes()];
    forEachPiece(
        type,
        bytes,
        (piece, from, to) -> {
          ElementBytes.get(type, piece, some, 0, to - from);
          for (int i = from; i < to; i++) {
            values[i] = nearestDouble(some[i - from]);
          }
        });
  }

  private double nearestDouble(long value) {
    boolean aboveSigned = type == ElementType.UINT64 && value < 0;
    // Halved with the lost bit kept as a sticky one, so that doubling rounds only once.
    return aboveSigned ? (double) ((value >>> 1) | (value & 1)) * 2 : (double) value;
  }

  /**
   * {@return the exact values of integers or booleans, a new row-major array; true is 1; uint64
   * gives the same 64 bits, for unsigned methods such as {@link Long#toUnsignedString(long)}}
   *
   * @throws IllegalStateException if the elements are floating-point numbers, or were not read
   */
  public long[] longs() {
    requireRead();
    if (type.isFloating()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "longs: the elements are %s, not integers; take doubles()", type));
    }
    long[] values = new long[size];
    forEachPiece(type, bytes, (piece, from, to) -> ElementBytes.get(type, piece, values, from, to));
    return values;
  }

  /**
   * {@return the values as a new matrix: two axes as they are, one axis as a row, like a bias, a
   * single number as (1x1)}
   *
   * @throws IllegalArgumentException if there are more than two axes, or no values
   * @throws IllegalStateException if an integer is not a double, or the values were not read
   */
  public Matrix matrix() {
    requireRead();
    if (size == 0 || shape.length > 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "matrix: %s is no matrix; it takes at most two axes and at least one value",
              shapeText(shape)));
    }
    int rows = shape.length == 2 ? (int) shape[0] : 1;
    Matrix matrix = new Matrix(rows, size / rows);
    putInto(matrix.data());
    return matrix;
  }

  /**
   * {@return the values as a new tensor with three axes}
   *
   * @throws IllegalArgumentException if there are not three axes, or no values
   * @throws IllegalStateException if an integer is not a double, or the values were not read
   */
  public Tensor3 tensor3() {
    requireRead();
    if (size == 0 || shape.length != 3) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "tensor3: %s is none; it takes three axes and at least one value",
              shapeText(shape)));
    }
    Tensor3 tensor = new Tensor3((int) shape[0], (int) shape[1], (int) shape[2]);
    putInto(tensor.data());
    return tensor;
  }

  // ---- other arrays of it ----

  /**
   * {@return an array with the same values and shape and another type}
   *
   * @param other the type; floating-point types round to the nearest value
   * @throws IllegalArgumentException if a value is out of the type's range
   * @throws IllegalStateException if floating-point numbers would become integers, an integer is
   *     not a double but would become a floating-point number, or the values were not read
   */
  public StoredArray to(ElementType other) {
    return other.isFloating()
        ? ofDoubles(other, shape(), doubles())
        : ofLongs(other, shape(), longs());
  }

  /**
   * {@return the array with its axes in reverse order, as NumPy's {@code .T}, a new array} Data in
   * column-major order, read as row-major, is transposed.
   *
   * @throws IllegalStateException naming the array, if its values were not read
   */
  public StoredArray transposed() {
    requireRead();
    Strides own = Strides.rowMajor(shape);
    return strided(0, reversed(own.shape), reversed(own.strides));
  }

  private static long[] reversed(long[] axes) {
    long[] reversed = new long[axes.length];
    for (int axis = 0; axis < axes.length; axis++) {
      reversed[axis] = axes[axes.length - 1 - axis];
    }
    return reversed;
  }

  /**
   * {@return an array of some of these elements, in any order and also repeatedly, as NumPy's
   * {@code as_strided}; without a copy if it is all of them in their order}
   *
   * @param offset the index of its first element, row-major
   * @param shape the size of each of its axes; copied
   * @param strides for each axis, how many elements apart neighbours are here; 0 repeats an element
   * @throws IllegalArgumentException if a number is negative, shape and strides differ in their
   *     length, one of its elements is not here, or there would be more than a Java array holds
   * @throws IllegalStateException naming the array, if its values were not read
   */
  public StoredArray strided(long offset, long[] shape, long[] strides) {
    requireRead();
    Strides places = new Strides(offset, shape.clone(), strides);
    long wanted = places.size(size);
    if (wanted > MOST_VALUES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredArray.strided: the shape %s has more than %d values; take it in parts",
              shapeText(shape),
              MOST_VALUES));
    }
    BytePieces taken = places.isAll(size) ? bytes : places.of(bytes, wanted, type.bytes());
    return new StoredArray(type, places.shape, (int) wanted, taken);
  }

  /**
   * Whether the other object is an array of the same type and shape and the same bits: NaN equals
   * the same NaN, and 0.0 differs from -0.0. An array whose values were not read equals only
   * itself.
   */
  @Override
  public boolean equals(Object other) {
    if (other == this) {
      return true;
    }
    return other instanceof StoredArray that
        && isReadable()
        && that.isReadable()
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && bytes.equals(that.bytes);
  }

  /** Follows {@link #equals}. */
  @Override
  public int hashCode() {
    return 31 * (31 * typeName.hashCode() + Arrays.hashCode(shape))
        + (bytes == null ? 0 : bytes.hashCode());
  }

  /** {@return type and shape, such as {@code float64 (2x3)}} */
  @Override
  public String toString() {
    return shape == null ? "not read" : typeName + " " + shapeText(shape);
  }

  /** {@return a shape as text, such as (2x3)} */
  public static String shapeText(long... shape) {
    return LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining("x", "(", ")"));
  }
}
