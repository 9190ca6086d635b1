package io.github.unroll.io.checkpoint;

import io.github.unroll.data.Vocabulary;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a model's user needs besides its weights: the words that its ids stand for, the names of its
 * classes, and texts by name, such as units or what it was trained on.
 *
 * <pre>{@code
 * Notes.none().withLabels(List.of("walk", "run", "rest")).with("trained on", "gestures.csv")
 * }</pre>
 *
 * @param vocabulary the words of a model that reads words
 * @param labels names of the classes in their order; empty for none
 * @param texts texts by name; sorted, unmodifiable
 */
public record Notes(
    Optional<Vocabulary> vocabulary, List<String> labels, Map<String, String> texts) {

  private static final Notes NONE = new Notes(Optional.empty(), List.of(), Map.of());

  /** Notes; list and map are copied. */
  public Notes {
    Objects.requireNonNull(vocabulary, "vocabulary");
    labels = List.copyOf(labels);
    texts = Collections.unmodifiableMap(new TreeMap<>(texts));
  }

  /** {@return no notes} */
  public static Notes none() {
    return NONE;
  }

  /** {@return notes of a vocabulary alone} */
  public static Notes of(Vocabulary vocabulary) {
    return NONE.withVocabulary(vocabulary);
  }

  /** {@return the same with the words that the model's ids stand for} */
  public Notes withVocabulary(Vocabulary other) {
    return new Notes(Optional.of(other), labels, texts);
  }

  /** {@return the same with the names of the classes, in their order} */
  public Notes withLabels(List<String> others) {
    return new Notes(vocabulary, others, texts);
  }

  /** {@return the same with one more text, or another of that name} */
  public Notes with(String name, String text) {
    Map<String, String> more = new TreeMap<>(texts);
    more.put(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(text, "the text of " + name));
    return new Notes(vocabulary, labels, more);
  }

  /** {@return the same with all texts of a map, or others of their names} */
  public Notes with(Map<String, String> others) {
    Map<String, String> more = new TreeMap<>(texts);
    more.putAll(others);
    return new Notes(vocabulary, labels, more);
  }
}
