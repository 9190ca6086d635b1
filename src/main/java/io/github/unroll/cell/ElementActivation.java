package io.github.unroll.cell;

import io.github.unroll.tensor.MatrixView;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * A function of single elements.
 *
 * @param values sets its second matrix to the values at its first
 * @param slope f′(x), from x and y = f(x)
 */
record ElementActivation(
    String name, BiConsumer<MatrixView, MatrixView> values, DoubleBinaryOperator slope)
    implements Activation {

  static ElementActivation of(String name, DoubleUnaryOperator value, DoubleBinaryOperator slope) {
    return new ElementActivation(name, (x, y) -> setEach(value, x, y), slope);
  }

  private static void setEach(DoubleUnaryOperator value, MatrixView x, MatrixView y) {
    for (int n = 0; n < x.rows(); n++) {
      for (int j = 0; j < x.cols(); j++) {
        y.set(n, j, value.applyAsDouble(x.get(n, j)));
      }
    }
  }

  @Override
  public void forward(MatrixView x, MatrixView y) {
    values.accept(x, y);
  }

  @Override
  public void backward(MatrixView x, MatrixView y, MatrixView dy, MatrixView dx) {
    for (int n = 0; n < x.rows(); n++) {
      for (int j = 0; j < x.cols(); j++) {
        dx.set(n, j, dy.get(n, j) * slope.applyAsDouble(x.get(n, j), y.get(n, j)));
      }
    }
  }

  @Override
  public Activation clipped(double limit) {
    if (!(limit >= 0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "Activation.clipped: the limit must be at least 0, not %s", limit));
    }
    return new ElementActivation(
        String.format(Locale.ROOT, "%s clipped at %s", name, limit),
        (x, y) -> {
          setEach(a -> Math.max(-limit, Math.min(limit, a)), x, y);
          values.accept(y, y);
        },
        (x, y) -> Math.abs(x) <= limit ? slope.applyAsDouble(x, y) : 0);
  }

  @Override
  public String toString() {
    return name;
  }
}
