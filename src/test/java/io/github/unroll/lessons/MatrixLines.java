package io.github.unroll.lessons;

import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines of numbers for a page of the road. */
final class MatrixLines {

  private final List<String> lines = new ArrayList<>();
  private final int width;
  private final int digits;

  /** Lines whose names take a number of columns, with digits behind the point. */
  MatrixLines(int width, int digits) {
    this.width = width;
    this.digits = digits;
  }

  /** Adds a matrix, a line a row; its name stands before the first. */
  MatrixLines with(String name, Matrix m) {
    for (int i = 0; i < m.rows(); i++) {
      StringBuilder line = new StringBuilder(name(i == 0 ? name : ""));
      for (int j = 0; j < m.cols(); j++) {
        line.append(number(m.get(i, j)));
      }
      lines.add(line.toString());
    }
    return this;
  }

  /** Adds a line of numbers. */
  MatrixLines with(String name, double... values) {
    return with(name, Matrix.of(1, values.length, values));
  }

  /** Adds a line of text. */
  MatrixLines with(String text) {
    lines.add(text);
    return this;
  }

  private String name(String name) {
    return String.format(Locale.ROOT, "%-" + width + "s", name);
  }

  private String number(double value) {
    double shown = value == 0 ? 0 : value; // no -0
    String text = String.format(Locale.ROOT, "%." + digits + "f", shown);
    boolean isZero = text.startsWith("-") && text.chars().noneMatch(c -> c >= '1' && c <= '9');
    return String.format(Locale.ROOT, "%" + (digits + 6) + "s", isZero ? text.substring(1) : text);
  }

  /** {@return all lines} */
  List<String> lines() {
    return List.copyOf(lines);
  }
}
