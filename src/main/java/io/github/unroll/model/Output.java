package io.github.unroll.model;

/** What a sequence model answers. */
public sealed interface Output {

  /**
   * One of several classes.
   *
   * @param count K, how many there are, at least 1
   */
  record Classes(int count) implements Output {

    /**
     * Classes.
     *
     * @throws IllegalArgumentException if there are none
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
   * Values: real numbers.
   *
   * @param count K, how many an answer has, at least 1
   */
  record Values(int count) implements Output {

    /**
     * Values.
     *
     * @throws IllegalArgumentException if there are none
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
   * The next of the words that it reads.
   *
   * @param tied whether the word vectors (V,D) are the output weights too, read transposed
   */
  record NextWord(boolean tied) implements Output {

    @Override
    public String toString() {
      return tied ? "the next word, by the word vectors" : "the next word";
    }
  }
}
