package io.github.unroll.io.onnx.file;

import java.util.Arrays;

/** PackedNumbers of a repeated field, one after the other: integers, or the bits of others. */
final class PackedNumbers {

  private long[] values = {};
  private int size;

  /** Makes room for numbers that are certain to come. */
  void reserve(int more) {
    if (values.length - size < more) {
      values = Arrays.copyOf(values, Math.max(size + more, size + size / 2));
    }
  }

  void add(long value) {
    reserve(1);
    values[size++] = value;
  }

  int size() {
    return size;
  }

  long get(int i) {
    return values[i];
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
