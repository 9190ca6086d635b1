package io.github.unroll.model;

import io.github.unroll.data.Sequences;
import io.github.unroll.layer.Lengths;
import io.github.unroll.layer.Mask;
import java.util.Locale;

/**
 * Which steps of a batch count, and of each sequence how many and which are the first and last.
 * What the batch told is copied: it may change between forward and backward.
 */
final class CountedSteps {

  private Mask mask; // null if all count
  private boolean holes;
  private int[] number = {}; // (N), without holes also one past the last
  private int[] first = {}; // (N), of holes alone
  private int[] last = {}; // (N), of holes alone
  private int[][] words = {}; // (N,T), of words that do not all count

  /**
   * Sets the steps of a batch.
   *
   * @throws IllegalArgumentException if lengths or counts do not fit it, or no step of a sequence
   *     counts
   */
  void set(Sequences inputs) {
    int n = inputs.batch();
    int steps = inputs.steps();
    holes = inputs.counts() != null;
    mask = holes ? Mask.of(inputs.counts()) : Mask.ofLengths(inputs.lengths());
    Mask.check(mask, n, steps);
    if (!holes) {
      number = Lengths.copied(inputs.lengths(), n, steps, number);
      return;
    }
    if (first.length != n || number.length != n) {
      number = new int[n];
      first = new int[n];
      last = new int[n];
    }
    for (int i = 0; i < n; i++) {
      number[i] = 0;
      for (int t = 0; t < steps; t++) {
        if (mask.counts(i, t)) {
          first[i] = number[i]++ == 0 ? t : first[i];
          last[i] = t;
        }
      }
      if (number[i] == 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "sequence %d has no step that counts; leave the sequence out", i));
      }
    }
  }

  /** Whether all steps of all sequences count. */
  boolean all() {
    return mask == null;
  }

  /** The steps that count; null for all. */
  Mask mask() {
    return mask;
  }

  boolean counts(int i, int t) {
    return mask == null || mask.counts(i, t);
  }

  /** The number of steps of a sequence that count. */
  int number(int i) {
    return number[i];
  }

  /** The first step of a sequence that counts. */
  int first(int i) {
    return holes ? first[i] : 0;
  }

  /** The last step of a sequence that counts. */
  int last(int i) {
    return holes ? last[i] : number[i] - 1;
  }

  /** The mask of a piece of the steps; a sequence may have no step that counts in it. */
  Mask piece(int from, int steps) {
    boolean[][] piece = new boolean[number.length][steps];
    for (int i = 0; i < piece.length; i++) {
      for (int t = 0; t < steps; t++) {
        piece[i][t] = counts(i, from + t);
      }
    }
    return Mask.of(piece);
  }

  /** Ids (N,T), with 0 where a step does not count: what stands there may be no word. */
  int[][] words(int[][] ids) {
    if (all()) {
      return ids;
    }
    if (words.length != ids.length || words[0].length != ids[0].length) {
      words = new int[ids.length][ids[0].length];
    }
    for (int i = 0; i < ids.length; i++) {
      for (int t = 0; t < ids[i].length; t++) {
        words[i][t] = counts(i, t) ? ids[i][t] : 0;
      }
    }
    return words;
  }
}
