package io.github.unroll.layer;

import java.util.Arrays;

/** How many steps of each sequence count. */
final class Lengths {

  private Lengths() {}

  /** The lengths of a batch, checked and copied; null stands for T everywhere. */
  static int[] checked(int[] lengths, int n, int steps) {
    if (lengths == null) {
      int[] all = new int[n];
      Arrays.fill(all, steps);
      return all;
    }
    if (lengths.length != n) {
      throw new IllegalArgumentException(
          "lengths: there are %d for a batch of %d".formatted(lengths.length, n));
    }
    for (int i = 0; i < n; i++) {
      if (lengths[i] < 1 || lengths[i] > steps) {
        throw new IllegalArgumentException(
            "lengths: sequence %d has length %d, not in 1..%d".formatted(i, lengths[i], steps));
      }
    }
    return lengths.clone();
  }
}
