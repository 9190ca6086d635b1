package io.github.unroll.data.task;

import io.github.unroll.data.Corpus;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.data.task.WordState.Arc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A small grammar of English-like sentences that need memory and whose best possible prediction is
 * known: "the dogs that chase the cat sleep", "the boy that the dogs chase walks".
 *
 * <p>A verb agrees in number with its subject, also across a relative clause whose nouns and verbs
 * may have the other number. Each verb allows certain subjects and objects only (only people read,
 * and only books are read). Subjects and objects, main and relative clauses use the same nouns and
 * verbs, so the words next to a main verb do not determine its form: the subject must be
 * remembered. Relative clauses do not nest, so the grammar is a finite automaton: the words so far
 * determine its state and the exact probability of every next word.
 *
 * <p>After the sentences of Elman, "Finding structure in time" (1990), and "Distributed
 * representations, simple recurrent networks, and grammatical structure" (1991). Immutable.
 */
public final class AgreementGrammar {
  private final WordState start;
  private final Vocabulary vocabulary;

  /** The grammar, compiled to its automaton. */
  public AgreementGrammar() {
    start = SentenceRules.compile();
    vocabulary = Vocabulary.of(SentenceRules.words());
  }

  /**
   * {@return the vocabulary: all 35 words of the grammar; {@code <eos>} has id 0} It is the same
   * for every text, so that a held-out text has the ids of the training text.
   */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * {@return the words of a random sentence, the last of them {@code <eos>}}
   *
   * @param random modified: one {@code nextDouble()} for each word
   */
  public List<String> sentence(RandomGenerator random) {
    List<String> words = new ArrayList<>();
    for (WordState state = start; state != WordState.OVER; ) {
      Arc arc = state.pick(random.nextDouble());
      words.add(arc.word());
      state = arc.next();
    }
    return words;
  }

  /**
   * {@return a random text with the grammar's {@link #vocabulary}: {@code <eos>}, then sentences}
   * With the leading {@code <eos>} a model can predict the first word of the first sentence like
   * that of every other.
   *
   * @param sentences the number of sentences, at least 1
   * @param random modified: one {@code nextDouble()} for each word except the first
   * @throws IllegalArgumentException if {@code sentences} is below 1
   */
  public Corpus text(int sentences, RandomGenerator random) {
    if (sentences < 1) {
      throw new IllegalArgumentException(sentences + " sentences: a text needs at least 1");
    }
    List<String> words = new ArrayList<>(List.of(Corpus.EOS));
    for (int i = 0; i < sentences; i++) {
      words.addAll(sentence(random));
    }
    return new Corpus(vocabulary, vocabulary.encode(words));
  }

  /**
   * {@return the true distribution of the next word: the possible words with their probabilities}
   *
   * @param prefix the words of the text so far, with or without a first {@code <eos>}; whole
   *     sentences before the current one have no effect
   * @throws IllegalArgumentException if the grammar cannot produce the prefix
   */
  public Map<String, Double> nextWord(List<String> prefix) {
    WordState state = start;
    for (int i = startsWithEos(prefix) ? 1 : 0; i < prefix.size(); i++) {
      state = after(arc(state, prefix, i));
    }
    Map<String, Double> distribution = new LinkedHashMap<>();
    state.arcs().forEach(arc -> distribution.put(arc.word(), arc.probability()));
    return distribution;
  }

  /**
   * {@return the logarithm of the probability of a sentence, ln p in nats, {@code <eos>} included}
   *
   * @param sentence its words, the last of them {@code <eos>}
   * @throws IllegalArgumentException if the grammar cannot produce the sentence, or it has no end
   */
  public double logProbability(List<String> sentence) {
    if (sentence.isEmpty() || sentence.indexOf(Corpus.EOS) != sentence.size() - 1) {
      throw new IllegalArgumentException(
          "not one whole sentence, which has <eos> at its end and only there: " + sentence);
    }
    return logProbability(sentence, 0);
  }

  /**
   * {@return the perplexity of the grammar itself on a text, at least 1} No model that does not
   * know the text can be expected to do better. It scores the same words as a language model that
   * reads the text from a reset state: each word except the first, given all words before it;
   * exp(-1/(n-1) Σ ln p), n words.
   *
   * @param text {@code <eos>}, then sentences, as from {@link #text}; it may stop within a sentence
   * @throws IllegalArgumentException if the text does not start with {@code <eos>}, has no word
   *     after it, or the grammar cannot produce it
   */
  public double perplexity(List<String> text) {
    if (!startsWithEos(text) || text.size() < 2) {
      throw new IllegalArgumentException(
          "a text to score is <eos> and at least one word more; here it is "
              + text.subList(0, Math.min(2, text.size())));
    }
    return StrictMath.exp(-logProbability(text, 1) / (text.size() - 1));
  }

  private double logProbability(List<String> text, int from) {
    WordState state = start;
    double sum = 0;
    for (int i = from; i < text.size(); i++) {
      Arc arc = arc(state, text, i);
      sum += StrictMath.log(arc.probability());
      state = after(arc);
    }
    return sum;
  }

  private Arc arc(WordState state, List<String> text, int i) {
    Arc arc = state.arc(text.get(i));
    if (arc == null) {
      List<String> possible = state.arcs().stream().map(Arc::word).toList();
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the grammar cannot make word %d, \"%s\" (counted from 0), after %s; possible here:"
                  + " %s",
              i,
              text.get(i),
              text.subList(Math.max(0, i - 12), i),
              possible));
    }
    return arc;
  }

  private WordState after(Arc arc) {
    return arc.next() == WordState.OVER ? start : arc.next();
  }

  private static boolean startsWithEos(List<String> text) {
    return !text.isEmpty() && text.get(0).equals(Corpus.EOS);
  }

  /**
   * {@return the exact entropy of a sentence, the expected -ln p, in nats} The perplexity of a long
   * text tends to exp(entropy / mean length).
   */
  public double entropy() {
    return start.entropy();
  }

  /** {@return the exact mean number of words of a sentence, {@code <eos>} included} */
  public double meanLength() {
    return start.meanLength();
  }

  WordState start() {
    return start;
  }
}
