package io.github.unroll.data;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Ascending times with a regular step, such as a day or a month, some of which may be missing.
 *
 * <p>A time is a date and a time of day without a zone: 2024-03-31, 2024-03-31 14:30, 2024-03-31
 * T14:30:15; or a month, 2024-03; or a year or any whole number, which counts steps. The step is
 * the most frequent difference, in months if all times are on one day of the month or on its last.
 */
public final class TimeColumn {

  private static final LocalDateTime ZERO = LocalDateTime.of(2000, 1, 1, 0, 0);

  private final LocalDateTime[] times;
  private final boolean isCount; // whole numbers, not dates
  private final boolean monthEnds; // all on the last day of a month
  private final ChronoUnit unit;
  private final long step; // in units
  private final int[] places; // of each time, in steps from the first

  private TimeColumn(LocalDateTime[] times, boolean isCount, IntFunction<String> where) {
    this.times = times;
    this.isCount = isCount;
    boolean months = !isCount && times.length > 1;
    this.monthEnds = months && Arrays.stream(times).allMatch(TimeColumn::isMonthEnd);
    boolean monthly = monthEnds || (months && areMonths(times));
    this.unit = isCount ? ChronoUnit.DAYS : monthly ? ChronoUnit.MONTHS : ChronoUnit.SECONDS;
    this.step = step();
    this.places = new int[times.length];
    for (int i = 1; i < times.length; i++) {
      long distance = distance(0, i);
      if (distance % step != 0 || distance / step > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: %s is not a whole number of steps of %s after %s; give times at regular steps",
                where.apply(i),
                text(i),
                stepText(),
                text(0)));
      }
      places[i] = (int) (distance / step);
    }
  }

  /** Times of texts; messages say where each is. */
  static TimeColumn of(List<String> texts, IntFunction<String> where) {
    LocalDateTime[] times = new LocalDateTime[texts.size()];
    boolean count = texts.stream().allMatch(text -> text.matches("-?\\d{1,9}"));
    for (int i = 0; i < times.length; i++) {
      try {
        times[i] = count ? ZERO.plusDays(Integer.parseInt(texts.get(i))) : time(texts.get(i));
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: \"%s\" is no time; write 2024-03-31, 2024-03-31 14:30, 2024-03 or a whole"
                    + " number",
                where.apply(i),
                texts.get(i)),
            e);
      }
      if (i > 0 && !times[i].isAfter(times[i - 1])) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: %s does not come after %s, the time before; sort the rows by time, and give"
                    + " each time once",
                where.apply(i),
                texts.get(i),
                texts.get(i - 1)));
      }
    }
    return new TimeColumn(times, count, where);
  }

  private static LocalDateTime time(String text) {
    if (text.length() == 7) {
      return YearMonth.parse(text).atDay(1).atStartOfDay();
    }
    return text.length() <= 10
        ? LocalDate.parse(text).atStartOfDay()
        : LocalDateTime.parse(text.replace(' ', 'T'));
  }

  private static boolean areMonths(LocalDateTime[] times) {
    return Arrays.stream(times)
        .allMatch(
            time ->
                time.getDayOfMonth() == times[0].getDayOfMonth()
                    && time.toLocalTime().equals(times[0].toLocalTime()));
  }

  private static boolean isMonthEnd(LocalDateTime time) {
    return time.getDayOfMonth() == YearMonth.from(time).lengthOfMonth();
  }

  private long distance(int from, int to) {
    return monthEnds
        ? unit.between(YearMonth.from(times[from]), YearMonth.from(times[to]))
        : unit.between(times[from], times[to]);
  }

  private long step() {
    Map<Long, Integer> counts = new HashMap<>();
    for (int i = 1; i < times.length; i++) {
      counts.merge(distance(i - 1, i), 1, Integer::sum);
    }
    return counts.entrySet().stream()
        .max(
            Map.Entry.<Long, Integer>comparingByValue()
                .thenComparing(Map.Entry.<Long, Integer>comparingByKey().reversed()))
        .map(Map.Entry::getKey)
        .orElse(1L);
  }

  /** {@return the number of times} */
  public int size() {
    return times.length;
  }

  /** {@return the number of steps from the first time to the last, both counted} */
  public int steps() {
    return times.length == 0 ? 0 : places[times.length - 1] + 1;
  }

  /**
   * {@return values at every step, NaN where a time is missing}
   *
   * @param values one for each time
   * @throws IllegalArgumentException if their number is not that of the times
   */
  public double[] atEveryStep(double[] values) {
    if (values.length != times.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "atEveryStep: %d values for %d times", values.length, times.length));
    }
    double[] all = new double[steps()];
    Arrays.fill(all, Double.NaN);
    IntStream.range(0, values.length).forEach(i -> all[places[i]] = values[i]);
    return all;
  }

  /**
   * {@return the time of a step, counted from the first time; after the last time too} Of whole
   * numbers it is that number of days after 2000-01-01.
   */
  public LocalDateTime time(int place) {
    LocalDateTime time = times[0].plus(place * step, unit);
    return monthEnds ? time.with(TemporalAdjusters.lastDayOfMonth()) : time;
  }

  /** {@return the time of a step as it would be written in the column} */
  public String timeText(int place) {
    LocalDateTime time = time(place);
    if (isCount) {
      return Long.toString(ChronoUnit.DAYS.between(ZERO, time));
    }
    boolean midnight =
        time.toLocalTime().toSecondOfDay() == 0 && times[0].toLocalTime().toSecondOfDay() == 0;
    return midnight && (unit == ChronoUnit.MONTHS || step % 86_400 == 0)
        ? time.toLocalDate().toString()
        : time.toString().replace('T', ' ');
  }

  private String text(int i) {
    return isCount
        ? Long.toString(ChronoUnit.DAYS.between(ZERO, times[i]))
        : times[i].toString().replace('T', ' ');
  }

  /** {@return the step in words, such as 1 day, 15 minutes or 1 month} */
  public String stepText() {
    if (isCount) {
      return Long.toString(step);
    }
    if (unit == ChronoUnit.MONTHS) {
      return count(step, "month");
    }
    List<String> parts = new ArrayList<>();
    long left = step;
    for (ChronoUnit part :
        new ChronoUnit[] {
          ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS
        }) {
      long size = part.getDuration().toSeconds();
      if (left >= size) {
        String name = part.name().toLowerCase(Locale.ROOT);
        parts.add(count(left / size, name.substring(0, name.length() - 1)));
        left %= size;
      }
    }
    return String.join(" ", parts);
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** {@return whether these are dates, which have a day of the week and a month} */
  public boolean areDates() {
    return !isCount;
  }
}
