package io.github.unroll.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Words (or characters) and their ids: 0, 1, 2, ... in the order in which they first appear.
 * Immutable.
 */
public final class Vocabulary {
  private final List<String> words;
  private final Map<String, Integer> ids;

  private Vocabulary(List<String> words, Map<String, Integer> ids) {
    this.words = List.copyOf(words);
    this.ids = ids;
  }

  /**
   * Numbers the words of a text in the order in which they first appear. {@code of(v.words())}
   * equals {@code v}.
   *
   * @param tokens the text, word by word; a word may come any number of times
   * @return the vocabulary of the text
   * @throws IllegalArgumentException if there is no word at all, or a null among them
   */
  public static Vocabulary of(Iterable<String> tokens) {
    List<String> words = new ArrayList<>();
    Map<String, Integer> ids = new HashMap<>();
    for (String token : tokens) {
      if (token == null) {
        throw new IllegalArgumentException(
            "vocabulary: null is no word; it comes after " + words.size() + " different words");
      }
      if (ids.putIfAbsent(token, words.size()) == null) {
        words.add(token);
      }
    }
    if (words.isEmpty()) {
      throw new IllegalArgumentException("vocabulary: no words; give at least one");
    }
    return new Vocabulary(words, ids);
  }

  /**
   * The number of different words, V.
   *
   * @return V
   */
  public int size() {
    return words.size();
  }

  /**
   * All words; the place in the list is the id.
   *
   * @return the V words, unmodifiable
   */
  public List<String> words() {
    return words;
  }

  /**
   * Whether a word has an id.
   *
   * @param word the word
   * @return true if {@link #id} knows it
   */
  public boolean contains(String word) {
    return ids.containsKey(word);
  }

  /**
   * The id of a word.
   *
   * @param word a word of this vocabulary
   * @return its id, 0 to V-1
   * @throws IllegalArgumentException if the word is unknown
   */
  public int id(String word) {
    Integer id = ids.get(word);
    if (id == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "unknown word \"%s\": not among the %d words of this vocabulary; %s",
              word,
              size(),
              contains("<unk>")
                  ? "write <unk> in its place"
                  : "leave it out, or build the vocabulary from a text that has it"));
    }
    return id;
  }

  /**
   * The word of an id.
   *
   * @param id 0 to V-1
   * @return the word
   * @throws IllegalArgumentException if there is no such id
   */
  public String word(int id) {
    requireId(id);
    return words.get(id);
  }

  /**
   * The ids of a text.
   *
   * @param tokens the text, word by word
   * @return one id for each word
   * @throws IllegalArgumentException if a word is unknown
   */
  public int[] encode(List<String> tokens) {
    return tokens.stream().mapToInt(this::id).toArray();
  }

  /**
   * The text of ids.
   *
   * @param tokens ids, each 0 to V-1; not modified
   * @return one word for each id
   * @throws IllegalArgumentException if there is no such id
   */
  public List<String> decode(int[] tokens) {
    return Arrays.stream(tokens).mapToObj(this::word).toList();
  }

  void requireId(int id) {
    if (id < 0 || id >= size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no word has id %d: the ids of this vocabulary are 0 to %d",
              id,
              size() - 1));
    }
  }

  /**
   * Equal if the words and their order are.
   *
   * @param other any object
   * @return true for a vocabulary with the same ids
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Vocabulary that && words.equals(that.words);
  }

  /**
   * Follows {@link #equals}.
   *
   * @return the hash code of the words
   */
  @Override
  public int hashCode() {
    return words.hashCode();
  }

  /**
   * The size, for a log.
   *
   * @return such as {@code Vocabulary(10000 words)}
   */
  @Override
  public String toString() {
    return "Vocabulary(" + size() + " words)";
  }
}
