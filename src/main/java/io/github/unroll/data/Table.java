package io.github.unroll.data;

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
import java.util.stream.IntStream;

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
 * N/A, NaN or null, in small or capital letters, is a gap.
 */
public final class Table {

  private static final Set<String> GAPS = Set.of("", "na", "n/a", "nan", "null", "none", "?");

  private final String source;
  private final List<String> names;
  private final List<String[]> rows;
  private final int[] lines; // in the source, of each row

  private Table(String source, List<String> names, List<String[]> rows, int[] lines) {
    this.source = source;
    this.names = names;
    this.rows = rows;
    this.lines = lines;
  }

  // ---- made ----

  /**
   * Reads a CSV file in UTF-8 whose first row names the columns (RFC 4180). Cells are separated by
   * tabs, semicolons or commas, whichever stands in the first row, in this order.
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
    List<CsvText.Row> all = CsvText.read(source, text, separator);
    if (all.isEmpty()) {
      throw new IOException(source + ": is blank; the first row must name the columns");
    }
    List<String> names = all.get(0).cells();
    List<CsvText.Row> rows = all.subList(1, all.size());
    if (rows.isEmpty()) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: has the header %s and no row under it", source, names));
    }
    String wrong = wrongName(names);
    if (!wrong.isEmpty()) {
      throw new IOException(source + ": " + wrong);
    }
    return new Table(
        source,
        List.copyOf(names),
        rows.stream().map(row -> row.cells().toArray(String[]::new)).toList(),
        rows.stream().mapToInt(CsvText.Row::line).toArray());
  }

  private static String wrongName(List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.isEmpty()) {
        return "a column has no name; the first row must name every column";
      }
      if (!seen.add(name)) {
        return "two columns have the name '" + name + "'; rename one";
      }
    }
    return "";
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
        (name, values) ->
            texts.put(name, Arrays.stream(values).mapToObj(Double::toString).toList()));
    return ofTexts(texts);
  }

  /**
   * {@return a table of texts in columns}
   *
   * @param columns the columns by name, in this order, all equally long; copied
   * @throws IllegalArgumentException if there is none, or they differ in length
   */
  public static Table ofTexts(Map<String, List<String>> columns) {
    List<String> names = List.copyOf(columns.keySet());
    if (names.isEmpty()) {
      throw new IllegalArgumentException("Table: no columns; pass at least one");
    }
    int size = columns.get(names.get(0)).size();
    columns.forEach(
        (name, texts) -> {
          if (texts.size() != size) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "Table: column '%s' has %d rows, and '%s' has %d",
                    name,
                    texts.size(),
                    names.get(0),
                    size));
          }
        });
    List<String[]> rows = new ArrayList<>();
    for (int r = 0; r < size; r++) {
      int row = r;
      rows.add(names.stream().map(name -> columns.get(name).get(row)).toArray(String[]::new));
    }
    return new Table("Table", names, rows, IntStream.range(0, size).toArray());
  }

  // ---- asked ----

  /** {@return the number of rows, without the header} */
  public int rows() {
    return rows.size();
  }

  /** {@return the names of the columns in their order} */
  public List<String> names() {
    return names;
  }

  /** {@return whether there is a column of this name} */
  public boolean has(String column) {
    return names.contains(column);
  }

  /**
   * {@return the cells of a column as they stand there, without blanks around}
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public List<String> texts(String column) {
    int c = index(column);
    return rows.stream().map(row -> row[c]).toList();
  }

  /**
   * {@return the cells of a column that tells names, such as a label or a group}
   *
   * @throws IllegalArgumentException naming the line, if a cell is empty; or if there is no such
   *     column
   */
  public List<String> labels(String column) {
    List<String> texts = texts(column);
    for (int r = 0; r < texts.size(); r++) {
      if (texts.get(r).isEmpty()) {
        throw new IllegalArgumentException(where(r, column) + " is empty; give it a name");
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
    int c = index(column);
    double[] numbers = new double[rows.size()];
    for (int r = 0; r < numbers.length; r++) {
      numbers[r] = number(rows.get(r)[c], r, column);
    }
    return numbers;
  }

  private double number(String cell, int row, String column) {
    if (isGap(cell)) {
      return Double.NaN;
    }
    double number;
    try {
      number = isNumber(cell) ? Double.parseDouble(cell) : Double.NaN;
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s is \"%s\", no number; write numbers as 1234.5 or -1e3, and leave a gap empty",
              where(row, column),
              cell));
    }
    return number;
  }

  /** Without the forms that only Java knows: 1f, 0x1p3. */
  private static boolean isNumber(String cell) {
    return cell.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0);
  }

  static boolean isGap(String cell) {
    return GAPS.contains(cell.toLowerCase(Locale.ROOT));
  }

  /**
   * {@return the times of a column}
   *
   * @throws IllegalArgumentException naming the line, if a cell is no time or the times do not
   *     ascend; or if there is no such column
   */
  public TimeColumn times(String column) {
    List<String> texts = texts(column);
    return TimeColumn.of(texts, row -> where(row, column));
  }

  /** Where a cell is, for a message: file, line and column. */
  String where(int row, String column) {
    return String.format(
        Locale.ROOT,
        source.equals("Table") ? "%s: row %d, column '%s'" : "%s: line %d, column '%s'",
        source,
        lines[row],
        column);
  }

  private int index(String column) {
    int index = names.indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: no column '%s'; there are %s", source, column, names));
    }
    return index;
  }

  // ---- parts ----

  /**
   * {@return some of the rows}
   *
   * @param which their indices, in the wanted order
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public Table rows(int... which) {
    return new Table(
        source,
        names,
        IntStream.of(which).mapToObj(rows::get).toList(),
        IntStream.of(which).map(row -> lines[row]).toArray());
  }

  /**
   * {@return the rows from one index on, up to another, which is left out}
   *
   * @throws IndexOutOfBoundsException if there are no such rows
   */
  public Table rows(int from, int to) {
    return new Table(source, names, rows.subList(from, to), Arrays.copyOfRange(lines, from, to));
  }

  /**
   * {@return the rows of each group, the groups in the order of their first rows}
   *
   * @param column the column that names the group of each row
   * @throws IllegalArgumentException naming the line, if a cell is empty; or if there is no such
   *     column
   */
  public Map<String, Table> groups(String column) {
    List<String> names = labels(column);
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int r = 0; r < names.size(); r++) {
      groups.computeIfAbsent(names.get(r), name -> new ArrayList<>()).add(r);
    }
    Map<String, Table> tables = new LinkedHashMap<>();
    groups.forEach(
        (name, which) -> tables.put(name, rows(which.stream().mapToInt(r -> r).toArray())));
    return tables;
  }

  /** {@return the source, the number of rows and the columns} */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s: %d rows of %s", source, rows.size(), names);
  }
}
