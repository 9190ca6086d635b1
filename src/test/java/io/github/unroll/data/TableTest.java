package io.github.unroll.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {

  @TempDir Path folder;

  private Path file(String text) {
    return file(text, StandardCharsets.UTF_8);
  }

  private Path file(String text, Charset charset) {
    try {
      return Files.write(folder.resolve("data.csv"), text.getBytes(charset));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Table table(String text) {
    try {
      return Table.read(file(text));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // ---- reading ----

  @ParameterizedTest(name = "{0}")
  @MethodSource("forms")
  void should_read_every_form_of_the_same_table(String name, String text) {
    Table table = table(text);
    assertThat(table.names()).containsExactly("day", "sold");
    assertThat(table.rows()).isEqualTo(2);
    assertThat(table.texts("day")).containsExactly("Monday", "Sunday");
    assertThat(table.numbers("sold")).containsExactly(1.5, -2);
  }

  static Stream<Arguments> forms() {
    String plain = "day,sold\nMonday,1.5\nSunday,-2\n";
    return Stream.of(
        Arguments.of("commas", plain),
        Arguments.of("semicolons", plain.replace(',', ';')),
        Arguments.of("tabs", plain.replace(',', '\t')),
        Arguments.of(
            "semicolons, and a comma in the header's quotes",
            "\"day\";sold\nMonday;1.5\nSunday;-2"),
        Arguments.of("no line end after the last row", plain.strip()),
        Arguments.of("CRLF", plain.replace("\n", "\r\n")),
        Arguments.of("CR alone", plain.replace("\n", "\r")),
        Arguments.of("a byte order mark", "\uFEFF" + plain),
        Arguments.of(
            "a byte order mark before a quote", "\uFEFF\"day\",sold\nMonday,1.5\nSunday,-2"),
        Arguments.of("blank lines", "\n \n\t\n" + plain.replace("\n", "\n\n\t \n") + "  "),
        Arguments.of("blanks around cells", " day , sold\n Monday,1.5 \nSunday\t, -2\n"),
        Arguments.of(
            "all in quotes", "\"day\",\"sold\"\n\"Monday\",\"1.5\"\n\"Sunday\",\" -2 \"\n"));
  }

  @Test
  void should_take_a_separator_that_is_given() throws IOException {
    Table table = Table.read(file("a|b\n1,5|2;5\n"), '|');
    assertThat(table.texts("a")).containsExactly("1,5");
    assertThat(table.texts("b")).containsExactly("2;5");
  }

  @Test
  void a_separator_inside_the_quotes_of_the_header_should_be_no_separator() {
    assertThat(table("\"a;\tb\",c\n1,2\n").names()).containsExactly("a;\tb", "c");
    assertThat(table("\"a\n;\",c\n1,2\n").names()).containsExactly("a\n;", "c");
    assertThat(table("a;x\tb;\n1;\t;2\n").names()).containsExactly("a;x", "b;");
    assertThat(table("\n\na;b\n1;2\n").names()).containsExactly("a", "b");
  }

  @Test
  void a_quoted_cell_should_hold_anything() {
    Table table = table("a,b\n\"x,\"\"y\"\"\r\nz\",\" \"\n\"\",\"\"\"\"\n");
    assertThat(table.texts("a")).containsExactly("x,\"y\"\r\nz", "");
    assertThat(table.texts("b")).containsExactly(" ", "\"");
  }

  @Test
  void a_column_without_a_name_should_be_passed_over() {
    Table rowNumbers = table("\"\",sold\n0,5\n1,6\n");
    assertThat(rowNumbers.names()).containsExactly("sold");
    assertThat(rowNumbers.numbers("sold")).containsExactly(5, 6);
    assertThat(rowNumbers.has("")).isFalse();
    Table commaAtTheEnd = table("a,b,,\n1,2,,\n");
    assertThat(commaAtTheEnd.names()).containsExactly("a", "b");
    assertThat(commaAtTheEnd.numbers("b")).containsExactly(2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFiles")
  void should_say_what_is_wrong_with_a_file(String name, String text, String message) {
    Path file = file(text);
    assertThatIOException()
        .isThrownBy(() -> Table.read(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(message);
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(
        Arguments.of("empty", "", "the file is empty"),
        Arguments.of("a byte order mark alone", "\uFEFF", "the file is empty"),
        Arguments.of("blank", " \n\r\n\t\n", "is blank; the first row must name the columns"),
        Arguments.of("a header alone", "a,b\n", "has a header, [a, b], and no row under it"),
        Arguments.of("a column twice", "a,b,a\n1,2,3\n", "two columns have the name \"a\"; rename"),
        Arguments.of("no names", ",\n1,2\n", "no column has a name"),
        Arguments.of(
            "a row too short", "a,b\n1,2\n3\n", "line 3: 1 cells, and the header has 2; quote"),
        Arguments.of("a row too long", "a;b\n\n1;2;3\n", "line 3: 3 cells, and the header has 2"),
        Arguments.of("a decimal comma", "a,b\n1,5,2\n", "and write numbers with a decimal point"),
        Arguments.of(
            "lines in quotes are counted",
            "a,b\n\"1\n\r\n\",2\r\n\"\r\",4\n5\n",
            "line 7: 1 cells"),
        Arguments.of(
            "quotes that do not end", "a,b\n1,2\n\"3,4\n5,6\n", "line 3: a quoted cell that"),
        Arguments.of("a quote at the end of the file", "a,b\n1,\"", "line 2: a quoted cell that"),
        Arguments.of("text after quotes", "a,b\n\"1\"2,3\n", "line 2: text after a quoted cell"),
        Arguments.of(
            "a quote in a cell",
            "a,b\n1,5\" tall\n",
            "line 2: a quote inside a cell that does not"),
        Arguments.of("a blank before a quote", "a,b\n1, \"2\"\n", "no blank before the quote"),
        Arguments.of(
            "a blank line in a single column",
            "a\n1\n\n3\n",
            "line 3: a blank line between the rows of a single column; write NA for a gap"),
        Arguments.of(
            "a blank line under the header of a single column",
            "a\r\n\r\n2",
            "line 2: a blank line between the rows"),
        Arguments.of("zeros between the characters", "a\0,\0b\0\n\0", "holds a zero character"));
  }

  @Test
  void blank_lines_around_a_single_column_should_be_no_rows() {
    assertThat(table("\na\n1\n\"\"\n2\n\n\n").numbers("a")).containsExactly(1, Double.NaN, 2);
  }

  @Test
  void should_refuse_another_encoding_and_what_is_no_file() {
    Path latin = file("größe\n1\n", StandardCharsets.ISO_8859_1);
    assertThatIOException()
        .isThrownBy(() -> Table.read(latin))
        .withMessage(latin + ": not UTF-8: byte 0xf6 at offset 2; save the file as UTF-8");
    Path wide = file("a,b\n1,2\n", StandardCharsets.UTF_16);
    assertThatIOException()
        .isThrownBy(() -> Table.read(wide))
        .withMessageStartingWith(wide + ": not UTF-8: byte 0xfe at offset 0");
    assertThatIOException()
        .isThrownBy(() -> Table.read(folder))
        .withMessageStartingWith(folder + ": is a directory");
    Path none = folder.resolve("none.csv");
    assertThatIOException().isThrownBy(() -> Table.read(none)).withMessageContaining(none + "");
  }

  @Test
  void should_show_little_of_what_is_huge() {
    String huge = "x".repeat(1_000_000);
    Path wide = file(huge + "," + huge + "\n1,2\n");
    assertThatIOException()
        .isThrownBy(() -> Table.read(wide))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
    Path header = file(huge + "\n");
    assertThatIOException()
        .isThrownBy(() -> Table.read(header))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1000));
    Table table = table("a\n" + huge + "\n");
    assertThat(table.texts("a").get(0)).isEqualTo(huge);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.numbers("a"))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
    String commas = huge.replace('x', ',');
    Table manyColumns = table(commas + "a\n" + commas + "1\n");
    assertThat(manyColumns.names()).containsExactly("a");
    assertThat(manyColumns.numbers("a")).containsExactly(1);
  }

  @Test
  @Timeout(30)
  void blank_lines_under_many_columns_should_cost_nothing() {
    String text = "a" + ",".repeat(1_000_000) + "\n".repeat(300_000) + ",".repeat(1_000_000);
    assertThat(table(text).numbers("a")).containsExactly(Double.NaN);
  }

  @Test
  void a_huge_number_should_be_read() {
    Table table = table("a\n0." + "3".repeat(100_000) + "\n" + "9".repeat(400) + "\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.numbers("a"))
        .withMessageContaining("line 3, column 'a' is \"9999");
    assertThat(table.slice(0, 1).numbers("a")).containsExactly(1 / 3.0);
  }

  // ---- columns ----

  @Test
  void should_name_the_columns_that_are_there() {
    Table table = table("date,sold\n2024-01-01,1\n");
    String source = folder.resolve("data.csv").toString();
    assertThat(table.has("sold")).isTrue();
    assertThat(table.has("Sold")).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.numbers("sale"))
        .withMessage(source + ": no column 'sale'; there are [date, sold]");
    assertThatIllegalArgumentException().isThrownBy(() -> table.texts("sale"));
    assertThatIllegalArgumentException().isThrownBy(() -> table.labels("sale"));
    assertThatIllegalArgumentException().isThrownBy(() -> table.times("sale"));
    assertThatIllegalArgumentException().isThrownBy(() -> table.groups("sale"));
    assertThatIllegalArgumentException().isThrownBy(() -> table.matrix("sold", "sale"));
    assertThat(table).hasToString(source + ": 1 rows of [date, sold]");
  }

  @Test
  void gaps_should_be_NaN() {
    String[] gaps = {"", "NA", "n/a", "#N/A", "NaN", "nan", "NULL", "None", "?", ".", "\" \""};
    Table table = table("x,y\n" + String.join(",0\n", gaps) + ",0\n");
    assertThat(table.numbers("x")).hasSize(gaps.length).containsOnly(Double.NaN);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "abc",
        "1,5",
        "1.234,5",
        "1 000",
        "1e",
        "--1",
        "1f",
        "1d",
        "0x1p3",
        "Infinity",
        "-inf",
        "1e999",
        "٣",
        "5%",
        "-",
        "e",
        "1.2.3",
        "true",
        "−1"
      })
  void what_is_no_number_should_be_named_with_its_place(String cell) {
    Table table = table("day,sold\nMonday,1\n\nTuesday,\"" + cell + "\"\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.numbers("sold"))
        .withMessage(
            "%s: line 4, column 'sold' is \"%s\", no number; write numbers with a decimal point and"
                + " no comma, as 1234.5 or -1e3, and leave a gap empty",
            folder.resolve("data.csv"), cell);
  }

  @Test
  void numbers_should_be_read_in_every_usual_form() {
    assertThat(table("x\n1\n-1.50\n+2\n.5\n5.\n1e3\n-1E-3\n007\n0\n").numbers("x"))
        .containsExactly(1, -1.5, 2, 0.5, 5, 1000, -0.001, 7, 0);
  }

  @Test
  void a_label_should_not_be_missing() {
    Table table = table("id,name\n1,yes\n2,\n3,no\n");
    assertThat(table.slice(0, 1).labels("name")).containsExactly("yes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.labels("name"))
        .withMessageEndingWith("data.csv: line 3, column 'name' is empty; give it a name");
    assertThatIllegalArgumentException().isThrownBy(() -> table.groups("name"));
  }

  @Test
  void should_make_a_matrix_of_columns() {
    Table table = table("a,b,c\n1,x,2\n3,y,\n");
    assertThat(table.matrix("c", "a").data()).containsExactly(2, 1, Double.NaN, 3);
    assertThat(table.matrix("a")).isEqualTo(Matrix.of(2, 1, 1, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> table.matrix());
    assertThatIllegalArgumentException().isThrownBy(() -> table.slice(1, 1).matrix("a"));
  }

  // ---- parts ----

  @Test
  void parts_should_keep_their_lines() {
    Table table = table("id,x\na,1\nb,2\n\na,bad\nb,4\n");
    assertThat(table.slice(1, 2).numbers("x")).containsExactly(2);
    assertThat(table.part(3, 0, 3).texts("x")).containsExactly("4", "1", "4");
    assertThat(table.part().rows()).isZero();
    assertThat(table.rowsByGroup("id").values())
        .flatExtracting(rows -> Arrays.stream(rows).boxed().toList())
        .containsExactlyInAnyOrder(
            IntStream.range(0, table.rows()).boxed().toArray(Integer[]::new));
    Map<String, Table> groups = table.groups("id");
    assertThat(groups.keySet()).containsExactly("a", "b");
    assertThat(groups.get("b").numbers("x")).containsExactly(2, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> groups.get("a").numbers("x"))
        .withMessageContaining("line 5, column 'x' is \"bad\"");
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> table.part(4));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> table.slice(2, 5));
  }

  // ---- made by hand ----

  @Test
  void should_be_made_of_arrays() {
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("b", new double[] {0.1, Double.NaN, -1e300});
    columns.put("a", new double[] {1, 2, Double.POSITIVE_INFINITY});
    Table table = Table.ofNumbers(columns);
    assertThat(table).hasToString("Table: 3 rows of [b, a]");
    assertThat(table.numbers("b")).containsExactly(0.1, Double.NaN, -1e300);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.numbers("a"))
        .withMessageStartingWith("Table: row 2, column 'a' is \"Infinity\", no number");
    columns.get("b")[0] = 5;
    assertThat(table.numbers("b")[0]).isEqualTo(0.1);
  }

  @Test
  void should_refuse_columns_that_do_not_fit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.ofTexts(Map.of()))
        .withMessageStartingWith("Table: no column has a name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.ofTexts(Map.of(" ", List.of("a"))))
        .withMessageStartingWith("Table: no column has a name");
    Map<String, List<String>> columns = new LinkedHashMap<>();
    columns.put("a", List.of("x"));
    columns.put("b", List.of("x", "y"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.ofTexts(columns))
        .withMessage("Table: column 'b' has 2 rows, and 'a' has 1");
    assertThatExceptionOfType(NullPointerException.class)
        .isThrownBy(() -> Table.ofTexts(Map.of("a", Arrays.asList("x", null))));
  }

  // ---- written and read again ----

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void any_table_should_be_written_and_read_again(int seed) throws IOException {
    RandomState random = new RandomState(seed);
    int rows = random.randint(1, 12);
    Map<String, List<String>> columns = new LinkedHashMap<>();
    int width = random.randint(1, 5);
    while (columns.size() < width) {
      List<String> cells = IntStream.range(0, rows).mapToObj(r -> cell(random)).toList();
      columns.put("c" + columns.size() + cell(random), cells);
    }
    Table table = Table.ofTexts(columns);
    Table again = Table.read(file(table.toCsv()));
    assertThat(again.names()).isEqualTo(table.names());
    for (String name : table.names()) {
      assertThat(again.texts(name)).as(name).isEqualTo(columns.get(name));
    }
    assertThat(again.toCsv()).isEqualTo(table.toCsv());
    Table quoted = Table.read(file(allQuoted(columns, rows)));
    assertThat(quoted.toCsv()).isEqualTo(table.toCsv());
  }

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  private static String cell(RandomState random) {
    String letters = "ab1.,;\t\n\r\"' \u00A0ä\uFEFF\uD83D\uDE00|";
    int[] points = letters.codePoints().toArray();
    StringBuilder cell = new StringBuilder();
    for (int i = random.randint(0, 7); i > 0; i--) {
      cell.appendCodePoint(points[random.randint(0, points.length)]);
    }
    return cell.toString();
  }

  /** The same table, as another program might write it. */
  private static String allQuoted(Map<String, List<String>> columns, int rows) {
    StringBuilder text = new StringBuilder();
    for (int r = -1; r < rows; r++) {
      int row = r;
      text.append(
          columns.entrySet().stream()
              .map(column -> row < 0 ? column.getKey() : column.getValue().get(row))
              .map(cell -> "\"" + cell.replace("\"", "\"\"") + "\"")
              .reduce((a, b) -> a + ";" + b)
              .orElseThrow());
      text.append("\r\n");
    }
    return text.toString();
  }

  @Test
  void numbers_should_be_written_and_read_again_with_the_same_bits() throws IOException {
    double[] numbers = new RandomState(1).randn(500);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] *= StrictMath.pow(10, i - 250);
    }
    numbers[7] = Double.NaN;
    numbers[8] = Double.MIN_VALUE;
    numbers[9] = -0.0;
    String text = Table.ofNumbers(Map.of("x", numbers)).toCsv();
    assertThat(Table.read(file(text)).numbers("x")).isEqualTo(numbers);
  }

  /** Neither an exception of another kind nor an endless loop. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void any_text_should_be_a_table_or_refused_with_its_file(int seed) {
    RandomState random = new RandomState(seed);
    StringBuilder text = new StringBuilder();
    for (int i = random.randint(1, 12); i > 0; i--) {
      text.append(cell(random)).append("\n,\"".charAt(random.randint(0, 3)));
    }
    Path file = file(text.toString());
    try {
      Table table = Table.read(file);
      assertThat(table.rows()).isPositive();
      assertThat(table.names()).isNotEmpty();
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith(file + ": ");
    }
  }
}
