package io.github.unroll.data;

import java.util.Arrays;
import java.util.Locale;

/** Checks of the index of a batch in its epoch, and of an order. */
final class Iteration {

  private Iteration() {}

  /** Checks the index of a batch. */
  static void check(int iteration, int iterations) {
    if (iteration < 0 || iteration >= iterations) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "no batch %d: an epoch has batches 0 to %d", iteration, iterations - 1));
    }
  }

  /** Checks that an order has the same numbers as another. */
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
