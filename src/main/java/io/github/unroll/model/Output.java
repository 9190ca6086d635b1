package io.github.unroll.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

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
   * Quantiles of K real values: Q levels for each, such as 0.05, 0.5 and 0.95 for a median between
   * the bounds of an interval that holds nine values of ten. Those of one value stand beside each
   * other, in ascending order.
   *
   * @param count K, the number of values, at least 1
   * @param levels the Q levels, at least one, each above 0 and below 1, ascending
   */
  record Quantiles(int count, List<Double> levels) implements Output {

    /**
     * Checks number and levels.
     *
     * @throws IllegalArgumentException if the number is below 1, there is no level, they do not
     *     ascend between 0 and 1, or K·Q is too large for an int
     */
    public Quantiles {
      Sizes.checkAtLeastOne("Output: values", count);
      levels = List.copyOf(levels);
      double last = 0;
      for (double level : levels) {
        if (!(level > last && level < 1)) {
          throw new IllegalArgumentException(
              "Output: the levels of quantiles must ascend between 0 and 1, as 0.05, 0.5, 0.95, not"
                  + " "
                  + levels);
        }
        last = level;
      }
      if (levels.isEmpty() || (long) count * levels.size() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Output: %d values of %d quantiles each; give at least one level, and not too many",
                count,
                levels.size()));
      }
    }

    /** Sorts the quantiles of each value, which a model may answer in another order. */
    void sort(double[] answers) {
      int q = levels.size();
      for (int at = 0; q > 1 && at < answers.length; at += q) {
        Arrays.sort(answers, at, at + q);
      }
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s, quantiles %s",
          new Values(count),
          levels.stream().map(String::valueOf).collect(Collectors.joining(", ")));
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
