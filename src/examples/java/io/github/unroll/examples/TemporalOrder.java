package io.github.unroll.examples;

import io.github.unroll.data.Batches;
import io.github.unroll.data.DrawnBatches;
import io.github.unroll.data.LabelledSequences;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Tensor3;
import java.util.List;

/**
 * A task of memory, after the temporal order problem of Hochreiter and Schmidhuber, "Long
 * short-term memory" (1997): among letters that mean nothing stand two that count, each an X or a
 * Y, one in the first half and one in the second; the class tells which and in what order.
 *
 * @param steps T, the length of every sequence, at least 2
 */
record TemporalOrder(int steps) {

  /** What may stand at a step, each an input of its own; the first two count. */
  static final String LETTERS = "XYabcd";

  static final List<String> CLASSES = List.of("XX", "XY", "YX", "YY");

  private static final int MARKS = 2;

  /** Draws sequences, one-hot (N,T,6), and their classes. */
  LabelledSequences draw(int n, RandomState random) {
    Tensor3 xs = new Tensor3(n, steps, LETTERS.length());
    int[] classes = new int[n];
    for (int i = 0; i < n; i++) {
      int first = random.randint(0, steps / 2);
      int second = random.randint(steps / 2, steps);
      for (int t = 0; t < steps; t++) {
        boolean counts = t == first || t == second;
        int letter = counts ? random.randint(0, MARKS) : random.randint(MARKS, LETTERS.length());
        xs.set(i, t, letter, 1);
        classes[i] = counts ? MARKS * classes[i] + letter : classes[i];
      }
    }
    return LabelledSequences.ofWhole(xs, null, classes);
  }

  /** Fresh sequences for a training: so many batches of n make an epoch. */
  Batches<LabelledSequences> batches(int n, int iterations, RandomState random) {
    return new DrawnBatches<>(iterations, random, numbers -> draw(n, numbers));
  }
}
