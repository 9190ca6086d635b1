package io.github.unroll.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Questions and answers as ids of one vocabulary. All questions are padded to one length Te, all
 * answers to one length Td+1; the first id of an answer is the start symbol. Immutable.
 */
public final class SequencePairs {
  private final Vocabulary vocabulary;
  private final int[][] questions;
  private final int[] lengths; // null for all steps
  private final int[][] answers;

  /**
   * Two parts of one set of pairs, with no pair in common unless the set has it twice.
   *
   * @param train the pairs for training
   * @param test the pairs for testing
   */
  public record Split(SequencePairs train, SequencePairs test) {}

  private SequencePairs(Vocabulary vocabulary, int[][] questions, int[] lengths, int[][] answers) {
    this.vocabulary = vocabulary;
    this.questions = questions;
    this.lengths = lengths;
    this.answers = answers;
  }

  /**
   * Encodes the characters of questions and answers as ids. The padding is read like any other
   * character; see {@link #withLengths}.
   *
   * @param vocabulary a vocabulary with every character
   * @param questions all of one length, padded
   * @param answers the answer of each question, all of one length, padded; the first character is
   *     the start symbol
   * @return the pairs, in this order
   * @throws IllegalArgumentException if there is no pair, the numbers of questions and answers
   *     differ, lengths differ, a question is empty, an answer is shorter than 2 or a character is
   *     unknown
   */
  public static SequencePairs ofCharacters(
      Vocabulary vocabulary, List<String> questions, List<String> answers) {
    if (questions.isEmpty() || questions.size() != answers.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "pairs: %d questions and %d answers; there must be as many, and at least one",
              questions.size(),
              answers.size()));
    }
    return new SequencePairs(
        vocabulary,
        encode("question", vocabulary, questions, 1),
        null,
        encode("answer", vocabulary, answers, 2));
  }

  private static int[][] encode(String what, Vocabulary vocabulary, List<String> texts, int least) {
    int[][] ids = new int[texts.size()][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = encode(vocabulary, texts.get(i));
      if (ids[i].length < least || ids[i].length != ids[0].length) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s %d, \"%s\", has %d characters and %s 0 has %d; pad all to one length, at least"
                    + " %d",
                what,
                i,
                texts.get(i),
                ids[i].length,
                what,
                ids[0].length,
                least));
      }
    }
    return ids;
  }

  private static int[] encode(Vocabulary vocabulary, String text) {
    return vocabulary.encode(text.codePoints().mapToObj(Character::toString).toList());
  }

  /**
   * {@return the same pairs, with lengths that end each question before its padding, so that a
   * model does not read it; a question of only padding keeps its first step}
   *
   * @param padding the padding word of the vocabulary
   * @throws IllegalArgumentException if the vocabulary does not contain the word
   */
  public SequencePairs withLengths(String padding) {
    int blank = vocabulary.id(padding);
    int[] ends = new int[size()];
    for (int i = 0; i < ends.length; i++) {
      int end = questions[i].length;
      while (end > 1 && questions[i][end - 1] == blank) {
        end--;
      }
      ends[i] = end;
    }
    return new SequencePairs(vocabulary, questions, ends, answers);
  }

  /**
   * {@return the pairs in two parts: the first pairs for training, the last for testing}
   *
   * @param heldOut the number of pairs for testing, 1 to {@link #size} − 1
   * @throws IllegalArgumentException if a part would have no pair
   */
  public Split split(int heldOut) {
    if (heldOut < 1 || heldOut >= size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d of %d pairs held out: both parts need at least one",
              heldOut,
              size()));
    }
    return new Split(slice(0, size() - heldOut), slice(size() - heldOut, size()));
  }

  /**
   * {@return the pairs from {@code from} to {@code to − 1}, with the vocabulary of all}
   *
   * @param from the index of the first pair
   * @param to the index after the last pair, {@code from} + 1 to {@link #size}
   * @throws IllegalArgumentException if there are no such pairs
   */
  public SequencePairs slice(int from, int to) {
    checkRange(from, to);
    return new SequencePairs(
        vocabulary,
        Arrays.copyOfRange(questions, from, to),
        lengths == null ? null : Arrays.copyOfRange(lengths, from, to),
        Arrays.copyOfRange(answers, from, to));
  }

  /**
   * {@return the pairs from {@code from} to {@code to − 1} as a new batch}
   *
   * @param from the index of the first pair
   * @param to the index after the last pair, {@code from} + 1 to {@link #size}
   * @throws IllegalArgumentException if there are no such pairs
   */
  public PairBatch batch(int from, int to) {
    checkRange(from, to);
    PairBatch batch = newBatch(to - from);
    for (int i = from; i < to; i++) {
      copyInto(i, batch, i - from);
    }
    return batch;
  }

  private void checkRange(int from, int to) {
    if (from < 0 || from >= to || to > size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no pairs %d to %d: there are %d; 0 <= from < to <= %d must hold",
              from,
              to,
              size(),
              size()));
    }
  }

  /** A batch of the right shape, to be filled by {@link #copyInto}. */
  PairBatch newBatch(int n) {
    return new PairBatch(
        new int[n][questions[0].length],
        lengths == null ? null : new int[n],
        new int[n][answers[0].length]);
  }

  void copyInto(int pair, PairBatch batch, int row) {
    System.arraycopy(questions[pair], 0, batch.xs()[row], 0, questions[pair].length);
    System.arraycopy(answers[pair], 0, batch.ts()[row], 0, answers[pair].length);
    if (lengths != null) {
      batch.lengths()[row] = lengths[pair];
    }
  }

  /** {@return the number of pairs, at least 1} */
  public int size() {
    return questions.length;
  }

  /** {@return the vocabulary of questions and answers, V words} */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * {@return the text of a question, padding included}
   *
   * @param i its index, 0 to {@link #size} − 1
   * @throws IndexOutOfBoundsException if there is no such pair
   */
  public String question(int i) {
    return text(questions[i]);
  }

  /**
   * {@return the text of an answer, start symbol and padding included}
   *
   * @param i its index, 0 to {@link #size} − 1
   * @throws IndexOutOfBoundsException if there is no such pair
   */
  public String answer(int i) {
    return text(answers[i]);
  }

  /**
   * {@return the text of ids, such as those that a model wrote}
   *
   * @param ids ids of the vocabulary
   * @throws IllegalArgumentException if there is no such id
   */
  public String text(int[] ids) {
    return String.join("", vocabulary.decode(ids));
  }

  /** {@return the sizes, such as {@code SequencePairs(50000 pairs, 13 words, 7 to 5 steps)}} */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "SequencePairs(%d pairs, %d words, %d to %d steps)",
        size(),
        vocabulary.size(),
        questions[0].length,
        answers[0].length);
  }
}
