package io.github.unroll.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
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
 *
 * <p>An id takes one byte of memory as long as the vocabulary has at most 256 words, then two, and
 * three past 65,536; parts, and a text with the ids of another vocabulary, share them. Where the
 * ids of a file would take more than a quarter of the largest heap ({@code java -Xmx}), they are
 * not kept: the file is read again, a few kilobytes at a time, whenever ids are needed. It must
 * then stay where and as it is; otherwise whatever reads ids throws an {@link
 * UncheckedIOException}.
 */
public final class Corpus implements TokenIds {
  /** The word that stands for the end of a line, which in most word corpora is a sentence. */
  public static final String EOS = "<eos>";

  private final Vocabulary vocabulary;
  private final TokenIds ids;
  private final int from; // of the tokens of ids
  private final int size;
  private final int[] translation; // of ids into those of the vocabulary; null if they are the same

  /**
   * A corpus of given ids.
   *
   * @param vocabulary the vocabulary of the ids
   * @param tokens ids, each 0 to V-1; copied
   * @throws IllegalArgumentException if an id is not in the vocabulary
   */
  public Corpus(Vocabulary vocabulary, int[] tokens) {
    this(vocabulary, TokenIds.of(tokens));
    for (int token : tokens) {
      vocabulary.requireId(token);
    }
  }

  /** A whole text. */
  Corpus(Vocabulary vocabulary, TokenIds ids) {
    this(vocabulary, ids, 0, ids.size(), null);
  }

  private Corpus(Vocabulary vocabulary, TokenIds ids, int from, int size, int[] translation) {
    this.vocabulary = vocabulary;
    this.ids = ids;
    this.from = from;
    this.size = size;
    this.translation = translation;
  }

  /**
   * Reads a file as words: plain text, or a Penn Treebank file.
   *
   * @param file a text file in UTF-8
   * @return its words, with their vocabulary
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws IOException if the file cannot be read, holds no word, is not UTF-8 (the message gives
   *     the byte offset), or has more than {@code Integer.MAX_VALUE} words
   */
  public static Corpus words(Path file) throws IOException {
    return FileIds.read(file, true, FileIds.MOST_BYTES);
  }

  /**
   * Reads a file as characters.
   *
   * @param file a text file in UTF-8
   * @return its code points, with their vocabulary
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws IOException if the file cannot be read, is empty, is not UTF-8 (the message gives the
   *     byte offset), or has more than {@code Integer.MAX_VALUE} characters
   */
  public static Corpus characters(Path file) throws IOException {
    return FileIds.read(file, false, FileIds.MOST_BYTES);
  }

  /**
   * Splits a text into words.
   *
   * @param text the text
   * @return its words, with their vocabulary
   * @throws IllegalArgumentException if there is no word in it
   */
  public static Corpus ofWords(String text) {
    return of(text, true);
  }

  /**
   * Splits a text into characters.
   *
   * @param text the text
   * @return its code points, with their vocabulary
   * @throws IllegalArgumentException if it is empty
   */
  public static Corpus ofCharacters(String text) {
    return of(text, false);
  }

  private static Corpus of(String text, boolean ofWords) {
    Tokenizer tokenizer = new Tokenizer(ofWords);
    PackedIds ids = new PackedIds();
    char[] piece = new char[TextFile.PIECE];
    for (int start = 0, end; start < text.length(); start = end) {
      end = Math.min(start + piece.length, text.length());
      if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
        end--; // its other half follows
      }
      text.getChars(start, end, piece, 0);
      ids.add(tokenizer.ids(), tokenizer.read(piece, end - start));
    }
    ids.add(tokenizer.ids(), tokenizer.end());
    return new Corpus(tokenizer.vocabulary(), ids.finished());
  }

  /**
   * {@return the vocabulary, V words} A part made by {@link #first} or {@link #slice} keeps the
   * vocabulary of the whole corpus.
   */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * {@return a copy of the token ids, four bytes each} What reads ids takes the corpus itself,
   * which needs less memory.
   */
  public int[] tokens() {
    int[] tokens = new int[size];
    for (int i = 0; i < size; i++) {
      tokens[i] = id(i);
    }
    return tokens;
  }

  /** {@return the number of tokens} */
  @Override
  public int size() {
    return size;
  }

  /**
   * {@return the id of a token}
   *
   * @param index its place in the text, 0 to {@link #size} - 1
   * @throws IllegalArgumentException if there is no such token
   * @throws UncheckedIOException if it is read from a file that cannot be read or has changed
   */
  @Override
  public int id(int index) {
    requirePart(index, index + 1L);
    int id = ids.id(from + index);
    return translation == null ? id : translation[id];
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
    requirePart(from, to);
    return new Corpus(vocabulary, ids, this.from + from, to - from, translation);
  }

  private void requirePart(int first, long end) {
    PackedIds.requirePart("corpus", first, end, size);
  }

  /**
   * {@return the same text with the ids of another vocabulary} A validation or test text needs this
   * before a model that was trained on another text can score it.
   *
   * @param other a vocabulary with every word of this text
   * @throws IllegalArgumentException if {@code other} does not contain a word
   */
  public Corpus encodedBy(Vocabulary other) {
    int[] others =
        vocabulary.words().stream()
            .mapToInt(word -> other.contains(word) ? other.id(word) : -1)
            .toArray();
    if (Arrays.stream(others).anyMatch(id -> id < 0)) { // perhaps of a word of another part
      for (int i = 0; i < size; i++) {
        other.id(vocabulary.word(id(i)));
      }
    }
    return new Corpus(other, this, 0, size, others);
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
    return new Corpus(other, this, 0, size, other.encode(vocabulary.words(), unknown));
  }

  /**
   * {@return the same text with a smaller vocabulary: its most frequent words, and {@link
   * Vocabulary#UNKNOWN} for all others} Of equally frequent words those of lower ids are kept,
   * which come first in a text. The vocabulary has {@code UNKNOWN} in any case, so that it can
   * encode other texts; a model learns about it only if it stands in the text.
   *
   * @param greatest V, the greatest number of words with {@code UNKNOWN} among them, at least 2
   * @throws IllegalArgumentException if it is below 2
   */
  public Corpus limitedTo(int greatest) {
    if (greatest < 2) {
      throw new IllegalArgumentException(
          "limitedTo: a vocabulary of a word and "
              + Vocabulary.UNKNOWN
              + " has 2 words, not "
              + greatest);
    }
    int[] counts = new int[vocabulary.size()];
    for (int i = 0; i < size; i++) {
      counts[id(i)]++;
    }
    Set<String> kept =
        IntStream.range(0, counts.length)
            .filter(id -> !vocabulary.word(id).equals(Vocabulary.UNKNOWN))
            .boxed()
            .sorted(Comparator.comparingInt(id -> -counts[id])) // stable: the earlier first
            .limit(greatest - 1L)
            .map(vocabulary::word)
            .collect(Collectors.toSet());
    Set<String> words = new LinkedHashSet<>();
    for (int i = 0; i < size; i++) {
      String word = vocabulary.word(id(i));
      words.add(kept.contains(word) ? word : Vocabulary.UNKNOWN);
    }
    words.add(Vocabulary.UNKNOWN); // the last id, if it does not stand in the text
    return encodedBy(Vocabulary.of(words), Vocabulary.UNKNOWN);
  }

  /** {@return whether the other object is a corpus with equal vocabulary and tokens} */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Corpus that)
        || size != that.size
        || !vocabulary.equals(that.vocabulary)) {
      return false;
    }
    int same = 0;
    while (same < size && id(same) == that.id(same)) {
      same++;
    }
    return same == size;
  }

  /** {@return the hash code of vocabulary and tokens} */
  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = 0; i < size; i++) {
      hash = 31 * hash + id(i);
    }
    return 31 * vocabulary.hashCode() + hash;
  }

  /** {@return the sizes, such as {@code Corpus(929589 tokens, 10000 words)}} */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "Corpus(%d tokens, %d words)", size(), vocabulary.size());
  }
}
