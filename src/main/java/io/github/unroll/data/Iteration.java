package io.github.unroll.data;

import java.util.Arrays;
import java.util.Locale;

/** The checks of a batch's number within its epoch, and of its size. */
final class Iteration {

  private Iteration() {}

  /**
   * Refuses a batch of no sequence before there is one: drawn only when it is read, it would be
   * refused in the middle of a training.
   */
  static void check(int iteration, int iterations) {
    if (iteration < 0 || iteration >= iterations) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "no batch %d: an epoch has batches 0 to %d", iteration, iterations - 1));
    }
  }

  /** Refuses an order that is not one of the same numbers as another. */
  static void checkOrder(int[] order, int[] present) {
    int[] given = order.clone();
    int[] own = present.clone();
    Arrays.sort(given);
    Arrays.sort(own);
    if (!Arrays.equals(given, own)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "setOrder: an order of %d numbers that are not those of these batches, which have %d;"
                  + " pass the batches that the training had",
              given.length,
              own.length));
    }
  }
}
