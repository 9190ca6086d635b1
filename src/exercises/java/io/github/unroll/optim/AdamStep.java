package io.github.unroll.optim;

/**
 * The equations that {@link Adam} and {@link AdamW} share, with the coefficients of one step:
 *
 * <pre>{@code
 * m += (1 − β1)·(g − m)
 * v += (1 − β2)·(g² − v)
 * p = keep·p − rate · m / (√v · scale + ε)
 * }</pre>
 */
record AdamStep(
    double beta1, double beta2, double keep, double rate, double scale, double epsilon) {

  /** As in the paper: ε beside the bias-corrected root. */
  static AdamStep ofPaper(
      double learningRate, double beta1, double beta2, double epsilon, double keep, long step) {
    // >>> exercise 8
    throw new UnsupportedOperationException(
        """
        AdamStep.ofPaper is not written yet: what all entries share in step t (here `step`, from 1).
            rate = lr / (1 − β1ᵗ)                 scale = 1 / √(1 − β2ᵗ)
        Return new AdamStep(beta1, beta2, keep, rate, scale, epsilon). You have
        StrictMath.pow(beta1, step) and Math.sqrt.""");
    // <<< exercise 8
  }

  /** As in the book: ε beside the root as it is. */
  static AdamStep ofBook(
      double learningRate, double beta1, double beta2, double epsilon, long step) {
    // >>> exercise 8
    throw new UnsupportedOperationException(
        """
        AdamStep.ofBook is not written yet: the book adds ε to the root as it is.
            rate = lr · √(1 − β2ᵗ) / (1 − β1ᵗ)    scale = 1    keep = 1""");
    // <<< exercise 8
  }

  void over(int from, int to, double[] p, double[] g, double[] m, double[] v) {
    // >>> exercise 8
    throw new UnsupportedOperationException(
        """
        AdamStep.over is not written yet. For every i from `from` to `to` − 1:
            m += (1 − β1)·(g − m)
            v += (1 − β2)·(g² − v)
            p = keep·p − rate · m / (√v · scale + ε)""");
    // <<< exercise 8
  }
}
