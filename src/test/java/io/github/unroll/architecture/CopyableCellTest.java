package io.github.unroll.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's table of files for copying a cell, held to its word. */
class CopyableCellTest {

  private static final Path MAIN = Path.of("src/main/java/io/github/unroll");
  private static final Pattern FILE = Pattern.compile("`((?:cell|tensor|kernel)/\\w+\\.java)`");

  @ParameterizedTest
  @ValueSource(strings = {"RnnCell", "LstmCell", "GruCell"})
  void should_compile_from_the_files_that_the_readme_names(String cell, @TempDir Path classes)
      throws IOException {
    List<Path> files = filesNamedFor(cell);
    assertThat(files).as("files named for " + cell).hasSizeBetween(2, 8);
    assertThat(linesNamedFor(cell)).as("lines named for " + cell).isEqualTo(linesOf(files));
    assertThat(SourceCompiler.compile(files, "", classes)).isEmpty();
    assertThat(classes.resolve("io/github/unroll/cell/" + cell + ".class")).exists();

    for (Path superfluous : files.subList(1, files.size())) {
      List<Path> fewer = new ArrayList<>(files);
      fewer.remove(superfluous);
      assertThat(SourceCompiler.compile(fewer, "", classes.resolve("..")))
          .as("without " + superfluous)
          .isNotEmpty();
    }
  }

  private static String rowOf(String cell) throws IOException {
    return Files.readAllLines(Path.of("README.md")).stream()
        .filter(line -> line.startsWith("| `" + cell + "` |"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("README names no files for " + cell));
  }

  /** The last column of the row. */
  private static int linesNamedFor(String cell) throws IOException {
    String[] columns = rowOf(cell).split("\\|");
    return Integer.parseInt(columns[columns.length - 1].strip().replace(",", ""));
  }

  private static int linesOf(List<Path> files) throws IOException {
    int lines = 0;
    for (Path file : files) {
      lines += Files.readAllLines(file).size();
    }
    return lines;
  }

  private static List<Path> filesNamedFor(String cell) throws IOException {
    List<Path> files = new ArrayList<>();
    Matcher matcher = FILE.matcher(rowOf(cell));
    while (matcher.find()) {
      files.add(MAIN.resolve(matcher.group(1)));
    }
    return files;
  }
}
