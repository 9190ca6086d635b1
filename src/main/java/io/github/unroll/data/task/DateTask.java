package io.github.unroll.data.task;

import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.random.RandomState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Dates in the forms that people write, to be converted to one form, character by character: {@code
 * "september 27, 1994"} gives {@code "_1994-09-27"}. The task of the book "Deep Learning from
 * Scratch 2", chapter 8.
 *
 * <p>Each day of the years 1970 to 2019 is equally likely, and so is each of these forms, with the
 * letters as shown, all small or all capital:
 *
 * <pre>
 * 9/27/94              Sep 27, 1994      September 27, 1994      Tuesday, September 27, 1994
 * 27.9.1994            27 Sep 1994       27 September 1994
 * </pre>
 *
 * <p>No question occurs twice, but a day may, in another form: the questions of a held-out test set
 * are new, most of its days are not.
 */
public final class DateTask {
  private static final int QUESTION_LENGTH = "Wednesday, September 27, 1994".length();
  private static final int MOST = 200_000; // of 301,154: the last ones would take too long to draw
  private static final int FIRST_YEAR = 1970;
  private static final int DAYS = 18_262; // of the 50 years from 1970 on
  private static final int FORMS = 7;

  private static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");

  /** The weekdays, from that of 1970-01-01 on. */
  private static final List<String> WEEKDAYS =
      List.of("Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday");

  private DateTask() {}

  /** A day of the calendar, month and day from 1. */
  record Day(int year, int month, int day, String weekday) {

    /** The day a number of days after 1970-01-01. */
    static Day after(int days) {
      int year = FIRST_YEAR;
      int month = 1;
      int left = days;
      while (left >= daysOf(year, month)) {
        left -= daysOf(year, month);
        month++;
        if (month > 12) {
          month = 1;
          year++;
        }
      }
      return new Day(year, month, left + 1, WEEKDAYS.get(days % 7));
    }

    /** Every fourth year is a leap year between 1901 and 2099. */
    private static int daysOf(int year, int month) {
      return switch (month) {
        case 2 -> year % 4 == 0 ? 29 : 28;
        case 4, 6, 9, 11 -> 30;
        default -> 31;
      };
    }

    String written(int form) {
      String name = MONTHS.get(month - 1);
      String brief = name.substring(0, 3);
      return switch (form) {
        case 0 -> text("%d/%d/%02d", month, day, year % 100);
        case 1 -> text("%s %d, %d", brief, day, year);
        case 2 -> text("%s %d, %d", name, day, year);
        case 3 -> text("%s, %s %d, %d", weekday, name, day, year);
        case 4 -> text("%d.%d.%d", day, month, year);
        case 5 -> text("%d %s %d", day, brief, year);
        default -> text("%d %s %d", day, name, year);
      };
    }

    String normal() {
      return text("_%d-%02d-%02d", year, month, day);
    }

    /** Text with the digits of the vocabulary, for any locale of the machine. */
    private static String text(String form, Object... parts) {
      return String.format(Locale.ROOT, form, parts);
    }
  }

  /**
   * {@return the vocabulary: every character of questions and answers, in the order of code points;
   * blank has id 0, {@code _} is the start symbol} It is the same for every set of dates.
   */
  public static Vocabulary vocabulary() {
    Set<String> characters = new TreeSet<>();
    List<String> texts = new ArrayList<>(MONTHS);
    texts.addAll(WEEKDAYS);
    texts.add("0123456789 ,./-_");
    for (String text : texts) {
      for (String form :
          List.of(text, text.toLowerCase(Locale.ROOT), text.toUpperCase(Locale.ROOT))) {
        form.codePoints().mapToObj(Character::toString).forEach(characters::add);
      }
    }
    return Vocabulary.of(characters);
  }

  /**
   * {@return different random dates: questions of 29 characters, padded with blanks, answers of 11
   * with the start symbol}
   *
   * @param count the number of dates, 1 to 200,000
   * @param random modified: the source of days and forms
   * @throws IllegalArgumentException if count is out of its range
   */
  public static SequencePairs dates(int count, RandomState random) {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d dates: the count must be in 1..%d", count, MOST));
    }
    List<String> questions = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    Set<String> drawn = new HashSet<>();
    while (questions.size() < count) {
      Day day = Day.after(random.randint(0, DAYS));
      String written = inLetters(day.written(random.randint(0, FORMS)), random.randint(0, 3));
      if (drawn.add(written)) {
        questions.add(written + " ".repeat(QUESTION_LENGTH - written.length()));
        answers.add(day.normal());
      }
    }
    return SequencePairs.ofCharacters(vocabulary(), questions, answers);
  }

  private static String inLetters(String written, int letters) {
    return switch (letters) {
      case 0 -> written;
      case 1 -> written.toLowerCase(Locale.ROOT);
      default -> written.toUpperCase(Locale.ROOT);
    };
  }
}
