package io.github.unroll.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A text as token ids, with its vocabulary. Immutable.
 *
 * <p>As words, a text is split at white space, and each line feed is the word {@value #EOS}. For a
 * Penn Treebank file, which has a blank before each line feed, this is Python's {@code
 * text.replace("\n", "<eos>").strip().split()}; without that blank, Python joins the last word and
 * the mark ({@code end<eos>}), while here the mark is its own word. An empty line is one {@value
 * #EOS}. A last line without a line feed gets none: add a line feed to end the sentence. White
 * space is that of Python's {@code str.split()}, no-break spaces included.
 *
 * <p>As characters, each Unicode code point is a token, the line feed too.
 *
 * <p>In both cases CR LF and a lone CR count as one line feed. A byte order mark at the start of a
 * file is not part of the text.
 */
public final class Corpus {
  /** The word that stands for the end of a line, which in most word corpora is a sentence. */
  public static final String EOS = "<eos>";

  private final Vocabulary vocabulary;
  private final int[] tokens;

  /**
   * A corpus of given ids.
   *
   * @param vocabulary the vocabulary of the ids
   * @param tokens ids, each 0 to V-1; copied
   * @throws IllegalArgumentException if an id is not in the vocabulary
   */
  public Corpus(Vocabulary vocabulary, int[] tokens) {
    for (int token : tokens) {
      vocabulary.requireId(token);
    }
    this.vocabulary = vocabulary;
    this.tokens = tokens.clone();
  }

  /**
   * Reads a file as words: plain text, or a Penn Treebank file.
   *
   * @param file a text file in UTF-8
   * @return its words, with their vocabulary
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws IOException if the file cannot be read, holds no word, or is not UTF-8 (the message
   *     gives the byte offset)
   */
  public static Corpus words(Path file) throws IOException {
    List<String> words = splitWords(TextFile.read(file));
    if (words.isEmpty()) {
      throw new IOException(file + ": no words, only blanks; give a file with text in it");
    }
    return ofTokens(words);
  }

  /**
   * Reads a file as characters.
   *
   * @param file a text file in UTF-8
   * @return its code points, with their vocabulary
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws IOException if the file cannot be read, is empty, or is not UTF-8 (the message gives
   *     the byte offset)
   */
  public static Corpus characters(Path file) throws IOException {
    return ofTokens(splitCharacters(TextFile.read(file)));
  }

  /**
   * Splits a text into words.
   *
   * @param text the text
   * @return its words, with their vocabulary
   * @throws IllegalArgumentException if there is no word in it
   */
  public static Corpus ofWords(String text) {
    return ofTokens(splitWords(text));
  }

  /**
   * Splits a text into characters.
   *
   * @param text the text
   * @return its code points, with their vocabulary
   * @throws IllegalArgumentException if it is empty
   */
  public static Corpus ofCharacters(String text) {
    return ofTokens(splitCharacters(text));
  }

  private static Corpus ofTokens(List<String> tokens) {
    Vocabulary vocabulary = Vocabulary.of(tokens);
    return new Corpus(vocabulary, vocabulary.encode(tokens));
  }

  private static List<String> splitWords(String text) {
    List<String> words = new ArrayList<>();
    String lines = withLineFeeds(text);
    int start = 0;
    for (int i = 0; i <= lines.length(); i++) {
      if (i == lines.length() || isWhiteSpace(lines.charAt(i))) {
        if (i > start) {
          words.add(lines.substring(start, i));
        }
        if (i < lines.length() && lines.charAt(i) == '\n') {
          words.add(EOS);
        }
        start = i + 1;
      }
    }
    return words;
  }

  private static List<String> splitCharacters(String text) {
    return withLineFeeds(text).codePoints().mapToObj(Character::toString).toList();
  }

  private static String withLineFeeds(String text) {
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }

  /** Python's str.isspace: Java's two kinds together, and the next-line control U+0085. */
  private static boolean isWhiteSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  /**
   * {@return the vocabulary, V words} A part made by {@link #first} or {@link #slice} keeps the
   * vocabulary of the whole corpus.
   */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** {@return a copy of the token ids} */
  public int[] tokens() {
    return tokens.clone();
  }

  /** {@return the number of tokens} */
  public int size() {
    return tokens.length;
  }

  /**
   * {@return the first n tokens, with the vocabulary of the whole}
   *
   * @param n the number of tokens, 0 to {@link #size}
   * @throws IllegalArgumentException if n is negative or greater than the size
   */
  public Corpus first(int n) {
    return slice(0, n);
  }

  /**
   * {@return the tokens from {@code from} to {@code to - 1}, with the vocabulary of the whole}
   *
   * @param from the index of the first token
   * @param to the index after the last token, {@code from} to {@link #size}
   * @throws IllegalArgumentException if the part does not lie in the text
   */
  public Corpus slice(int from, int to) {
    if (from < 0 || from > to || to > size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no tokens %d to %d: the corpus has %d; 0 <= from <= to <= %d must hold",
              from,
              to,
              size(),
              size()));
    }
    return new Corpus(vocabulary, Arrays.copyOfRange(tokens, from, to));
  }

  /**
   * {@return the same text with the ids of another vocabulary} A validation or test text needs this
   * before a model that was trained on another text can score it.
   *
   * @param other a vocabulary with every word of this text
   * @throws IllegalArgumentException if {@code other} does not contain a word
   */
  public Corpus encodedBy(Vocabulary other) {
    return new Corpus(other, other.encode(vocabulary.decode(tokens)));
  }

  /**
   * {@return the same text with the ids of another vocabulary, in which one word stands for all
   * words that it does not have} So a model that was trained on one text reads another one, and may
   * be trained further on it.
   *
   * @param other a vocabulary, such as that of a saved model
   * @param unknown a word of {@code other}, such as {@link Vocabulary#UNKNOWN}
   * @throws IllegalArgumentException if {@code other} does not contain {@code unknown}
   */
  public Corpus encodedBy(Vocabulary other, String unknown) {
    if (!other.contains(unknown)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "encodedBy: the vocabulary of %d words has no word \"%s\" to stand for the unknown"
                  + " ones; name a word that it has, or make it by Corpus.limitedTo",
              other.size(),
              unknown));
    }
    int[] ids = other.encode(vocabulary.words(), unknown);
    return new Corpus(other, Arrays.stream(tokens).map(id -> ids[id]).toArray());
  }

  /**
   * {@return the same text with a smaller vocabulary: its most frequent words, and {@link
   * Vocabulary#UNKNOWN} for all others} Of equally frequent words those of lower ids are kept,
   * which come first in a text. The vocabulary has {@code UNKNOWN} in any case, so that it can
   * encode other texts; a model learns about it only if it stands in the text.
   *
   * @param size V, the greatest number of words with {@code UNKNOWN} among them, at least 2
   * @throws IllegalArgumentException if the size is below 2
   */
  public Corpus limitedTo(int size) {
    if (size < 2) {
      throw new IllegalArgumentException(
          "limitedTo: a vocabulary of a word and "
              + Vocabulary.UNKNOWN
              + " has 2 words, not "
              + size);
    }
    int[] counts = new int[vocabulary.size()];
    for (int token : tokens) {
      counts[token]++;
    }
    Set<String> kept =
        IntStream.range(0, counts.length)
            .filter(id -> !vocabulary.word(id).equals(Vocabulary.UNKNOWN))
            .boxed()
            .sorted(Comparator.comparingInt(id -> -counts[id])) // stable: the earlier first
            .limit(size - 1L)
            .map(vocabulary::word)
            .collect(Collectors.toSet());
    List<String> words = new ArrayList<>();
    for (int token : tokens) {
      String word = vocabulary.word(token);
      words.add(kept.contains(word) ? word : Vocabulary.UNKNOWN);
    }
    words.add(Vocabulary.UNKNOWN); // the last id, if it does not stand in the text
    return encodedBy(Vocabulary.of(words), Vocabulary.UNKNOWN);
  }

  /** {@return whether the other object is a corpus with equal vocabulary and tokens} */
  @Override
  public boolean equals(Object other) {
    return other instanceof Corpus that
        && vocabulary.equals(that.vocabulary)
        && Arrays.equals(tokens, that.tokens);
  }

  /** {@return the hash code of vocabulary and tokens} */
  @Override
  public int hashCode() {
    return 31 * vocabulary.hashCode() + Arrays.hashCode(tokens);
  }

  /** {@return the sizes, such as {@code Corpus(929589 tokens, 10000 words)}} */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "Corpus(%d tokens, %d words)", size(), vocabulary.size());
  }
}
