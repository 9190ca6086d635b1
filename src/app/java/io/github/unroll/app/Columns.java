package io.github.unroll.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text whose cells are aligned in columns. */
final class Columns {
  private final List<String[]> rows = new ArrayList<>();

  void add(String... cells) {
    rows.add(cells);
  }

  /**
   * Prints the rows with a blank line before them, if there are any.
   *
   * @param numbersLast whether the last cells are numbers, to be aligned right
   */
  void printTo(PrintWriter out, boolean numbersLast) {
    if (rows.isEmpty()) {
      return;
    }
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    out.println();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String blanks = " ".repeat(widths[i] - row[i].length());
        boolean right = numbersLast && i == widths.length - 1;
        if (widths[i] > 0) {
          line.append("  ").append(right ? blanks + row[i] : row[i] + blanks);
        }
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
