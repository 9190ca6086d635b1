package io.github.unroll.data;

import io.github.unroll.tensor.Tensor3;

/**
 * A batch of sequences and the values that they should give: one vector for a whole sequence, or
 * one a step.
 *
 * @param xs inputs (N,T,D); not copied
 * @param lengths how many steps of each sequence count (N), each in 1..T; null for all; not copied
 * @param targets right values: (N,1,K) of whole sequences, (N,T,K) of steps, of which those past a
 *     sequence's length are not counted; not copied
 */
public record SequenceTargets(Tensor3 xs, int[] lengths, Tensor3 targets) {}
