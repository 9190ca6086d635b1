package io.github.unroll.model;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A rule that chooses the next word by the scores x of all words:
 *
 * <pre>{@code
 * p = softmax(x / temperature)      over the topK best words that are not left out, else 0
 * }</pre>
 *
 * <p>At temperature 1 these are the model's own probabilities; below 1 likely words become more
 * likely; at 0, or with topK 1, the best word is always chosen. Of equal scores the one with the
 * lower id is better.
 *
 * @param temperature 0 or more, finite
 * @param topK the number of best words to choose from, at least 1; it may exceed the number of
 *     words
 * @param leftOut the ids of words that are never chosen, e.g. that of {@code <unk>}; sorted
 */
public record WordChoice(double temperature, int topK, Set<Integer> leftOut) {

  private static final double NEVER =
      Double.NEGATIVE_INFINITY; // the score of words that are never chosen

  /**
   * Checks the settings and copies the ids.
   *
   * @param temperature 0 or more, finite
   * @param topK at least 1
   * @param leftOut ids of words that are never chosen; copied
   * @throws IllegalArgumentException if temperature is negative or not finite, topK is below 1, or
   *     an id is negative
   */
  public WordChoice {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "WordChoice: temperature must be 0 or more and finite, not " + temperature);
    }
    if (topK < 1) {
      throw new IllegalArgumentException("WordChoice: topK must be at least 1, not " + topK);
    }
    TreeSet<Integer> sorted = new TreeSet<>(leftOut);
    if (!sorted.isEmpty() && sorted.first() < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "WordChoice: id %d cannot be left out; ids start at 0", sorted.first()));
    }
    leftOut = Collections.unmodifiableSortedSet(sorted);
  }

  /** {@return a choice with the probabilities of the model: temperature 1, all words} */
  public static WordChoice sampled() {
    return new WordChoice(1, Integer.MAX_VALUE, Set.of());
  }

  /** {@return the choice of the best word: temperature 0} */
  public static WordChoice greedy() {
    return sampled().withTemperature(0);
  }

  /**
   * {@return the same with another temperature}
   *
   * @param other 0 or more, finite
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public WordChoice withTemperature(double other) {
    return new WordChoice(other, topK, leftOut);
  }

  /**
   * {@return the same among the k best words}
   *
   * @param k at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public WordChoice withTopK(int k) {
    return new WordChoice(temperature, k, leftOut);
  }

  /**
   * {@return the same with more words left out}
   *
   * @param ids the ids of words that are never chosen
   * @throws IllegalArgumentException if an id is negative
   */
  public WordChoice without(int... ids) {
    Set<Integer> all = new TreeSet<>(leftOut);
    Arrays.stream(ids).forEach(all::add);
    return new WordChoice(temperature, topK, all);
  }

  /**
   * {@return the probability of each word to be chosen (V), of sum 1; 0 for words that cannot be
   * chosen}
   *
   * @param scores the scores of all words (V), not modified
   * @throws IllegalArgumentException if an id that is left out has no score, all words are left
   *     out, or the score of another word is not finite
   */
  public double[] probabilities(double[] scores) {
    double[] p = candidates(scores);
    int best = best(p);
    if (temperature == 0) {
      Arrays.fill(p, 0);
      p[best] = 1;
      return p;
    }
    double greatest = p[best];
    for (int i = 0; i < p.length; i++) {
      p[i] = (p[i] - greatest) / temperature;
    }
    Matrix row = Matrix.of(1, p.length, p);
    row.softmaxRow(0);
    return row.data();
  }

  /**
   * Chooses a word.
   *
   * @param scores the scores of all words (V), not modified
   * @param random modified by one draw, NumPy's {@code choice(V, p=p)}; not modified at temperature
   *     0
   * @return its id
   * @throws IllegalArgumentException if {@link #probabilities} rejects the scores
   */
  public int choose(double[] scores, RandomState random) {
    if (temperature == 0) {
      return best(candidates(scores));
    }
    return random.choice(scores.length, probabilities(scores));
  }

  /** Throws if an id that is left out is not below v, or if all v words are left out. */
  void check(int v) {
    int highest = leftOut.stream().mapToInt(Integer::intValue).max().orElse(0);
    if (highest >= v) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "WordChoice: id %d, to be left out, is not in 0..%d", highest, v - 1));
    }
    if (leftOut.size() == v) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "WordChoice: all %d words are left out; leave one to choose", v));
    }
  }

  /** The scores of the words that may be chosen, all finite; negative infinity for the others. */
  private double[] candidates(double[] scores) {
    check(scores.length);
    double[] candidates = scores.clone();
    leftOut.forEach(id -> candidates[id] = NEVER);
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(candidates[i]) && !leftOut.contains(i)) {
        throw refusal(i, scores[i]);
      }
    }
    keepTopK(candidates);
    return candidates;
  }

  private static IllegalArgumentException refusal(int word, double score) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "WordChoice: the score of word %d is %s; has the training diverged?",
            word,
            score));
  }

  private void keepTopK(double[] candidates) {
    int left = candidates.length - leftOut.size();
    if (topK >= left) {
      return;
    }
    double[] sorted = Arrays.stream(candidates).filter(score -> score > NEVER).sorted().toArray();
    double worst = sorted[left - topK];
    int better = 0;
    for (double score : sorted) {
      better += score > worst ? 1 : 0;
    }
    int asGood = topK - better; // how many of those equal to the worst may stay
    for (int i = 0; i < candidates.length; i++) {
      if (candidates[i] <= worst && !(candidates[i] == worst && asGood-- > 0)) {
        candidates[i] = NEVER;
      }
    }
  }

  private static int best(double[] candidates) {
    int best = Greatest.of(candidates.length, candidates, 0);
    if (best < 0) {
      throw refusal(-1 - best, candidates[-1 - best]);
    }
    return best;
  }
}
