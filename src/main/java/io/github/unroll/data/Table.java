package io.github.unroll.data;

import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A table of named columns, as a CSV file holds it: every cell is a text, and a column is read as
 * texts, numbers or times when it is asked for. Immutable.
 *
 * <pre>{@code
 * Table table = Table.read(Path.of("sales.csv"));
 * double[] sales = table.numbers("sales");      // NaN where a cell is empty
 * }</pre>
 *
 * <p>Numbers have a decimal point and no other separator: 1234.5, -1e3. A cell that is empty, NA,
 * N/A, #N/A, NaN, null or none, in small or capital letters, a question mark or a point is a gap.
 */
public final class Table {

  private static final Set<String> GAPS =
      Set.of("", "na", "n/a", "#n/a", "nan", "null", "none", "?", ".");
  private static final int LONGEST_LIST = 400;

  private final String source;
  private final String line; // what lines are, in messages
  private final List<String> header; // "" for a column without a name
  private final List<String[]> rows;
  private final int[] lines; // in the source, of each row

  private Table(String source, String line, List<String> header, List<String[]> rows, int[] lines) {
    this.source = source;
    this.line = line;
    this.header = header;
    this.rows = rows;
    this.lines = lines;
  }

  // ---- made ----

  /**
   * Reads a CSV file in UTF-8 whose first row names the columns (RFC 4180). Cells are separated by
   * tabs, semicolons or commas, whichever stands in the first row, in this order. Blank lines are
   * passed over, and so are blanks around cells without quotes. A column without a name, such as
   * the row numbers that other programs write, cannot be asked for.
   *
   * @param file the file
   * @return its table, with at least one row
   * @throws IOException naming file and line, if it cannot be read, has no header or no row under
   *     it, a row has more or fewer cells than the header, or two columns have one name
   */
  public static Table read(Path file) throws IOException {
    String text = TextFile.read(file);
    return read(file.toString(), text, CsvText.separatorOf(text));
  }

  /**
   * Reads a CSV file whose cells are separated by a given character.
   *
   * @param file the file
   * @param separator such as '|'
   * @return its table, with at least one row
   * @throws IOException naming file and line, as {@link #read(Path)}
   */
  public static Table read(Path file, char separator) throws IOException {
    return read(file.toString(), TextFile.read(file), separator);
  }

  private static Table read(String source, String text, char separator) throws IOException {
    if (text.isBlank()) {
      throw new IOException(source + ": is blank; the first row must name the columns");
    }
    CsvText csv = new CsvText(source, text, separator);
    List<String[]> rows = csv.rows();
    List<String> header = List.of(rows.get(0));
    String wrong = wrongName(header);
    if (!wrong.isEmpty()) {
      throw new IOException(source + ": " + wrong);
    }
    if (rows.size() == 1) {
      throw new IOException(source + ": has a header, " + listed(header) + ", and no row under it");
    }
    int[] lines = csv.lines();
    return new Table(
        source,
        "line",
        header,
        rows.subList(1, rows.size()),
        Arrays.copyOfRange(lines, 1, lines.length));
  }

  private static String wrongName(List<String> header) {
    Set<String> seen = new HashSet<>();
    for (String name : header) {
      if (!name.isBlank() && !seen.add(name)) {
        return "two columns have the name " + Fault.quoted(name) + "; rename one";
      }
    }
    return seen.isEmpty() ? "no column has a name; the first row must name the columns" : "";
  }

  private static String listed(List<String> names) {
    return Fault.shortened(names.toString(), LONGEST_LIST);
  }

  /**
   * {@return a table of numbers in columns}
   *
   * @param columns the columns by name, in this order, all equally long; copied
   * @throws IllegalArgumentException if there is none, or they differ in length
   */
  public static Table ofNumbers(Map<String, double[]> columns) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    columns.forEach(
        (name, values) -> {
          String[] cells = new String[values.length];
          for (int r = 0; r < cells.length; r++) {
            cells[r] = Double.toString(values[r]);
          }
          texts.put(name, List.of(cells));
        });
    return ofTexts(texts);
  }

  /**
   * {@return a table of texts in columns}
   *
   * @param columns the columns by name, in this order, all equally long; copied
   * @throws IllegalArgumentException if there is none, or they differ in length
   */
  public static Table ofTexts(Map<String, List<String>> columns) {
    List<String> header = List.copyOf(columns.keySet());
    String wrong = wrongName(header);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException("Table: " + wrong);
    }
    String[][] rows = new String[columns.get(header.get(0)).size()][header.size()];
    int[] lines = new int[rows.length];
    for (int c = 0; c < header.size(); c++) {
      List<String> texts = List.copyOf(columns.get(header.get(c)));
      if (texts.size() != rows.length) {
        throw Fault.of(
            "Table: column '%s' has %d rows, and '%s' has %d",
            header.get(c), texts.size(), header.get(0), rows.length);
      }
      for (int r = 0; r < rows.length; r++) {
        rows[r][c] = texts.get(r);
        lines[r] = r;
      }
    }
    return new Table("Table", "row", header, List.of(rows), lines);
  }

  // ---- asked ----

  /** {@return the number of rows, without the header} */
  public int rows() {
    return rows.size();
  }

  /** {@return the names of the columns in their order} */
  public List<String> names() {
    return header.stream().filter(name -> !name.isBlank()).toList();
  }

  /** {@return whether there is a column of this name} */
  public boolean has(String column) {
    return !column.isBlank() && header.contains(column);
  }

  /**
   * {@return the cells of a column as they stand there}
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public List<String> texts(String column) {
    if (!has(column)) {
      throw Fault.of("%s: no column '%s'; there are %s", source, column, listed(names()));
    }
    int c = header.indexOf(column);
    return rows.stream().map(row -> row[c]).toList();
  }

  /**
   * {@return the cells of a column that tells names, such as a label or a group}
   *
   * @throws IllegalArgumentException naming the line, if a cell is blank; or if there is no such
   *     column
   */
  public List<String> labels(String column) {
    List<String> texts = texts(column);
    for (int r = 0; r < texts.size(); r++) {
      if (texts.get(r).isBlank()) {
        throw Fault.of("%s is empty; give it a name", where(r, column));
      }
    }
    return texts;
  }

  /**
   * {@return the numbers of a column; NaN where there is a gap}
   *
   * @throws IllegalArgumentException naming the line, if a cell is neither a finite number nor a
   *     gap; or if there is no such column
   */
  public double[] numbers(String column) {
    List<String> texts = texts(column);
    double[] numbers = new double[rows.size()];
    for (int r = 0; r < numbers.length; r++) {
      numbers[r] = number(texts.get(r).strip());
      if (Double.isInfinite(numbers[r])) {
        throw Fault.of(
            "%s is %s, no number; write numbers with a decimal point and no comma, as 1234.5 or"
                + " -1e3, and leave a gap empty",
            where(r, column), Fault.quoted(texts.get(r)));
      }
    }
    return numbers;
  }

  /** NaN for a gap, infinite if it is no number. */
  private static double number(String cell) {
    if (GAPS.contains(cell.toLowerCase(Locale.ROOT))) {
      return Double.NaN;
    }
    for (int i = 0; i < cell.length(); i++) {
      if ("0123456789+-.eE".indexOf(cell.charAt(i)) < 0) { // such as 1f, 0x1p3
        return Double.POSITIVE_INFINITY;
      }
    }
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      return Double.POSITIVE_INFINITY;
    }
  }

  /**
   * {@return the numbers of some columns as a matrix (rows, columns); NaN where there is a gap}
   *
   * @param columns their names, at least one, in the wanted order
   * @throws IllegalArgumentException as {@link #numbers}; or if there is no row, or no name given
   */
  public Matrix matrix(String... columns) {
    Matrix matrix = new Matrix(rows.size(), columns.length);
    for (int c = 0; c < columns.length; c++) {
      double[] numbers = numbers(columns[c]);
      for (int r = 0; r < numbers.length; r++) {
        matrix.set(r, c, numbers[r]);
      }
    }
    return matrix;
  }

  /**
   * {@return the times of a column}
   *
   * @throws IllegalArgumentException naming the line, if a cell is no time, the times do not ascend
   *     or are not at regular steps; if there are fewer than two rows; or if there is no such
   *     column
   */
  public TimeColumn times(String column) {
    List<String> texts = texts(column);
    return TimeColumn.of(texts, row -> where(row, column));
  }

  /** Where a cell is, for a message: file, line and column. */
  private String where(int row, String column) {
    return String.format(Locale.ROOT, "%s: %s %d, column '%s'", source, line, lines[row], column);
  }

  // ---- parts ----

  /**
   * {@return some of the rows}
   *
   * @param which their indices, in the wanted order
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public Table part(int... which) {
    String[][] some = new String[which.length][];
    int[] theirs = new int[which.length];
    for (int i = 0; i < which.length; i++) {
      some[i] = rows.get(which[i]);
      theirs[i] = lines[which[i]];
    }
    return new Table(source, line, header, List.of(some), theirs);
  }

  /**
   * {@return the rows from one index on, up to another, which is left out}
   *
   * @throws IndexOutOfBoundsException if there are no such rows
   */
  public Table slice(int from, int to) {
    return new Table(
        source, line, header, rows.subList(from, to), Arrays.copyOfRange(lines, from, to));
  }

  /**
   * {@return the rows of each group, the groups in the order of their first rows}
   *
   * @param column the column that names the group of each row
   * @throws IllegalArgumentException naming the line, if a cell is blank; or if there is no such
   *     column
   */
  public Map<String, Table> groups(String column) {
    Map<String, Table> tables = new LinkedHashMap<>();
    rowsByGroup(column).forEach((name, which) -> tables.put(name, part(which)));
    return tables;
  }

  /**
   * {@return the indices of the rows of each group, the groups in the order of their first rows}
   *
   * @param column the column that names the group of each row
   * @throws IllegalArgumentException naming the line, if a cell is blank; or if there is no such
   *     column
   */
  public Map<String, int[]> rowsByGroup(String column) {
    List<String> labels = labels(column);
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int r = 0; r < labels.size(); r++) {
      groups.computeIfAbsent(labels.get(r), name -> new ArrayList<>()).add(r);
    }
    Map<String, int[]> rowsByGroup = new LinkedHashMap<>();
    groups.forEach(
        (name, which) -> rowsByGroup.put(name, which.stream().mapToInt(r -> r).toArray()));
    return rowsByGroup;
  }

  /**
   * {@return the table as a CSV text, which {@link #read} reads again: separated by commas, with
   * quotes where they are needed}
   */
  public String toCsv() {
    StringBuilder text = new StringBuilder();
    CsvText.write(text, header);
    rows.forEach(row -> CsvText.write(text, Arrays.asList(row)));
    return text.toString();
  }

  /** {@return the source, the number of rows and the columns} */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s: %d rows of %s", source, rows.size(), listed(names()));
  }
}
