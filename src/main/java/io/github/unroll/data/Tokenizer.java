package io.github.unroll.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits a text that comes in pieces into words or characters, and numbers them in the order in
 * which they first appear.
 */
final class Tokenizer {
  private final boolean ofWords;
  private final Map<String, Integer> numbers = new HashMap<>();
  private List<String> vocabulary = new ArrayList<>(); // null once it is complete
  private int[] characters = new int[128]; // id + 1 of each code point; 0 if there is none
  private final int[] ids = new int[TextFile.PIECE + 1]; // a line feed may end a word too
  private final StringBuilder word = new StringBuilder(); // begun in an earlier piece
  private char last; // of the piece before
  private int count;
  private int start;
  private int before;

  Tokenizer(boolean ofWords) {
    this.ofWords = ofWords;
  }

  /**
   * Reads a piece, in which no surrogate pair is cut off.
   *
   * @param length its length, 1 to {@link TextFile#PIECE}
   * @return the number of tokens that end in it
   */
  int read(char[] text, int length) {
    count = 0;
    start = -1;
    if (ofWords) {
      readWords(text, length);
    } else {
      readCharacters(text, length);
    }
    last = text[length - 1];
    return count;
  }

  /**
   * Ends the text; the next piece begins another.
   *
   * @return the number of tokens that end with it, 0 or 1
   */
  int end() {
    count = 0;
    endWord(null, 0, 0);
    last = 0;
    return count;
  }

  /**
   * {@return the ids of the tokens that were counted last; -1 for what a complete vocabulary does
   * not have} The next piece overwrites them.
   */
  int[] ids() {
    return ids;
  }

  /** {@return where in the latest piece the first token begins that begins there; -1 for none} */
  int start() {
    return start;
  }

  /** {@return how many tokens, begun earlier, end in the latest piece before {@link #start}} */
  int before() {
    return before;
  }

  /** {@return the vocabulary, which is complete now} */
  Vocabulary vocabulary() {
    List<String> words = vocabulary;
    vocabulary = null;
    return new Vocabulary(words, numbers);
  }

  private void readCharacters(char[] text, int length) {
    for (int i = 0; i < length; i++) {
      if (!isSecondOfLineEnd(text, i)) {
        beginsAt(i);
        int c = Character.codePointAt(text, i, length);
        i += Character.charCount(c) - 1;
        ids[count++] = id(c == '\r' ? '\n' : c);
      }
    }
  }

  private void readWords(char[] text, int length) {
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (isWhiteSpace(text[i])) {
        endWord(text, from, i);
        from = i + 1;
        if ((text[i] == '\n' || text[i] == '\r') && !isSecondOfLineEnd(text, i)) {
          beginsAt(i);
          ids[count++] = id(Corpus.EOS);
        }
      }
    }
    if (from < length) {
      if (word.isEmpty()) {
        beginsAt(from);
      }
      word.append(text, from, length - from);
    }
  }

  private void endWord(char[] text, int from, int to) {
    if (!word.isEmpty()) {
      if (to > from) {
        word.append(text, from, to - from);
      }
      ids[count++] = id(word.toString());
      word.setLength(0);
    } else if (to > from) {
      beginsAt(from);
      ids[count++] = id(new String(text, from, to - from));
    }
  }

  private void beginsAt(int i) {
    if (start < 0) {
      start = i;
      before = count;
    }
  }

  private int id(int character) {
    if (character < characters.length && characters[character] > 0) {
      return characters[character] - 1;
    }
    int id = id(Character.toString(character));
    if (character >= characters.length) {
      characters = Arrays.copyOf(characters, Math.max(character + 1, 2 * characters.length));
    }
    characters[character] = id + 1;
    return id;
  }

  private int id(String token) {
    Integer id = numbers.get(token);
    if (id != null || vocabulary == null) {
      return id == null ? -1 : id;
    }
    numbers.put(token, vocabulary.size());
    vocabulary.add(token);
    return vocabulary.size() - 1;
  }

  /** CR LF is one line feed. */
  private boolean isSecondOfLineEnd(char[] text, int i) {
    return text[i] == '\n' && (i > 0 ? text[i - 1] : last) == '\r';
  }

  /** Python's str.isspace: Java's two kinds together, and the next-line control U+0085. */
  private static boolean isWhiteSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
