package mine;

import io.github.unroll.tensor.Matrix;

/** Softmax and cross-entropy, backward: the gradient of the scores. */
public final class SoftmaxLossBackward {

  private SoftmaxLossBackward() {}

  /**
   * A single sample of two classes, of which class 0 is the right one: loss = −ln p0, where p0 is
   * the probability that the softmax gives class 0. Scores may be large, a thousand or more.
   *
   * @param s0 the score of class 0, the right one
   * @param s1 the score of class 1
   * @return ds0, the gradient of s0
   */
  public static double oneScore(double s0, double s1) {
    throw new Todo();
  }

  /**
   * Backward, of the mean loss over all rows that count.
   *
   * @param scores the scores of the forward (N,V); they may be large, a thousand or more
   * @param labels the right class of each row (N); −1 where the row does not count
   * @return dscores, the gradient of the scores (N,V)
   */
  public static Matrix backward(Matrix scores, int[] labels) {
    throw new Todo();
  }
}
