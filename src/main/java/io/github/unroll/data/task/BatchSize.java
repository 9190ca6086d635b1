package io.github.unroll.data.task;

import java.util.Locale;

/** The check of a batch size, made before a training starts to draw batches. */
final class BatchSize {

  private BatchSize() {}

  static void check(int n) {
    if (n < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "batch size %d: it must be at least 1", n));
    }
  }
}
