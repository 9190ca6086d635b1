package io.github.unroll.data.task;

import static io.github.unroll.data.task.SentenceRules.Category.ANIMAL;
import static io.github.unroll.data.task.SentenceRules.Category.BOOK;
import static io.github.unroll.data.task.SentenceRules.Category.FOOD;
import static io.github.unroll.data.task.SentenceRules.Category.HUMAN;

import io.github.unroll.data.Corpus;
import io.github.unroll.data.task.WordState.Arc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The words and phrases of {@link AgreementGrammar}. Each rule is a function from the state after a
 * phrase to the state before it, so a rule reads like the phrase, and compiling the sentence gives
 * the whole automaton.
 */
final class SentenceRules {
  private static final double RELATIVE_CLAUSE = 0.4; // a noun has one
  private static final double SUBJECT_RELATIVE = 0.5; // "that chase the cat", not "that the cat .."
  private static final double OBJECT = 0.5; // a verb that can do without an object has one
  private static final int DEPTH = 1; // of relative clauses

  /** The meaning of a noun, as far as it matters for verbs. */
  enum Category {
    HUMAN,
    ANIMAL,
    FOOD,
    BOOK
  }

  private record Noun(String singular, String plural, Category category, int weight) {}

  private record Verb(
      String singular,
      String plural,
      List<Category> subjects,
      List<Category> objects,
      boolean needsObject,
      int weight) {}

  /** What later words depend on in a noun. */
  private record Referent(Category category, boolean plural) {}

  private static final List<Category> ALL = List.of(HUMAN, ANIMAL, FOOD, BOOK);
  private static final List<Category> ALIVE = List.of(HUMAN, ANIMAL);
  private static final List<Category> NONE = List.of();

  private static final List<Noun> NOUNS =
      List.of(
          new Noun("boy", "boys", HUMAN, 4),
          new Noun("girl", "girls", HUMAN, 3),
          new Noun("dog", "dogs", ANIMAL, 4),
          new Noun("cat", "cats", ANIMAL, 3),
          new Noun("cake", "cakes", FOOD, 2),
          new Noun("apple", "apples", FOOD, 1),
          new Noun("book", "books", BOOK, 2));

  private static final List<Verb> VERBS =
      List.of(
          new Verb("walks", "walk", ALIVE, NONE, false, 3),
          new Verb("sleeps", "sleep", ALIVE, NONE, false, 2),
          new Verb("falls", "fall", ALL, NONE, false, 1),
          new Verb("sees", "see", ALIVE, ALL, true, 3),
          new Verb("chases", "chase", List.of(ANIMAL), ALIVE, true, 4),
          new Verb("feeds", "feed", List.of(HUMAN), List.of(ANIMAL), true, 2),
          new Verb("eats", "eat", ALIVE, List.of(FOOD), false, 3),
          new Verb("reads", "read", List.of(HUMAN), List.of(BOOK), false, 3),
          new Verb("pleases", "please", List.of(FOOD, BOOK), List.of(HUMAN), true, 2));

  private SentenceRules() {}

  /** A sentence: noun phrase, verb phrase, end. */
  static WordState compile() {
    WordState end = WordState.word(Corpus.EOS, WordState.OVER);
    return nounPhrase(any -> true, DEPTH, subject -> verbPhrase(subject, DEPTH, end));
  }

  /** Every word, {@code <eos>} first. */
  static List<String> words() {
    List<String> words = new ArrayList<>(List.of(Corpus.EOS, "the", "that"));
    NOUNS.forEach(noun -> words.addAll(List.of(noun.singular, noun.plural)));
    VERBS.forEach(verb -> words.addAll(List.of(verb.singular, verb.plural)));
    return words;
  }

  /** "the" noun [relative clause] then. */
  private static WordState nounPhrase(
      Predicate<Category> fits, int depth, Function<Referent, WordState> then) {
    List<Arc> nouns = new ArrayList<>();
    Map<Referent, WordState> after = new HashMap<>();
    for (Noun noun : NOUNS) {
      if (fits.test(noun.category)) {
        for (boolean plural : new boolean[] {false, true}) {
          WordState next =
              after.computeIfAbsent(
                  new Referent(noun.category, plural),
                  referent -> relativeClauseOrNone(referent, depth, then.apply(referent)));
          nouns.add(new Arc(plural ? noun.plural : noun.singular, noun.weight, next));
        }
      }
    }
    return WordState.word("the", WordState.oneOf(nouns));
  }

  /** ["that" (verb phrase about the head | noun phrase, verb with the head as its object)] then. */
  private static WordState relativeClauseOrNone(Referent head, int depth, WordState then) {
    if (depth == 0) {
      return then;
    }
    Predicate<Category> actsOnHead = c -> VERBS.stream().anyMatch(verb -> links(verb, c, head));
    WordState subjectRelative = verbPhrase(head, depth - 1, then);
    WordState objectRelative =
        nounPhrase(
            actsOnHead,
            depth - 1,
            actor -> verb(actor, v -> links(v, actor.category, head), any -> then));
    WordState clause = WordState.either(SUBJECT_RELATIVE, subjectRelative, objectRelative);
    return WordState.either(RELATIVE_CLAUSE, WordState.word("that", clause), then);
  }

  private static boolean links(Verb verb, Category subject, Referent object) {
    return verb.subjects.contains(subject) && verb.objects.contains(object.category);
  }

  /** verb [noun phrase, its object] then. */
  private static WordState verbPhrase(Referent subject, int depth, WordState then) {
    return verb(
        subject,
        verb -> verb.subjects.contains(subject.category),
        verb -> {
          if (verb.objects.isEmpty()) {
            return then;
          }
          WordState object = nounPhrase(verb.objects::contains, depth, any -> then);
          return verb.needsObject ? object : WordState.either(OBJECT, object, then);
        });
  }

  /** One of the verbs that fit, in the form that agrees with the subject. */
  private static WordState verb(
      Referent subject, Predicate<Verb> fits, Function<Verb, WordState> then) {
    return WordState.oneOf(
        VERBS.stream()
            .filter(fits)
            .map(v -> new Arc(subject.plural ? v.plural : v.singular, v.weight, then.apply(v)))
            .toList());
  }
}
