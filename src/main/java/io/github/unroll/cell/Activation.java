package io.github.unroll.cell;

import io.github.unroll.tensor.MatrixView;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * An activation function of a cell, y = f(x), forward and backward over whole matrices. Take one of
 * those below, make one of a formula by {@link #of}, or implement the interface for a function that
 * mixes the elements of a row.
 *
 * <p>The formulas are those of ONNX's operators. They are computed by {@link StrictMath} or the
 * kernel, so that the bits are the same everywhere.
 */
@SuppressWarnings("ClassInitializationDeadlock") // the other class is reached from here only
public interface Activation {

  /** {@code x}: the identity. */
  Activation LINEAR = of("linear", x -> x, (x, y) -> 1);

  /** {@code tanh(x)}. */
  Activation TANH = new ElementActivation("tanh", (x, y) -> y.setTanh(x), (x, y) -> 1 - y * y);

  /** {@code σ(x) = 1/(1 + exp(−x))}. */
  Activation SIGMOID =
      new ElementActivation("sigmoid", (x, y) -> y.setSigmoid(x), (x, y) -> y * (1 - y));

  /** {@code max(x, 0)}; its slope at 0 is taken as 0. */
  Activation RELU = of("relu", x -> Math.max(x, 0), (x, y) -> x > 0 ? 1 : 0);

  /** {@code x/(1 + |x|)}. */
  Activation SOFTSIGN =
      of(
          "softsign",
          x -> x / (1 + Math.abs(x)),
          (x, y) -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x))));

  /** {@code log(1 + exp(x))}. */
  Activation SOFTPLUS =
      of(
          "softplus",
          x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x))),
          (x, y) -> 1 / (1 + StrictMath.exp(-x)));

  /** {@return the name in messages, such as tanh} */
  String name();

  /**
   * Sets {@code y = f(x)}.
   *
   * @param x not modified, unless it is y
   * @param y modified: overwritten; of the same shape
   */
  void forward(MatrixView x, MatrixView y);

  /**
   * Sets dx to the gradient of x: {@code dy ⊙ f′(x)} if f is a function of single elements.
   *
   * @param x as in forward
   * @param y the values that forward computed from x
   * @param dy the gradient of y
   * @param dx modified: overwritten; it may be one of the other three
   */
  void backward(MatrixView x, MatrixView y, MatrixView dy, MatrixView dx);

  /**
   * {@return this function of x cut off at −limit and limit, as ONNX's clip does} The gradient of
   * an x that was cut off is 0.
   *
   * @param limit at least 0
   * @throws IllegalArgumentException if the limit is negative or NaN, or if this is no function of
   *     single elements
   */
  default Activation clipped(double limit) {
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s cannot be clipped at %s: it is no function of single elements",
            name(),
            limit));
  }

  /**
   * {@return a function of single elements}
   *
   * @param name for messages
   * @param value f(x)
   * @param slope f′(x), from x and y = f(x)
   */
  static Activation of(String name, DoubleUnaryOperator value, DoubleBinaryOperator slope) {
    return ElementActivation.of(name, value, slope);
  }

  /** {@return {@code alpha·x + beta}} */
  static Activation affine(double alpha, double beta) {
    return of(named("affine", alpha, beta), x -> alpha * x + beta, (x, y) -> alpha);
  }

  /** {@return {@code alpha·tanh(beta·x)}} */
  static Activation scaledTanh(double alpha, double beta) {
    return of(
        named("scaled tanh", alpha, beta),
        x -> alpha * StrictMath.tanh(beta * x),
        (x, y) -> {
          double tanh = StrictMath.tanh(beta * x);
          return alpha * beta * (1 - tanh * tanh);
        });
  }

  /** {@return {@code alpha·x + beta} cut off at 0 and 1, with slope 0 at both} */
  static Activation hardSigmoid(double alpha, double beta) {
    return of(
        named("hard sigmoid", alpha, beta),
        x -> Math.min(Math.max(alpha * x + beta, 0), 1),
        (x, y) -> y > 0 && y < 1 ? alpha : 0);
  }

  /** {@return {@code x} where x ≥ 0, else {@code alpha·x}} */
  static Activation leakyRelu(double alpha) {
    return of(named("leaky relu", alpha), x -> x < 0 ? alpha * x : x, (x, y) -> x < 0 ? alpha : 1);
  }

  /** {@return {@code x} where x > alpha, else 0} */
  static Activation thresholdedRelu(double alpha) {
    return of(
        named("thresholded relu", alpha),
        x -> x <= alpha ? 0 : x, // NaN stays NaN
        (x, y) -> x <= alpha ? 0 : 1);
  }

  /** {@return {@code x} where x ≥ 0, else {@code alpha·(exp(x) − 1)}} */
  static Activation elu(double alpha) {
    return of(
        named("elu", alpha),
        x -> x < 0 ? alpha * StrictMath.expm1(x) : x,
        (x, y) -> x < 0 ? y + alpha : 1);
  }

  private static String named(String name, double... settings) {
    StringBuilder text = new StringBuilder(name);
    for (double setting : settings) {
      text.append(' ').append(setting);
    }
    return text.toString();
  }
}
