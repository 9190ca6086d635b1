package io.github.unroll.model;

/** What a sequence model reads at each step. */
public sealed interface Input {

  /**
   * Features: numbers.
   *
   * @param size D, how many, at least 1
   */
  record Features(int size) implements Input {

    /**
     * Features.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Features {
      Sizes.checkAtLeastOne("Input: features", size);
    }

    @Override
    public String toString() {
      return size == 1 ? "1 feature" : Sizes.text(size) + " features";
    }
  }

  /**
   * Words, as ids; the model learns a vector for each.
   *
   * @param vocabularySize V, how many there are, at least 1
   * @param size D, the length of a word's vector, at least 1
   */
  record Words(int vocabularySize, int size) implements Input {

    /**
     * Words.
     *
     * @throws IllegalArgumentException if a size is below 1
     */
    public Words {
      Sizes.checkAtLeastOne("Input: vocabularySize", vocabularySize);
      Sizes.checkAtLeastOne("Input: embeddingSize", size);
    }

    @Override
    public String toString() {
      return String.format(
          java.util.Locale.ROOT,
          "%s words, as vectors of %s",
          Sizes.text(vocabularySize),
          Sizes.text(size));
    }
  }

  /** {@return D, how many numbers the lowest recurrent layer reads at a step} */
  int size();

  /**
   * {@return features}
   *
   * @param size D, how many, at least 1
   * @throws IllegalArgumentException if there are none
   */
  static Input features(int size) {
    return new Features(size);
  }

  /**
   * {@return words, as ids}
   *
   * @param vocabularySize V, how many there are, at least 1
   * @param embeddingSize D, the length of a word's vector, at least 1
   * @throws IllegalArgumentException if a size is below 1
   */
  static Input words(int vocabularySize, int embeddingSize) {
    return new Words(vocabularySize, embeddingSize);
  }
}
