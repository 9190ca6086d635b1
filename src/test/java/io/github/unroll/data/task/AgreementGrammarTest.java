package io.github.unroll.data.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.data.Corpus;
import io.github.unroll.data.task.WordState.Arc;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AgreementGrammarTest {
  private static final int SENTENCES = 60_000;
  private static final Set<String> SINGULAR_NOUNS =
      Set.of("boy", "girl", "dog", "cat", "cake", "apple", "book");

  private final AgreementGrammar grammar = new AgreementGrammar();

  @Test
  void should_have_probabilities_that_sum_to_one_in_every_state() {
    Set<WordState> states = states();

    assertThat(states).hasSizeGreaterThan(100);
    for (WordState state : states) {
      if (state != WordState.OVER) {
        assertThat(state.arcs()).allMatch(arc -> arc.probability() > 0);
        assertThat(state.arcs().stream().mapToDouble(Arc::probability).sum())
            .isCloseTo(1, within(1e-15 * state.arcs().size()));
      }
    }
  }

  @Test
  void should_draw_words_as_often_as_their_probability_says() {
    List<List<String>> sentences = sentences(11);
    for (String prefix :
        List.of(
            "the",
            "the boy",
            "the boys that",
            "the dog that the",
            "the dogs that the",
            "the boy eats",
            "the dog chases the",
            "the boys feed the dog")) {
      List<String> words = words(prefix);
      Map<String, Integer> counts = new HashMap<>();
      for (List<String> sentence : sentences) {
        if (sentence.size() > words.size() && sentence.subList(0, words.size()).equals(words)) {
          counts.merge(sentence.get(words.size()), 1, Integer::sum);
        }
      }
      int total = counts.values().stream().mapToInt(Integer::intValue).sum();
      Map<String, Double> distribution = grammar.nextWord(words);

      assertThat(total).as(prefix).isGreaterThan(100);
      assertThat(distribution.keySet()).as(prefix).containsAll(counts.keySet());
      distribution.forEach(
          (word, p) ->
              assertThat((double) counts.getOrDefault(word, 0) / total)
                  .as("%s %s", prefix, word)
                  .isCloseTo(p, within(4 * Math.sqrt(p * (1 - p) / total))));
    }
  }

  @Test
  void should_let_every_verb_agree_with_its_subject() {
    // n, v: singular noun, verb; N, V: plural; t: that. A rule of its own, not the grammar's.
    String nounPhrase = "(n(tv[nN]?|tnv|tNV)?|N(tV[nN]?|tnv|tNV)?)";
    String rule = "(n(tv[nN]?|tnv|tNV)?v|N(tV[nN]?|tnv|tNV)?V)" + nounPhrase + "?";
    assertThat(shape(words("the boys that the dog chases walk <eos>"))).matches(rule);
    assertThat(shape(words("the boys that the dog chases walks <eos>"))).doesNotMatch(rule);

    assertThat(sentences(12)).allMatch(sentence -> shape(sentence).matches(rule));
  }

  @Test
  void should_choose_verbs_and_objects_by_what_they_mean() {
    assertThat(grammar.nextWord(words("the boy reads the"))).containsOnlyKeys("book", "books");
    assertThat(grammar.nextWord(words("the girl feeds the")))
        .containsOnlyKeys("dog", "dogs", "cat", "cats");
    assertThat(grammar.nextWord(words("the cake"))).containsOnlyKeys("that", "falls", "pleases");
    assertThat(grammar.nextWord(words("the books that the")))
        .doesNotContainKeys("cake", "cakes", "apple", "apples", "book", "books");
  }

  @Test
  void should_make_the_next_word_after_a_relative_clause_depend_on_the_subject_number() {
    for (String clause : List.of("that the dog chases", "that the dogs chase")) {
      Map<String, Double> one = grammar.nextWord(words("the boy " + clause));
      Map<String, Double> many = grammar.nextWord(words("the boys " + clause));

      assertThat(one).containsKeys("walks", "sees").hasSameSizeAs(many);
      assertThat(many)
          .containsKeys("walk", "see")
          .doesNotContainKeys(one.keySet().toArray(String[]::new));
    }
    assertThat(grammar.nextWord(words("the dog that sees the cats"))).containsKey("sleeps");
    assertThat(grammar.nextWord(words("the dogs that see the cat"))).containsKey("sleep");
  }

  @Test
  void should_have_the_entropy_and_length_that_its_sentences_show() {
    List<List<String>> sentences = sentences(14);
    double[] nats = sentences.stream().mapToDouble(s -> -grammar.logProbability(s)).toArray();
    double[] lengths = sentences.stream().mapToDouble(List::size).toArray();

    assertThat(mean(nats)).isCloseTo(grammar.entropy(), within(4 * standardError(nats)));
    assertThat(mean(lengths)).isCloseTo(grammar.meanLength(), within(4 * standardError(lengths)));
    assertThat(standardError(nats)).isLessThan(0.05);
  }

  @Test
  void should_give_a_sentence_the_product_of_its_words_probabilities() {
    List<String> sentence = words("the dogs that chase the cat sleep <eos>");
    double product = 1;
    for (int i = 0; i < sentence.size(); i++) {
      product *= grammar.nextWord(sentence.subList(0, i)).get(sentence.get(i));
    }

    assertThat(grammar.logProbability(sentence)).isCloseTo(Math.log(product), within(1e-13));
  }

  @Test
  void should_give_probabilities_that_follow_from_the_rules_by_hand() {
    // 38 of weight in all, each noun once in either number; walk has 3 of the 17 of the verbs of
    // people
    assertThat(grammar.nextWord(words("the")).get("dogs")).isEqualTo(4 / 38.0, within(1e-15));
    assertThat(grammar.nextWord(words("the boys")).get("that")).isEqualTo(0.4, within(1e-15));
    assertThat(grammar.nextWord(words("the boys")).get("walk"))
        .isEqualTo(0.6 * 3 / 17, within(1e-15));
    assertThat(grammar.nextWord(words("the boys eat")).get("<eos>")).isEqualTo(0.5, within(1e-15));
  }

  @Test
  void should_score_a_text_as_a_language_model_that_reads_it_from_the_leading_eos() {
    List<String> first = words("the boy walks <eos>");
    List<String> second = words("the dogs that chase the cat sleep <eos>");
    List<String> text = Stream.of(words("<eos>"), first, second).flatMap(List::stream).toList();
    double nats = -grammar.logProbability(first) - grammar.logProbability(second);

    assertThat(grammar.perplexity(text)).isCloseTo(Math.exp(nats / 12), within(1e-12));
    assertThat(grammar.perplexity(words("<eos> the boys that")))
        .as("a text that stops within a sentence")
        .isCloseTo(Math.pow(4 / 38.0 * 0.4, -1 / 3.0), within(1e-12));
  }

  @Test
  void should_give_a_long_text_the_perplexity_of_its_entropy() {
    Corpus text = grammar.text(SENTENCES, new SplittableRandom(15));

    assertThat(grammar.perplexity(grammar.vocabulary().decode(text.tokens())))
        .isCloseTo(Math.exp(grammar.entropy() / grammar.meanLength()), within(0.02));
  }

  @Test
  void should_take_up_a_new_sentence_after_each_eos() {
    Map<String, Double> afterTheBoy = grammar.nextWord(words("the boy"));

    assertThat(grammar.nextWord(List.of())).isEqualTo(Map.of("the", 1.0));
    assertThat(grammar.nextWord(words("<eos>"))).isEqualTo(Map.of("the", 1.0));
    assertThat(grammar.nextWord(words("<eos> the boy"))).isEqualTo(afterTheBoy);
    assertThat(grammar.nextWord(words("the dogs sleep <eos> the boy"))).isEqualTo(afterTheBoy);
  }

  @Test
  void should_make_the_same_text_from_the_same_seed() {
    Corpus text = grammar.text(50, new SplittableRandom(1));

    assertThat(new AgreementGrammar().text(50, new SplittableRandom(1))).isEqualTo(text);
    assertThat(grammar.text(50, new SplittableRandom(2))).isNotEqualTo(text);
    assertThat(text.vocabulary()).isEqualTo(grammar.vocabulary());
    assertThat(text.tokens()).startsWith(0).endsWith(0);
    assertThat(Arrays.stream(text.tokens()).filter(id -> id == 0)).hasSize(51);
  }

  @Test
  void should_use_every_word_of_its_vocabulary() {
    Set<String> used = new HashSet<>();
    sentences(16).forEach(used::addAll);

    assertThat(used).containsExactlyInAnyOrderElementsOf(grammar.vocabulary().words()).hasSize(35);
    assertThat(grammar.vocabulary().id("<eos>")).isZero();
  }

  @Test
  void should_name_the_word_it_cannot_make_and_those_it_can() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grammar.logProbability(words("the cake sees the boy <eos>")))
        .withMessage(
            "the grammar cannot make word 2, \"sees\" (counted from 0), after [the, cake];"
                + " possible here: [that, falls, pleases]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grammar.nextWord(words("the dogs that sees")))
        .withMessageContaining("word 3, \"sees\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grammar.perplexity(words("<eos> the unicorn")))
        .withMessageContaining("word 2, \"unicorn\"");
  }

  @Test
  void should_refuse_what_is_no_whole_sentence_or_no_text() {
    for (String words : List.of("the boy walks", "the boy walks <eos> the", "<eos> the <eos>")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> grammar.logProbability(words(words)))
          .withMessageStartingWith("not one whole sentence");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> grammar.logProbability(List.of()));
    for (List<String> text : List.of(List.<String>of(), words("<eos>"), words("the boy"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> grammar.perplexity(text))
          .withMessageStartingWith("a text to score is <eos>");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grammar.text(0, new SplittableRandom(1)))
        .withMessageStartingWith("0 sentences");
  }

  private List<List<String>> sentences(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Stream.generate(() -> grammar.sentence(random)).limit(SENTENCES).toList();
  }

  private Set<WordState> states() {
    Set<WordState> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<WordState> open = new ArrayDeque<>(List.of(grammar.start()));
    while (!open.isEmpty()) {
      WordState state = open.pop();
      if (seen.add(state)) {
        state.arcs().forEach(arc -> open.push(arc.next()));
      }
    }
    return seen;
  }

  private static String shape(List<String> sentence) {
    StringBuilder shape = new StringBuilder();
    for (String word : sentence) {
      boolean endsInS = word.endsWith("s");
      if (word.equals("that")) {
        shape.append('t');
      } else if (SINGULAR_NOUNS.contains(word.replaceAll("s$", ""))) {
        shape.append(endsInS ? 'N' : 'n');
      } else if (!Set.of("the", Corpus.EOS).contains(word)) {
        shape.append(endsInS ? 'v' : 'V');
      }
    }
    return shape.toString();
  }

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double standardError(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares) / values.length;
  }
}
