package io.github.unroll.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Java that the page for readers of the NumPy originals quotes must stand in the library so. */
class FromNumpyTest {

  private static final Page PAGE = Page.of(Path.of("docs/from-numpy.md"));

  @Test
  void every_quoted_line_of_java_should_stand_in_the_file_named_above_its_table() {
    List<LineByLine.Row> rows = LineByLine.rows(PAGE);
    assertThat(rows.stream().flatMap(row -> row.missing().stream())).isEmpty();
    assertThat(rows.stream().filter(row -> !row.answers())).isEmpty();
  }

  @Test
  void no_table_of_python_and_java_should_be_overlooked() {
    String tables = PAGE.text().substring(PAGE.text().indexOf("| Python | Java |"));
    long rows =
        Pattern.compile("\\R\\R")
            .splitAsStream(tables)
            .filter(part -> part.startsWith("| Python | Java"))
            .mapToLong(table -> table.lines().count() - 2)
            .sum();
    assertThat(LineByLine.rows(PAGE)).hasSize((int) rows).hasSizeGreaterThan(150);
  }

  @Test
  void every_line_of_a_cell_that_is_quoted_beside_its_formula_should_stand_in_the_cell() {
    List<LineByLine.Row> rows = LineByLine.rows(Page.of(Path.of("docs/cells.md")));
    assertThat(rows.stream().flatMap(row -> row.missing().stream())).isEmpty();
    assertThat(rows).hasSizeGreaterThan(40).allMatch(LineByLine.Row::answers);
  }

  @Test
  void a_line_that_is_not_there_should_be_noticed() {
    String source = "int a =\n    b;\nint c = d; // why\n";
    assertThat(List.of("int a = b;", "int a=", "int a = b; int c = d; // why"))
        .allMatch(line -> LineByLine.hasLine(source, line));
    assertThat(List.of("a = b;", "int a = b", "int c = d;", "int a = d;", ""))
        .noneMatch(line -> LineByLine.hasLine(source, line));
  }

  @Test
  void a_broken_row_should_be_noticed() {
    String head = "Java: [A](../pom.xml),\n[B](../LICENSE)\n\n| Python | Java |\n|---|---|\n";
    Page page =
        new Page(
            Path.of("docs/p.md"), head + "| `x` | `<project` |\n| `y` | none |\n| `z` | — |\n");
    List<LineByLine.Row> rows = LineByLine.rows(page);
    assertThat(rows).extracting(LineByLine.Row::answers).containsExactly(true, false, true);
    assertThat(rows.get(0).files()).containsExactly(Path.of("pom.xml"), Path.of("LICENSE"));
    assertThat(rows.get(0).missing()).containsExactly("<project is not in [pom.xml, LICENSE]");
  }
}
