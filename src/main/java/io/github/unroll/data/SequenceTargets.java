package io.github.unroll.data;

import io.github.unroll.tensor.Tensor3;
import java.util.Objects;

/**
 * A batch of sequences and the values that they should give: one vector for a whole sequence, or
 * one a step.
 *
 * <p>Nothing is checked here. An input that is NaN makes all NaN that a model makes of it, and a
 * training stops there with a message that names it. A target that is NaN is not counted: a gap. A
 * batch in which no target counts is refused by the model.
 *
 * @param inputs what is read; not copied
 * @param targets right values: (N,1,K) of whole sequences, (N,T,K) of steps; not counted are NaN
 *     and those of steps that do not count; not copied
 */
public record SequenceTargets(Sequences inputs, Tensor3 targets) {

  /** A batch; neither may be null. */
  public SequenceTargets {
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(targets, "targets");
  }

  /**
   * Sequences of features.
   *
   * @param xs inputs (N,T,D), finite but for those past a sequence's length; not copied
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all; not
   *     copied
   * @param targets right values: (N,1,K) of whole sequences, (N,T,K) of steps; not copied
   */
  public SequenceTargets(Tensor3 xs, int[] lengths, Tensor3 targets) {
    this(Sequences.of(xs, lengths), targets);
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
