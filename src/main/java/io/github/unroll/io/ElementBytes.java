package io.github.unroll.io;

import io.github.unroll.io.bytes.NarrowFloat;
import java.nio.ByteBuffer;

/** The bytes of elements of each type, little endian. */
final class ElementBytes {

  private ElementBytes() {}

  // ---- numbers of bytes ----

  /** Reads floating-point numbers into a range of an array. */
  static void get(ElementType type, ByteBuffer in, double[] values, int from, int to) {
    switch (type) {
      case FLOAT64 -> in.asDoubleBuffer().get(values, from, to - from);
      case FLOAT32 -> {
        for (int i = from; i < to; i++) {
          values[i] = in.getFloat();
        }
      }
      default -> {
        NarrowFloat format = narrow(type);
        for (int i = from; i < to; i++) {
          values[i] = format.toDouble(in.getShort());
        }
      }
    }
  }

  /** Reads integers into a range of an array. */
  static void get(ElementType type, ByteBuffer in, long[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] =
          switch (type) {
            case BOOL, UINT8 -> in.get() & 0xffL;
            case INT8 -> in.get();
            case INT16 -> in.getShort();
            case UINT16 -> in.getShort() & 0xffffL;
            case INT32 -> in.getInt();
            case UINT32 -> in.getInt() & 0xffffffffL;
            default -> in.getLong();
          };
    }
  }

  // ---- bytes of numbers ----

  /** Writes a range of floating-point numbers, rounded to nearest. */
  static void put(ElementType type, ByteBuffer out, double[] values, int from, int to) {
    switch (type) {
      case FLOAT64 -> out.asDoubleBuffer().put(values, from, to - from);
      case FLOAT32 -> {
        for (int i = from; i < to; i++) {
          out.putFloat((float) values[i]);
        }
      }
      default -> {
        NarrowFloat format = narrow(type);
        for (int i = from; i < to; i++) {
          out.putShort(format.ofDouble(values[i]));
        }
      }
    }
  }

  /** Writes a range of integers that the type can hold. */
  static void put(ElementType type, ByteBuffer out, long[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      switch (type.bytes()) {
        case 1 -> out.put((byte) values[i]);
        case 2 -> out.putShort((short) values[i]);
        case 4 -> out.putInt((int) values[i]);
        default -> out.putLong(values[i]);
      }
    }
  }

  /** Whether a finite value would be infinite as the type. */
  static boolean isTooLarge(ElementType type, double value) {
    double rounded =
        switch (type) {
          case FLOAT64 -> value;
          case FLOAT32 -> (float) value;
          default -> narrow(type).toDouble(narrow(type).ofDouble(value));
        };
    return Double.isInfinite(rounded) && !Double.isInfinite(value);
  }

  private static NarrowFloat narrow(ElementType type) {
    return type == ElementType.FLOAT16 ? NarrowFloat.F16 : NarrowFloat.BF16;
  }

  // ---- bytes of other machines ----

  /** Reverses the bytes of each element. */
  static void swap(ElementType type, ByteBuffer bytes) {
    switch (type.bytes()) {
      case 2 -> {
        for (int at = 0; at < bytes.limit(); at += 2) {
          bytes.putShort(at, Short.reverseBytes(bytes.getShort(at)));
        }
      }
      case 4 -> {
        for (int at = 0; at < bytes.limit(); at += 4) {
          bytes.putInt(at, Integer.reverseBytes(bytes.getInt(at)));
        }
      }
      case 8 -> {
        for (int at = 0; at < bytes.limit(); at += 8) {
          bytes.putLong(at, Long.reverseBytes(bytes.getLong(at)));
        }
      }
      default -> {}
    }
  }
}
