package io.github.unroll.data;

import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.Objects;

/**
 * A batch of sequences with their labels: one class for each sequence or for each step. {@link
 * SequenceSet} makes batches of sequences of different lengths.
 *
 * <p>Nothing is checked here. If an input is NaN, the results of a model are NaN too, and a
 * training stops with a message that names the input. The model rejects a batch in which no label
 * counts.
 *
 * @param inputs the sequences; not copied
 * @param labels the right classes: (N,1) for sequences, (N,T) for steps; -1 and labels of steps
 *     that do not count are ignored; not copied
 */
public record LabelledSequences(Sequences inputs, int[][] labels) {

  /** A batch; neither may be null. */
  public LabelledSequences {
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(labels, "labels");
  }

  /**
   * A batch of sequences of features.
   *
   * @param xs inputs (N,T,D), finite except past a sequence's length; not copied
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all; not
   *     copied
   * @param labels the right classes: (N,1) for sequences, (N,T) for steps; not copied
   */
  public LabelledSequences(Tensor3 xs, int[] lengths, int[][] labels) {
    this(Sequences.of(xs, lengths), labels);
  }

  /**
   * {@return a batch of sequences of features with one class each}
   *
   * @param xs inputs (N,T,D); not copied
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all; not
   *     copied
   * @param classes the right class of each sequence (N); copied
   */
  public static LabelledSequences ofWhole(Tensor3 xs, int[] lengths, int[] classes) {
    return ofWhole(Sequences.of(xs, lengths), classes);
  }

  /**
   * {@return a batch of sequences with one class each}
   *
   * @param inputs the sequences; not copied
   * @param classes the right class of each sequence (N); copied
   */
  public static LabelledSequences ofWhole(Sequences inputs, int[] classes) {
    int[][] labels = Arrays.stream(classes).mapToObj(k -> new int[] {k}).toArray(int[][]::new);
    return new LabelledSequences(inputs, labels);
  }

  /** {@return the features (N,T,D); null for words} */
  public Tensor3 xs() {
    return inputs.features();
  }

  /**
   * {@return the number of steps of each sequence that count (N); null for all or if there are
   * holes}
   */
  public int[] lengths() {
    return inputs.lengths();
  }
}
