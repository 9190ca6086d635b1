package io.github.unroll.exercises;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A part of a library class that an exercise takes out: the body of a method, or the rest of it
 * from a line on.
 *
 * @param exercise its number
 * @param file under io/github/unroll
 * @param method how the method's first line begins
 * @param from how the first line taken out begins; null for the whole body
 * @param hint what the learner reads in its place
 */
record Body(int exercise, String file, String method, String from, String hint) {

  static final Path LIBRARY = Path.of("src/main/java/io/github/unroll");
  static final Path BLANKS = Path.of("src/exercises/java/io/github/unroll");

  /** First line and one past the last. */
  private record Range(int from, int to) {}

  String begin() {
    return "// >>> exercise " + exercise;
  }

  String end() {
    return "// <<< exercise " + exercise;
  }

  /** The original, with each body replaced by {@code throw}. */
  static String blank(String file) throws IOException {
    List<String> lines = original(file);
    for (Body body : Bodies.of(file)) {
      lines = body.replaced(lines, body.throwing());
    }
    return String.join("\n", lines) + "\n";
  }

  static List<String> original(String file) throws IOException {
    return Files.readAllLines(LIBRARY.resolve(file));
  }

  /** The lines with the body's own replaced, between its two marks. */
  List<String> replaced(List<String> lines, List<String> inner) {
    Range range = range(lines);
    String indent = " ".repeat(indent(lines.get(range.from)));
    List<String> result = new ArrayList<>(lines.subList(0, range.from));
    result.add(indent + begin());
    inner.forEach(line -> result.add(line.isEmpty() ? line : indent + line));
    result.add(indent + end());
    result.addAll(lines.subList(range.to, lines.size()));
    return result;
  }

  /** The body's own lines, indented from 0. */
  List<String> lines(List<String> lines) {
    Range range = range(lines);
    int indent = indent(lines.get(range.from));
    return lines.subList(range.from, range.to).stream()
        .map(line -> line.isEmpty() ? line : line.substring(indent))
        .toList();
  }

  private Range range(List<String> lines) {
    int first = only(lines, 0, method, true);
    while (!lines.get(first).endsWith("{")) {
      first++;
    }
    first = from == null ? first + 1 : only(lines, first, from, false);
    int indent = indent(lines.get(first));
    int end = first;
    while (lines.get(end).isEmpty() || indent(lines.get(end)) >= indent) {
      end++;
    }
    return new Range(first, end);
  }

  private int only(List<String> lines, int start, String beginning, boolean alone) {
    int found = -1;
    for (int i = start; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith(beginning)) {
        if (found >= 0 && alone) {
          throw new IllegalStateException(
              String.format(Locale.ROOT, "%s has two lines `%s…`", file, beginning));
        }
        found = found < 0 ? i : found;
      }
    }
    if (found < 0) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s has no line `%s…`: say in Bodies what exercise %d takes out now",
              file,
              beginning,
              exercise));
    }
    return found;
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }

  private List<String> throwing() {
    List<String> lines = new ArrayList<>();
    lines.add("throw new UnsupportedOperationException(");
    lines.add("    \"\"\"");
    hint.strip().lines().forEach(line -> lines.add(line.isEmpty() ? line : "    " + line));
    int last = lines.size() - 1;
    lines.set(last, lines.get(last) + "\"\"\");");
    return lines;
  }
}
