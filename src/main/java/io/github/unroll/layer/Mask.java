package io.github.unroll.layer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * A mask that says which steps of a batch of sequences count. At the other steps a recurrent layer
 * keeps its state and ignores the input, even NaN, and the input gets no gradient. The layer that
 * gets a mask checks it against the batch.
 */
public final class Mask {

  private final int[] lengths; // null if there may be holes
  private final boolean[][] counts; // null if there are none

  private Mask(int[] lengths, boolean[][] counts) {
    this.lengths = lengths;
    this.counts = counts;
  }

  /**
   * {@return a mask in which the first steps of each sequence count; null for null}
   *
   * @param lengths how many steps count (N), each in 1..T, copied; null for all. For a sequence
   *     without steps that count use {@link #of}
   */
  public static Mask ofLengths(int... lengths) {
    return lengths == null ? null : new Mask(lengths.clone(), null);
  }

  /**
   * {@return a mask in which any steps count; a sequence may have none}
   *
   * @param counts whether step t of sequence n counts, {@code [n][t]} (N,T); copied
   * @throws NullPointerException if a row is null
   */
  public static Mask of(boolean[]... counts) {
    boolean[][] copy = new boolean[counts.length][];
    Arrays.setAll(copy, i -> Objects.requireNonNull(counts[i], "counts[" + i + "]").clone());
    return new Mask(null, copy);
  }

  /**
   * {@return whether a step counts}
   *
   * @param i the sequence, in 0..N−1
   * @param t the step, in 0..T−1
   * @throws IndexOutOfBoundsException if the mask has no such sequence
   */
  public boolean counts(int i, int t) {
    return lengths != null ? t < lengths[i] : counts[i][t];
  }

  /**
   * Checks that a mask fits a batch.
   *
   * @param mask null for all steps
   * @param n N, the number of sequences
   * @param steps T
   * @throws IllegalArgumentException if it has another number of sequences or steps
   */
  public static void check(Mask mask, int n, int steps) {
    if (mask != null && mask.lengths != null) {
      Lengths.check(mask.lengths, n, steps);
    } else if (mask != null) {
      if (mask.counts.length != n) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "mask: there are rows for %d sequences, the batch has %d",
                mask.counts.length,
                n));
      }
      for (int i = 0; i < n; i++) {
        if (mask.counts[i].length != steps) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "mask: row %d has %d steps, the sequences have %d",
                  i,
                  mask.counts[i].length,
                  steps));
        }
      }
    }
  }

  /**
   * The index of step t in a sequence that is read backward: from its last step that counts or, if
   * there may be holes, from its end. This mapping is its own inverse.
   */
  static int reversed(Mask mask, int i, int t, int steps) {
    if (mask == null || mask.lengths != null) {
      int length = mask == null ? steps : mask.lengths[i];
      return t < length ? length - 1 - t : t;
    }
    return steps - 1 - t;
  }

  /** The mask of the sequences read backward. */
  static Mask reversed(Mask mask, int steps) {
    if (mask == null || mask.lengths != null) {
      return mask;
    }
    boolean[][] reversed = new boolean[mask.counts.length][steps];
    for (int i = 0; i < reversed.length; i++) {
      for (int t = 0; t < steps; t++) {
        reversed[i][t] = mask.counts[i][steps - 1 - t];
      }
    }
    return new Mask(null, reversed);
  }
}
