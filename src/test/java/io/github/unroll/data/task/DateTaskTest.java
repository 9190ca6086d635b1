package io.github.unroll.data.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.data.SequencePairs;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.random.RandomState;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class DateTaskTest {

  private static final List<DateTimeFormatter> FORMS =
      List.of(
          new DateTimeFormatterBuilder()
              .appendPattern("M/d/")
              .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
              .toFormatter(Locale.US),
          form("MMM d, uuuu"),
          form("MMMM d, uuuu"),
          form("EEEE, MMMM d, uuuu"),
          form("d.M.uuuu"),
          form("d MMM uuuu"),
          form("d MMMM uuuu"));

  private static DateTimeFormatter form(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US);
  }

  @Test
  void every_form_of_every_day_should_be_that_of_the_calendar() {
    LocalDate date = LocalDate.EPOCH;
    for (int days = 0; date.getYear() < 2020; days++) {
      DateTask.Day day = DateTask.Day.after(days);
      assertThat(day.normal()).isEqualTo("_" + date);
      for (int form = 0; form < FORMS.size(); form++) {
        assertThat(day.written(form)).isEqualTo(date.format(FORMS.get(form)));
      }
      date = date.plusDays(1);
    }
    assertThat(DateTask.Day.after(18_261).normal()).isEqualTo("_2019-12-31");
  }

  @Test
  void should_make_50000_different_questions_each_the_writing_of_its_answer() {
    SequencePairs dates = DateTask.dates(50_000, new RandomState(1));
    Set<String> questions = new HashSet<>();
    Map<String, Integer> forms = new HashMap<>();
    for (int i = 0; i < dates.size(); i++) {
      String question = dates.question(i);
      assertThat(question).hasSize(29);
      assertThat(dates.answer(i)).hasSize(11);
      assertThat(questions.add(question)).isTrue();
      String written = question.stripTrailing();
      LocalDate date = LocalDate.parse(dates.answer(i).substring(1));
      Set<String> ways = FORMS.stream().map(date::format).collect(Collectors.toSet());
      assertThat(ways).anyMatch(way -> way.equalsIgnoreCase(written));
      boolean small = written.equals(written.toLowerCase(Locale.ROOT));
      boolean capital = written.equals(written.toUpperCase(Locale.ROOT));
      assertThat(small || capital || ways.contains(written)).isTrue();
      forms.merge(written.replaceAll("\\d+", "9").replaceAll("\\p{L}+", "x"), 1, Integer::sum);
    }
    assertThat(questions).hasSize(50_000).anyMatch(q -> q.length() == q.stripTrailing().length());
    assertThat(forms.keySet())
        .isEqualTo(new TreeSet<>(List.of("9/9/9", "x 9, 9", "x, x 9, 9", "9.9.9", "9 x 9")));
    assertThat(forms.values()).allMatch(count -> count > 4_000);
  }

  @Test
  void should_make_the_same_dates_from_the_same_seed() {
    assertThat(DateTask.dates(1, new RandomState(1)).question(0))
        .isEqualTo(DateTask.dates(1, new RandomState(1)).question(0))
        .isNotEqualTo(DateTask.dates(1, new RandomState(2)).question(0));
  }

  @Test
  @ResourceLock(Resources.LOCALE)
  void should_make_the_same_dates_where_digits_are_written_otherwise() {
    SequencePairs here = DateTask.dates(20, new RandomState(1));
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      SequencePairs there = DateTask.dates(20, new RandomState(1));
      for (int i = 0; i < 20; i++) {
        assertThat(there.question(i)).isEqualTo(here.question(i));
        assertThat(there.answer(i)).isEqualTo(here.answer(i));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void should_have_the_vocabulary_of_all_dates() {
    Vocabulary vocabulary = DateTask.vocabulary();
    assertThat(DateTask.dates(1, new RandomState(1)).vocabulary()).isEqualTo(vocabulary);
    assertThat(vocabulary.id(" ")).isZero();
    assertThat(vocabulary.contains("_")).isTrue();
  }

  @Test
  void should_refuse_more_dates_than_there_are() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DateTask.dates(200_001, new RandomState(1)))
        .withMessage("200001 dates: the count must be in 1..200000");
    assertThatIllegalArgumentException().isThrownBy(() -> DateTask.dates(0, new RandomState(1)));
  }
}
