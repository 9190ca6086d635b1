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
  /** The word that stands for words that a vocabulary does not have, as in Penn Treebank files. */
  public static final String UNKNOWN = "<unk>";

  private final List<String> words;
  private final Map<String, Integer> ids;

  /** The vocabulary of words and their ids, which must fit together; the ids are not copied. */
  Vocabulary(List<String> words, Map<String, Integer> ids) {
    if (words.isEmpty()) {
      throw new IllegalArgumentException("vocabulary: no words; give at least one");
    }
    this.words = List.copyOf(words);
    this.ids = ids;
  }

  /**
   * {@return the vocabulary of a text: its words get ids in the order in which they first appear}
   * {@code of(v.words())} equals {@code v}.
   *
   * @param tokens the words of the text; a word may occur any number of times
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
    return new Vocabulary(words, ids);
  }

  /** {@return V, the number of different words} */
  public int size() {
    return words.size();
  }

  /** {@return all V words, unmodifiable; the index in the list is the id} */
  public List<String> words() {
    return words;
  }

  /** {@return whether a word has an id} */
  public boolean contains(String word) {
    return ids.containsKey(word);
  }

  /**
   * {@return the id of a word, 0 to V-1}
   *
   * @param word a word of this vocabulary
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
              contains(UNKNOWN)
                  ? "write <unk> in its place"
                  : "leave it out, or build the vocabulary from a text that has it"));
    }
    return id;
  }

  /**
   * {@return the word of an id}
   *
   * @param id 0 to V-1
   * @throws IllegalArgumentException if there is no such id
   */
  public String word(int id) {
    requireId(id);
    return words.get(id);
  }

  /**
   * {@return the ids of a text, one for each word}
   *
   * @param tokens the words of the text
   * @throws IllegalArgumentException if a word is unknown
   */
  public int[] encode(List<String> tokens) {
    return tokens.stream().mapToInt(this::id).toArray();
  }

  /**
   * {@return the ids of a text, one for each word, in which one word stands for all that are not
   * known}
   *
   * @param tokens the words of the text
   * @param unknown a word of this vocabulary, such as {@link #UNKNOWN}
   * @throws IllegalArgumentException if it does not have {@code unknown}
   */
  public int[] encode(List<String> tokens, String unknown) {
    Integer other = id(unknown);
    return tokens.stream().mapToInt(word -> ids.getOrDefault(word, other)).toArray();
  }

  /**
   * {@return the text of ids, one word for each id}
   *
   * @param tokens ids, each 0 to V-1; not modified
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

  /** {@return whether the other object is a vocabulary with the same words and ids} */
  @Override
  public boolean equals(Object other) {
    return other instanceof Vocabulary that && words.equals(that.words);
  }

  /** {@return the hash code of the words} */
  @Override
  public int hashCode() {
    return words.hashCode();
  }

  /** {@return the size, such as {@code Vocabulary(10000 words)}} */
  @Override
  public String toString() {
    return "Vocabulary(" + size() + " words)";
  }
}
