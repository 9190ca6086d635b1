package io.github.unroll.io;

import io.github.unroll.io.bytes.BytePieces;
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
 * An array as files store it: elements of one {@link ElementType} in any number of axes, row-major.
 * It keeps the elements' own bytes, so nothing is lost of a 64-bit integer or a NaN, and memory is
 * what the file takes. It never changes.
 *
 * <p>Among the arrays of a file there may be one whose values are not read: it tells the name of
 * its type and its shape, and refuses all else; see {@link #isReadable()}.
 */
public final class StoredArray {

  /** What arrays of the JVM hold, and so {@link #doubles()}. */
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  private final String typeName;
  private final ElementType type; // null if there are no values
  private final long[] shape; // null if nothing tells it
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
   * An array of floating-point numbers.
   *
   * @param type float64 keeps each value; float32, float16 and bfloat16 take the nearest of theirs,
   *     of two equally near the even one
   * @param shape the size of each axis; empty for a single number; copied
   * @param rowMajor the values, the last axis fastest; copied
   * @return a new array
   * @throws IllegalArgumentException if the type is not floating, the shape takes another number of
   *     values, or a finite value is too large for the type
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
   * An array of integers or booleans.
   *
   * @param type any but the floating-point types
   * @param shape the size of each axis; empty for a single number; copied
   * @param rowMajor the values, the last axis fastest; of uint64 their unsigned reading counts;
   *     copied
   * @return a new array
   * @throws IllegalArgumentException if the type is floating, the shape takes another number of
   *     values, or a value is out of the type's range
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

  /** The product of the sizes; -1 if one is negative, or no long holds it. */
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
   * Reads the elements of an array, and nothing behind them. Memory is taken for what has really
   * arrived.
   *
   * @param in brings the elements, row-major
   * @param type their type
   * @param order of the bytes of an element
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
   * An array whose values cannot be read, to stand among the others of its file.
   *
   * @param typeName what its elements are, as the file says; empty if nothing tells it
   * @param shape the size of each axis, copied; null if nothing tells it
   * @param why what is wrong with which array, and what to do
   * @return an array that refuses to give values
   */
  public static StoredArray unread(String typeName, long[] shape, String why) {
    return new StoredArray(typeName, shape == null ? null : shape.clone(), why);
  }

  /**
   * Writes the elements alone, without type and shape: row-major, little endian.
   *
   * @param out written to, not closed
   * @throws IllegalStateException naming the array, if its values were not read
   * @throws IOException if they cannot be written
   */
  public void write(OutputStream out) throws IOException {
    requireRead();
    bytes.writeTo(out);
  }

  // ---- what it is ----

  /**
   * Whether the values were read. If not, there are only {@link #typeName()}, {@link #shape()} and
   * {@code toString}.
   *
   * @return false for an array of a type that {@link ElementType} has not, such as texts, records
   *     or complex numbers, for one that is too large, and for one that its archive keeps encrypted
   *     or compressed in a way that is not known
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
   * The name of the elements' type, of one that is not read too.
   *
   * @return that of {@link ElementType}, such as {@code float64}; else what the file says, such as
   *     {@code <U5} or {@code F8_E4M3}; empty if nothing tells it
   */
  public String typeName() {
    return typeName;
  }

  /**
   * The type of the elements.
   *
   * @return the type
   * @throws IllegalStateException naming the array, if its values were not read
   */
  public ElementType elementType() {
    requireRead();
    return type;
  }

  /**
   * The size of each axis.
   *
   * @return a copy; empty for a single number
   * @throws IllegalStateException naming the array, if nothing tells it
   */
  public long[] shape() {
    if (shape == null) {
      throw new IllegalStateException(unread);
    }
    return shape.clone();
  }

  /**
   * The number of elements.
   *
   * @return the product of the shape: 1 for a single number, 0 if an axis is empty
   * @throws IllegalStateException naming the array, if its values were not read
   */
  public int size() {
    requireRead();
    return size;
  }

  // ---- its values ----

  /** What is done with one piece after the other. */
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
   * The values as doubles, which hold every value of every type but the large ones of int64 and
   * uint64.
   *
   * @return a new array, row-major; true is 1
   * @throws IllegalStateException if an integer is not a double: then take {@link #longs()} or
   *     {@link #nearestDoubles()}; or if the values were not read
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
    // Of 64 significant bits a double holds 53: those from the first 1 to the last.
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
   * The values as doubles, the large ones of int64 and uint64 rounded to nearest.
   *
   * @return a new array, row-major; true is 1
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
   * The values of integers or booleans, exactly.
   *
   * @return a new array, row-major; true is 1; of uint64 the same 64 bits, for {@link
   *     Long#toUnsignedString(long)} and its like
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
   * The values as a matrix: two axes as they are, one axis as a row, as biases are kept, a single
   * number as (1x1).
   *
   * @return a new matrix
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
   * The values as a tensor of three axes.
   *
   * @return a new tensor
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
   * The same values as another type.
   *
   * @param other the type; a floating-point type takes the nearest of its values
   * @return an array of that type and of this shape
   * @throws IllegalArgumentException if a value is out of the type's range
   * @throws IllegalStateException if floating-point numbers are to be integers, an integer to be a
   *     floating-point number is no double, or the values were not read
   */
  public StoredArray to(ElementType other) {
    return other.isFloating()
        ? ofDoubles(other, shape(), doubles())
        : ofLongs(other, shape(), longs());
  }

  /**
   * The array with its axes in reverse order, as NumPy's {@code .T}: what stands in a file in
   * column-major order is the transposed of what it would be in row-major order.
   *
   * @return a new array
   * @throws IllegalStateException naming the array, if its values were not read
   */
  public StoredArray transposed() {
    requireRead();
    int axes = shape.length;
    long[] reversed = new long[axes];
    for (int axis = 0; axis < axes; axis++) {
      reversed[axis] = shape[axes - 1 - axis];
    }
    BytePieces turned = axes < 2 || size < 2 ? bytes : turned(reversed);
    return new StoredArray(type, reversed, size, turned);
  }

  /** The elements in the order of the reversed axes, of which the first is the fastest here. */
  private BytePieces turned(long[] reversed) {
    int width = type.bytes();
    BytePieces turned = BytePieces.zeros((long) size * width);
    long[] strides = new long[reversed.length];
    strides[0] = width;
    for (int axis = 1; axis < strides.length; axis++) {
      strides[axis] = strides[axis - 1] * reversed[axis - 1];
    }
    long[] index = new long[reversed.length];
    long from = 0;
    for (int to = 0; to < size; to++) {
      turned.copy((long) to * width, bytes, from, width);
      int axis = reversed.length - 1;
      while (axis >= 0 && index[axis] == reversed[axis] - 1) {
        from -= index[axis] * strides[axis];
        index[axis--] = 0;
      }
      if (axis >= 0) {
        index[axis]++;
        from += strides[axis];
      }
    }
    return turned;
  }

  /**
   * Whether the other object is an array of the same type and shape and the same bits: NaN equals
   * the same NaN, and 0.0 differs from -0.0. One whose values were not read equals itself alone.
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

  /** {@return a shape as messages have it, such as (2x3)} */
  public static String shapeText(long... shape) {
    return LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining("x", "(", ")"));
  }
}
