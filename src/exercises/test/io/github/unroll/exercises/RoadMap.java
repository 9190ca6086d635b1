package io.github.unroll.exercises;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.opentest4j.TestAbortedException;

/** Prints where the learner stands: the whole road in a few lines, then what to do next. */
public final class RoadMap implements TestExecutionListener {

  private static final Path SOURCES = Path.of("src/exercises/java/io/github/unroll");

  private static final int WIDTH = 100;

  /** One exercise on the road. */
  private static final class Stop {
    private final Exercise exercise;
    private final List<String> messages = new ArrayList<>();
    private int passed;

    Stop(Exercise exercise) {
      this.exercise = exercise;
    }

    boolean done() {
      return messages.isEmpty();
    }

    /** Nothing but bodies that are still to be written. */
    boolean untouched() {
      return passed == 0 && messages.stream().allMatch(m -> m.contains("is not written yet"));
    }

    String line() {
      String state = done() ? "done" : untouched() ? "" : passed + " of " + tests() + " tests pass";
      String mark = done() ? "✔" : untouched() ? "·" : "✘";
      return "  %s %2d  %-58s %s"
          .formatted(mark, exercise.number(), exercise.title(), state)
          .stripTrailing();
    }

    private int tests() {
      return passed + messages.size();
    }

    /** File and line of the first body that is still to be written, if that is it, or the first. */
    String place() {
      boolean toBeWritten = messages.get(0).contains("is not written yet");
      String first = null;
      for (String file : exercise.files()) {
        Path path = SOURCES.resolve(file);
        List<String> lines = lines(path);
        for (int i = 0; i < lines.size(); i++) {
          if (lines.get(i).strip().equals("// >>> exercise " + exercise.number())) {
            String place = "%s:%d".formatted(path.toString().replace('\\', '/'), i + 1);
            first = first == null ? place : first;
            if (!toBeWritten
                || lines
                    .get(i + 1)
                    .strip()
                    .startsWith("throw new UnsupportedOperationException(")) {
              return place;
            }
          }
        }
      }
      return first;
    }

    private static List<String> lines(Path path) {
      try {
        return Files.readAllLines(path);
      } catch (IOException e) {
        return List.of();
      }
    }
  }

  private final Map<Integer, Stop> road = new TreeMap<>();
  private final PrintStream out;

  /** Prints to the console. */
  public RoadMap() {
    this(System.out);
  }

  RoadMap(PrintStream out) {
    this.out = out;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    Exercise exercise = exerciseOf(test);
    if (exercise == null) {
      return;
    }
    Stop stop = road.computeIfAbsent(exercise.number(), number -> new Stop(exercise));
    if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
      stop.messages.add(
          result
              .getThrowable()
              .map(
                  thrown ->
                      thrown instanceof TestAbortedException
                          ? thrown.getMessage()
                          : thrown.toString())
              .orElse("stopped"));
    } else if (test.isTest()) {
      stop.passed++;
    }
  }

  private static Exercise exerciseOf(TestIdentifier test) {
    Class<?> testClass =
        test.getSource()
            .map(
                source -> {
                  if (source instanceof MethodSource method) {
                    return method.getJavaClass();
                  }
                  return source instanceof ClassSource type ? type.getJavaClass() : null;
                })
            .orElse(null);
    return testClass == null ? null : testClass.getAnnotation(Exercise.class);
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (road.isEmpty()) {
      return;
    }
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "  The road: %d of %d exercises done"
            .formatted(road.values().stream().filter(Stop::done).count(), road.size()));
    lines.add("");
    road.values().forEach(stop -> lines.add(stop.line()));
    lines.add("");
    boolean first = true;
    for (Stop stop : road.values()) {
      if (!stop.done() && (first || !stop.untouched())) {
        lines.add(
            "  %s exercise %d, %s"
                .formatted(first ? "Next:" : "Also:", stop.exercise.number(), stop.place()));
        lines.add("");
        stop.messages.get(0).lines().forEach(line -> addWrapped(lines, "    " + line));
        lines.add("");
        first = false;
      }
    }
    if (first) {
      lines.add("  All done. Compare with the library's own classes in src/main/java.");
      lines.add("");
    }
    lines.forEach(out::println);
    road.clear();
  }

  /** Long sentences go on in the next line, a little further in. */
  private static void addWrapped(List<String> lines, String line) {
    int space = line.length() <= WIDTH ? -1 : line.lastIndexOf(' ', WIDTH);
    if (space < line.length() - line.stripLeading().length() + 1) {
      lines.add(line);
      return;
    }
    lines.add(line.substring(0, space));
    addWrapped(lines, "        " + line.substring(space + 1));
  }
}
