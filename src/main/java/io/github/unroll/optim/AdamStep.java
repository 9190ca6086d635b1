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

  /** As in the paper: ε is added to the bias-corrected root. */
  static AdamStep ofPaper(
      double learningRate, double beta1, double beta2, double epsilon, double keep, long step) {
    double rate = learningRate / (1 - StrictMath.pow(beta1, step));
    double scale = 1 / Math.sqrt(1 - StrictMath.pow(beta2, step));
    return new AdamStep(beta1, beta2, keep, rate, scale, epsilon);
  }

  /** As in the book: ε is added to the uncorrected root. */
  static AdamStep ofBook(
      double learningRate, double beta1, double beta2, double epsilon, long step) {
    double rootCorrection = Math.sqrt(1 - StrictMath.pow(beta2, step));
    double rate = learningRate * rootCorrection / (1 - StrictMath.pow(beta1, step));
    return new AdamStep(beta1, beta2, 1, rate, 1, epsilon);
  }

  void over(int from, int to, double[] p, double[] g, double[] m, double[] v) {
    double rest1 = 1 - beta1;
    double rest2 = 1 - beta2;
    for (int i = from; i < to; i++) {
      double mi = m[i] + rest1 * (g[i] - m[i]);
      double vi = v[i] + rest2 * (g[i] * g[i] - v[i]);
      m[i] = mi;
      v[i] = vi;
      // 0·v is 0, but NaN if a square overflowed: otherwise this step would be 0
      p[i] = keep * p[i] - rate * mi / (Math.sqrt(vi) * scale + (epsilon + 0 * vi));
    }
  }
}
