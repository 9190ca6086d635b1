package io.github.unroll.io.bytes;

import java.util.Arrays;

/** The places of an array's elements among those of a longer row of elements. */
public final class Strides {

  public final long offset;
  public final long[] shape;
  public final long[] strides;

  /**
   * The places of an array.
   *
   * @param offset the place of its first element
   * @param shape the size of each axis
   * @param strides for each axis, how many places apart neighbours are; 0 repeats an element
   */
  public Strides(long offset, long[] shape, long[] strides) {
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /** {@return the places of an array that is stored row-major by itself} */
  public static Strides rowMajor(long... shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(shape[axis], 1);
    }
    return new Strides(0, shape, strides);
  }

  /**
   * {@return the number of elements}
   *
   * @param length the number of places
   * @throws IllegalArgumentException if a number is negative, shape and strides differ in their
   *     length, there are more elements than a long can count, or one has no place
   */
  public long size(long length) {
    if (shape.length != strides.length) {
      throw new IllegalArgumentException(
          "it has "
              + shape.length
              + " sizes and "
              + strides.length
              + " strides; each axis has one");
    }
    try {
      long size = 1;
      long last = offset;
      for (int axis = 0; axis < shape.length; axis++) {
        if (shape[axis] < 0 || strides[axis] < 0) {
          throw new IllegalArgumentException("it has a negative size or stride");
        }
        size = Math.multiplyExact(size, shape[axis]);
        if (shape[axis] > 0) {
          last = Math.addExact(last, Math.multiplyExact(shape[axis] - 1, strides[axis]));
        }
      }
      if (offset < 0 || (size > 0 && last >= length)) {
        throw new IllegalArgumentException(
            "its elements lie at " + offset + " to " + last + ", and there are " + length);
      }
      return size;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("its shape is beyond all bounds", e);
    }
  }

  /** {@return whether the array has all places in their order, each once} */
  public boolean isAll(long length) {
    return offset == 0 && size(length) == length && Arrays.equals(strides, rowMajor(shape).strides);
  }

  /** {@return copies of the elements, each of some bytes, row-major} */
  public BytePieces of(BytePieces all, long size, int width) {
    BytePieces copies = BytePieces.zeros(size * width);
    long[] index = new long[shape.length];
    long place = offset;
    for (long i = 0; i < size; i++) {
      copies.copy(i * width, all, place * width, width);
      int axis = shape.length - 1;
      while (axis >= 0 && index[axis] == shape[axis] - 1) {
        place -= index[axis] * strides[axis];
        index[axis--] = 0;
      }
      if (axis >= 0) {
        index[axis]++;
        place += strides[axis];
      }
    }
    return copies;
  }
}
