package io.github.unroll.data;

import java.util.Locale;

/** The number of a batch within its epoch. */
final class Iteration {

  private Iteration() {}

  static void check(int iteration, int iterations) {
    if (iteration < 0 || iteration >= iterations) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "no batch %d: an epoch has batches 0 to %d", iteration, iterations - 1));
    }
  }
}
