package io.github.unroll.io.onnx;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A value while a graph runs: floating-point numbers as doubles, or integers and booleans as longs,
 * row-major. Its numbers are not changed once it is made, so tensors share them.
 */
final class Tensor {

  private static final int MOST_AXES = 64;

  private final int[] shape;
  private final double[] real; // null of integers
  private final long[] whole; // null of floating-point numbers

  private Tensor(int[] shape, double[] real, long[] whole) {
    this.shape = shape;
    this.real = real;
    this.whole = whole;
  }

  static Tensor of(double[] values, int... shape) {
    return new Tensor(shape, values, null);
  }

  static Tensor of(long[] values, int... shape) {
    return new Tensor(shape, null, values);
  }

  static Tensor of(StoredArray array) {
    sizeOf(array.shape());
    int[] shape = Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
    return array.elementType().isFloating() ? of(array.doubles(), shape) : of(array.longs(), shape);
  }

  StoredArray stored() {
    long[] sizes = Arrays.stream(shape).asLongStream().toArray();
    return isReal()
        ? StoredArray.ofDoubles(ElementType.FLOAT64, sizes, real)
        : StoredArray.ofLongs(ElementType.INT64, sizes, whole);
  }

  // ---- what it is ----

  boolean isReal() {
    return real != null;
  }

  int[] shape() {
    return shape;
  }

  int rank() {
    return shape.length;
  }

  int dim(int axis) {
    return shape[axis];
  }

  int size() {
    return isReal() ? real.length : whole.length;
  }

  double[] real() {
    return real;
  }

  long[] whole() {
    return whole;
  }

  /** The array of its numbers, of either kind. */
  Object data() {
    return isReal() ? real : whole;
  }

  /** The numbers as doubles. */
  double[] doubles() {
    return isReal() ? real : Arrays.stream(whole).asDoubleStream().toArray();
  }

  /** The numbers as a matrix of so many rows; there must be some. */
  Matrix matrix(int rows) {
    return Matrix.over(rows, real.length / rows, real);
  }

  /** The same numbers in another shape of their size. */
  Tensor reshaped(int... other) {
    size(other);
    return new Tensor(other, real, whole);
  }

  /** The numbers from one on, at the distances that each axis of another shape has. */
  Tensor picked(int[] other, int[] distances, int start) {
    int size = size(other);
    int axes = other.length; // those before a block of numbers that stand together
    int block = 1;
    while (axes > 0 && (distances[axes - 1] == block || other[axes - 1] == 1)) {
      block *= other[--axes];
    }
    int[] places = places(Arrays.copyOf(other, axes), distances, start);
    Tensor out = isReal() ? of(new double[size], other) : of(new long[size], other);
    for (int i = 0; i < places.length; i++) {
      if (block == 1 && isReal()) {
        out.real[i] = real[places[i]];
      } else {
        System.arraycopy(data(), places[i], out.data(), i * block, block);
      }
    }
    return out;
  }

  @Override
  public String toString() {
    return (isReal() ? "" : "integers ") + text(shape);
  }

  // ---- shapes ----

  static String text(int... shape) {
    return StoredArray.shapeText(Arrays.stream(shape).asLongStream().toArray());
  }

  /** The number of elements of a shape. */
  static int size(int... shape) {
    return sizeOf(Arrays.stream(shape).asLongStream().toArray());
  }

  /** The number of elements of a shape, if an array can have it. */
  static int sizeOf(long... shape) {
    long size = 1;
    boolean fits = shape.length <= MOST_AXES;
    for (long dim : shape) {
      fits &= dim >= 0 && dim <= Integer.MAX_VALUE && (dim == 0 || size <= Integer.MAX_VALUE / dim);
      size = fits ? size * dim : 0;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no array has the shape %s; at most %d elements and %d axes go into one",
              StoredArray.shapeText(shape),
              Integer.MAX_VALUE,
              MOST_AXES));
    }
    return (int) size;
  }

  /** The distance between elements that follow each other on each axis. */
  static int[] strides(int... shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }

  /** For each element of a shape, row by row, its place in an array with these distances. */
  private static int[] places(int[] shape, int[] strides, int start) {
    int[] places = new int[size(shape)];
    int[] index = new int[shape.length];
    int place = start;
    for (int i = 0; i < places.length; i++) {
      places[i] = place;
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
    return places;
  }

  /** The shape that two broadcast to. */
  static int[] broadcast(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] shape = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int dimA = i <= a.length ? a[a.length - i] : 1;
      int dimB = i <= b.length ? b[b.length - i] : 1;
      if (dimA != dimB && dimA != 1 && dimB != 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s and %s do not go together: their axes differ", text(a), text(b)));
      }
      shape[rank - i] = dimA == 1 ? dimB : dimA;
    }
    return shape;
  }

  /** The distances with which a shape is repeated to fill another. */
  static int[] repeats(int[] shape, int[] other) {
    int[] own = strides(shape);
    int added = other.length - shape.length;
    return IntStream.range(0, other.length)
        .map(axis -> axis < added || shape[axis - added] == 1 ? 0 : own[axis - added])
        .toArray();
  }

  /** The places of the elements that a shape repeats to fill another; null if they are the same. */
  static int[] repeated(int[] shape, int[] other) {
    return Arrays.equals(shape, other) ? null : places(other, repeats(shape, other), 0);
  }
}
