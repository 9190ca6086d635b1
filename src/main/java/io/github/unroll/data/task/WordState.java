package io.github.unroll.data.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A state of a probabilistic automaton over words: the possible next words, with their
 * probabilities and next states. States are built from the end of a sentence to its start, and no
 * word leaves a state twice, so the words so far determine the state.
 */
final class WordState {
  /** Nothing comes after the sentence. */
  static final WordState OVER = new WordState(List.of());

  record Arc(String word, double probability, WordState next) {}

  // In the order of insertion, so that the same random numbers give the same words.
  private final Map<String, Arc> arcs = new LinkedHashMap<>();
  private final double entropy;
  private final double meanLength;

  private WordState(List<Arc> weighted) {
    double total = 0;
    for (Arc arc : weighted) {
      total += arc.probability;
    }
    double nats = 0;
    double words = 0;
    for (Arc arc : weighted) {
      double p = arc.probability / total;
      if (arcs.put(arc.word, new Arc(arc.word, p, arc.next)) != null) {
        throw new IllegalStateException("\"" + arc.word + "\" would leave one state twice");
      }
      nats += p * (arc.next.entropy - StrictMath.log(p));
      words += p * (arc.next.meanLength + 1);
    }
    entropy = nats;
    meanLength = words;
  }

  /** A state with only this word. */
  static WordState word(String word, WordState next) {
    return oneOf(List.of(new Arc(word, 1, next)));
  }

  /** One of several words; their probabilities may be weights of any sum. */
  static WordState oneOf(List<Arc> weighted) {
    return new WordState(weighted);
  }

  /** With probability p what {@code first} offers, else what {@code second} does. */
  static WordState either(double p, WordState first, WordState second) {
    List<Arc> both = new ArrayList<>();
    first.arcs().forEach(a -> both.add(new Arc(a.word, p * a.probability, a.next)));
    second.arcs().forEach(a -> both.add(new Arc(a.word, (1 - p) * a.probability, a.next)));
    return new WordState(both);
  }

  /** The possible next words, in a fixed order. */
  List<Arc> arcs() {
    return List.copyOf(arcs.values());
  }

  /** The arc of a word, null if there is none. */
  Arc arc(String word) {
    return arcs.get(word);
  }

  /** The word chosen by u, 0 <= u < 1. */
  Arc pick(double u) {
    double sum = 0;
    Arc last = null;
    for (Arc arc : arcs.values()) {
      last = arc;
      sum += arc.probability;
      if (u < sum) {
        break;
      }
    }
    return last; // also if rounding leaves the sum of all just below u
  }

  /** Expected -ln p of the rest of the sentence: H = sum of p·(H(next) - ln p), in nats. */
  double entropy() {
    return entropy;
  }

  /** Expected number of words to the end of the sentence. */
  double meanLength() {
    return meanLength;
  }
}
