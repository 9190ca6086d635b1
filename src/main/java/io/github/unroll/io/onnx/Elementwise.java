package io.github.unroll.io.onnx;

import io.github.unroll.cell.Activation;
import io.github.unroll.io.onnx.file.OnnxTensor;
import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** The operators that compute each element by itself, with broadcasting. */
final class Elementwise {

  private Elementwise() {}

  // ---- of one tensor ----

  static Tensor activation(NodeCall call) {
    String name = call.node().operator();
    double[] settings = Activations.defaults(name);
    for (int i = 0; i < settings.length; i++) {
      settings[i] = call.node().real(i == 0 ? "alpha" : "beta", settings[i]);
    }
    Activation function = Activations.of(name, settings);
    Tensor x = call.real(0);
    Tensor y = call.like(x, x.shape());
    if (x.size() > 0) {
      function.forward(x.matrix(1), y.matrix(1));
    }
    return y;
  }

  static Tensor exp(NodeCall call) {
    return ofKernel(call, true);
  }

  static Tensor log(NodeCall call) {
    return ofKernel(call, false);
  }

  private static Tensor ofKernel(NodeCall call, boolean exp) {
    Tensor x = call.real(0);
    Tensor y = call.like(x, x.shape());
    if (x.size() > 0) {
      Matrix values = y.matrix(1);
      if (exp) {
        values.setExp(x.matrix(1));
      } else {
        values.setLog(x.matrix(1));
      }
    }
    return y;
  }

  /** A function of numbers; of integers too if it has a form for them. */
  static Tensor unary(NodeCall call, DoubleUnaryOperator real, LongUnaryOperator whole) {
    Tensor x = whole == null ? call.real(0) : call.in(0);
    Tensor y = call.like(x, x.shape());
    for (int i = 0; i < x.size(); i++) {
      if (x.isReal()) {
        y.real()[i] = real.applyAsDouble(x.real()[i]);
      } else {
        y.whole()[i] = whole.applyAsLong(x.whole()[i]);
      }
    }
    return y;
  }

  static Tensor not(NodeCall call) {
    call.whole(0);
    return unary(call, x -> x, x -> x == 0 ? 1 : 0);
  }

  /** To doubles, or to integers cut off towards zero. */
  static Tensor cast(NodeCall call) {
    Tensor x = call.in(0);
    long to = call.node().integer("to", 0);
    if (OnnxTensor.type(to) == null) {
      throw NodeCall.misfit("no cast to %s is known", OnnxTensor.typeName(to));
    }
    boolean toReal = OnnxTensor.type(to).isFloating();
    boolean toBoolean = OnnxTensor.typeName(to).equals("BOOL");
    if (toReal == x.isReal() && !toBoolean) {
      return x;
    }
    int size = call.room(x.shape());
    if (toReal) {
      return Tensor.of(x.doubles(), x.shape());
    }
    long[] whole = new long[size];
    for (int i = 0; i < size; i++) {
      double value = x.isReal() ? x.real()[i] : x.whole()[i];
      if (!toBoolean && !(Math.abs(value) < 0x1p63)) {
        throw NodeCall.misfit("%s is no integer of 64 bits", value);
      }
      whole[i] = toBoolean ? (value == 0 ? 0 : 1) : (long) value;
    }
    return Tensor.of(whole, x.shape());
  }

  // ---- of two and more ----

  static Tensor divide(NodeCall call) {
    return binary(
        call,
        (a, b) -> a / b,
        (a, b) -> {
          if (b == 0) {
            throw NodeCall.misfit("an integer is divided by 0");
          }
          return a / b;
        });
  }

  /** The base decides of which kind the power is. */
  static Tensor power(NodeCall call) {
    Tensor base = call.in(0);
    Tensor exponent = call.in(1);
    Tensor power =
        combined(
            call,
            Tensor.of(base.doubles(), base.shape()),
            Tensor.of(exponent.doubles(), exponent.shape()),
            (a, b) -> b == 2 ? a * a : StrictMath.pow(a, b),
            null);
    if (base.isReal()) {
      return power;
    }
    long[] whole = new long[power.size()];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (long) power.real()[i];
    }
    return Tensor.of(whole, power.shape());
  }

  static Tensor binary(NodeCall call, DoubleBinaryOperator real, LongBinaryOperator whole) {
    return combined(call, call.in(0), call.in(1), real, whole);
  }

  /** Of any number of tensors, from the first on. */
  static Tensor all(NodeCall call, DoubleBinaryOperator real, LongBinaryOperator whole) {
    Tensor sum = call.in(0);
    for (int i = 1; i < call.inputs().length; i++) {
      sum = combined(call, sum, call.in(i), real, whole);
    }
    return sum;
  }

  /** A comparison: integers 1 and 0. */
  static Tensor compared(NodeCall call, DoubleBinaryOperator real, LongBinaryOperator whole) {
    Tensor result = binary(call, real, whole);
    if (!result.isReal()) {
      return result;
    }
    long[] truth = new long[call.room(result.shape())];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = (long) result.real()[i];
    }
    return Tensor.of(truth, result.shape());
  }

  private static Tensor combined(
      NodeCall call, Tensor a, Tensor b, DoubleBinaryOperator real, LongBinaryOperator whole) {
    boolean known = (a.isReal() ? real : whole) != null;
    if (a.isReal() != b.isReal() || !known) {
      throw NodeCall.misfit("it does not take %s and %s", a, b);
    }
    int[] shape = Tensor.broadcast(a.shape(), b.shape());
    Tensor out = call.like(a, shape);
    Places atA = new Places(a, shape);
    Places atB = new Places(b, shape);
    for (int i = 0; i < out.size(); i++) {
      int inA = atA.next();
      int inB = atB.next();
      if (a.isReal()) {
        out.real()[i] = real.applyAsDouble(a.real()[inA], b.real()[inB]);
      } else {
        out.whole()[i] = whole.applyAsLong(a.whole()[inA], b.whole()[inB]);
      }
    }
    return out;
  }

  static Tensor where(NodeCall call) {
    long[] condition = call.whole(0);
    Tensor yes = call.in(1);
    Tensor no = call.in(2);
    if (yes.isReal() != no.isReal()) {
      throw NodeCall.misfit("it does not take %s and %s", yes, no);
    }
    int[] shape = Tensor.broadcast(call.in(0).shape(), Tensor.broadcast(yes.shape(), no.shape()));
    Tensor out = call.like(yes, shape);
    Places atAsked = new Places(call.in(0), shape);
    Places atYes = new Places(yes, shape);
    Places atNo = new Places(no, shape);
    for (int i = 0; i < out.size(); i++) {
      boolean chosen = condition[atAsked.next()] != 0;
      int inYes = atYes.next();
      int inNo = atNo.next();
      System.arraycopy((chosen ? yes : no).data(), chosen ? inYes : inNo, out.data(), i, 1);
    }
    return out;
  }

  /** Where the elements of a tensor are that broadcasts to a shape, one after another. */
  private static final class Places {

    private final int[] places; // null if they are all of its elements, again and again
    private final int size;
    private int next;

    Places(Tensor x, int... shape) {
      int[] own = x.shape();
      int skipped = 0; // axes of one element at the beginning
      while (skipped < own.length && own[skipped] == 1) {
        skipped++;
      }
      int from = shape.length - own.length + skipped;
      boolean whole = Arrays.equals(own, skipped, own.length, shape, from, shape.length);
      this.places = whole ? null : Tensor.repeated(own, shape);
      this.size = x.size();
    }

    int next() {
      int place = places == null ? next : places[next];
      next++;
      if (places == null && next == size) {
        next = 0;
      }
      return place;
    }
  }
}
