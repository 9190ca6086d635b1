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
 * <p>Nothing is copied, and the model checks shapes and ids against what it reads.
 *
 * @param features (N,T,D), finite where a step counts; null if words are read
 * @param words ids (N,T); null if features are read
 * @param lengths how many steps of each sequence count, from its first on (N), each in 1..T; null
 *     for all, or if {@code counts} tells
 * @param counts which steps count (N,T), of each sequence at least one; null for all, or if {@code
 *     lengths} tells
 */
public record Sequences(Tensor3 features, int[][] words, int[] lengths, boolean[][] counts) {

  /**
   * A batch.
   *
   * @throws IllegalArgumentException if there are features and words, or neither, or lengths and
   *     counts
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
          "Sequences: lengths and counts are given; either tells which steps count");
    }
  }

  /** {@return sequences of features (N,T,D) of which every step counts} */
  public static Sequences of(Tensor3 features) {
    return of(features, null);
  }

  /**
   * {@return sequences of features (N,T,D) of which the first lengths[n] steps count; null: all}
   */
  public static Sequences of(Tensor3 features, int[] lengths) {
    return new Sequences(features, null, lengths, null);
  }

  /** {@return sequences of word ids (N,T) of which every step counts} */
  public static Sequences ofWords(int[][] words) {
    return ofWords(words, null);
  }

  /** {@return sequences of word ids (N,T) of which the first lengths[n] steps count; null: all} */
  public static Sequences ofWords(int[][] words, int[] lengths) {
    return new Sequences(null, words, lengths, null);
  }

  /** {@return the same sequences, of which step t of sequence n counts if which[n][t]} */
  public Sequences withSteps(boolean[]... which) {
    return new Sequences(features, words, null, which);
  }

  /** {@return N, how many sequences there are} */
  public int batch() {
    return words == null ? features.d0() : words.length;
  }

  /** {@return T, the steps of each sequence, those that do not count included} */
  public int steps() {
    return words == null ? features.d1() : words.length == 0 ? 0 : words[0].length;
  }
}
