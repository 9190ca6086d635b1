package io.github.unroll.tensor;

import io.github.unroll.tensor.MatrixView.RightOperand;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The right operands that the steps of a sequence share, one for each matrix. */
public final class RightOperands implements Function<MatrixView, RightOperand> {

  private final List<RightOperand> operands = new ArrayList<>();

  /** No operands yet. */
  public RightOperands() {}

  /**
   * {@return the operand for a matrix, the same one for equal views of one array}
   *
   * @param weights the matrix; it may be transposed
   */
  @Override
  public RightOperand apply(MatrixView weights) {
    for (RightOperand known : operands) {
      if (known.matrix().isSameRectangle(weights)) {
        return known;
      }
    }
    RightOperand operand = new RightOperand(weights);
    operands.add(operand);
    return operand;
  }

  /**
   * Prepares all operands for the products of a sequence: copies their current values where that
   * saves time. It saves none for a single product, nor for products of one row with a matrix that
   * is not transposed.
   *
   * @param products the number of products that follow
   * @param rows the number of rows of each product
   */
  public void prepare(int products, int rows) {
    for (RightOperand operand : operands) {
      if (products > 1 && (rows > 1 || operand.matrix().isTransposed())) {
        operand.prepare();
      } else {
        operand.release();
      }
    }
  }
}
