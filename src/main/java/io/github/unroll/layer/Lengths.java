package io.github.unroll.layer;

import java.util.Arrays;
import java.util.Locale;

/** How many steps of each sequence count; null stands for T everywhere. */
final class Lengths {

  private Lengths() {}

  static void check(int[] lengths, int n, int steps) {
    if (lengths == null) {
      return;
    }
    if (lengths.length != n) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "lengths: there are %d for a batch of %d", lengths.length, n));
    }
    for (int i = 0; i < n; i++) {
      if (lengths[i] < 1 || lengths[i] > steps) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "lengths: sequence %d has length %d, not in 1..%d",
                i,
                lengths[i],
                steps));
      }
    }
  }

  /** The lengths of a batch in full, in {@code kept} if it has the right size. */
  static int[] copied(int[] lengths, int n, int steps, int[] kept) {
    int[] copy = kept.length == n ? kept : new int[n];
    if (lengths == null) {
      Arrays.fill(copy, steps);
    } else {
      System.arraycopy(lengths, 0, copy, 0, n);
    }
    return copy;
  }

  static int shortest(int[] lengths) {
    int shortest = lengths[0];
    for (int length : lengths) {
      shortest = Math.min(shortest, length);
    }
    return shortest;
  }
}
