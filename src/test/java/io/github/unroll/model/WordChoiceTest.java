package io.github.unroll.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.random.RandomState;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordChoiceTest {

  private static final double[] SCORES = {0.5, -1, 2, 1.5, 2, -3};

  /** The softmax with StrictMath, of the words listed, at a temperature. */
  private static double[] softmax(double temperature, int... words) {
    double[] p = new double[SCORES.length];
    double sum = 0;
    for (int i : words) {
      p[i] = StrictMath.exp(SCORES[i] / temperature);
      sum += p[i];
    }
    double total = sum;
    return Arrays.stream(p).map(v -> v / total).toArray();
  }

  private static int[] counts(WordChoice choice, int draws, long seed) {
    RandomState random = new RandomState(seed);
    int[] counts = new int[SCORES.length];
    for (int i = 0; i < draws; i++) {
      counts[choice.choose(SCORES, random)]++;
    }
    return counts;
  }

  @Test
  void probabilities_should_be_the_softmax_of_the_scores_over_the_temperature() {
    WordChoice choice = WordChoice.sampled();
    assertThat(choice.probabilities(SCORES))
        .containsExactly(softmax(1, 0, 1, 2, 3, 4, 5), within(1e-15));
    assertThat(choice.withTemperature(0.7).probabilities(SCORES))
        .containsExactly(softmax(0.7, 0, 1, 2, 3, 4, 5), within(1e-15));
    assertThat(choice.withTemperature(0.7).without(0, 4).withTopK(3).probabilities(SCORES))
        .containsExactly(softmax(0.7, 1, 2, 3), within(1e-15));
  }

  @Test
  void words_should_be_drawn_as_often_as_their_probability_says() {
    int draws = 100_000;
    double[] p = softmax(1, 0, 1, 2, 3, 4, 5);
    int[] counts = counts(WordChoice.sampled(), draws, 4);
    double chiSquare = 0;
    for (int i = 0; i < p.length; i++) {
      chiSquare += Math.pow(counts[i] - draws * p[i], 2) / (draws * p[i]);
    }
    assertThat(chiSquare).as("99.9 % quantile of 5 degrees of freedom").isLessThan(20.52);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-4, 1e-300, Double.MIN_VALUE})
  void towards_temperature_0_the_best_word_should_become_certain(double temperature) {
    double[] scores = {0.5, -1, 2, 1.5, 1.9, -3};
    WordChoice cold = WordChoice.sampled().withTemperature(temperature);
    assertThat(cold.probabilities(scores)).containsExactly(0, 0, 1, 0, 0, 0);
    assertThat(WordChoice.greedy().probabilities(scores)).containsExactly(0, 0, 1, 0, 0, 0);
    assertThat(WordChoice.greedy().choose(scores, new RandomState(1))).isEqualTo(2);
  }

  @Test
  void at_a_high_temperature_all_words_should_be_alike() {
    double sixth = 1 / 6.0;
    assertThat(WordChoice.sampled().withTemperature(1e9).probabilities(SCORES))
        .containsExactly(new double[] {sixth, sixth, sixth, sixth, sixth, sixth}, within(1e-8));
  }

  @Test
  void top_1_should_be_greedy_and_of_equal_scores_take_the_lower_id() {
    assertThat(counts(WordChoice.sampled().withTopK(1), 100, 5)[2]).isEqualTo(100);
    assertThat(counts(WordChoice.greedy(), 100, 5)[2]).isEqualTo(100);
    assertThat(counts(WordChoice.greedy().without(2), 100, 5)[4]).isEqualTo(100);
  }

  @Test
  void top_k_should_choose_from_exactly_k_words() {
    for (int k = 1; k <= SCORES.length; k++) {
      double[] p = WordChoice.sampled().withTopK(k).probabilities(SCORES);
      assertThat(Arrays.stream(p).filter(v -> v > 0).count()).as("k %d", k).isEqualTo(k);
    }
    double[] equal = {1, 0.0, -0.0, 0.0, 1};
    assertThat(WordChoice.sampled().withTopK(3).probabilities(equal)[2]).isZero();
    assertThat(WordChoice.sampled().withTopK(4).probabilities(equal)[2]).isPositive();
    assertThat(WordChoice.sampled().withTopK(4).probabilities(equal)[3]).isZero();
    assertThat(WordChoice.sampled().withTopK(99).probabilities(equal)).doesNotContain(0.0);
  }

  @Test
  void left_out_words_should_never_be_chosen() {
    int[] counts = counts(WordChoice.sampled().without(2, 3), 5000, 6);
    assertThat(counts[2] + counts[3]).isZero();
    assertThat(counts[0]).isPositive();
    double[] best = {Double.NaN, 1, Double.POSITIVE_INFINITY};
    assertThat(WordChoice.greedy().without(0, 2).choose(best, new RandomState(1))).isEqualTo(1);
  }

  @Test
  void a_draw_should_be_numpys_choice_and_a_greedy_choice_none() {
    RandomState ours = new RandomState(7);
    RandomState numpys = new RandomState(7);
    double[] p = WordChoice.sampled().probabilities(SCORES);
    for (int i = 0; i < 20; i++) {
      assertThat(WordChoice.sampled().choose(SCORES, ours)).isEqualTo(numpys.choice(6, p));
    }
    WordChoice.greedy().choose(SCORES, ours);
    assertThat(ours.state()).isEqualTo(numpys.state());
  }

  @Test
  void should_be_a_value_of_its_own() {
    WordChoice choice = WordChoice.sampled().without(4).without(1);
    assertThat(choice).isEqualTo(new WordChoice(1, Integer.MAX_VALUE, Set.of(1, 4)));
    assertThat(choice.leftOut()).containsExactly(1, 4);
    assertThat(WordChoice.sampled().leftOut()).isEmpty();
  }

  @Test
  void should_refuse_what_has_no_meaning() {
    WordChoice choice = WordChoice.sampled();
    for (double temperature : List.of(-0.1, Double.NaN, Double.POSITIVE_INFINITY)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> choice.withTemperature(temperature))
          .withMessage("WordChoice: temperature must be 0 or more and finite, not " + temperature);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> choice.withTopK(0))
        .withMessage("WordChoice: topK must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> choice.without(3, -1))
        .withMessage("WordChoice: id -1 cannot be left out; ids start at 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> choice.without(6).probabilities(SCORES))
        .withMessage("WordChoice: id 6, to be left out, is not in 0..5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> choice.without(0, 1).probabilities(new double[2]))
        .withMessage("WordChoice: all 2 words are left out; leave one to choose");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> choice.probabilities(new double[] {1, Double.NaN}))
        .withMessage("WordChoice: the score of word 1 is NaN; has the training diverged?");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                WordChoice.greedy()
                    .choose(new double[] {Double.POSITIVE_INFINITY}, new RandomState(1)));
  }
}
