package io.github.unroll.exercises;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mistake that learners make: lines of a solution, and what stands there instead.
 *
 * <p>In a file of them each begins with {@code # its name} and ends at an empty line. Lines of the
 * solution follow, each after {@code -} and without its indentation, and after {@code +} what
 * stands in their place; without it they are left out. Several of both make two mistakes at once.
 *
 * @param name what the mistake is
 * @param changes what is changed
 */
record Mistake(String name, List<Change> changes) {

  /** Lines that stand once in the solution, one after the other, and those in their place. */
  record Change(List<String> right, List<String> wrong) {}

  /** {@return the mistakes of a file} */
  static List<Mistake> read(Path file) throws IOException {
    List<Mistake> mistakes = new ArrayList<>();
    Mistake current = null;
    boolean replacing = true;
    for (String line : Files.readAllLines(file)) {
      String text = line.length() < 2 ? "" : line.substring(2).strip();
      if (line.startsWith("# ")) {
        current = new Mistake(text, new ArrayList<>());
        mistakes.add(current);
        replacing = true;
      } else if (line.startsWith("-") && current != null) {
        if (replacing) {
          current.changes.add(new Change(new ArrayList<>(), new ArrayList<>()));
        }
        current.changes.get(current.changes.size() - 1).right.add(text);
        replacing = false;
      } else if (line.startsWith("+") && current != null && !current.changes.isEmpty()) {
        current.changes.get(current.changes.size() - 1).wrong.add(text);
        replacing = true;
      } else if (line.isBlank()) {
        current = null;
      } else {
        throw new IOException(file + ": what is this? " + line);
      }
    }
    return mistakes;
  }

  /**
   * {@return the lines of a solution with the mistake}
   *
   * @throws IllegalArgumentException if a line does not stand there exactly once
   */
  List<String> in(List<String> solution) {
    List<String> lines = new ArrayList<>(solution);
    make(lines);
    return lines;
  }

  /** {@return in how many places the solution changes: in a mistake of two parts, two} */
  int places(List<String> solution) {
    return make(new ArrayList<>(solution));
  }

  private int make(List<String> lines) {
    int places = 0;
    for (Change change : changes) {
      places += make(change.right, change.wrong, lines);
    }
    if (places == 0) {
      throw new IllegalArgumentException("it changes nothing");
    }
    return places;
  }

  private static int make(List<String> right, List<String> wrong, List<String> lines) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i + right.size() <= lines.size(); i++) {
      List<String> there = lines.subList(i, i + right.size()).stream().map(String::strip).toList();
      if (there.equals(right)) {
        found.add(i);
      }
    }
    if (found.isEmpty() && right.size() > 1) { // a part that is only left out, and the next part
      return make(right.subList(0, 1), List.of(), lines)
          + make(right.subList(1, right.size()), wrong, lines);
    }
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          (found.isEmpty() ? "not in the solution: " : "more than once in the solution: ") + right);
    }
    List<String> place = lines.subList(found.get(0), found.get(0) + right.size());
    String margin = place.get(0).substring(0, place.get(0).indexOf(right.get(0)));
    place.clear();
    lines.addAll(found.get(0), wrong.stream().map(line -> margin + line).toList());
    return 1;
  }
}
