package io.github.unroll.io;

import java.util.Locale;

/** The type of a {@link StoredArray}'s elements, with the name that NumPy and PyTorch use. */
public enum ElementType {
  /** A floating-point number of 8 bytes, a double. */
  FLOAT64(8),
  /** A floating-point number of 4 bytes, a float. */
  FLOAT32(4),
  /** A floating-point number of 2 bytes, IEEE 754's half. */
  FLOAT16(2),
  /** A floating-point number of 2 bytes, the upper half of a float. */
  BFLOAT16(2),
  /** A signed integer of 8 bytes, a long. */
  INT64(8),
  /** A signed integer of 4 bytes. */
  INT32(4),
  /** A signed integer of 2 bytes. */
  INT16(2),
  /** A signed integer of 1 byte. */
  INT8(1),
  /** An unsigned integer of 8 bytes. */
  UINT64(8),
  /** An unsigned integer of 4 bytes. */
  UINT32(4),
  /** An unsigned integer of 2 bytes. */
  UINT16(2),
  /** An unsigned integer of 1 byte. */
  UINT8(1),
  /** True or false, 1 or 0 in 1 byte. */
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** {@return the size of an element, in a file and in memory: 1, 2, 4 or 8} */
  public int bytes() {
    return bytes;
  }

  /** {@return whether elements are floating-point numbers; integers or booleans if not} */
  public boolean isFloating() {
    return this == FLOAT64 || this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
  }

  /** The least integer of this type. */
  long least() {
    boolean signed = this == INT64 || this == INT32 || this == INT16 || this == INT8;
    return signed ? Long.MIN_VALUE >> (Long.SIZE - 8 * bytes) : 0;
  }

  /** The greatest integer of this type; of uint64 all 64 bits, which as a long is -1. */
  long greatest() {
    if (this == BOOL) {
      return 1;
    }
    return least() == 0 ? -1L >>> (Long.SIZE - 8 * bytes) : -(least() + 1);
  }

  /** Whether this type can hold the integer; uint64 holds every long, read as unsigned. */
  boolean holds(long value) {
    return this == UINT64 || (value >= least() && value <= greatest());
  }

  /** {@return the name, such as {@code float64}} */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
