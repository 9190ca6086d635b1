package io.github.unroll.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A strict reader of comma-separated values (RFC 4180): every row has as many cells as the first, a
 * quoted cell may hold separators, line breaks and doubled quotes.
 */
final class CsvText {

  /** The cells of a row, and the number of the line on which it begins, from 1. */
  record Row(int line, List<String> cells) {}

  private static final char QUOTE = '"';

  private final String source;
  private final String text;
  private final char separator;
  private int at;
  private int line = 1;

  private CsvText(String source, String text, char separator) {
    this.source = source;
    this.text = text;
    this.separator = separator;
  }

  /**
   * All rows, the header first.
   *
   * @param source what errors begin with
   */
  static List<Row> read(String source, String text, char separator) throws IOException {
    CsvText csv = new CsvText(source, text, separator);
    List<Row> rows = new ArrayList<>();
    while (csv.at < text.length()) {
      Row row = csv.row();
      if (isBlank(row)) {
        continue;
      }
      int width = rows.isEmpty() ? row.cells.size() : rows.get(0).cells.size();
      if (row.cells.size() != width) {
        throw csv.broken(
            row.line,
            String.format(
                Locale.ROOT,
                "%d cells, and the header has %d; quote a cell that holds the separator %s",
                row.cells.size(),
                width,
                named(separator)));
      }
      rows.add(row);
    }
    return rows;
  }

  /** The separator of a header: a tab, semicolon or comma, the first that stands in it. */
  static char separatorOf(String text) {
    String header = text.lines().findFirst().orElse("");
    for (char candidate : new char[] {'\t', ';'}) {
      if (header.indexOf(candidate) >= 0) {
        return candidate;
      }
    }
    return ',';
  }

  private static String named(char separator) {
    return separator == '\t' ? "(a tab)" : "'" + separator + "'";
  }

  private static boolean isBlank(Row row) {
    return row.cells.size() == 1 && row.cells.get(0).isBlank();
  }

  private Row row() throws IOException {
    int first = line;
    List<String> cells = new ArrayList<>();
    cells.add(cell());
    while (at < text.length() && text.charAt(at) == separator) {
      at++;
      cells.add(cell());
    }
    endLine();
    return new Row(first, cells);
  }

  private void endLine() {
    if (at < text.length() && text.charAt(at) == '\r') {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '\n') {
      at++;
    }
    line++;
  }

  private String cell() throws IOException {
    if (at < text.length() && text.charAt(at) == QUOTE) {
      return quoted();
    }
    int from = at;
    while (at < text.length() && !isEnd(text.charAt(at))) {
      if (text.charAt(at) == QUOTE) {
        throw broken(line, "a quote inside a cell that does not begin with one; quote the cell");
      }
      at++;
    }
    return text.substring(from, at).strip();
  }

  private boolean isEnd(char c) {
    return c == separator || c == '\n' || c == '\r';
  }

  private String quoted() throws IOException {
    int first = line;
    StringBuilder cell = new StringBuilder();
    at++;
    while (true) {
      int end = text.indexOf(QUOTE, at);
      if (end < 0) {
        throw broken(first, "a quoted cell that does not end");
      }
      String part = text.substring(at, end);
      line += (int) part.chars().filter(c -> c == '\n').count();
      cell.append(part);
      at = end + 1;
      if (at == text.length() || isEnd(text.charAt(at))) {
        return cell.toString();
      }
      if (text.charAt(at) != QUOTE) {
        throw broken(line, "text after a quoted cell; double the quotes inside it");
      }
      cell.append(QUOTE);
      at++;
    }
  }

  private IOException broken(int where, String why) {
    return new IOException(String.format(Locale.ROOT, "%s: line %d: %s", source, where, why));
  }
}
