package io.github.unroll.data;

import io.github.unroll.tensor.Matrix;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns of a date that are known for the future too: for each cycle, such as the day of the week,
 * the sine and cosine of where in it the date is. {@link #toString} is a text that {@link
 * #of(String)} reads again, such as {@code hour, weekday}: it can be kept with a model.
 *
 * <pre>{@code
 * Calendar calendar = Calendar.of(times);
 * Matrix known = calendar.columns(times, 0, times.steps() + horizon);
 * }</pre>
 */
public final class Calendar {

  private static final String HOUR = "hour";
  private static final String WEEKDAY = "weekday";
  private static final String MONTH = "month";
  private static final String YEARDAY = "day of year";
  private static final String NONE = "none";

  private final List<String> cycles;

  private Calendar(List<String> cycles) {
    this.cycles = List.copyOf(cycles);
  }

  /**
   * {@return the usual cycles of times, shorter than a year and longer than a step}
   *
   * <ul>
   *   <li>steps below a day: hour and weekday
   *   <li>steps below a week: weekday, and the day of the year if the times span more than a year
   *   <li>steps of a week or more days: the day of the year if the times span more than a year
   *   <li>months below a year: month
   *   <li>years and whole numbers: none
   * </ul>
   *
   * @param times the times of the training
   */
  public static Calendar of(TimeColumn times) {
    List<String> cycles = new ArrayList<>();
    if (times.areDates()) {
      LocalDateTime first = times.time(0);
      LocalDateTime second = times.time(1);
      long hours = Duration.between(first, second).toHours();
      if (times.areMonthly()) {
        if (second.isBefore(first.plusYears(1))) {
          cycles.add(MONTH);
        }
      } else {
        if (hours < 24) {
          cycles.add(HOUR);
        }
        if (hours < 7 * 24) {
          cycles.add(WEEKDAY);
        }
        if (hours >= 24 && times.time(times.steps() - 1).isAfter(first.plusYears(1))) {
          cycles.add(YEARDAY);
        }
      }
    }
    return new Calendar(cycles);
  }

  /**
   * {@return a calendar of the given cycles}
   *
   * @param text some of {@code hour, weekday, month, day of year}, separated by a comma and a
   *     blank; or {@code none}
   * @throws IllegalArgumentException if it is no such text
   */
  public static Calendar of(String text) {
    List<String> cycles = text.equals(NONE) ? List.of() : List.of(text.split(", ", -1));
    for (String cycle : cycles) {
      if (!List.of(HOUR, WEEKDAY, MONTH, YEARDAY).contains(cycle)) {
        throw Fault.of(
            "Calendar: %s is no cycle; there are hour, weekday, month and day of year, or none",
            Fault.quoted(cycle));
      }
    }
    return new Calendar(cycles);
  }

  /** {@return the number of columns, two for each cycle; 0 if there is none} */
  public int width() {
    return 2 * cycles.size();
  }

  /**
   * {@return the columns of some steps (to − from, width): sine and cosine of each cycle; null if
   * there is no cycle}
   *
   * @param times the times whose steps these are
   * @param from the first step
   * @param to the step after the last; it may be after the last time
   * @throws IllegalArgumentException if there is a cycle and the times are whole numbers, or there
   *     is no step
   */
  public Matrix columns(TimeColumn times, int from, int to) {
    if (cycles.isEmpty()) {
      return null;
    }
    Matrix columns = new Matrix(to - from, width());
    for (int row = 0; row < columns.rows(); row++) {
      LocalDateTime time = times.time(from + row);
      for (int c = 0; c < cycles.size(); c++) {
        double angle = 2 * Math.PI * part(cycles.get(c), time);
        columns.set(row, 2 * c, StrictMath.sin(angle));
        columns.set(row, 2 * c + 1, StrictMath.cos(angle));
      }
    }
    return columns;
  }

  /** Where in a cycle a time is, from 0 up to 1. */
  private static double part(String cycle, LocalDateTime time) {
    return switch (cycle) {
      case HOUR -> time.toLocalTime().toNanoOfDay() / 86_400e9;
      case WEEKDAY -> (time.getDayOfWeek().getValue() - 1) / 7.0;
      case MONTH -> (time.getMonthValue() - 1) / 12.0;
      default -> (time.getDayOfYear() - 1.0) / time.toLocalDate().lengthOfYear();
    };
  }

  @Override
  public String toString() {
    return cycles.isEmpty() ? NONE : String.join(", ", cycles);
  }
}
