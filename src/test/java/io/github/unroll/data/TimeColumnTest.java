package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeColumnTest {

  private static TimeColumn times(String... texts) {
    return Table.ofTexts(Map.of("date", List.of(texts))).times("date");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void should_know_the_step_the_season_and_the_next_time(
      String step, int season, int steps, String next, List<String> texts) {
    TimeColumn times = times(texts.toArray(String[]::new));
    assertThat(times.stepText()).isEqualTo(step);
    assertThat(times.usualSeason()).as("season").isEqualTo(season);
    assertThat(times.size()).isEqualTo(texts.size());
    assertThat(times.steps()).as("steps").isEqualTo(steps);
    assertThat(times.timeText(steps)).as("next").isEqualTo(next);
    assertThat(times.timeText(steps - 1)).as("last").isEqualTo(texts.get(texts.size() - 1));
    assertThat(times.timeText(0)).as("first").isEqualTo(texts.get(0));
  }

  private static Arguments step(String step, int season, int steps, String next, String... texts) {
    return Arguments.of(step, season, steps, next, List.of(texts));
  }

  static Stream<Arguments> steps() {
    return Stream.of(
        step("1 day", 7, 3, "2024-03-01", "2024-02-27", "2024-02-28", "2024-02-29"),
        step("1 day", 7, 3, "2023-03-02", "2023-02-27", "2023-02-28", "2023-03-01"),
        step(
            "1 day",
            7,
            8,
            "2024-01-09",
            "2024-01-01",
            "2024-01-02",
            "2024-01-05",
            "2024-01-06",
            "2024-01-08"),
        step("1 day", 7, 3, "20240301", "20240227", "20240228", "20240229"),
        step("1 day", 7, 2, "2024-03-31 00:00", "2024-03-29 00:00", "2024-03-30 00:00"),
        step("1 day", 7, 2, "2024-03-31T12:00:00", "2024-03-29T12:00:00", "2024-03-30T12:00:00"),
        step("2 days", 1, 2, "2024-01-05", "2024-01-01", "2024-01-03"),
        step("7 days", 52, 3, "2024-01-22", "2024-01-01", "2024-01-08", "2024-01-15"),
        step(
            "1 hour",
            24,
            3,
            "2024-03-31 03:00",
            "2024-03-31 00:00",
            "2024-03-31 01:00",
            "2024-03-31 02:00"),
        step("1 hour", 24, 2, "2024-01-01 00:00", "2023-12-31 22:00", "2023-12-31 23:00"),
        step("12 hours", 2, 2, "2024-01-02 00:00", "2024-01-01 00:00", "2024-01-01 12:00"),
        step("1 day 12 hours", 1, 2, "2024-01-04 00:00", "2024-01-01 00:00", "2024-01-02 12:00"),
        step("15 minutes", 96, 2, "2024-01-01T00:30", "2024-01-01T00:00", "2024-01-01T00:15"),
        step(
            "30 minutes",
            48,
            2,
            "2024-01-01 01:00:00",
            "2024-01-01 00:00:00",
            "2024-01-01 00:30:00"),
        step("10 minutes", 144, 2, "2024-01-01 00:20", "2024-01-01 00:00", "2024-01-01 00:10"),
        step("1 minute", 1440, 2, "2024-01-01 00:02", "2024-01-01 00:00", "2024-01-01 00:01"),
        step("7 minutes", 1, 2, "2024-01-01 00:14", "2024-01-01 00:00", "2024-01-01 00:07"),
        step("1 second", 1, 2, "2024-01-01 00:00:01", "2023-12-31 23:59:59", "2024-01-01 00:00:00"),
        step(
            "0.25 seconds",
            1,
            2,
            "2024-01-01 00:00:00.750",
            "2024-01-01 00:00:00.250",
            "2024-01-01 00:00:00.500"),
        step("1 month", 12, 3, "2024-03", "2023-12", "2024-01", "2024-02"),
        step("1 month", 12, 5, "202404", "202311", "202312", "202401", "202403"),
        step("1 month", 12, 2, "2024-03-01", "2024-01-01", "2024-02-01"),
        step("1 month", 12, 3, "2024-04-15", "2024-01-15", "2024-02-15", "2024-03-15"),
        step("1 month", 12, 3, "2024-04-30", "2024-01-31", "2024-02-29", "2024-03-31"),
        step("1 month", 12, 2, "2023-03-31", "2023-01-31", "2023-02-28"),
        step("1 month", 12, 2, "2023-04-30", "2023-02-28", "2023-03-31"),
        step("1 month", 12, 3, "2024-04-30", "2024-01-30", "2024-02-29", "2024-03-30"),
        step("1 month", 12, 2, "2024-03-01 06:00", "2024-01-01 06:00", "2024-02-01 06:00"),
        step("2 months", 6, 2, "2024-05", "2024-01", "2024-03"),
        step("3 months", 4, 3, "2024-12-31", "2024-03-31", "2024-06-30", "2024-09-30"),
        step("3 months", 4, 3, "2024-10-01", "2024-01-01", "2024-04-01", "2024-07-01"),
        step("3 months", 4, 2, "2024-12-31", "2024-06-30", "2024-09-30"),
        step("6 months", 2, 2, "2025-01-01", "2024-01-01", "2024-07-01"),
        step("5 months", 1, 2, "2024-11", "2024-01", "2024-06"),
        step("12 months", 1, 3, "2025-02-28", "2022-02-28", "2023-02-28", "2024-02-29"),
        step("12 months", 1, 2, "2025-01-01", "2023-01-01", "2024-01-01"),
        step("1", 1, 5, "1954", "1949", "1950", "1953"),
        step("10", 1, 2, "20", "0", "10"),
        step("1", 1, 3, "1", "-2", "-1", "0"));
  }

  @Test
  void a_zone_that_is_none_should_be_passed_over() {
    TimeColumn times = times("2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z");
    assertThat(times.timeText(2)).isEqualTo("2024-01-01T02:00:00");
    assertThat(times("2024-01-01 00:00+00:00", "2024-01-01 01:00+00:00").timeText(2))
        .isEqualTo("2024-01-01 02:00");
  }

  /** The first hours of a day may be written without the time of day. */
  @Test
  void dates_and_times_of_day_should_be_one_column() {
    TimeColumn times = times("2024-01-01", "2024-01-01 08:00", "2024-01-01 16:00", "2024-01-02");
    assertThat(times.stepText()).isEqualTo("8 hours");
    assertThat(times.timeText(4)).isEqualTo("2024-01-02 08:00");
  }

  @Test
  void hours_of_the_last_day_of_a_month_should_not_be_months() {
    TimeColumn times = times("2024-01-31 00:00", "2024-01-31 01:00", "2024-01-31 02:00");
    assertThat(times.stepText()).isEqualTo("1 hour");
    assertThat(times.areMonthly()).isFalse();
  }

  @Test
  void every_day_should_have_24_hours() {
    List<String> hours =
        IntStream.range(0, 24 * 3)
            .mapToObj(h -> LocalDateTime.of(2024, 3, 30, 0, 0).plusHours(h).toString())
            .toList();
    assertThat(times(hours.toArray(String[]::new)).steps()).isEqualTo(72);
  }

  @ParameterizedTest(name = "from {0}")
  @ValueSource(strings = {"1999-12-27", "2023-02-25", "2024-02-25", "1900-02-25", "2100-02-25"})
  void days_should_go_on_through_leap_years(String first) {
    LocalDate date = LocalDate.parse(first);
    String[] texts =
        IntStream.range(0, 3).mapToObj(d -> date.plusDays(d).toString()).toArray(String[]::new);
    TimeColumn times = times(texts);
    for (int place = 0; place < 800; place++) {
      assertThat(times.timeText(place)).isEqualTo(date.plusDays(place).toString());
    }
  }

  @Test
  void month_ends_should_go_on_as_month_ends() {
    TimeColumn times = times("2023-11-30", "2023-12-31", "2024-01-31");
    List<String> next = new ArrayList<>();
    for (int place = 3; place < 18; place++) {
      LocalDate date = LocalDate.parse(times.timeText(place));
      assertThat(date.plusDays(1).getDayOfMonth()).isEqualTo(1);
      next.add(date.getYear() + " " + date.getMonthValue());
    }
    assertThat(next).startsWith("2024 2", "2024 3").endsWith("2025 4").doesNotHaveDuplicates();
  }

  @Test
  void a_missing_time_should_be_a_gap() {
    TimeColumn times = times("2024-01-31", "2024-02-29", "2024-05-31", "2024-06-30");
    assertThat(times.atEveryStep(1, 2, 3, 4)).containsExactly(1, 2, Double.NaN, Double.NaN, 3, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times.atEveryStep(1, 2, 3))
        .withMessage("atEveryStep: 3 values for 4 times");
  }

  @Test
  void should_tell_times_of_steps() {
    TimeColumn days = times("2024-02-28", "2024-02-29");
    assertThat(days.areDates()).isTrue();
    assertThat(days.time(2)).isEqualTo(LocalDateTime.of(2024, 3, 1, 0, 0));
    TimeColumn numbers = times("1", "2");
    assertThat(numbers.areDates()).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> numbers.time(0))
        .withMessageContaining("whole numbers are no dates");
  }

  @Test
  void a_far_step_should_not_overflow() {
    assertThat(times("1900-01-01", "1900-01-02").timeText(1_000_000)).isEqualTo("4637-11-28");
    assertThat(times("0", "100000000").timeText(2_000_000)).isEqualTo("200000000000000");
    TimeColumn old = times("0001-01-01", "9999-01-01");
    assertThat(old.stepText()).isEqualTo("119976 months");
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "31.03.2024",
        "03/31/2024",
        "2024-3-1",
        "2023-02-29",
        "2024-13-01",
        "2024-00",
        "2024-01-01 25:00",
        "2024-01-01 24:00",
        "2024-01-01T00:00+02:00",
        "2024-01-01T00:00[Europe/Berlin]",
        "12345678901",
        "+2024-01-01",
        "-2024-01-01",
        "+999999999-01-01T00:00",
        "20240231",
        "2024-Q1",
        "1.5",
        "٢٠٢٤-٠١-٠١",
        "2024-01-01 00:00:00.1234567891",
        "NA",
        "2024-01-01\n"
      })
  void what_is_no_time_should_be_named_with_its_place(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("2023-01-01", text))
        .withMessage(
            "Table: row 1, column 'date': \"%s\" is no time; write 2024-03-31, 2024-03-31 14:30,"
                + " 2024-03 or a whole number of up to 9 digits",
            text.replace('\n', ' '));
  }

  @Test
  void dates_among_whole_numbers_should_be_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("1949", "1950", "1951-01-01"))
        .withMessage(
            "Table: row 2, column 'date': \"1951-01-01\" is no whole number, and the first time is"
                + " one; write all times alike");
  }

  @Test
  void whole_numbers_of_eight_digits_should_not_all_be_dates() {
    assertThat(times("20240130", "20240131", "20240132").timeText(3)).isEqualTo("20240133");
    assertThat(times("202411", "202412", "202413").timeText(3)).isEqualTo("202414");
  }

  @Test
  void times_out_of_order_or_double_should_be_named() {
    String advice =
        ", the time before; sort the rows by time, and give each time once; where there are several"
            + " series, take each for itself";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("2024-01-01", "2024-01-03", "2024-01-02"))
        .withMessage(
            "Table: row 2, column 'date': 2024-01-02 does not come after 2024-01-03" + advice);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("2024-01-01", "2024-01-02", "2024-01-02"))
        .withMessageEndingWith("2024-01-02 does not come after 2024-01-02" + advice);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("3", "2", "1"))
        .withMessageContaining("row 1, column 'date': 2 does not come after 3");
  }

  @Test
  void irregular_times_should_be_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-03 12:00"))
        .withMessage(
            "Table: row 3, column 'date': 2024-01-03 12:00 is not a whole number of steps after"
                + " 2024-01-01, the first time; the most frequent step is 1 day; give times at"
                + " regular steps");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("0", "10", "20", "25"))
        .withMessageContaining("row 3, column 'date': 25 is not a whole number of steps after 0");
  }

  /** A few bytes must not ask for an array of gigabytes. */
  @Test
  void a_mistyped_year_should_be_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("2024-01-01", "2024-01-02", "2204-01-03"))
        .withMessage(
            "Table: row 2, column 'date': 2204-01-03 is 65745 steps of 1 day after 2024-01-01, the"
                + " first time, and there are only 3 times; is one of them mistyped?");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("-999999999", "0", "1", "999999999"))
        .withMessageContaining("there are only 4 times");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("0000-01-01T00:00", "0000-01-01T00:00:00.000001", "9999-12-31"))
        .withMessageContaining("there are only 3 times");
    assertThat(times("0", "1", "60").steps()).isEqualTo(61);
    assertThatIllegalArgumentException().isThrownBy(() -> times("0", "1", "61"));
  }

  @Test
  void one_time_should_be_too_few() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times("2024-01-01"))
        .withMessage("TimeColumn: 1 times; there must be at least 2, to know the step");
    assertThatIllegalArgumentException().isThrownBy(TimeColumnTest::times);
  }
}
