package io.github.unroll.data;

import io.github.unroll.tensor.Tensor3;

/**
 * A batch of sequences as a model reads it: features or word ids of every step, and which steps
 * count.
 *
 * <pre>{@code
 * Sequences.of(xs)                           every step counts
 * Sequences.of(xs, lengths)                  the first lengths[n] steps of sequence n
 * Sequences.ofWords(ids).withSteps(counts)   step t of sequence n if counts[n][t]
 * }</pre>
 *
 * <p>Nothing is copied; the model checks shapes and ids.
 *
 * @param features (N,T,D), finite where a step counts; null for words
 * @param words ids (N,T); null for features
 * @param lengths how many steps of each sequence count, from its first on (N), each in 1..T; null
 *     for all, or if {@code counts} is given
 * @param counts which steps count (N,T), of each sequence at least one; null for all, or if {@code
 *     lengths} is given
 */
public record Sequences(Tensor3 features, int[][] words, int[] lengths, boolean[][] counts) {

  /**
   * A batch.
   *
   * @throws IllegalArgumentException if both or neither of features and words are given, or both
   *     lengths and counts
   */
  public Sequences {
    if ((features == null) == (words == null)) {
      throw new IllegalArgumentException(
          "Sequences: "
              + (features == null ? "neither features nor words" : "features and words")
              + " are given; a model reads one of them");
    }
    if (lengths != null && counts != null) {
      throw new IllegalArgumentException(
          "Sequences: lengths and counts are both given; give only one of them");
    }
  }

  /** {@return sequences of features (N,T,D) in which every step counts} */
  public static Sequences of(Tensor3 features) {
    return of(features, null);
  }

  /**
   * {@return sequences of features (N,T,D) in which the first lengths[n] steps count; null for all}
   */
  public static Sequences of(Tensor3 features, int[] lengths) {
    return new Sequences(features, null, lengths, null);
  }

  /** {@return sequences of word ids (N,T) in which every step counts} */
  public static Sequences ofWords(int[][] words) {
    return ofWords(words, null);
  }

  /**
   * {@return sequences of word ids (N,T) in which the first lengths[n] steps count; null for all}
   */
  public static Sequences ofWords(int[][] words, int[] lengths) {
    return new Sequences(null, words, lengths, null);
  }

  /** {@return the same sequences; step t of sequence n counts if which[n][t]} */
  public Sequences withSteps(boolean[]... which) {
    return new Sequences(features, words, lengths, which);
  }

  /**
   * {@return whether a step counts}
   *
   * @param sequence the index of a sequence
   * @param step the index of one of its steps
   */
  public boolean counts(int sequence, int step) {
    return counts == null ? lengths == null || step < lengths[sequence] : counts[sequence][step];
  }

  /** {@return N, the number of sequences} */
  public int batch() {
    return words == null ? features.d0() : words.length;
  }

  /** {@return T, the number of steps of each sequence, including those that do not count} */
  public int steps() {
    return words == null ? features.d1() : words.length == 0 ? 0 : words[0].length;
  }
}
