package io.github.unroll.io.onnx;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

/** The operators that bring elements together: products, sums and means, softmax. */
final class Products {

  private Products() {}

  // ---- products ----

  /** NumPy's matmul: a product for each pair of matrices, which broadcast. */
  static Tensor matmul(NodeCall call) {
    Tensor a = call.real(0);
    Tensor b = call.real(1);
    if (a.rank() == 0 || b.rank() == 0) {
      throw NodeCall.misfit("a single number is no matrix");
    }
    int[] shapeA = a.rank() == 1 ? new int[] {1, a.dim(0)} : a.shape();
    int[] shapeB = b.rank() == 1 ? new int[] {b.dim(0), 1} : b.shape();
    int rows = shapeA[shapeA.length - 2];
    int inner = shapeA[shapeA.length - 1];
    int cols = shapeB[shapeB.length - 1];
    if (inner != shapeB[shapeB.length - 2]) {
      throw NodeCall.misfit("%s and %s cannot be multiplied", a, b);
    }
    int[] outerA = Arrays.copyOf(shapeA, shapeA.length - 2);
    int[] outerB = Arrays.copyOf(shapeB, shapeB.length - 2);
    int[] outer = Tensor.broadcast(outerA, outerB);
    int[] shape = Arrays.copyOf(outer, outer.length + 2);
    shape[outer.length] = rows;
    shape[outer.length + 1] = cols;
    Tensor out = call.like(a, shape);
    if (out.size() > 0 && inner > 0) {
      if (outerB.length == 0) { // one product for all of a's matrices
        out.matrix(out.size() / cols).setMatmul(a.matrix(a.size() / inner), b.matrix(inner));
      } else {
        multiply(out.matrix(out.size() / cols), a, b, rows, new int[][] {outer, outerA, outerB});
      }
    }
    IntStream kept = Arrays.stream(outer);
    kept = a.rank() == 1 ? kept : IntStream.concat(kept, IntStream.of(rows));
    kept = b.rank() == 1 ? kept : IntStream.concat(kept, IntStream.of(cols));
    return out.reshaped(kept.toArray());
  }

  private static void multiply(Matrix out, Tensor a, Tensor b, int rows, int[][] outer) {
    int count = Tensor.size(outer[0]);
    int[] atA = Tensor.repeated(outer[1], outer[0]);
    int[] atB = Tensor.repeated(outer[2], outer[0]);
    Matrix allA = a.matrix(Tensor.size(outer[1]) * rows);
    Matrix allB = b.matrix(Tensor.size(outer[2]) * allA.cols());
    for (int i = 0; i < count; i++) {
      MatrixView oneA = allA.rows((atA == null ? i : atA[i]) * rows, rows);
      MatrixView oneB = allB.rows((atB == null ? i : atB[i]) * allA.cols(), allA.cols());
      out.rows(i * rows, rows).setMatmul(oneA, oneB);
    }
  }

  /** {@code alpha·A·B + beta·C}. */
  static Tensor gemm(NodeCall call) {
    Tensor a = call.real(0);
    Tensor b = call.real(1);
    boolean turnA = call.is("transA");
    boolean turnB = call.is("transB");
    if (a.rank() != 2 || b.rank() != 2 || a.dim(turnA ? 0 : 1) != b.dim(turnB ? 1 : 0)) {
      throw NodeCall.misfit("%s and %s cannot be multiplied", a, b);
    }
    int rows = a.dim(turnA ? 1 : 0);
    int cols = b.dim(turnB ? 0 : 1);
    Tensor out = call.like(a, rows, cols);
    if (out.size() > 0 && a.size() > 0) {
      MatrixView left = a.matrix(a.dim(0));
      MatrixView right = b.matrix(b.dim(0));
      out.matrix(rows)
          .setMatmul(turnA ? left.transposed() : left, turnB ? right.transposed() : right);
    }
    double alpha = call.node().real("alpha", 1);
    double beta = call.node().real("beta", 1);
    double[] values = out.real();
    Tensor c = call.has(2) ? call.real(2) : Tensor.of(new double[1]);
    if (!Arrays.equals(Tensor.broadcast(c.shape(), out.shape()), out.shape())) {
      throw NodeCall.misfit("%s cannot be added to %s", c, out);
    }
    int[] places = Tensor.repeated(c.shape(), out.shape());
    for (int i = 0; i < values.length; i++) {
      double scaled = alpha == 1 ? values[i] : alpha * values[i];
      values[i] = scaled + beta * c.real()[places == null ? i : places[i]];
    }
    return out;
  }

  // ---- over axes ----

  static Tensor mean(NodeCall call) {
    Tensor sum = reduce(call, 0, Double::sum, 0, Long::sum);
    int count = sum.size() == 0 ? 0 : call.in(0).size() / sum.size();
    for (int i = 0; sum != call.in(0) && i < sum.size(); i++) {
      if (sum.isReal()) {
        sum.real()[i] /= count;
      } else if (count > 0) {
        sum.whole()[i] /= count;
      }
    }
    return sum;
  }

  /** Brings the elements of some axes together, two by two, from one number on. */
  static Tensor reduce(
      NodeCall call,
      double realStart,
      DoubleBinaryOperator real,
      long wholeStart,
      LongBinaryOperator whole) {
    Tensor x = call.in(0);
    long[] given = call.integers(1, "axes");
    boolean none = given == null || given.length == 0;
    if (none && call.is("noop_with_empty_axes")) {
      return x;
    }
    boolean[] gone = NodeCall.axes(none ? null : given, x.rank());
    int[] one = x.shape().clone(); // with 1 for each axis that goes
    for (int axis = 0; axis < one.length; axis++) {
      one[axis] = gone[axis] ? 1 : one[axis];
    }
    Tensor out = call.like(x, one);
    call.room(x.shape());
    int[] places = Tensor.repeated(one, x.shape());
    if (x.isReal()) {
      Arrays.fill(out.real(), realStart);
    } else {
      Arrays.fill(out.whole(), wholeStart);
    }
    for (int i = 0; i < x.size(); i++) {
      int to = places == null ? i : places[i];
      if (x.isReal()) {
        out.real()[to] = real.applyAsDouble(out.real()[to], x.real()[i]);
      } else {
        out.whole()[to] = whole.applyAsLong(out.whole()[to], x.whole()[i]);
      }
    }
    boolean keep = call.node().integer("keepdims", 1) != 0;
    return keep
        ? out
        : out.reshaped(
            IntStream.range(0, one.length).filter(axis -> !gone[axis]).map(x::dim).toArray());
  }

  /** Over one axis; before version 13 over all axes from one on, as if they were one. */
  static Tensor softmax(NodeCall call, boolean log) {
    Tensor x = call.real(0);
    boolean flat = call.opset() < 13;
    int axis = NodeCall.axis(call.node().integer("axis", flat ? 1 : -1), x.rank());
    if (x.size() == 0) {
      return x;
    }
    if (flat || axis == x.rank() - 1) {
      return rowsOf(call, x, Layouts.rows(x, axis), log);
    }
    int[] axes = IntStream.range(0, x.rank()).toArray(); // with the axis at the end, and back
    axes[axis] = x.rank() - 1;
    axes[x.rank() - 1] = axis;
    Tensor turned = Layouts.transposed(call, x, axes);
    Tensor rows = rowsOf(call, turned, x.size() / x.dim(axis), log);
    return Layouts.transposed(call, rows, axes);
  }

  private static Tensor rowsOf(NodeCall call, Tensor x, int rows, boolean log) {
    Tensor y = call.like(x, x.shape());
    Matrix from = x.matrix(rows);
    Matrix to = y.matrix(rows);
    for (int i = 0; i < rows; i++) {
      double most = from.maxOfRow(i);
      double sum = to.setExpRow(i, from, most);
      double less = log ? most + StrictMath.log(sum) : 0;
      for (int j = 0; j < to.cols(); j++) {
        to.set(i, j, log ? from.get(i, j) - less : to.get(i, j) / sum);
      }
    }
    return y;
  }
}
