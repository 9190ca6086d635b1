package io.github.unroll.io.checkpoint;

import io.github.unroll.data.Vocabulary;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Notes that are saved with a model: the words of its ids, the names of its classes, and texts by
 * name, such as units or the training data.
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

  /** {@return notes with only a vocabulary} */
  public static Notes of(Vocabulary vocabulary) {
    return NONE.withVocabulary(vocabulary);
  }

  /** {@return the same with the words of the model's ids} */
  public Notes withVocabulary(Vocabulary other) {
    return new Notes(Optional.of(other), labels, texts);
  }

  /** {@return the same with the names of the classes, in their order} */
  public Notes withLabels(List<String> others) {
    return new Notes(vocabulary, others, texts);
  }

  /** {@return the same with a text added or replaced} */
  public Notes with(String name, String text) {
    Map<String, String> more = new TreeMap<>(texts);
    more.put(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(text, "the text of " + name));
    return new Notes(vocabulary, labels, more);
  }

  /** {@return the same with all texts of a map added or replaced} */
  public Notes with(Map<String, String> others) {
    Map<String, String> more = new TreeMap<>(texts);
    more.putAll(others);
    return new Notes(vocabulary, labels, more);
  }
}
