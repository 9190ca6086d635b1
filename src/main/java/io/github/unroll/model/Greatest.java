package io.github.unroll.model;

/**
 * The greatest of scores, where a model must say one thing. No comparison with NaN is true, so that
 * the first score would be the greatest of all that are NaN: there is none then.
 */
final class Greatest {

  private Greatest() {}

  /**
   * Which of v scores is the greatest, counted from 0; of equals the first. Negative if none is: −1
   * − j for a score j that is NaN, or the greatest and infinite. It is called for every step, so
   * that what is thrown then is made by the caller, and only then.
   */
  static int of(int v, double[] scores, int at) {
    int greatest = 0;
    for (int j = 0; j < v; j++) {
      double score = scores[at + j];
      if (Double.isNaN(score)) {
        return -1 - j;
      }
      greatest = score > scores[at + greatest] ? j : greatest;
    }
    return Double.isInfinite(scores[at + greatest]) ? -1 - greatest : greatest;
  }
}
