package io.github.unroll.data;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Ascending times with a regular step, such as a day or a month, some of which may be missing.
 *
 * <p>A time is a date and a time of day: 2024-03-31, 2024-03-31 14:30, 2024-03-31T14:30:15; or a
 * month, 2024-03; or a whole number of up to nine digits, such as a year, which counts steps. Dates
 * may be written without hyphens, 20240331 and 202403, if all of the column are, from 1800 to 2199.
 * There are no zones and no summer time: every day has 24 hours; a Z or +00:00 at the end is passed
 * over.
 *
 * <p>The step is the most frequent difference. It is counted in months if all times are on one day
 * of the month, or on the last where the month is shorter. The weekends of a series of working days
 * are missing times.
 */
public final class TimeColumn {

  private static final LocalDateTime EPOCH = LocalDateTime.of(2000, 1, 1, 0, 0);
  private static final long SECOND = 1_000_000; // microseconds
  private static final long DAY = 86_400 * SECOND;
  private static final int MOST_STEPS = 20; // for each time
  private static final int LAST_DAY = 31;
  private static final int DATE_LENGTH = 10;
  private static final String NUMBER = "[+-]?[0-9]{1,9}";
  private static final String COMPACT_DATE =
      "(18|19|20|21)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])?";

  private final String form; // the first time as it is written, without a zone
  private final LocalDateTime first; // null for whole numbers
  private final int day; // of the month, on which all times are; 0 if the step is no month
  private final long start; // the first whole number
  private final long step; // in whole numbers, months or microseconds
  private final int[] places; // of each time, in steps from the first

  private TimeColumn(String form, boolean areDates, long[] ordinals) {
    this.form = form;
    this.first = areDates ? date(ordinals[0]) : null;
    this.start = ordinals[0];
    this.day = areDates ? commonDay(ordinals) : 0;
    if (day > 0) {
      for (int i = 0; i < ordinals.length; i++) {
        LocalDateTime time = date(ordinals[i]);
        ordinals[i] = time.getYear() * 12L + time.getMonthValue();
      }
    }
    this.step = mostFrequentStep(ordinals);
    this.places = new int[ordinals.length];
  }

  /** Times of texts; messages say where each is. */
  static TimeColumn of(List<String> texts, IntFunction<String> where) {
    int count = texts.size();
    if (count < 2) {
      throw Fault.of("TimeColumn: %d times; there must be at least 2, to know the step", count);
    }
    String form = local(texts.get(0));
    boolean areDates =
        !form.matches(NUMBER) || texts.stream().allMatch(text -> text.matches(COMPACT_DATE));
    long[] ordinals = new long[count];
    for (int i = 0; i < count; i++) {
      ordinals[i] = ordinal(texts.get(i), areDates, i, where);
      if (i > 0 && ordinals[i] <= ordinals[i - 1]) {
        throw Fault.of(
            "%s: %s does not come after %s, the time before; sort the rows by time, and give each"
                + " time once; where there are several series, take each for itself",
            where.apply(i), texts.get(i), texts.get(i - 1));
      }
    }
    TimeColumn column = new TimeColumn(form, areDates, ordinals);
    column.place(ordinals, texts, where);
    return column;
  }

  private void place(long[] ordinals, List<String> texts, IntFunction<String> where) {
    int last = places.length - 1;
    for (int i = 1; i <= last; i++) {
      long distance = ordinals[i] - ordinals[0];
      if (distance % step != 0) {
        throw Fault.of(
            "%s: %s is not a whole number of steps after %s, the first time; the most frequent step"
                + " is %s; give times at regular steps",
            where.apply(i), texts.get(i), texts.get(0), stepText());
      }
      if (distance / step > (long) MOST_STEPS * places.length) {
        throw Fault.of(
            "%s: %s is %d steps of %s after %s, the first time, and there are only %d times; is one"
                + " of them mistyped?",
            where.apply(i), texts.get(i), distance / step, stepText(), texts.get(0), places.length);
      }
      places[i] = (int) (distance / step);
    }
  }

  // ---- read ----

  /** A whole number, or the microseconds from the epoch to a date. */
  private static long ordinal(String text, boolean isDate, int index, IntFunction<String> where) {
    try {
      if (isDate) {
        return ChronoUnit.MICROS.between(EPOCH, time(local(text)));
      }
      if (text.matches(NUMBER)) {
        return Integer.parseInt(text);
      }
    } catch (DateTimeException e) {
      // told below
    }
    throw Fault.of(
        "%s: %s is no %s",
        where.apply(index),
        Fault.quoted(text),
        isDate
            ? "time; write 2024-03-31, 2024-03-31 14:30, 2024-03 or a whole number of up to 9"
                + " digits"
            : "whole number, and the first time is one; write all times alike");
  }

  private static LocalDateTime date(long ordinal) {
    return EPOCH.plus(ordinal, ChronoUnit.MICROS);
  }

  /** Without a zone that is none. */
  private static String local(String text) {
    return text.replaceFirst("(Z|\\+00:00)$", "");
  }

  private static LocalDateTime time(String text) {
    if (text.matches(COMPACT_DATE)) {
      String month = text.substring(0, 4) + "-" + text.substring(4, 6);
      return time(text.length() == 6 ? month : month + "-" + text.substring(6));
    }
    if (!text.matches("[0-9]{4}-.*")) {
      throw new DateTimeException("no year of four digits");
    }
    return switch (text.length()) {
      case 7 -> YearMonth.parse(text).atDay(1).atStartOfDay();
      case 10 -> LocalDate.parse(text).atStartOfDay();
      default -> LocalDateTime.parse(text.replace(' ', 'T'));
    };
  }

  /** The day of the month on which all times are, at one time of day; 0 if there is none. */
  private static int commonDay(long... ordinals) {
    int greatest = 0;
    boolean last = true;
    for (long ordinal : ordinals) {
      LocalDateTime time = date(ordinal);
      greatest = Math.max(greatest, time.getDayOfMonth());
      last &= time.getDayOfMonth() == dayIn(YearMonth.from(time), LAST_DAY);
    }
    int day = last ? LAST_DAY : greatest;
    LocalTime timeOfDay = date(ordinals[0]).toLocalTime();
    for (long ordinal : ordinals) {
      LocalDateTime time = date(ordinal);
      if (time.getDayOfMonth() != dayIn(YearMonth.from(time), day)
          || !time.toLocalTime().equals(timeOfDay)) {
        return 0;
      }
    }
    return day;
  }

  private static int dayIn(YearMonth month, int day) {
    return Math.min(day, month.lengthOfMonth());
  }

  /** Of several that are equally frequent the least. */
  private static long mostFrequentStep(long... ordinals) {
    long[] steps = new long[ordinals.length - 1];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = ordinals[i + 1] - ordinals[i];
    }
    Arrays.sort(steps);
    long best = 0;
    int most = 0;
    int run = 0;
    for (int i = 0; i < steps.length; i++) {
      run = i > 0 && steps[i] == steps[i - 1] ? run + 1 : 1;
      if (run > most) {
        most = run;
        best = steps[i];
      }
    }
    return best;
  }

  // ---- asked ----

  /** {@return the number of times} */
  public int size() {
    return places.length;
  }

  /** {@return the number of steps from the first time to the last, both counted} */
  public int steps() {
    return places[places.length - 1] + 1;
  }

  /**
   * {@return values at every step, NaN where a time is missing}
   *
   * @param values one for each time
   * @throws IllegalArgumentException if their number is not that of the times
   */
  public double[] atEveryStep(double... values) {
    if (values.length != places.length) {
      throw Fault.of("atEveryStep: %d values for %d times", values.length, places.length);
    }
    double[] all = new double[steps()];
    Arrays.fill(all, Double.NaN);
    for (int i = 0; i < values.length; i++) {
      all[places[i]] = values[i];
    }
    return all;
  }

  /** {@return whether these are dates, not whole numbers} */
  public boolean areDates() {
    return first != null;
  }

  /** Whether the step is counted in months. */
  boolean areMonthly() {
    return day > 0;
  }

  /**
   * {@return the time of a step; after the last time too}
   *
   * @param place the step, 0 for the first time
   * @throws IllegalArgumentException if these are whole numbers
   */
  public LocalDateTime time(int place) {
    if (!areDates()) {
      throw Fault.of("TimeColumn.time: whole numbers are no dates; see areDates and timeText");
    }
    if (!areMonthly()) {
      return first.plus(place * step, ChronoUnit.MICROS);
    }
    YearMonth month = YearMonth.from(first).plusMonths(place * step);
    return month.atDay(dayIn(month, day)).atTime(first.toLocalTime());
  }

  /**
   * {@return the time of a step, written as in the column, without a zone}
   *
   * @param place the step, 0 for the first time; after the last time too
   */
  public String timeText(int place) {
    if (!areDates()) {
      return Long.toString(start + place * step);
    }
    String text = time(place).toString(); // 2024-03-31T14:30, and seconds if there are any
    if (form.length() <= DATE_LENGTH && isWholeDays()) {
      String date = text.substring(0, areMonthly() && form.length() <= 7 ? 7 : DATE_LENGTH);
      return form.matches(COMPACT_DATE) ? date.replace("-", "") : date;
    }
    boolean lacksSeconds = form.length() >= 19 && text.length() == 16;
    return (lacksSeconds ? text + ":00" : text)
        .replace('T', form.length() > DATE_LENGTH ? form.charAt(DATE_LENGTH) : ' ');
  }

  private boolean isWholeDays() {
    return areMonthly() || step % DAY == 0;
  }

  /** {@return the step in words, such as 1 day, 15 minutes or 1 month} */
  public String stepText() {
    if (!areDates()) {
      return Long.toString(step);
    }
    if (areMonthly()) {
      return count(step, "month");
    }
    StringBuilder text = new StringBuilder();
    long left = step;
    String[] names = {"day", "hour", "minute"};
    long[] sizes = {DAY, 3_600 * SECOND, 60 * SECOND};
    for (int i = 0; i < sizes.length; i++) {
      if (left >= sizes[i]) {
        text.append(count(left / sizes[i], names[i])).append(' ');
        left %= sizes[i];
      }
    }
    if (left % SECOND != 0) {
      text.append(left / (double) SECOND).append(" seconds");
    } else if (left > 0) {
      text.append(count(left / SECOND, "second"));
    }
    return text.toString().strip();
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /**
   * {@return the usual length of a season, in steps: a day for steps of a minute to half a day that
   * divide it, 24 for hours; a week of 7 days; a year of 52 weeks, 12 months, 6 times two months, 4
   * quarters or 2 half-years; for all else 1, no season}
   */
  public int usualSeason() {
    if (!areDates()) {
      return 1;
    }
    if (areMonthly()) {
      return 12 % step == 0 ? (int) (12 / step) : 1;
    }
    if (step % DAY == 0) {
      return step == DAY ? 7 : step == 7 * DAY ? 52 : 1;
    }
    return step >= 60 * SECOND && DAY % step == 0 ? (int) (DAY / step) : 1;
  }
}
