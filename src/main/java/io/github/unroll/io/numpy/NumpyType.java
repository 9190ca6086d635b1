package io.github.unroll.io.numpy;

import io.github.unroll.io.bytes.NarrowFloat;
import java.util.Locale;

/** The kinds of number that a {@link NumpyArray} holds: NumPy's dtypes without complex numbers. */
public enum NumpyType {
  /** A double of 8 bytes. */
  FLOAT64("f8"),
  /** A float of 4 bytes. */
  FLOAT32("f4"),
  /** A half of 2 bytes. */
  FLOAT16("f2"),
  /** A signed integer of 8 bytes. */
  INT64("i8"),
  /** A signed integer of 4 bytes. */
  INT32("i4"),
  /** A signed integer of 2 bytes. */
  INT16("i2"),
  /** A signed integer of 1 byte. */
  INT8("i1"),
  /** An unsigned integer of 8 bytes. */
  UINT64("u8"),
  /** An unsigned integer of 4 bytes. */
  UINT32("u4"),
  /** An unsigned integer of 2 bytes. */
  UINT16("u2"),
  /** An unsigned integer of 1 byte. */
  UINT8("u1"),
  /** True or false in 1 byte. */
  BOOL("b1");

  private final String code;

  NumpyType(String code) {
    this.code = code;
  }

  /** Kind and size as a header has them, e.g. {@code f8}, without the byte order. */
  public String code() {
    return code;
  }

  /**
   * The size of a value in a file. In memory every value takes 8 bytes.
   *
   * @return 1, 2, 4 or 8
   */
  public int bytes() {
    return code.charAt(1) - '0';
  }

  /**
   * Whether values are floating-point numbers, which a {@link NumpyArray} holds as {@code double};
   * it holds all others as {@code long}.
   *
   * @return true for float64, float32 and float16
   */
  public boolean isFloating() {
    return code.charAt(0) == 'f';
  }

  /**
   * NumPy's name of the type.
   *
   * @return e.g. {@code float64}
   */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The value as this type has it: rounded to nearest if it must be. */
  double rounded(double value) {
    return switch (this) {
      case FLOAT32 -> (float) value;
      case FLOAT16 -> NarrowFloat.F16.toDouble(NarrowFloat.F16.ofDouble(value));
      default -> value;
    };
  }

  /** Whether this type has the integer; of uint64 every long is one, read as unsigned. */
  boolean holds(long value) {
    int bits = 8 * bytes();
    int unused = Long.SIZE - bits;
    return switch (this) {
      case INT64, UINT64 -> true;
      case INT32, INT16, INT8 -> value == (value << unused) >> unused;
      case UINT32, UINT16, UINT8 -> value >>> bits == 0;
      case BOOL -> value >>> 1 == 0;
      default -> false;
    };
  }
}
