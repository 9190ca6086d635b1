package mine;

import io.github.unroll.tensor.Matrix;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** A slope by trying out: how much does the result change when a number is moved a little? */
public final class Slope {

  /** How far a number is moved, each way. */
  private static final double STEP = 1e-5;

  private Slope() {}

  /**
   * The slope of a function of one number, measured from both sides.
   *
   * @param f the function: f.applyAsDouble(x) is its value at x
   * @param x where
   * @return the slope there
   */
  public static double at(DoubleUnaryOperator f, double x) {
    throw new Todo();
  }

  /**
   * The gradient of a loss, element by element.
   *
   * @param loss loss.applyAsDouble(m) is the loss at a matrix m
   * @param at where; it must be afterwards what it was before
   * @return a matrix of the same shape: at [i,j] the slope of the loss along that element
   */
  public static Matrix of(ToDoubleFunction<Matrix> loss, Matrix at) {
    throw new Todo();
  }
}
