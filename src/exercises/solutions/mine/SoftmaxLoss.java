package mine;

import io.github.unroll.tensor.Matrix;

/** From scores to one number that says how wrong they are. */
public final class SoftmaxLoss {

  /** The label of a row that does not count. */
  public static final int IGNORE = -1;

  private SoftmaxLoss() {}

  /**
   * The loss.
   *
   * @param scores any numbers, even as large as 1000 (N,V): one row a prediction, one column a
   *     class
   * @param labels the right class of each row, from 0 to V−1, or {@link #IGNORE}; at least one
   *     counts
   * @return the mean loss of the rows that count
   */
  public static double forward(Matrix scores, int[] labels) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < scores.rows(); i++) {
      if (labels[i] == IGNORE) {
        continue;
      }
      double max = scores.maxOfRow(i);
      double powers = 0;
      for (int j = 0; j < scores.cols(); j++) {
        powers += Math.exp(scores.get(i, j) - max);
      }
      sum += Math.log(powers) - (scores.get(i, labels[i]) - max);
      count++;
    }
    return sum / count;
  }
}
