package io.github.unroll.io.onnx;

import io.github.unroll.io.onnx.file.OnnxTensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The operators that compute nothing: they choose elements, and give them another shape. */
final class Layouts {

  private Layouts() {}

  // ---- the same elements ----

  static Tensor reshape(NodeCall call) {
    Tensor x = call.in(0);
    long[] asked = call.whole(1);
    long[] sizes = asked.clone();
    int open = -1;
    long known = 1;
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis] == 0 && !call.is("allowzero") && axis < x.rank()) {
        sizes[axis] = x.dim(axis);
      }
      if (sizes[axis] == -1 && open < 0) {
        open = axis;
      } else {
        known = Tensor.sizeOf(known, sizes[axis]);
      }
    }
    if (open >= 0) {
      sizes[open] = known == 0 ? 0 : x.size() / known;
    }
    if (Tensor.sizeOf(sizes) != x.size()) {
      throw NodeCall.misfit(
          "%d elements do not go into the shape %s", x.size(), Arrays.toString(asked));
    }
    return x.reshaped(Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray());
  }

  static Tensor flatten(NodeCall call) {
    Tensor x = call.in(0);
    long axis = call.node().integer("axis", 1);
    int rows = rows(x, axis == x.rank() ? x.rank() : NodeCall.axis(axis, x.rank()));
    return x.reshaped(rows, rows == 0 ? columns(x, axis) : x.size() / rows);
  }

  private static int columns(Tensor x, long axis) {
    int from = (int) (axis < 0 ? axis + x.rank() : axis);
    return Tensor.size(Arrays.copyOfRange(x.shape(), from, x.rank()));
  }

  /** The number of elements of the axes before one. */
  static int rows(Tensor x, int axis) {
    return Tensor.size(Arrays.copyOf(x.shape(), axis));
  }

  static Tensor squeeze(NodeCall call) {
    Tensor x = call.in(0);
    long[] given = call.integers(1, "axes");
    boolean[] gone = NodeCall.axes(given, x.rank());
    for (int axis = 0; axis < gone.length; axis++) {
      if (gone[axis] && x.dim(axis) != 1 && given != null) {
        throw NodeCall.misfit("axis %d has %d elements, not 1", axis, x.dim(axis));
      }
      gone[axis] &= x.dim(axis) == 1;
    }
    return x.reshaped(
        IntStream.range(0, gone.length).filter(axis -> !gone[axis]).map(x::dim).toArray());
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
    long[] perm = call.node().get("perm", long[].class);
    int[] axes =
        perm == null
            ? IntStream.range(0, x.rank()).map(axis -> x.rank() - 1 - axis).toArray()
            : Arrays.stream(perm).mapToInt(axis -> NodeCall.axis(axis, x.rank())).toArray();
    if (axes.length != x.rank() || IntStream.of(axes).distinct().count() < axes.length) {
      throw NodeCall.misfit("perm is %s; there are %d axes", Arrays.toString(axes), x.rank());
    }
    return transposed(call, x, axes);
  }

  static Tensor transposed(NodeCall call, Tensor x, int... axes) {
    int[] own = Tensor.strides(x.shape());
    int[] shape = IntStream.of(axes).map(x::dim).toArray();
    int[] strides = IntStream.of(axes).map(axis -> own[axis]).toArray();
    call.room(shape);
    return x.picked(shape, strides, 0);
  }

  static Tensor expand(NodeCall call) {
    Tensor x = call.in(0);
    int[] asked = Arrays.stream(call.whole(1)).mapToInt(NodeCall::size).toArray();
    int[] shape = Tensor.broadcast(x.shape(), asked);
    call.room(shape);
    return x.picked(shape, Tensor.repeats(x.shape(), shape), 0);
  }

  static Tensor slice(NodeCall call) {
    Tensor x = call.in(0);
    long[] starts = call.integers(1, "starts");
    long[] ends = call.integers(2, "ends");
    long[] axes = call.integers(3, "axes");
    long[] steps = call.has(4) ? call.whole(4) : null;
    long[] all = axes == null ? LongStream.range(0, starts.length).toArray() : axes;
    NodeCall.axes(all, x.rank());
    if (ends.length != starts.length
        || all.length != starts.length
        || (steps != null && steps.length != starts.length)) {
      throw NodeCall.misfit("starts, ends, axes and steps are not equally many");
    }
    int[] shape = x.shape().clone();
    int[] strides = Tensor.strides(shape);
    int from = 0;
    for (int i = 0; i < starts.length; i++) {
      int axis = NodeCall.axis(all[i], x.rank());
      long step = steps == null ? 1 : steps[i];
      if (step == 0) {
        throw NodeCall.misfit("a step is 0");
      }
      int dim = x.dim(axis);
      long least = step > 0 ? 0 : -1;
      long most = step > 0 ? dim : dim - 1L;
      long start = within(starts[i], dim, Math.max(least, 0), most);
      long end = within(ends[i], dim, least, most);
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
    long counted = index < 0 ? index + dim : index;
    return Math.max(least, Math.min(counted, most));
  }

  static Tensor gather(NodeCall call) {
    Tensor x = call.in(0);
    long[] ids = call.whole(1);
    int axis = NodeCall.axis(call.node().integer("axis", 0), x.rank());
    int[] asked = call.in(1).shape();
    int[] shape =
        IntStream.concat(
                IntStream.concat(Arrays.stream(x.shape(), 0, axis), Arrays.stream(asked)),
                Arrays.stream(x.shape(), axis + 1, x.rank()))
            .toArray();
    int dim = x.dim(axis);
    for (long id : ids) {
      if (id < -dim || id >= dim) {
        throw NodeCall.misfit("the index %d is not in 0..%d", id, dim - 1);
      }
    }
    Tensor out = call.like(x, shape);
    int block = Tensor.size(Arrays.copyOfRange(x.shape(), axis + 1, x.rank()));
    int blocks = rows(x, axis);
    int to = 0;
    for (int before = 0; before < blocks; before++) {
      for (long id : ids) {
        int row = before * dim + (int) (id < 0 ? id + dim : id);
        System.arraycopy(x.data(), row * block, out.data(), to, block);
        to += block;
      }
    }
    return out;
  }

  // ---- several tensors ----

  static Tensor concat(NodeCall call) {
    Tensor first = call.in(0);
    int axis = NodeCall.axis(call.node().integer("axis", 0), first.rank());
    int[] shape = first.shape().clone();
    long along = 0;
    for (Tensor x : call.inputs()) {
      int[] sizes = x.shape().clone();
      if (x.rank() != shape.length || x.isReal() != first.isReal()) {
        throw NodeCall.misfit("%s and %s do not go together", first, x);
      }
      along += sizes[axis];
      sizes[axis] = shape[axis];
      if (!Arrays.equals(sizes, shape)) {
        throw NodeCall.misfit("%s and %s differ beside axis %d", first, x, axis);
      }
    }
    shape[axis] = NodeCall.size(along);
    Tensor out = call.like(first, shape);
    int blocks = rows(first, axis);
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

  static Tensor[] split(NodeCall call) {
    Tensor x = call.in(0);
    int axis = NodeCall.axis(call.node().integer("axis", 0), x.rank());
    long[] sizes = call.integers(1, "split");
    if (sizes == null) {
      sizes = equalParts(call, x.dim(axis));
    }
    if (sizes.length != call.outputs() || Tensor.size(x.dim(axis)) != sum(sizes)) {
      throw NodeCall.misfit(
          "parts of %s do not make %d, in %d outputs",
          Arrays.toString(sizes), x.dim(axis), call.outputs());
    }
    Tensor[] parts = new Tensor[sizes.length];
    int blocks = rows(x, axis);
    int rest = Tensor.size(Arrays.copyOfRange(x.shape(), axis + 1, x.rank()));
    int start = 0;
    for (int i = 0; i < parts.length; i++) {
      int[] shape = x.shape().clone();
      shape[axis] = (int) sizes[i];
      parts[i] = call.like(x, shape);
      int length = shape[axis] * rest;
      for (int block = 0; block < blocks; block++) {
        int from = block * x.dim(axis) * rest + start;
        System.arraycopy(x.data(), from, parts[i].data(), block * length, length);
      }
      start += length;
    }
    return parts;
  }

  private static long sum(long... sizes) {
    long sum = 0;
    for (long size : sizes) {
      sum = NodeCall.size(sum + NodeCall.size(size));
    }
    return sum;
  }

  /** As many parts as outputs; since version 18 the last may be smaller. */
  private static long[] equalParts(NodeCall call, int dim) {
    int parts = call.outputs();
    long part = (dim + parts - 1L) / parts;
    if (dim % parts != 0 && call.opset() < 18) {
      throw NodeCall.misfit("%d do not go into %d equal parts", dim, parts);
    }
    return LongStream.range(0, parts)
        .map(i -> Math.max(0, Math.min(part, dim - i * part)))
        .toArray();
  }

  // ---- new tensors ----

  static Tensor shape(NodeCall call) {
    Tensor x = call.in(0);
    int from = (int) within(call.node().integer("start", 0), x.rank(), 0, x.rank());
    int to = (int) within(call.node().integer("end", x.rank()), x.rank(), 0, x.rank());
    long[] shape = Arrays.stream(x.shape()).asLongStream().toArray();
    long[] part = Arrays.copyOfRange(shape, from, Math.max(from, to));
    return Tensor.of(part, part.length);
  }

  static Tensor constant(NodeCall call) {
    Object value = call.node().attributes().values().iterator().next();
    if (value instanceof OnnxTensor tensor) {
      return read(tensor);
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
    int[] shape = Arrays.stream(call.whole(0)).mapToInt(NodeCall::size).toArray();
    OnnxTensor value = call.node().get("value", OnnxTensor.class);
    Tensor one = value == null ? Tensor.of(new double[1], 1) : read(value);
    if (one.size() != 1) {
      throw NodeCall.misfit("value must be one number, not %s", one);
    }
    Tensor out = call.like(one, shape);
    if (one.isReal()) {
      Arrays.fill(out.real(), one.real()[0]);
    } else {
      Arrays.fill(out.whole(), one.whole()[0]);
    }
    return out;
  }

  private static Tensor read(OnnxTensor tensor) {
    if (tensor.type() == null) {
      throw new IllegalArgumentException(tensor.unread());
    }
    try {
      return Tensor.of(tensor.array());
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  static Tensor range(NodeCall call) {
    for (int i = 0; i < 3; i++) {
      if (call.in(i).size() != 1 || call.in(i).isReal() != call.in(0).isReal()) {
        throw NodeCall.misfit("start, limit and delta must be three numbers of one kind");
      }
    }
    return call.in(0).isReal() ? realRange(call) : wholeRange(call);
  }

  private static Tensor realRange(NodeCall call) {
    double start = call.real(0).real()[0];
    double delta = call.real(2).real()[0];
    double count = Math.ceil((call.real(1).real()[0] - start) / delta);
    if (!(count <= Integer.MAX_VALUE)) {
      throw NodeCall.misfit("there is no range from %s by steps of %s", start, delta);
    }
    Tensor out = call.like(call.in(0), (int) Math.max(count, 0));
    for (int i = 0; i < out.size(); i++) {
      out.real()[i] = start + i * delta;
    }
    return out;
  }

  private static Tensor wholeRange(NodeCall call) {
    long start = call.whole(0)[0];
    long limit = call.whole(1)[0];
    long delta = call.whole(2)[0];
    long way = limit - start;
    boolean beyond = ((limit ^ start) & (limit ^ way)) < 0; // the difference is no long
    if (delta == 0 || beyond) {
      throw NodeCall.misfit("there is no range from %d to %d by steps of %d", start, limit, delta);
    }
    boolean ahead = (way > 0) == (delta > 0) && way != 0;
    Tensor out =
        call.like(call.in(0), ahead ? NodeCall.size((way - Long.signum(way)) / delta + 1) : 0);
    for (int i = 0; i < out.size(); i++) {
      out.whole()[i] = start + i * delta;
    }
    return out;
  }

  /** The same values; of a mask, that all are kept. */
  static Tensor[] dropout(NodeCall call) {
    Tensor x = call.in(0);
    if (call.has(2) && call.whole(2).length > 0 && call.whole(2)[0] != 0) {
      throw NodeCall.misfit("training_mode is true, and a model is only run");
    }
    if (call.outputs() < 2) {
      return new Tensor[] {x};
    }
    long[] mask = new long[call.room(x.shape())];
    Arrays.fill(mask, 1);
    return new Tensor[] {x, Tensor.of(mask, x.shape())};
  }
}
