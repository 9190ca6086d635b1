package io.github.unroll.model;

/**
 * The greatest of scores, for a model that must choose one. Comparisons with NaN are false, so the
 * first of several NaN scores would seem the greatest; here there is none then.
 */
final class Greatest {

  private Greatest() {}

  /**
   * The index of the greatest of v scores, from 0, the first of equal ones. It is negative if there
   * is none: −1 − j if score j is NaN, or is the greatest and infinite. The caller throws the
   * exception, because this runs at every step.
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
