package io.github.unroll.model;

import io.github.unroll.data.Sequences;
import io.github.unroll.layer.Lengths;
import io.github.unroll.layer.Mask;
import java.util.Locale;

/** The steps of a batch that count: for each sequence their number, the first and the last. */
final class CountedSteps {

  private boolean all;
  private boolean[][] counts; // null if there are no holes
  private int[] number = {}; // (N); without holes also one past the last step
  private int[] first = {}; // (N), only with holes
  private int[] last = {}; // (N), only with holes

  /**
   * Sets the steps of a batch.
   *
   * @throws IllegalArgumentException if lengths or counts do not fit it, or no step of a sequence
   *     counts
   */
  void set(Sequences inputs) {
    int n = inputs.batch();
    int steps = inputs.steps();
    counts = inputs.counts();
    all = counts == null && inputs.lengths() == null;
    if (counts == null) {
      Lengths.check(inputs.lengths(), n, steps);
      number = Lengths.copied(inputs.lengths(), n, steps, number);
      return;
    }
    Mask.check(Mask.of(counts), n, steps);
    if (first.length != n || number.length != n) {
      number = new int[n];
      first = new int[n];
      last = new int[n];
    }
    for (int i = 0; i < n; i++) {
      number[i] = 0;
      for (int t = 0; t < steps; t++) {
        if (counts[i][t]) {
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

  /** A mask of the steps that count; null for all. */
  static Mask mask(Sequences inputs) {
    return inputs.counts() == null ? Mask.ofLengths(inputs.lengths()) : Mask.of(inputs.counts());
  }

  /** Whether all steps of all sequences count. */
  boolean all() {
    return all;
  }

  boolean counts(int i, int t) {
    return counts == null ? t < number[i] : counts[i][t];
  }

  /** The number of steps of a sequence that count. */
  int number(int i) {
    return number[i];
  }

  /** The first step of a sequence that counts. */
  int first(int i) {
    return counts == null ? 0 : first[i];
  }

  /** The last step of a sequence that counts. */
  int last(int i) {
    return counts == null ? number[i] - 1 : last[i];
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
}
