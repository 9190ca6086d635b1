package io.github.unroll.model;

import java.util.function.IntFunction;

/**
 * The greatest of scores, where a model must say one thing. No comparison with NaN is true, so that
 * the first score would be the greatest of all that are NaN: they are refused.
 */
final class Greatest {

  private Greatest() {}

  /**
   * Which of v scores, from {@code at} on, is the greatest, counted from 0; of equals the first.
   *
   * @param refusal makes what is thrown of the index in scores of one that is NaN, or the greatest
   *     and infinite
   */
  static int of(
      int v, double[] scores, int at, IntFunction<? extends IllegalArgumentException> refusal) {
    int greatest = 0;
    for (int j = 0; j < v; j++) {
      double score = scores[at + j];
      if (Double.isNaN(score)) {
        throw refusal.apply(at + j);
      }
      greatest = score > scores[at + greatest] ? j : greatest;
    }
    if (Double.isInfinite(scores[at + greatest])) {
      throw refusal.apply(at + greatest);
    }
    return greatest;
  }
}
