package io.github.unroll.model;

/** The input of a sequence model at each step. */
public sealed interface Input {

  /**
   * Features: D numbers at each step.
   *
   * @param size D, the number of features, at least 1
   */
  record Features(int size) implements Input {

    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if it is below 1
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
   * Words as ids, one at each step; the model learns a vector for each word.
   *
   * @param vocabularySize V, the number of words, at least 1
   * @param size D, the length of a word vector, at least 1
   */
  record Words(int vocabularySize, int size) implements Input {

    /**
     * Checks the sizes.
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

  /** {@return D, the number of features that the lowest recurrent layer reads at a step} */
  int size();

  /**
   * {@return an input of features}
   *
   * @param size D, the number of features, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  static Input features(int size) {
    return new Features(size);
  }

  /**
   * {@return an input of words, as ids}
   *
   * @param vocabularySize V, the number of words, at least 1
   * @param embeddingSize D, the length of a word vector, at least 1
   * @throws IllegalArgumentException if a size is below 1
   */
  static Input words(int vocabularySize, int embeddingSize) {
    return new Words(vocabularySize, embeddingSize);
  }
}
