package io.github.unroll.data;

import io.github.unroll.tensor.Tensor3;
import java.util.Objects;

/**
 * A batch of sequences with their targets: one vector for each sequence or for each step. {@link
 * SequenceSet} makes batches of sequences of different lengths, {@link Windows} of series.
 *
 * <p>Nothing is checked here. If an input is NaN, the results of a model are NaN too, and a
 * training stops with a message that names the input. A target that is NaN is ignored, as a gap.
 * The model rejects a batch in which no target counts.
 *
 * @param inputs the sequences; not copied
 * @param targets the right values: (N,1,K) for sequences, (N,T,K) for steps; NaN and targets of
 *     steps that do not count are ignored; not copied
 */
public record SequenceTargets(Sequences inputs, Tensor3 targets) {

  /** A batch; neither may be null. */
  public SequenceTargets {
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(targets, "targets");
  }

  /**
   * A batch of sequences of features.
   *
   * @param xs inputs (N,T,D), finite except past a sequence's length; not copied
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all; not
   *     copied
   * @param targets the right values: (N,1,K) for sequences, (N,T,K) for steps; not copied
   */
  public SequenceTargets(Tensor3 xs, int[] lengths, Tensor3 targets) {
    this(Sequences.of(xs, lengths), targets);
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
