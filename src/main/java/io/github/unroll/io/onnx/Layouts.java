package io.github.unroll.io.onnx;

import io.github.unroll.io.StoredArray;
import java.util.Arrays;

/** The operators that compute nothing: they choose elements, and give them another shape. */
final class Layouts {

  private Layouts() {}

  // ---- the same elements ----

  static Tensor reshape(NodeCall call) {
    Tensor x = call.in(0);
    long[] sizes = call.whole(1).clone();
    int open = -1;
    long known = 1;
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis] == 0 && !call.is("allowzero") && axis < x.rank()) {
        sizes[axis] = x.dim(axis);
      }
      if (sizes[axis] == -1 && open < 0) {
        open = axis;
      } else {
        known *= Tensor.sizes(known, sizes[axis])[1];
      }
    }
    if (open >= 0) {
      sizes[open] = known == 0 ? 0 : x.size() / known;
    }
    int[] shape = Tensor.sizes(sizes);
    if (Tensor.size(shape) != x.size()) {
      throw NodeCall.misfit(
          "%d elements do not go into %s", x.size(), StoredArray.shapeText(sizes));
    }
    return x.reshaped(shape);
  }

  static Tensor flatten(NodeCall call) {
    Tensor x = call.in(0);
    long given = call.node().integer("axis", 1);
    int axis = given == x.rank() ? x.rank() : NodeCall.axis(given, x.rank());
    return x.reshaped(x.size(0, axis), x.size(axis, x.rank()));
  }

  static Tensor squeeze(NodeCall call) {
    Tensor x = call.in(0);
    long[] given = call.integers(1, "axes");
    boolean[] gone = NodeCall.axes(given, x.rank());
    int[] shape = new int[gone.length];
    int rank = 0;
    for (int axis = 0; axis < gone.length; axis++) {
      if (gone[axis] && x.dim(axis) != 1 && given != null) {
        throw NodeCall.misfit("axis %d has %d elements, not 1", axis, x.dim(axis));
      }
      if (!gone[axis] || x.dim(axis) != 1) {
        shape[rank++] = x.dim(axis);
      }
    }
    return x.reshaped(Arrays.copyOf(shape, rank));
  }

  static Tensor unsqueeze(NodeCall call) {
    Tensor x = call.in(0);
    long[] given = call.integers(1, "axes");
    boolean[] added = NodeCall.axes(given, x.rank() + given.length);
    int[] shape = new int[added.length];
    int from = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = added[axis] ? 1 : x.dim(from++);
    }
    return x.reshaped(shape);
  }

  // ---- elements in another order, some of them, or some more than once ----

  static Tensor transpose(NodeCall call) {
    Tensor x = call.in(0);
    long[] perm = call.node().integers("perm");
    if (perm == null) {
      perm = new long[x.rank()];
      for (int axis = 0; axis < perm.length; axis++) {
        perm[axis] = perm.length - 1L - axis;
      }
    }
    if (perm.length != x.rank()) {
      throw NodeCall.misfit("perm is of %d axes", perm.length);
    }
    NodeCall.axes(perm, perm.length);
    return transposed(call, x, perm);
  }

  static Tensor transposed(NodeCall call, Tensor x, long... axes) {
    int[] own = Tensor.strides(x.shape());
    int[] shape = new int[axes.length];
    int[] strides = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      int axis = NodeCall.axis(axes[i], axes.length);
      shape[i] = x.dim(axis);
      strides[i] = own[axis];
    }
    call.room(shape);
    return x.picked(shape, strides, 0);
  }

  static Tensor expand(NodeCall call) {
    Tensor x = call.in(0);
    int[] shape = Tensor.broadcast(x.shape(), Tensor.sizes(call.whole(1)));
    call.room(shape);
    return x.picked(shape, Tensor.repeats(x.shape(), shape), 0);
  }

  static Tensor slice(NodeCall call) {
    Tensor x = call.in(0);
    long[] starts = call.integers(1, "starts");
    long[] ends = call.integers(2, "ends");
    long[] axes = call.integers(3, "axes");
    long[] steps = call.has(4) ? call.whole(4) : null;
    boolean equal = ends.length == starts.length && (axes == null || axes.length == ends.length);
    if (!equal || (steps != null && steps.length != ends.length)) {
      throw NodeCall.misfit("starts, ends, axes and steps are not equally many");
    }
    NodeCall.axes(axes, x.rank());
    int[] shape = x.shape().clone();
    int[] strides = Tensor.strides(shape);
    int from = 0;
    for (int i = 0; i < starts.length; i++) {
      int axis = NodeCall.axis(axes == null ? i : axes[i], x.rank());
      long step = steps == null ? 1 : steps[i];
      if (step == 0) {
        throw NodeCall.misfit("a step is 0");
      }
      int dim = x.dim(axis);
      long most = step > 0 ? dim : dim - 1L;
      long start = within(starts[i], dim, 0, most);
      long end = within(ends[i], dim, step > 0 ? 0 : -1, most);
      long way = step > 0 ? end - start : start - end;
      // a step beyond the axis takes one element at most, whatever it is
      long length = Math.min(Math.abs(Math.max(step, -Long.MAX_VALUE)), dim + 1L);
      shape[axis] = dim == 0 ? 0 : (int) Math.max(0, (way + length - 1) / length);
      from += (int) start * strides[axis];
      strides[axis] *= (int) (step > 0 ? length : -length);
    }
    call.room(shape);
    return x.picked(shape, strides, from);
  }

  private static long within(long index, int dim, long least, long most) {
    return Math.max(least, Math.min(index < 0 ? index + dim : index, most));
  }

  static Tensor gather(NodeCall call) {
    Tensor x = call.in(0);
    Tensor indices = call.in(1);
    int axis = call.axis(x, 0);
    int dim = x.dim(axis);
    int[] shape = Arrays.copyOf(x.shape(), x.rank() - 1 + indices.rank());
    System.arraycopy(indices.shape(), 0, shape, axis, indices.rank());
    System.arraycopy(x.shape(), axis + 1, shape, axis + indices.rank(), x.rank() - axis - 1);
    for (long index : call.whole(1)) {
      if (index < -dim || index >= dim) {
        throw NodeCall.misfit("the index %d is not in 0..%d", index, dim - 1);
      }
    }
    Tensor out = call.like(x, shape);
    int block = x.size(axis + 1, x.rank());
    int blocks = x.size(0, axis);
    int to = 0;
    for (int before = 0; before < blocks; before++) {
      for (long index : indices.whole()) {
        int row = before * dim + (int) (index < 0 ? index + dim : index);
        System.arraycopy(x.data(), row * block, out.data(), to, block);
        to += block;
      }
    }
    return out;
  }

  // ---- several tensors ----

  static Tensor concat(NodeCall call) {
    Tensor first = call.in(0);
    int axis = call.axis(first, 0);
    int[] shape = first.shape().clone();
    long along = 0;
    for (Tensor x : call.inputs()) {
      int[] sizes = x.shape().clone();
      boolean fits = NodeCall.sameKind(x, first).rank() == shape.length;
      if (fits) {
        along += sizes[axis];
        sizes[axis] = shape[axis];
      }
      if (!Arrays.equals(sizes, shape)) {
        throw NodeCall.misfit("%s and %s differ beside axis %d", first, x, axis);
      }
    }
    shape[axis] = Tensor.sizes(along)[0];
    Tensor out = call.like(first, shape);
    int blocks = first.size(0, axis);
    int to = 0;
    for (int block = 0; block < blocks; block++) {
      for (Tensor x : call.inputs()) {
        int length = x.size() / blocks;
        System.arraycopy(x.data(), block * length, out.data(), to, length);
        to += length;
      }
    }
    return out;
  }

  /** By given sizes, or into equal parts; since version 18 the last may be smaller. */
  static Tensor[] split(NodeCall call) {
    Tensor x = call.in(0);
    int axis = call.axis(x, 0);
    int dim = x.dim(axis);
    long[] sizes = call.integers(1, "split");
    Tensor[] parts = new Tensor[call.node().outputs().size()];
    int each = (int) ((dim + parts.length - 1L) / parts.length);
    if (sizes == null
        ? each * parts.length != dim && call.opset() < 18
        : sizes.length != parts.length) {
      throw NodeCall.misfit("%d elements do not go into %d such parts", dim, parts.length);
    }
    int start = 0;
    for (int i = 0; i < parts.length; i++) {
      int[] shape = x.shape().clone();
      shape[axis] = sizes == null ? Math.min(each, dim - start) : Tensor.sizes(sizes[i])[0];
      if (shape[axis] > dim - start) {
        throw NodeCall.misfit("the parts are more than the %d elements of axis %d", dim, axis);
      }
      int[] strides = Tensor.strides(x.shape());
      call.room(shape);
      parts[i] = x.picked(shape, strides, start * strides[axis]);
      start += shape[axis];
    }
    if (start != dim) {
      throw NodeCall.misfit("the parts are less than the %d elements of axis %d", dim, axis);
    }
    return parts;
  }

  // ---- new tensors ----

  static Tensor shape(NodeCall call) {
    Tensor x = call.in(0);
    int from = (int) within(call.node().integer("start", 0), x.rank(), 0, x.rank());
    int to = (int) within(call.node().integer("end", x.rank()), x.rank(), 0, x.rank());
    long[] part = Arrays.copyOfRange(Tensor.longs(x.shape()), from, Math.max(from, to));
    return Tensor.of(part, part.length);
  }

  static Tensor constant(NodeCall call) {
    Object value = call.node().options().values().iterator().next();
    if (value instanceof StoredArray array) {
      return read(array);
    }
    if (value instanceof Long whole) {
      return Tensor.of(new long[] {whole});
    }
    if (value instanceof Double real) {
      return Tensor.of(new double[] {real});
    }
    return value instanceof long[] integers
        ? Tensor.of(integers, integers.length)
        : Tensor.of((double[]) value, ((double[]) value).length);
  }

  static Tensor constantOfShape(NodeCall call) {
    int[] shape = Tensor.sizes(call.whole(0));
    Tensor one =
        call.node().options().get("value") instanceof StoredArray value
            ? read(value)
            : Tensor.of(new double[1], 1);
    if (one.size() != 1) {
      throw NodeCall.misfit("value must be one number, not %s", one);
    }
    call.room(shape);
    return one.reshaped().picked(shape, new int[shape.length], 0);
  }

  private static Tensor read(StoredArray array) {
    if (!array.isReadable()) {
      throw new IllegalArgumentException(array.unread());
    }
    return Tensor.of(array);
  }

  static Tensor range(NodeCall call) {
    Tensor start = call.in(0);
    for (Tensor number : call.inputs()) {
      if (NodeCall.sameKind(number, start).size() != 1) {
        throw NodeCall.misfit("start, limit and delta must be one number each");
      }
    }
    double count =
        start.isReal()
            ? Math.ceil((call.real(1).real()[0] - start.real()[0]) / call.real(2).real()[0])
            : count(start.whole()[0], call.whole(1)[0], call.whole(2)[0]);
    if (!(count <= Integer.MAX_VALUE)) {
      throw NodeCall.misfit("there is no range of %s numbers", count);
    }
    Tensor out = call.like(start, (int) Math.max(count, 0));
    for (int i = 0; i < out.size(); i++) {
      if (out.isReal()) {
        out.real()[i] = start.real()[0] + i * call.in(2).real()[0];
      } else {
        out.whole()[i] = start.whole()[0] + i * call.in(2).whole()[0];
      }
    }
    return out;
  }

  /** The length of a range of integers; NaN if there is none. */
  private static double count(long start, long limit, long delta) {
    long way = limit - start;
    boolean beyond = ((limit ^ start) & (limit ^ way)) < 0; // the difference is no long
    if (delta == 0 || beyond) {
      return Double.NaN;
    }
    return (way > 0) == (delta > 0) && way != 0
        ? (double) ((way - Long.signum(way)) / delta + 1)
        : 0;
  }

  /** The same values; of a mask, that all are kept. */
  static Tensor[] dropout(NodeCall call) {
    Tensor x = call.in(0);
    if (call.has(2) && Arrays.stream(call.whole(2)).anyMatch(training -> training != 0)) {
      throw NodeCall.misfit("training_mode is true, and a model is only run");
    }
    long[] mask = new long[call.node().outputs().size() < 2 ? 0 : call.room(x.shape())];
    Arrays.fill(mask, 1);
    return new Tensor[] {x, Tensor.of(mask, x.shape())};
  }
}
