package io.github.unroll.data;

import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.Objects;

/**
 * A batch of sequences and their right classes: one class for a whole sequence, or one a step.
 *
 * <p>Nothing is checked here. An input that is NaN makes all NaN that a model makes of it, and a
 * training stops there with a message that names it. A batch in which no label counts is refused by
 * the model.
 *
 * @param inputs what is read; not copied
 * @param labels right classes: (N,1) of whole sequences, (N,T) of steps; -1 is not counted, nor is
 *     that of a step that does not count; not copied
 */
public record LabelledSequences(Sequences inputs, int[][] labels) {

  /** A batch; neither may be null. */
  public LabelledSequences {
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(labels, "labels");
  }

  /**
   * Sequences of features.
   *
   * @param xs inputs (N,T,D), finite but for those past a sequence's length; not copied
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all; not
   *     copied
   * @param labels right classes: (N,1) of whole sequences, (N,T) of steps; not copied
   */
  public LabelledSequences(Tensor3 xs, int[] lengths, int[][] labels) {
    this(Sequences.of(xs, lengths), labels);
  }

  /**
   * Sequences of features that have one class each.
   *
   * @param xs inputs (N,T,D); not copied
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all; not
   *     copied
   * @param classes the right class of each sequence (N); copied
   * @return the batch, labels (N,1)
   */
  public static LabelledSequences ofWhole(Tensor3 xs, int[] lengths, int[] classes) {
    return ofWhole(Sequences.of(xs, lengths), classes);
  }

  /**
   * Sequences that have one class each.
   *
   * @param inputs what is read; not copied
   * @param classes the right class of each sequence (N); copied
   * @return the batch, labels (N,1)
   */
  public static LabelledSequences ofWhole(Sequences inputs, int[] classes) {
    int[][] labels = Arrays.stream(classes).mapToObj(k -> new int[] {k}).toArray(int[][]::new);
    return new LabelledSequences(inputs, labels);
  }

  /** {@return the features (N,T,D); null if words are read} */
  public Tensor3 xs() {
    return inputs.features();
  }

  /** {@return how many steps of each sequence count (N); null for all, or if there are holes} */
  public int[] lengths() {
    return inputs.lengths();
  }
}
