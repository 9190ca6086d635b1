package io.github.unroll.random;

import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.Locale;

/** Initial values of weights and biases. Every method returns a new matrix. */
public final class Initializers {

  private Initializers() {}

  /**
   * {@return normal weights (rows,cols) of standard deviation 1/√rows, as in the book}
   *
   * @param rows number of inputs
   * @param cols number of outputs
   * @param random modified: the source of the values
   * @throws IllegalArgumentException if a size is below 1
   */
  public static Matrix normal(int rows, int cols, RandomState random) {
    return normal(rows, cols, Math.sqrt(rows), random);
  }

  /**
   * {@return normal weights (rows,cols) divided by a number: NumPy's {@code randn(rows, cols) /
   * divisor}, bit for bit}
   *
   * @param rows number of inputs
   * @param cols number of outputs
   * @param divisor what each value is divided by, finite and not 0
   * @param random modified: the source of the values
   * @throws IllegalArgumentException if a size is below 1, or the divisor 0 or not finite
   */
  public static Matrix normal(int rows, int cols, double divisor, RandomState random) {
    if (divisor == 0 || !Double.isFinite(divisor)) {
      throw new IllegalArgumentException(
          "Initializers.normal: the divisor must be finite and not 0, not " + divisor);
    }
    Matrix m = random.randn(rows, cols);
    for (int i = 0; i < m.data().length; i++) {
      m.data()[i] /= divisor;
    }
    return m;
  }

  /**
   * {@return uniform weights (rows,cols) in ±limit; PyTorch uses the limit 1/√H for all parameters
   * of its recurrent layers}
   *
   * @param rows number of inputs
   * @param cols number of outputs
   * @param limit greatest magnitude
   * @param random modified: the source of the values
   * @throws IllegalArgumentException if a size is below 1
   */
  public static Matrix uniform(int rows, int cols, double limit, RandomState random) {
    Matrix m = new Matrix(rows, cols); // rejects sizes whose product is not an int
    double[] values = random.uniform(-limit, limit, m.data().length);
    System.arraycopy(values, 0, m.data(), 0, values.length);
    return m;
  }

  /**
   * {@return the bias of an LSTM (1,4H), columns f, g, i, o, zero except for the forget gates: 0 as
   * in the book, 1 as Jozefowicz, Zaremba and Sutskever 2015 advise}
   *
   * @param hidden H
   * @param forget bias of the forget gates, finite
   * @throws IllegalArgumentException if hidden is below 1 or forget not finite
   */
  public static Matrix lstmBias(int hidden, double forget) {
    if (!Double.isFinite(forget)) {
      throw new IllegalArgumentException(
          "Initializers.lstmBias: the bias must be finite, not " + forget);
    }
    Matrix b = new Matrix(1, fourGates("lstmBias", hidden));
    Arrays.fill(b.data(), 0, hidden, forget);
    return b;
  }

  /**
   * {@return the bias of an LSTM for long lags (1,4H), columns f, g, i, o (Tallec and Ollivier
   * 2018): forget gates {@code log(u)}, u uniform in [1, longestLag − 1), input gates the negative
   * of that, zero elsewhere} A unit then remembers for about u steps.
   *
   * @param hidden H
   * @param longestLag the longest time to remember, in steps, above 2
   * @param random modified: the source of the lags
   * @throws IllegalArgumentException if hidden is below 1 or longestLag not above 2
   */
  public static Matrix lstmChronoBias(int hidden, int longestLag, RandomState random) {
    if (longestLag <= 2) {
      throw new IllegalArgumentException(
          "lstmChronoBias: the longest lag must be above 2 steps, not " + longestLag);
    }
    Matrix b = new Matrix(1, fourGates("lstmChronoBias", hidden));
    for (int j = 0; j < hidden; j++) {
      double f = StrictMath.log(random.uniform(1, longestLag - 1));
      b.set(0, j, f);
      b.set(0, 2 * hidden + j, -f);
    }
    return b;
  }

  private static int fourGates(String verb, int hidden) {
    long columns = 4L * hidden;
    if (columns > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: hidden size %d is too large: its four blocks side by side are %d columns; an"
                  + " array holds at most %d",
              verb,
              hidden,
              columns,
              Integer.MAX_VALUE));
    }
    return (int) columns;
  }
}
