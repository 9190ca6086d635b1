package io.github.unroll.layer;

import java.util.Arrays;
import java.util.Locale;

/** How many steps of each sequence of a batch count; null stands for T everywhere. */
public final class Lengths {

  private Lengths() {}

  /**
   * Refuses lengths that a batch cannot have.
   *
   * @param lengths one for each sequence (N), each in 1..T; null for all
   * @param n N
   * @param steps T
   * @throws IllegalArgumentException naming the first that does not fit
   */
  public static void check(int[] lengths, int n, int steps) {
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

  /**
   * The lengths of a batch in full.
   *
   * @param lengths checked; null for all
   * @param n N
   * @param steps T
   * @param kept overwritten and returned if it has N elements
   * @return one length for each sequence (N), the caller's own
   */
  public static int[] copied(int[] lengths, int n, int steps, int[] kept) {
    int[] copy = kept.length == n ? kept : new int[n];
    if (lengths == null) {
      Arrays.fill(copy, steps);
    } else {
      System.arraycopy(lengths, 0, copy, 0, n);
    }
    return copy;
  }
}
