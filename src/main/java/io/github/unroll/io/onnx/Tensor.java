package io.github.unroll.io.onnx;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.tensor.Matrix;
import java.util.Arrays;

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
    int[] shape = sizes(array.shape());
    return array.elementType().isFloating() ? of(array.doubles(), shape) : of(array.longs(), shape);
  }

  /** Zeros of the kind of another. */
  static Tensor zeros(Tensor kind, int... shape) {
    int size = size(shape);
    return kind.isReal() ? of(new double[size], shape) : of(new long[size], shape);
  }

  StoredArray stored() {
    long[] sizes = longs(shape);
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

  /** The number of elements of the axes from one on up to another. */
  int size(int from, int to) {
    return size(Arrays.copyOfRange(shape, from, to));
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

  /** The same numbers as doubles. */
  Tensor asReal() {
    return isReal() ? this : of(Arrays.stream(whole).asDoubleStream().toArray(), shape);
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
    Tensor out = zeros(this, other);
    int axes = other.length; // those before a block of numbers that stand together
    int block = 1;
    while (axes > 0 && (distances[axes - 1] == block || other[axes - 1] == 1)) {
      block *= other[--axes];
    }
    int[] places = places(Arrays.copyOf(other, axes), distances, start);
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
    return (isReal() ? "" : "integers ") + StoredArray.shapeText(longs(shape));
  }

  // ---- shapes ----

  static long[] longs(int... sizes) {
    return Arrays.stream(sizes).asLongStream().toArray();
  }

  /** The sizes of a shape that an array can have. */
  static int[] sizes(long... shape) {
    long size = 1;
    boolean fits = shape.length <= MOST_AXES;
    for (long dim : shape) {
      fits &= dim >= 0 && dim <= Integer.MAX_VALUE && (dim == 0 || size <= Integer.MAX_VALUE / dim);
      size *= dim;
    }
    if (!fits) {
      throw NodeCall.misfit("no array has the shape %s", StoredArray.shapeText(shape));
    }
    return Arrays.stream(shape).mapToInt(dim -> (int) dim).toArray();
  }

  /** The number of elements of a shape, if an array can have it. */
  static int size(int... shape) {
    int size = 1;
    for (int dim : sizes(longs(shape))) {
      size *= dim;
    }
    return size;
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
  static int[] places(int[] shape, int[] strides, int start) {
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
        throw NodeCall.misfit("the axes of %d and %d elements do not go together", dimA, dimB);
      }
      shape[rank - i] = dimA == 1 ? dimB : dimA;
    }
    return shape;
  }

  /** The distances with which a shape is repeated to fill another. */
  static int[] repeats(int[] shape, int... other) {
    int[] own = strides(shape);
    int[] repeats = new int[other.length];
    int added = other.length - shape.length;
    for (int axis = 0; axis < shape.length; axis++) {
      repeats[axis + added] = shape[axis] == 1 ? 0 : own[axis];
    }
    return repeats;
  }

  /** The places of the elements with which this fills a shape that it broadcasts to. */
  int[] placesIn(int... other) {
    return places(other, repeats(shape, other), 0);
  }
}
