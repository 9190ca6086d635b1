package io.github.unroll.io.numpy;

import io.github.unroll.io.bytes.NarrowFloat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * Values as they arrive from a file. Storage grows with them: a header's promise alone takes no
 * memory.
 */
final class ArrivingValues {

  private static final int FIRST = 8192;

  private final NumpyType type;
  private final int size;
  private double[] doubles;
  private long[] longs;
  private int count;

  /**
   * Room for values to come.
   *
   * @param size how many there will be
   * @param certain whether so many are known to be there
   */
  ArrivingValues(NumpyType type, int size, boolean certain) {
    this.type = type;
    this.size = size;
    int first = certain ? size : Math.min(size, FIRST);
    if (type.isFloating()) {
      doubles = new double[first];
    } else {
      longs = new long[first];
    }
  }

  /**
   * Takes all that the buffer has, in the buffer's byte order.
   *
   * @param in whole values, no more than are still to come; emptied
   * @throws IOException if a boolean is neither 0 nor 1
   */
  void take(ByteBuffer in) throws IOException {
    int end = count + in.remaining() / type.bytes();
    makeRoom(end);
    switch (type) {
      case FLOAT64 -> in.asDoubleBuffer().get(doubles, count, end - count);
      case INT64, UINT64 -> in.asLongBuffer().get(longs, count, end - count);
      case FLOAT32 -> {
        for (int i = count; i < end; i++) {
          doubles[i] = in.getFloat();
        }
      }
      case FLOAT16 -> {
        for (int i = count; i < end; i++) {
          doubles[i] = NarrowFloat.F16.toDouble(in.getShort());
        }
      }
      case INT32 -> {
        for (int i = count; i < end; i++) {
          longs[i] = in.getInt();
        }
      }
      case INT16 -> {
        for (int i = count; i < end; i++) {
          longs[i] = in.getShort();
        }
      }
      case INT8 -> {
        for (int i = count; i < end; i++) {
          longs[i] = in.get();
        }
      }
      case UINT32 -> {
        for (int i = count; i < end; i++) {
          longs[i] = Integer.toUnsignedLong(in.getInt());
        }
      }
      case UINT16 -> {
        for (int i = count; i < end; i++) {
          longs[i] = Short.toUnsignedLong(in.getShort());
        }
      }
      case UINT8, BOOL -> {
        for (int i = count; i < end; i++) {
          longs[i] = Byte.toUnsignedLong(in.get());
        }
      }
    }
    in.position(in.limit());
    checkRange(end);
    count = end;
  }

  /** What has arrived, all of it, as an array of the given shape. */
  NumpyArray toArray(int[] shape, boolean fortran) {
    if (fortran && shape.length > 1 && size > 1) {
      toRowMajor(shape);
    }
    return new NumpyArray(type, shape, doubles, longs);
  }

  private void makeRoom(int end) {
    int capacity = doubles != null ? doubles.length : longs.length;
    if (end <= capacity) {
      return;
    }
    int larger = (int) Math.min(size, Math.max(end, 2L * capacity));
    if (doubles != null) {
      doubles = Arrays.copyOf(doubles, larger);
    } else {
      longs = Arrays.copyOf(longs, larger);
    }
  }

  private void checkRange(int end) throws IOException {
    if (type == NumpyType.BOOL) {
      for (int i = count; i < end; i++) {
        if (longs[i] > 1) {
          throw new IOException(
              String.format(
                  Locale.ROOT, "value %d at index %d is no boolean; 0 and 1 are", longs[i], i));
        }
      }
    }
  }

  private void toRowMajor(int[] shape) {
    double[] fromDoubles = doubles;
    long[] fromLongs = longs;
    doubles = fromDoubles == null ? null : new double[size];
    longs = fromLongs == null ? null : new long[size];
    int[] strides = new int[shape.length];
    strides[0] = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      strides[axis] = strides[axis - 1] * shape[axis - 1];
    }
    int[] index = new int[shape.length];
    int from = 0;
    for (int to = 0; to < size; to++) {
      if (doubles != null) {
        doubles[to] = fromDoubles[from];
      } else {
        longs[to] = fromLongs[from];
      }
      int axis = shape.length - 1;
      while (axis >= 0 && index[axis] == shape[axis] - 1) {
        from -= index[axis] * strides[axis];
        index[axis--] = 0;
      }
      if (axis >= 0) {
        index[axis]++;
        from += strides[axis];
      }
    }
  }
}
