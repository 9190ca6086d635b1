package io.github.unroll.io.keras;

import io.github.unroll.cell.Activation;
import io.github.unroll.tensor.MatrixView;

/** The softmax of each row, or its logarithm. */
final class RowActivation implements Activation {

  private final String name;
  private final boolean log;

  /** softmax or log_softmax. */
  RowActivation(String name) {
    this.name = name;
    this.log = name.startsWith("log");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void forward(MatrixView x, MatrixView y) {
    for (int n = 0; n < x.rows(); n++) {
      double max = x.maxOfRow(n);
      double sum = 0;
      for (int j = 0; j < x.cols(); j++) {
        sum += StrictMath.exp(x.get(n, j) - max);
      }
      for (int j = 0; j < x.cols(); j++) {
        double shifted = x.get(n, j) - max - StrictMath.log(sum);
        y.set(n, j, log ? shifted : StrictMath.exp(shifted));
      }
    }
  }

  @Override
  public void backward(MatrixView x, MatrixView y, MatrixView dy, MatrixView dx) {
    for (int n = 0; n < y.rows(); n++) {
      double sum = 0;
      for (int j = 0; j < y.cols(); j++) {
        sum += log ? dy.get(n, j) : dy.get(n, j) * y.get(n, j);
      }
      for (int j = 0; j < y.cols(); j++) {
        double yj = y.get(n, j);
        double dyj = dy.get(n, j);
        dx.set(n, j, log ? dyj - StrictMath.exp(yj) * sum : yj * (dyj - sum));
      }
    }
  }
}
