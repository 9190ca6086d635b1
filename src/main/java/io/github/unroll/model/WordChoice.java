package io.github.unroll.model;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the next word is chosen by the scores x of all words:
 *
 * <pre>{@code
 * p = softmax(x / temperature)      over the topK best of the words that are not left out, else 0
 * }</pre>
 *
 * <p>At temperature 1 these are the model's own probabilities; below 1 likely words become likelier
 * still; at 0 the best word is certain, and so it is with topK 1. Of equal scores the lower id is
 * the better.
 *
 * @param temperature 0 or more, finite
 * @param topK how many words may be chosen from, at least 1; more than there are means all
 * @param leftOut ids of words that are never chosen, e.g. that of {@code <unk>}; sorted
 */
public record WordChoice(double temperature, int topK, Set<Integer> leftOut) {

  private static final double NEVER = Double.NEGATIVE_INFINITY; // the score of what is not chosen

  /**
   * A way of choosing.
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

  /**
   * Each word as likely as the model says: temperature 1, of all words.
   *
   * @return the choice
   */
  public static WordChoice sampled() {
    return new WordChoice(1, Integer.MAX_VALUE, Set.of());
  }

  /**
   * Always the best word: temperature 0.
   *
   * @return the choice
   */
  public static WordChoice greedy() {
    return sampled().withTemperature(0);
  }

  /**
   * The same at another temperature.
   *
   * @param other 0 or more, finite
   * @return a new choice
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public WordChoice withTemperature(double other) {
    return new WordChoice(other, topK, leftOut);
  }

  /**
   * The same from so many best words.
   *
   * @param k at least 1
   * @return a new choice
   * @throws IllegalArgumentException if it is below 1
   */
  public WordChoice withTopK(int k) {
    return new WordChoice(temperature, k, leftOut);
  }

  /**
   * The same without some more words.
   *
   * @param ids words that are never chosen
   * @return a new choice
   * @throws IllegalArgumentException if an id is negative
   */
  public WordChoice without(int... ids) {
    Set<Integer> all = new TreeSet<>(leftOut);
    Arrays.stream(ids).forEach(all::add);
    return new WordChoice(temperature, topK, all);
  }

  /**
   * How likely each word is to be chosen.
   *
   * @param scores of all words (V), not modified
   * @return (V), of sum 1; 0 for words that cannot be chosen
   * @throws IllegalArgumentException if an id that is left out has no score, none is left to choose
   *     from, or the score of one that is left is not finite
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
   * @param scores of all words (V), not modified
   * @param random modified by one draw, which is NumPy's {@code choice(V, p=p)}; at temperature 0
   *     not at all
   * @return its id
   * @throws IllegalArgumentException if {@link #probabilities} refuses the scores
   */
  public int choose(double[] scores, RandomState random) {
    if (temperature == 0) {
      return best(candidates(scores));
    }
    return random.choice(scores.length, probabilities(scores));
  }

  /** Throws if the words that are left out are not all among v, or are all of them. */
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

  /** The scores of the words that may be chosen, all finite; of the others negative infinity. */
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
    int asGood = topK - better; // how many of those as good as the worst there is room for
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
