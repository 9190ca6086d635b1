package io.github.unroll.tensor;

import io.github.unroll.tensor.MatrixView.RightOperand;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The right operands of the steps of a sequence, each matrix once. */
public final class RightOperands implements Function<MatrixView, RightOperand> {

  private final List<RightOperand> operands = new ArrayList<>();

  /** No operands yet. */
  public RightOperands() {}

  /**
   * {@return the operand that stands for a matrix, the same one for the same rectangle of an array}
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
   * Readies all for the products of a sequence: copies those as they stand now for which that pays.
   * A single product reads a matrix once, and so does a copy; one row at a time is multiplied as
   * fast by a matrix that is not transposed.
   *
   * @param products how many products follow
   * @param rows how many rows each of them has
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
