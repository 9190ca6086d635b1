package io.github.unroll.job;

import io.github.unroll.data.Table;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A forecast that goes on row by row, as values arrive.
 *
 * <pre>{@code
 * ForecastSession session = Forecaster.load(Path.of("sales.model")).newSession(recent);
 * Forecast next = session.next(Map.of("date", "2025-02-05", "sales", 131.5));
 * }</pre>
 *
 * <p>It keeps as many of the latest rows as a forecast reads. It is used by one thread at a time.
 */
public final class ForecastSession {

  private final Forecaster forecaster;
  private final List<String> columns = new ArrayList<>();
  private final Deque<List<String>> rows = new ArrayDeque<>();

  ForecastSession(Forecaster forecaster, Table recent) {
    ForecastSettings settings = forecaster.settings();
    if (!settings.known().isEmpty()) {
      throw new IllegalArgumentException(
          "newSession: the columns "
              + settings.known()
              + " must be known ahead, and a row tells none of that; call forecast with a table");
    }
    this.forecaster = forecaster;
    settings.time().ifPresent(columns::add);
    columns.add(settings.target());
    columns.addAll(settings.seen());
    List<List<String>> cells = columns.stream().map(recent::texts).toList();
    for (int r = 0; r < recent.rows(); r++) {
      int row = r;
      rows.add(cells.stream().map(column -> column.get(row)).toList());
    }
  }

  /**
   * Reads the next row.
   *
   * @param row the value of each column that the forecaster reads, as a number or as the text of a
   *     cell; others are passed over
   * @return the forecast of the steps after it
   * @throws IllegalArgumentException if a column is missing or holds what it must not, the target
   *     is a gap, or there are too few rows; the row is then not kept
   */
  public Forecast next(Map<String, ?> row) {
    List<String> cells = new ArrayList<>();
    for (String column : columns) {
      if (!row.containsKey(column)) {
        throw new IllegalArgumentException(
            "next: no value of '" + column + "' in " + row.keySet() + "; an empty text is a gap");
      }
      cells.add(String.valueOf(row.get(column)));
    }
    rows.add(cells);
    try {
      Table latest = table();
      if (Double.isNaN(latest.slice(latest.rows() - 1, latest.rows()).numbers(target())[0])) {
        throw new IllegalArgumentException(
            "next: '" + target() + "' is a gap; leave its row out, or wait for the next value");
      }
      Forecast forecast = forecaster.forecast(latest);
      while (rows.size() > forecaster.rowsRead()) {
        rows.remove();
      }
      return forecast;
    } catch (IllegalArgumentException e) {
      rows.removeLast();
      throw e;
    }
  }

  private String target() {
    return forecaster.settings().target();
  }

  private Table table() {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    IntStream.range(0, columns.size())
        .forEach(c -> texts.put(columns.get(c), rows.stream().map(row -> row.get(c)).toList()));
    return Table.ofTexts(texts);
  }
}
