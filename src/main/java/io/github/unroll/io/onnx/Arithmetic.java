package io.github.unroll.io.onnx;

import io.github.unroll.cell.Activation;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.onnx.file.OnnxTensor;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import java.util.Arrays;
import java.util.Locale;

/** The operators that compute: functions of elements, products, sums and means, softmax. */
final class Arithmetic {

  private Arithmetic() {}

  // ---- of one tensor ----

  /** What alpha and beta of a function are if they are not given; without them there are none. */
  static double[] settings(String function) {
    return switch (function.toLowerCase(Locale.ROOT)) {
      case "affine" -> new double[] {1, 0};
      case "scaledtanh" -> new double[] {1, 1};
      case "hardsigmoid" -> new double[] {0.2, 0.5};
      case "leakyrelu" -> new double[] {0.01};
      case "thresholdedrelu", "elu" -> new double[] {1};
      default -> new double[0];
    };
  }

  /** A function by its name as an operator, or as an option of a recurrent one. */
  static Activation activation(String name, double... settings) {
    double alpha = settings.length == 0 ? 0 : settings[0];
    double beta = settings.length < 2 ? 0 : settings[1];
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "tanh" -> Activation.TANH;
      case "sigmoid" -> Activation.SIGMOID;
      case "relu" -> Activation.RELU;
      case "softsign" -> Activation.SOFTSIGN;
      case "softplus" -> Activation.SOFTPLUS;
      case "affine" -> Activation.affine(alpha, beta);
      case "scaledtanh" -> Activation.scaledTanh(alpha, beta);
      case "hardsigmoid" -> Activation.hardSigmoid(alpha, beta);
      case "leakyrelu" -> Activation.leakyRelu(alpha);
      case "thresholdedrelu" -> Activation.thresholdedRelu(alpha);
      case "elu" -> Activation.elu(alpha);
      default -> throw NodeCall.misfit("there is no activation \"%s\"", name);
    };
  }

  static Tensor activation(NodeCall call) {
    String name = call.node().operator();
    double[] settings = settings(name);
    for (int i = 0; i < settings.length; i++) {
      settings[i] = call.node().real(i == 0 ? "alpha" : "beta", settings[i]);
    }
    Activation function = activation(name, settings);
    Tensor x = call.real(0);
    Tensor y = call.like(x, x.shape());
    if (x.size() > 0) {
      function.forward(x.matrix(1), y.matrix(1));
    }
    return y;
  }

  static Tensor unary(NodeCall call) {
    char operator = call.node().operator().charAt(0);
    Tensor x = operator == 'A' || operator == 'N' ? call.in(0) : call.real(0);
    Tensor y = call.like(x, x.shape());
    for (int i = 0; i < x.size(); i++) {
      if (x.isReal()) {
        y.real()[i] = function(operator, x.real()[i]);
      } else {
        y.whole()[i] = operator == 'A' ? Math.abs(x.whole()[i]) : -x.whole()[i];
      }
    }
    return y;
  }

  /** A function by the first letter of its operator. */
  private static double function(char operator, double x) {
    return switch (operator) {
      case 'A' -> Math.abs(x);
      case 'N' -> -x;
      case 'S' -> Math.sqrt(x);
      case 'R' -> 1 / x;
      case 'E' -> StrictMath.exp(x);
      default -> StrictMath.log(x);
    };
  }

  /** To doubles, or to integers cut off towards zero. */
  static Tensor cast(NodeCall call) {
    Tensor x = call.in(0);
    ElementType to = OnnxTensor.type(call.node().integer("to", 0));
    if (to == null) {
      throw NodeCall.misfit("there is no cast to this type");
    }
    if (to.isFloating() == x.isReal() && to != ElementType.BOOL) {
      return x;
    }
    int size = call.room(x.shape());
    if (to.isFloating()) {
      return x.asReal();
    }
    long[] whole = new long[size];
    for (int i = 0; i < size; i++) {
      double value = x.isReal() ? x.real()[i] : x.whole()[i];
      if (to == ElementType.BOOL) {
        whole[i] = value == 0 ? 0 : 1;
      } else if (Math.abs(value) < 0x1p63) {
        whole[i] = (long) value;
      } else {
        throw NodeCall.misfit("%s is no integer of 64 bits", value);
      }
    }
    return Tensor.of(whole, x.shape());
  }

  // ---- of two and more ----

  private static double real(char operator, double a, double b) {
    return switch (operator) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      case '/' -> a / b;
      case '=' -> a == b ? 1 : 0;
      case '<' -> a < b ? 1 : 0;
      case '>' -> a > b ? 1 : 0;
      case 'M' -> Math.max(a, b);
      case 'm' -> Math.min(a, b);
      default -> b == 2 ? a * a : StrictMath.pow(a, b);
    };
  }

  private static long whole(char operator, long a, long b) {
    if (operator == '/' && b == 0) {
      throw NodeCall.misfit("an integer is divided by 0");
    }
    return switch (operator) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      case '/' -> a / b;
      case '=' -> a == b ? 1 : 0;
      case '<' -> a < b ? 1 : 0;
      case '>' -> a > b ? 1 : 0;
      case 'M' -> Math.max(a, b);
      default -> Math.min(a, b);
    };
  }

  /** Of any number of tensors, from the first on. */
  static Tensor joined(NodeCall call, char operator) {
    Tensor all = call.in(0);
    for (int i = 1; i < call.inputs().length; i++) {
      all = combined(call, all, call.in(i), operator);
    }
    return all;
  }

  static Tensor compared(NodeCall call, char operator) {
    return cutOff(joined(call, operator));
  }

  /** And, Or and Not, of integers that are true if they are not 0. */
  static Tensor logical(NodeCall call) {
    Tensor zero = Tensor.of(new long[1]);
    call.whole(0);
    Tensor isFalse = combined(call, call.in(0), zero, '=');
    if (call.inputs().length == 1) {
      return isFalse;
    }
    call.whole(1);
    Tensor other = combined(call, call.in(1), zero, '=');
    char both = call.node().operator().equals("And") ? 'M' : 'm';
    return combined(call, combined(call, isFalse, other, both), zero, '=');
  }

  /** The base decides of which kind the power is. */
  static Tensor power(NodeCall call) {
    Tensor base = call.in(0);
    Tensor power = combined(call, base.asReal(), call.in(1).asReal(), '^');
    return base.isReal() ? power : cutOff(power);
  }

  /** As integers, cut off towards zero. */
  private static Tensor cutOff(Tensor x) {
    return x.isReal()
        ? Tensor.of(Arrays.stream(x.real()).mapToLong(value -> (long) value).toArray(), x.shape())
        : x;
  }

  private static Tensor combined(NodeCall call, Tensor a, Tensor b, char operator) {
    int[] shape = Tensor.broadcast(NodeCall.sameKind(a, b).shape(), b.shape());
    Tensor out = call.like(a, shape);
    int[] atA = a.placesIn(shape);
    int[] atB = b.placesIn(shape);
    for (int i = 0; i < out.size(); i++) {
      if (a.isReal()) {
        out.real()[i] = real(operator, a.real()[atA[i]], b.real()[atB[i]]);
      } else {
        out.whole()[i] = whole(operator, a.whole()[atA[i]], b.whole()[atB[i]]);
      }
    }
    return out;
  }

  static Tensor where(NodeCall call) {
    long[] condition = call.whole(0);
    Tensor yes = NodeCall.sameKind(call.in(1), call.in(2));
    Tensor no = call.in(2);
    int[] shape = Tensor.broadcast(call.in(0).shape(), Tensor.broadcast(yes.shape(), no.shape()));
    Tensor out = call.like(yes, shape);
    int[] asked = call.in(0).placesIn(shape);
    int[] atYes = yes.placesIn(shape);
    int[] atNo = no.placesIn(shape);
    for (int i = 0; i < out.size(); i++) {
      boolean chosen = condition[asked[i]] != 0;
      int from = chosen ? atYes[i] : atNo[i];
      System.arraycopy((chosen ? yes : no).data(), from, out.data(), i, 1);
    }
    return out;
  }

  // ---- products ----

  /** NumPy's matmul: a product for each pair of matrices, which broadcast. */
  static Tensor matmul(NodeCall call) {
    Tensor a = call.real(0);
    Tensor b = call.real(1);
    int rankA = Math.max(a.rank(), 2);
    int rankB = Math.max(b.rank(), 2);
    if (a.rank() == 0 || b.rank() == 0 || a.dim(a.rank() - 1) != b.dim(Math.max(b.rank() - 2, 0))) {
      throw NodeCall.misfit("they cannot be multiplied");
    }
    int rows = a.rank() == 1 ? 1 : a.dim(rankA - 2);
    int inner = a.dim(a.rank() - 1);
    int cols = b.rank() == 1 ? 1 : b.dim(rankB - 1);
    int[] outerA = Arrays.copyOf(a.shape(), rankA - 2);
    int[] outerB = Arrays.copyOf(b.shape(), rankB - 2);
    int[] outer = Tensor.broadcast(outerA, outerB);
    int[] shape =
        Arrays.copyOf(outer, outer.length + (a.rank() == 1 ? 0 : 1) + (b.rank() == 1 ? 0 : 1));
    if (a.rank() > 1) {
      shape[outer.length] = rows;
    }
    if (b.rank() > 1) {
      shape[shape.length - 1] = cols;
    }
    takeWork(call, a, b);
    Tensor out = call.like(a, shape);
    if (out.size() == 0 || inner == 0) {
      return out;
    }
    Matrix products = out.matrix(out.size() / cols);
    Matrix allA = a.matrix(a.size() / inner);
    Matrix allB = b.matrix(b.size() / cols);
    if (outerB.length == 0) { // one product for all of a's matrices
      products.setMatmul(allA, allB);
      return out;
    }
    int[] atA = Tensor.of(new long[0], outerA).placesIn(outer);
    int[] atB = Tensor.of(new long[0], outerB).placesIn(outer);
    for (int i = 0; i < atA.length; i++) {
      products
          .rows(i * rows, rows)
          .setMatmul(allA.rows(atA[i] * rows, rows), allB.rows(atB[i] * inner, inner));
    }
    return out;
  }

  /** Counts what a product reads: of long vectors its size tells nothing. */
  private static void takeWork(NodeCall call, Tensor a, Tensor b) {
    call.take((double) a.size() + b.size());
  }

  /** {@code alpha·A·B + beta·C}. */
  static Tensor gemm(NodeCall call) {
    Tensor a = call.real(0);
    Tensor b = call.real(1);
    int turnA = call.is("transA") ? 1 : 0;
    int turnB = call.is("transB") ? 1 : 0;
    if (a.rank() != 2 || b.rank() != 2 || a.dim(1 - turnA) != b.dim(turnB)) {
      throw NodeCall.misfit("they cannot be multiplied");
    }
    takeWork(call, a, b);
    Tensor out = call.like(a, a.dim(turnA), b.dim(1 - turnB));
    if (out.size() > 0 && a.size() > 0) {
      out.matrix(out.dim(0)).setMatmul(turned(a, turnA), turned(b, turnB));
    }
    double alpha = call.node().real("alpha", 1);
    double beta = call.node().real("beta", 1);
    double[] values = out.real();
    Tensor c = call.has(2) ? call.real(2) : Tensor.of(new double[1]);
    if (!Arrays.equals(Tensor.broadcast(c.shape(), out.shape()), out.shape())) {
      throw NodeCall.misfit("%s cannot be added to %s", c, out);
    }
    int[] places = c.placesIn(out.shape());
    for (int i = 0; i < values.length; i++) {
      values[i] = alpha * values[i] + beta * c.real()[places[i]];
    }
    return out;
  }

  private static MatrixView turned(Tensor x, int turn) {
    Matrix matrix = x.matrix(x.dim(0));
    return turn == 0 ? matrix : matrix.transposed();
  }

  // ---- over axes ----

  static Tensor mean(NodeCall call) {
    Tensor sum = reduce(call, '+');
    int count = sum.size() == 0 ? 0 : call.in(0).size() / sum.size();
    for (int i = 0; count != 1 && i < sum.size(); i++) {
      if (sum.isReal()) {
        sum.real()[i] /= count;
      } else if (count > 0) {
        sum.whole()[i] /= count;
      }
    }
    return sum;
  }

  /** Brings the elements of some axes together, two by two. */
  static Tensor reduce(NodeCall call, char operator) {
    Tensor x = call.in(0);
    long[] given = call.integers(1, "axes");
    boolean all = given == null || given.length == 0;
    if (all && call.is("noop_with_empty_axes")) {
      return x;
    }
    boolean[] gone = NodeCall.axes(all ? null : given, x.rank());
    int[] one = x.shape().clone(); // with 1 for each axis that goes
    int[] left = new int[one.length];
    int rank = 0;
    for (int axis = 0; axis < one.length; axis++) {
      if (gone[axis]) {
        one[axis] = 1;
      } else {
        left[rank++] = one[axis];
      }
    }
    Tensor out = call.like(x, one);
    boolean most = operator == 'M';
    if (operator != '+' && x.isReal()) {
      Arrays.fill(out.real(), most ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    } else if (operator != '+') {
      Arrays.fill(out.whole(), most ? Long.MIN_VALUE : Long.MAX_VALUE);
    }
    call.room(x.shape());
    int[] places = out.placesIn(x.shape());
    for (int i = 0; i < x.size(); i++) {
      int to = places[i];
      if (x.isReal()) {
        out.real()[to] = real(operator, out.real()[to], x.real()[i]);
      } else {
        out.whole()[to] = whole(operator, out.whole()[to], x.whole()[i]);
      }
    }
    boolean keep = call.node().integer("keepdims", 1) != 0;
    return keep ? out : out.reshaped(Arrays.copyOf(left, rank));
  }

  /** Over one axis; before version 13 over all axes from one on, as if they were one. */
  static Tensor softmax(NodeCall call, boolean log) {
    Tensor x = call.real(0);
    boolean flat = call.opset() < 13;
    int axis = call.axis(x, flat ? 1 : -1);
    int last = x.rank() - 1;
    if (flat || axis == last || x.size() == 0) {
      return rowsOf(call, x, axis, log);
    }
    long[] axes = new long[x.rank()]; // with the axis at the end, and back
    Arrays.setAll(axes, i -> i == axis ? last : i == last ? axis : i);
    Tensor turned = rowsOf(call, Layouts.transposed(call, x, axes), last, log);
    return Layouts.transposed(call, turned, axes);
  }

  private static Tensor rowsOf(NodeCall call, Tensor x, int axis, boolean log) {
    Tensor y = call.like(x, x.shape());
    int rows = x.size() == 0 ? 0 : x.size(0, axis);
    for (int i = 0; i < rows; i++) {
      MatrixView from = x.matrix(rows).rows(i, 1);
      MatrixView to = y.matrix(rows).rows(i, 1);
      double most = from.maxOfRow(0);
      double sum = to.setExpRow(0, from, most);
      double less = log ? most + StrictMath.log(sum) : 0;
      for (int j = 0; j < to.cols(); j++) {
        to.set(0, j, log ? from.get(0, j) - less : to.get(0, j) / sum);
      }
    }
    return y;
  }
}
