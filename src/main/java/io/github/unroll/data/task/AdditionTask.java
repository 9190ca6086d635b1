package io.github.unroll.data.task;

import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Sums as text, character by character: {@code "16+75 "} gives {@code "_91 "}. The task of the book
 * "Deep Learning from Scratch 2", chapter 7, after Sutskever and Zaremba, "Learning to execute"
 * (2014).
 *
 * <p>A number has one, two or three digits with equal probability, as short numbers would be rare
 * otherwise. No sum occurs twice, and {@code a+b} and {@code b+a} are the same sum, so that a
 * held-out sum was never seen in either order.
 */
public final class AdditionTask {
  private static final int DIGITS = 3;
  private static final int QUESTION_LENGTH = 2 * DIGITS + 1;
  private static final int ANSWER_LENGTH = 1 + DIGITS + 1;
  private static final int MOST = 300_000; // of 500,500: the last ones would take too long to draw

  private AdditionTask() {}

  /**
   * {@return the vocabulary, 13 characters: ten digits, plus, blank and the start symbol {@code _};
   * the same for every set of sums}
   */
  public static Vocabulary vocabulary() {
    return Vocabulary.of("0123456789+ _".codePoints().mapToObj(Character::toString).toList());
  }

  /**
   * {@return different random sums of two numbers 0 to 999: questions of 7 characters, answers of 5
   * with the start symbol, both padded with blanks}
   *
   * @param count the number of sums, 1 to 300,000
   * @param random modified: the source of the numbers
   * @throws IllegalArgumentException if count is out of its range
   */
  public static SequencePairs sums(int count, RandomState random) {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d sums: the count must be in 1..%d", count, MOST));
    }
    List<String> questions = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    Set<Integer> drawn = new HashSet<>();
    while (questions.size() < count) {
      int a = number(random);
      int b = number(random);
      if (drawn.add(Math.min(a, b) * 1000 + Math.max(a, b))) {
        questions.add(padded(a + "+" + b, QUESTION_LENGTH));
        answers.add(padded("_" + (a + b), ANSWER_LENGTH));
      }
    }
    return SequencePairs.ofCharacters(vocabulary(), questions, answers);
  }

  private static int number(RandomState random) {
    int number = 0;
    for (int digits = random.randint(1, DIGITS + 1); digits > 0; digits--) {
      number = 10 * number + random.randint(0, 10);
    }
    return number;
  }

  private static String padded(String text, int length) {
    return text + " ".repeat(length - text.length());
  }
}
