package io.github.unroll.app;

import java.util.List;
import java.util.stream.Collectors;

/** A line of comma-separated values (RFC 4180). */
final class CsvLine {

  private CsvLine() {}

  static String of(List<?> cells) {
    return cells.stream().map(CsvLine::cell).collect(Collectors.joining(","));
  }

  private static String cell(Object value) {
    String text = value.toString();
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
