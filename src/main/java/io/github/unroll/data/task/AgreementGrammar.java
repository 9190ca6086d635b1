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
 * A small grammar of English-like sentences, made so that memory pays and so that the best possible
 * prediction is known: "the dogs that chase the cat sleep", "the boy that the dogs chase walks".
 *
 * <p>A verb agrees in number with its subject, also across a relative clause whose own nouns and
 * verbs may be of the other number; and a verb chooses its subjects and objects (only people read,
 * and only books are read). Subjects and objects, main and relative clauses draw on the same nouns
 * and verbs, so the words next to a main verb do not tell its form: the subject must be remembered.
 * Relative clauses do not nest, which keeps the grammar a finite automaton: the words so far tell
 * its state, and with it the exact probability of every next word.
 *
 * <p>After the sentences of Elman, "Finding structure in time" (1990), and "Distributed
 * representations, simple recurrent networks, and grammatical structure" (1991). Immutable.
 */
public final class AgreementGrammar {
  private final WordState start;
  private final Vocabulary vocabulary;

  /** Compiles the sentence rules into their automaton. */
  public AgreementGrammar() {
    start = SentenceRules.compile();
    vocabulary = Vocabulary.of(SentenceRules.words());
  }

  /**
   * Every word of the grammar; {@code <eos>} has id 0. The same for every text, so that a held-out
   * text has the ids of the training text.
   *
   * @return the vocabulary, 35 words
   */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Draws a sentence.
   *
   * @param random the source of chance: one {@code nextDouble()} for each word
   * @return the words of one sentence, the last of them {@code <eos>}
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
   * Draws a text: {@code <eos>}, then sentences. The leading {@code <eos>} lets a model predict the
   * first word of the first sentence as it does that of every other.
   *
   * @param sentences how many, at least 1
   * @param random the source of chance: one {@code nextDouble()} for each word but the first
   * @return the text, with the grammar's {@link #vocabulary}
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
   * The true distribution of the next word.
   *
   * @param prefix the words so far of a text: empty, or with a first {@code <eos>} or without;
   *     whole sentences before the current one do not matter
   * @return the words that may come, each with its probability; a word not in it has probability 0
   * @throws IllegalArgumentException if the grammar cannot make the prefix
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
   * The logarithm of the probability of one sentence.
   *
   * @param sentence its words, the last of them {@code <eos>}
   * @return ln p, in nats, {@code <eos>} included
   * @throws IllegalArgumentException if the grammar cannot make the sentence, or it has no end
   */
  public double logProbability(List<String> sentence) {
    if (sentence.isEmpty() || sentence.indexOf(Corpus.EOS) != sentence.size() - 1) {
      throw new IllegalArgumentException(
          "not one whole sentence, which has <eos> at its end and only there: " + sentence);
    }
    return logProbability(sentence, 0);
  }

  /**
   * The perplexity of the grammar itself on a text: no model that does not know the text can be
   * expected to do better. It scores what a language model scores that reads the text from a reset
   * state: each word but the first, given all words before it; exp(-1/(n-1) Σ ln p), n words.
   *
   * @param text {@code <eos>}, then sentences, as {@link #text} makes them; it may stop within one
   * @return the perplexity, at least 1
   * @throws IllegalArgumentException if the text does not start with {@code <eos>}, has no word
   *     after it, or is none that the grammar can make
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
   * The exact entropy of a sentence. A long text's perplexity tends to exp(entropy / mean length).
   *
   * @return the expected -ln p of a sentence, in nats
   */
  public double entropy() {
    return start.entropy();
  }

  /**
   * The exact mean length of a sentence.
   *
   * @return the expected number of words, {@code <eos>} included
   */
  public double meanLength() {
    return start.meanLength();
  }

  WordState start() {
    return start;
  }
}
