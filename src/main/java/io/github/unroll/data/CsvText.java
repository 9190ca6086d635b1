package io.github.unroll.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A strict reader of comma-separated values (RFC 4180): every row has as many cells as the first, a
 * quoted cell may hold separators, line breaks and doubled quotes. Blank lines are no rows.
 */
final class CsvText {

  private static final char QUOTE = '"';

  private final String source;
  private final String text;
  private final char separator;
  private final List<String[]> rows = new ArrayList<>();
  private int[] lines = new int[16]; // on which each row begins, from 1
  private final String[] singles = new String[128]; // cells of one character
  private int at;
  private int line = 1;

  /**
   * Reads all rows, the header first.
   *
   * @param source what errors begin with
   */
  CsvText(String source, String text, char separator) throws IOException {
    this.source = source;
    this.text = text;
    this.separator = separator;
    if (text.indexOf('\0') >= 0) {
      throw new IOException(
          source + ": holds a zero character, which no text has; save it as UTF-8");
    }
    readAll();
  }

  /** The cells of each row. */
  List<String[]> rows() {
    return rows;
  }

  /** The numbers of the lines on which the rows begin. */
  int[] lines() {
    return Arrays.copyOf(lines, rows.size());
  }

  /**
   * The separator of a header: a tab, semicolon or comma, whichever stands in it, in this order.
   */
  static char separatorOf(String text) {
    char found = ',';
    boolean begun = false;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == QUOTE;
      begun |= !Character.isWhitespace(c);
      if (quoted) {
        continue;
      }
      if (c == '\t' || (c == ';' && found != '\t')) {
        found = c;
      }
      if (isLineEnd(c)) {
        if (begun) {
          return found;
        }
        found = ',';
      }
    }
    return found;
  }

  private void readAll() throws IOException {
    int blank = 0; // the latest blank line between rows
    while (at < text.length()) {
      int first = line;
      boolean quoted = text.charAt(at) == QUOTE;
      String[] row = row();
      if (row.length == 1 && row[0].isEmpty() && !quoted) {
        blank = first;
        continue;
      }
      check(row.length, first, blank);
      if (rows.size() == lines.length) {
        lines = Arrays.copyOf(lines, 2 * rows.size());
      }
      lines[rows.size()] = first;
      rows.add(row);
    }
  }

  private void check(int cells, int first, int blank) throws IOException {
    if (rows.isEmpty()) {
      return;
    }
    int width = rows.get(0).length;
    if (cells != width) {
      throw broken(
          first,
          String.format(
              Locale.ROOT,
              "%d cells, and the header has %d; quote a cell that holds the separator %s",
              cells,
              width,
              separator == ','
                  ? "',', and write numbers with a decimal point"
                  : separator == '\t' ? "(a tab)" : "'" + separator + "'"));
    }
    if (width == 1 && blank > lines[0]) {
      throw broken(blank, "a blank line between the rows of a single column; write NA for a gap");
    }
  }

  private String[] row() throws IOException {
    List<String> cells = new ArrayList<>();
    cells.add(cell());
    while (at < text.length() && text.charAt(at) == separator) {
      at++;
      cells.add(cell());
    }
    if (at < text.length() && text.charAt(at) == '\r') {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '\n') {
      at++;
    }
    line++;
    return cells.toArray(String[]::new);
  }

  private String cell() throws IOException {
    if (at < text.length() && text.charAt(at) == QUOTE) {
      return quoted();
    }
    int from = at;
    while (!isEnd()) {
      if (text.charAt(at) == QUOTE) {
        throw broken(
            line,
            "a quote inside a cell that does not begin with one; quote the whole cell, with no"
                + " blank before the quote, and double the quotes inside it");
      }
      at++;
    }
    return at - from > 1 ? text.substring(from, at).strip() : at == from ? "" : single(from);
  }

  /** A file may be all zeros and ones, which then are two texts, not millions. */
  private String single(int place) {
    char c = text.charAt(place);
    if (c >= singles.length) {
      return String.valueOf(c).strip();
    }
    if (singles[c] == null) {
      singles[c] = String.valueOf(c).strip();
    }
    return singles[c];
  }

  private boolean isEnd() {
    return at == text.length() || text.charAt(at) == separator || isLineEnd(text.charAt(at));
  }

  private static boolean isLineEnd(char c) {
    return c == '\n' || c == '\r';
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
      countLines(end);
      cell.append(text, at, end);
      at = end + 1;
      if (isEnd()) {
        return cell.toString();
      }
      if (text.charAt(at) != QUOTE) {
        throw broken(line, "text after a quoted cell; double the quotes inside it");
      }
      cell.append(QUOTE);
      at++;
    }
  }

  /** Line ends are \n, \r or \r\n. */
  private void countLines(int end) {
    for (int i = at; i < end; i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && text.charAt(i + 1) != '\n')) {
        line++;
      }
    }
  }

  private IOException broken(int where, String why) {
    return new IOException(String.format(Locale.ROOT, "%s: line %d: %s", source, where, why));
  }

  // ---- written ----

  /** A row as this reader reads it again, separated by commas, with a line end. */
  static void write(StringBuilder out, Iterable<String> cells) {
    char before = 0;
    for (String cell : cells) {
      if (before != 0) {
        out.append(before);
      }
      before = ',';
      if (isPlain(cell)) {
        out.append(cell);
      } else {
        out.append(QUOTE).append(cell.replace("\"", "\"\"")).append(QUOTE);
      }
    }
    out.append('\n');
  }

  /** A blank cell is no plain one: alone in its row it would be a blank line. */
  private static boolean isPlain(String cell) {
    for (int i = 0; i < cell.length(); i++) {
      if ("\",;\t\r\n\uFEFF".indexOf(cell.charAt(i)) >= 0) {
        return false;
      }
    }
    return !cell.isEmpty() && cell.equals(cell.strip());
  }
}
