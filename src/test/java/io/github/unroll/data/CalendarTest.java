package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll.tensor.Matrix;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarTest {

  private static TimeColumn times(String... texts) {
    return Table.ofTexts(Map.of("date", List.of(texts))).times("date");
  }

  private static TimeColumn days(int count, int step) {
    return times(
        IntStream.range(0, count)
            .mapToObj(d -> LocalDate.of(2023, 1, 1).plusDays((long) d * step).toString())
            .toArray(String[]::new));
  }

  private static TimeColumn halfDays(int count) {
    return times(
        IntStream.range(0, count)
            .mapToObj(i -> LocalDate.of(2023, 1, 1).atTime(0, 0).plusHours(12L * i).toString())
            .toArray(String[]::new));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("usual")
  void should_have_the_usual_cycles(String cycles, TimeColumn times) {
    Calendar calendar = Calendar.of(times);
    assertThat(calendar).hasToString(cycles);
    assertThat(Calendar.of(calendar.toString())).hasToString(cycles);
    int count = cycles.equals("none") ? 0 : cycles.split(", ").length;
    assertThat(calendar.width()).isEqualTo(2 * count);
  }

  static Stream<Arguments> usual() {
    return Stream.of(
        Arguments.of("hour, weekday", times("2024-01-01 00:00", "2024-01-01 01:00")),
        Arguments.of("hour, weekday", times("2024-01-01 00:00", "2024-01-01 00:15")),
        Arguments.of("hour, weekday", halfDays(800)),
        Arguments.of("weekday", days(366, 1)),
        Arguments.of("weekday, day of year", days(367, 1)),
        Arguments.of("none", days(53, 7)),
        Arguments.of("day of year", days(54, 7)),
        Arguments.of("month", times("2024-01-31", "2024-02-29")),
        Arguments.of("month", times("2024-01", "2024-04")),
        Arguments.of("none", times("2023-01-01", "2024-01-01")),
        Arguments.of("none", times("2023-02-28", "2024-02-29")),
        Arguments.of("none", times("1949", "1950")));
  }

  private static double angle(Matrix columns, int row, int cycle) {
    double sine = columns.get(row, 2 * cycle);
    double cosine = columns.get(row, 2 * cycle + 1);
    assertThat(sine * sine + cosine * cosine).isCloseTo(1, within(1e-15));
    double turn = StrictMath.atan2(sine, cosine) / (2 * Math.PI);
    return turn < -1e-12 ? turn + 1 : turn;
  }

  @Test
  void should_go_round_with_the_hour_and_the_day_of_the_week() {
    TimeColumn times = times("2024-01-01 00:00", "2024-01-01 06:00"); // a Monday
    Matrix columns = Calendar.of(times).columns(times, 0, 60);
    assertThat(columns.rows()).isEqualTo(60);
    assertThat(columns.cols()).isEqualTo(4);
    for (int row = 0; row < 60; row++) {
      assertThat(angle(columns, row, 0)).isCloseTo(row % 4 / 4.0, within(1e-12));
      assertThat(angle(columns, row, 1)).isCloseTo(row / 4 % 7 / 7.0, within(1e-12));
    }
  }

  @Test
  void should_go_round_with_the_year() {
    TimeColumn times = days(400, 1);
    Matrix columns = Calendar.of("day of year").columns(times, 0, 1200);
    for (int row = 0; row < 1200; row++) {
      LocalDate date = LocalDate.of(2023, 1, 1).plusDays(row);
      double part = (date.getDayOfYear() - 1.0) / (date.getYear() == 2024 ? 366 : 365);
      assertThat(angle(columns, row, 0)).as("%s", date).isCloseTo(part, within(1e-12));
    }
    TimeColumn months = times("2023-11-30", "2023-12-31");
    Matrix ofMonths = Calendar.of(months).columns(months, 0, 30);
    for (int row = 0; row < 30; row++) {
      assertThat(angle(ofMonths, row, 0)).isCloseTo((row + 10) % 12 / 12.0, within(1e-12));
    }
  }

  @Test
  void a_part_should_have_the_bits_of_the_whole() {
    TimeColumn times = days(400, 1);
    Calendar calendar = Calendar.of(times);
    Matrix all = calendar.columns(times, 0, 420);
    Matrix future = calendar.columns(times, 400, 420);
    assertThat(future.data()).isEqualTo(all.rows(400, 20).copy().data());
  }

  @Test
  void a_kept_calendar_should_be_that_of_the_training_for_fewer_days_too() {
    Calendar kept = Calendar.of(Calendar.of(days(1000, 1)).toString());
    assertThat(kept.columns(days(10, 1), 0, 10).cols()).isEqualTo(4);
  }

  @Test
  void without_a_cycle_there_should_be_no_columns() {
    TimeColumn numbers = times("1", "2");
    assertThat(Calendar.of(numbers).columns(numbers, 0, 5)).isNull();
    Calendar weekday = Calendar.of("weekday");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weekday.columns(numbers, 0, 5))
        .withMessageContaining("whole numbers are no dates");
    TimeColumn days = days(3, 1);
    assertThatIllegalArgumentException().isThrownBy(() -> weekday.columns(days, 5, 5));
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(strings = {"", "week", "hour,weekday", "hour, ", "none, hour", "Hour"})
  void should_refuse_what_is_no_cycle(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Calendar.of(text))
        .withMessageEndingWith(
            "is no cycle; there are hour, weekday, month and day of year, or none");
  }
}
