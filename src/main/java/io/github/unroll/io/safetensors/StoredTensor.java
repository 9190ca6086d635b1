package io.github.unroll.io.safetensors;

import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.NarrowFloat;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A tensor as a file stores it: element type, shape and values, row-major. It keeps the file's own
 * bytes, so nothing is lost of a 64-bit integer or a NaN. Immutable.
 *
 * <p>Among the tensors of a file there may be one whose values are not read: it tells the name of
 * its type and its shape, and refuses all else; see {@link #isReadable()}.
 */
public final class StoredTensor {

  /** The type of a tensor's elements, by the name that the safetensors format gives it. */
  public enum Dtype {
    // In the order of the reference writer, which puts the last first.
    /** True or false, one byte of 1 or 0. */
    BOOL(1),
    /** Unsigned integer of 8 bits. */
    U8(1),
    /** Signed integer of 8 bits. */
    I8(1),
    /** Signed integer of 16 bits. */
    I16(2),
    /** Unsigned integer of 16 bits. */
    U16(2),
    /** IEEE 754 half precision. */
    F16(2),
    /** The upper half of a float. */
    BF16(2),
    /** Signed integer of 32 bits. */
    I32(4),
    /** Unsigned integer of 32 bits. */
    U32(4),
    /** IEEE 754 single precision, a float. */
    F32(4),
    /** IEEE 754 double precision, a double. */
    F64(8),
    /** Signed integer of 64 bits, a long. */
    I64(8),
    /** Unsigned integer of 64 bits. */
    U64(8);

    private final int bytes;

    Dtype(int bytes) {
      this.bytes = bytes;
    }

    /**
     * The size of an element.
     *
     * @return 1, 2, 4 or 8 bytes
     */
    public int bytes() {
      return bytes;
    }

    /**
     * Whether elements are floating-point numbers.
     *
     * @return true for F16, BF16, F32 and F64
     */
    public boolean isFloat() {
      return this == F16 || this == BF16 || this == F32 || this == F64;
    }

    private boolean isUnsigned() {
      return this == BOOL || this == U8 || this == U16 || this == U32 || this == U64;
    }
  }

  static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final String typeName;
  private final Dtype dtype; // null if it is one that is not read
  private final long[] shape;
  private final int size;
  private final byte[] data; // little endian
  private final String unread; // why there is no data; empty if there is

  /** Takes the arrays as they are; the caller has seen to it that they fit and keeps neither. */
  StoredTensor(Dtype dtype, long[] shape, byte[] data) {
    this.typeName = dtype.name();
    this.dtype = dtype;
    this.shape = shape;
    this.size = data.length / dtype.bytes;
    this.data = data;
    this.unread = "";
  }

  /** A tensor whose values cannot be read. */
  StoredTensor(TensorEntry entry) {
    this(
        entry.typeName(),
        entry.shape(),
        "tensor " + JsonReader.quoted(entry.name()) + " " + entry.unread());
  }

  /**
   * A tensor whose values cannot be read, and why.
   *
   * @param typeName the name of its type
   * @param shape the size of each axis
   * @param unread why its values cannot be read, and what to do
   */
  public StoredTensor(String typeName, long[] shape, String unread) {
    this.typeName = typeName;
    this.dtype = null;
    this.shape = shape;
    this.size = 0;
    this.data = null;
    this.unread = unread;
  }

  /**
   * A matrix as F64.
   *
   * @param matrix copied
   * @return a tensor of two axes
   */
  public static StoredTensor of(Matrix matrix) {
    return of(Dtype.F64, new long[] {matrix.rows(), matrix.cols()}, matrix.data());
  }

  /**
   * A tensor as F64.
   *
   * @param tensor copied
   * @return a tensor of three axes
   */
  public static StoredTensor of(Tensor3 tensor) {
    return of(Dtype.F64, new long[] {tensor.d0(), tensor.d1(), tensor.d2()}, tensor.data());
  }

  /**
   * A tensor of floating-point numbers.
   *
   * @param dtype F64 keeps each value; F32, F16 and BF16 take the nearest of theirs, of two equally
   *     near the even one, and infinity for what is too large
   * @param shape the size of each axis; empty for a single number; copied
   * @param values row-major; copied
   * @return the tensor
   * @throws IllegalArgumentException if dtype is one of integers, the shape takes another number of
   *     values, or they are more than one array holds
   */
  public static StoredTensor of(Dtype dtype, long[] shape, double... values) {
    if (!dtype.isFloat()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "StoredTensor.of: %s holds integers; pass long values", dtype));
    }
    ByteBuffer data = dataFor(dtype, shape, values.length);
    switch (dtype) {
      case F64 -> data.asDoubleBuffer().put(values);
      case F32 -> {
        for (double value : values) {
          data.putFloat((float) value);
        }
      }
      default -> {
        NarrowFloat format = narrow(dtype);
        for (double value : values) {
          data.putShort(format.ofDouble(value));
        }
      }
    }
    return new StoredTensor(dtype, shape.clone(), data.array());
  }

  /**
   * A tensor of integers.
   *
   * @param dtype any but the floating-point types; for U64 the values' 64 bits are taken as they
   *     are
   * @param shape the size of each axis; empty for a single number; copied
   * @param values row-major; copied
   * @return the tensor
   * @throws IllegalArgumentException if dtype is one of floating-point numbers, a value is outside
   *     its range, the shape takes another number of values, or they are more than one array holds
   */
  public static StoredTensor of(Dtype dtype, long[] shape, long... values) {
    if (dtype.isFloat()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredTensor.of: %s holds floating-point numbers; pass double values",
              dtype));
    }
    ByteBuffer data = dataFor(dtype, shape, values.length);
    for (long value : values) {
      requireInRange(dtype, value);
      switch (dtype.bytes) {
        case 1 -> data.put((byte) value);
        case 2 -> data.putShort((short) value);
        case 4 -> data.putInt((int) value);
        default -> data.putLong(value);
      }
    }
    return new StoredTensor(dtype, shape.clone(), data.array());
  }

  private static void requireInRange(Dtype dtype, long value) {
    if (dtype.bytes == 8) {
      return;
    }
    int bits = 8 * dtype.bytes;
    long lowest = dtype.isUnsigned() ? 0 : -(1L << (bits - 1));
    long highest = dtype == Dtype.BOOL ? 1 : lowest + (1L << bits) - 1;
    if (value < lowest || value > highest) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredTensor.of: %d is outside the range of %s, %d to %d",
              value,
              dtype,
              lowest,
              highest));
    }
  }

  private static ByteBuffer dataFor(Dtype dtype, long[] shape, int values) {
    long wanted = 1;
    for (long axis : shape) {
      if (axis < 0 || (axis > 0 && wanted > Long.MAX_VALUE / axis)) {
        throw new IllegalArgumentException(
            "StoredTensor.of: no tensor has the shape " + text(shape));
      }
      wanted *= axis;
    }
    if (wanted != values) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredTensor.of: %s takes %d values, not %d",
              text(shape),
              wanted,
              values));
    }
    long bytes = (long) values * dtype.bytes;
    if (bytes > LARGEST_ARRAY) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "StoredTensor.of: %s of %s is %d bytes, more than the %d that an array holds",
              text(shape),
              dtype,
              bytes,
              LARGEST_ARRAY));
    }
    return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Whether the values were read. If not, there are only {@link #typeName()}, {@link #shape()} and
   * {@code toString}.
   *
   * @return false for a tensor of a type that {@link Dtype} has not, and for one of more bytes than
   *     Java holds in an array
   */
  public boolean isReadable() {
    return unread.isEmpty();
  }

  /**
   * The name of the type of the elements, of one that is not read too.
   *
   * @return such as F64 or F8_E4M3
   */
  public String typeName() {
    return typeName;
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
   * The type of the elements.
   *
   * @return the type
   * @throws IllegalStateException naming tensor and type, if the values were not read
   */
  public Dtype dtype() {
    requireRead();
    return dtype;
  }

  /**
   * The size of each axis.
   *
   * @return a copy; empty for a single number
   */
  public long[] shape() {
    return shape.clone();
  }

  /**
   * The number of elements.
   *
   * @return the product of the shape, 1 for a single number
   * @throws IllegalStateException naming tensor and type, if the values were not read
   */
  public int size() {
    requireRead();
    return size;
  }

  /**
   * The values as doubles, which hold every value of every type but the large ones of I64 and U64.
   *
   * @return a new array, row-major; true is 1
   * @throws IllegalStateException if an integer is not a double: then take {@link #longs()}; or if
   *     the values were not read
   */
  public double[] doubles() {
    requireRead();
    double[] values = new double[size];
    ByteBuffer buffer = buffer();
    switch (dtype) {
      case F64 -> buffer.asDoubleBuffer().get(values);
      case F32 -> {
        for (int i = 0; i < size; i++) {
          values[i] = buffer.getFloat();
        }
      }
      case F16, BF16 -> {
        NarrowFloat format = narrow(dtype);
        for (int i = 0; i < size; i++) {
          values[i] = format.toDouble(buffer.getShort());
        }
      }
      default -> {
        for (int i = 0; i < size; i++) {
          values[i] = exactDouble(integer(buffer));
        }
      }
    }
    return values;
  }

  private double exactDouble(long value) {
    boolean beyondLong = dtype == Dtype.U64 && value < 0;
    // Of 64 significant bits a double holds 53: those from the first 1 to the last.
    long magnitude = beyondLong ? value : Math.abs(value);
    int significant =
        64 - Long.numberOfLeadingZeros(magnitude) - Long.numberOfTrailingZeros(magnitude);
    if (significant > 53) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "doubles: %s is not a double; take longs()",
              dtype == Dtype.U64 ? Long.toUnsignedString(value) : Long.toString(value)));
    }
    return beyondLong ? (double) value + 0x1p64 : value;
  }

  /**
   * The values as longs.
   *
   * @return a new array, row-major; true is 1; of U64 the same 64 bits, for {@link
   *     Long#toUnsignedString(long)} and its like
   * @throws IllegalStateException if the elements are floating-point numbers, or were not read
   */
  public long[] longs() {
    requireRead();
    if (dtype.isFloat()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "longs: the elements are %s, not integers; take doubles()", dtype));
    }
    long[] values = new long[size];
    ByteBuffer buffer = buffer();
    for (int i = 0; i < size; i++) {
      values[i] = integer(buffer);
    }
    return values;
  }

  private long integer(ByteBuffer buffer) {
    return switch (dtype) {
      case BOOL, U8 -> buffer.get() & 0xffL;
      case I8 -> buffer.get();
      case I16 -> buffer.getShort();
      case U16 -> buffer.getShort() & 0xffffL;
      case I32 -> buffer.getInt();
      case U32 -> buffer.getInt() & 0xffffffffL;
      default -> buffer.getLong();
    };
  }

  private static NarrowFloat narrow(Dtype dtype) {
    return dtype == Dtype.F16 ? NarrowFloat.F16 : NarrowFloat.BF16;
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The values as a matrix.
   *
   * @return a new matrix; of one axis a row, as biases are kept
   * @throws IllegalStateException if there are no values, or more than two axes or none, or an
   *     integer is not a double, or the values were not read
   */
  public Matrix matrix() {
    requireRead();
    if (size == 0 || shape.length < 1 || shape.length > 2) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "matrix: %s is no matrix; it takes one axis or two and at least one value",
              text(shape)));
    }
    long rows = shape.length == 1 ? 1 : shape[0];
    return Matrix.of((int) rows, (int) shape[shape.length - 1], doubles());
  }

  /**
   * The values as a tensor of three axes.
   *
   * @return a new tensor
   * @throws IllegalStateException if there are no values, or not three axes, or an integer is not a
   *     double, or the values were not read
   */
  public Tensor3 tensor3() {
    requireRead();
    if (size == 0 || shape.length != 3) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "tensor3: %s is none; it takes three axes and at least one value",
              text(shape)));
    }
    return Tensor3.of((int) shape[0], (int) shape[1], (int) shape[2], doubles());
  }

  /** The file's own bytes, little endian; not to be changed. */
  byte[] data() {
    requireRead();
    return data;
  }

  /** {@return a shape as a message has it, such as (2x3)} */
  public static String text(long[] shape) {
    return LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining("x", "(", ")"));
  }

  /**
   * Equal if type, shape and all bits of the values are. One whose values were not read equals
   * itself alone.
   *
   * @param other any object
   * @return true for a tensor that would be stored as the same bytes
   */
  @Override
  public boolean equals(Object other) {
    if (other == this) {
      return true;
    }
    return other instanceof StoredTensor that
        && isReadable()
        && that.isReadable()
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(data, that.data);
  }

  /**
   * Follows {@link #equals}.
   *
   * @return the hash code of type, shape and values
   */
  @Override
  public int hashCode() {
    return 31 * (31 * typeName.hashCode() + Arrays.hashCode(shape)) + Arrays.hashCode(data);
  }

  /**
   * Type and shape, for a log.
   *
   * @return such as {@code F64 (2x3)}
   */
  @Override
  public String toString() {
    return typeName + " " + text(shape);
  }
}
