package io.github.unroll.layer;

import java.util.Arrays;
import java.util.Locale;

/**
 * Checks and copies lengths: how many steps of each sequence of a batch count; null means all T.
 */
public final class Lengths {

  private Lengths() {}

  /**
   * Checks that lengths fit a batch.
   *
   * @param lengths one for each sequence (N), each in 1..T; null for all
   * @param n N
   * @param steps T
   * @throws IllegalArgumentException if one does not fit; the message names the first
   */
  public static void check(int[] lengths, int n, int steps) {
    if (lengths == null) {
      return;
    }
    if (lengths.length != n) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "lengths: %d given for a batch of %d; pass one for each sequence",
              lengths.length,
              n));
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
   * {@return one length for each sequence (N), in the caller's own array}
   *
   * @param lengths checked; null for all
   * @param n N
   * @param steps T
   * @param kept overwritten and returned if it has N elements
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
