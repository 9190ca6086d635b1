package io.github.unroll.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of a page that set Python, or a formula, and Java side by side. Above each stands
 * where its Java is from: {@code Java: [RnnCell.java](../src/main/java/...)}, several files with
 * commas between.
 */
final class LineByLine {

  private static final Pattern TABLE =
      Pattern.compile(
          "^Java: (\\[(?:.*\\R)+?)\\R\\| (?:Python|Formula) \\| Java"
              + " (?:\\|.*)?\\R\\|[-|]+\\R((?:\\|.*\\R)+)",
          Pattern.MULTILINE);
  private static final Pattern FILE = Pattern.compile("\\]\\(([^)]*)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");

  /**
   * A row.
   *
   * @param files where its Java is from
   * @param java lines that are quoted; none if the page says that there is none
   * @param text the row as it stands on the page
   */
  record Row(List<Path> files, List<String> java, String text) {

    /** The lines that stand in none of the files, and these. */
    List<String> missing() {
      return java.stream()
          .filter(line -> files.stream().noneMatch(file -> hasLine(read(file), line)))
          .map(line -> line + " is not in " + files)
          .toList();
    }

    /** Whether the row quotes Java or says, by a dash, that there is none. */
    boolean answers() {
      return java.isEmpty() == cell(text, 1).startsWith("—");
    }
  }

  private LineByLine() {}

  /** All rows of a page, in order. */
  static List<Row> rows(Page page) {
    List<Row> rows = new ArrayList<>();
    Matcher table = TABLE.matcher(page.text());
    while (table.find()) {
      List<Path> files =
          FILE.matcher(table.group(1))
              .results()
              .map(link -> page.path().resolveSibling(link.group(1)).normalize())
              .toList();
      for (String row : table.group(2).lines().toList()) {
        List<String> java =
            CODE.matcher(cell(row, 1)).results().map(code -> code.group(1)).toList();
        rows.add(new Row(files, java, row));
      }
    }
    return rows;
  }

  private static String cell(String row, int index) {
    return row.split("(?<!\\\\)\\|")[index + 1].strip().replace("\\|", "|");
  }

  /** Whether a source has a line, or lines one after the other, that read so but for blanks. */
  static boolean hasLine(String source, String quoted) {
    StringBuilder dense = new StringBuilder();
    Set<Integer> borders = new HashSet<>(Set.of(0));
    for (String line : source.lines().toList()) {
      dense.append(withoutBlanks(line));
      borders.add(dense.length());
    }
    String wanted = withoutBlanks(quoted);
    for (int at = dense.indexOf(wanted); at >= 0; at = dense.indexOf(wanted, at + 1)) {
      if (borders.contains(at) && borders.contains(at + wanted.length())) {
        return !wanted.isEmpty();
      }
    }
    return false;
  }

  private static String withoutBlanks(String code) {
    return code.replaceAll("\\s", "");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
