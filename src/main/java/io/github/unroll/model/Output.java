package io.github.unroll.model;

/** The output of a sequence model. */
public sealed interface Output {

  /**
   * One of K classes.
   *
   * @param count K, the number of classes, at least 1
   */
  record Classes(int count) implements Output {

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Classes {
      Sizes.checkAtLeastOne("Output: classes", count);
    }

    @Override
    public String toString() {
      return count == 1 ? "1 class" : Sizes.text(count) + " classes";
    }
  }

  /**
   * K real values.
   *
   * @param count K, the number of values, at least 1
   */
  record Values(int count) implements Output {

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Values {
      Sizes.checkAtLeastOne("Output: values", count);
    }

    @Override
    public String toString() {
      return count == 1 ? "1 value" : Sizes.text(count) + " values";
    }
  }

  /**
   * The next word of the text that it reads.
   *
   * @param tied whether the word vectors (V,D), read transposed, are also the output weights
   */
  record NextWord(boolean tied) implements Output {

    @Override
    public String toString() {
      return tied ? "the next word, by the word vectors" : "the next word";
    }
  }
}
