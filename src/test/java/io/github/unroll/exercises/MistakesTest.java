package io.github.unroll.exercises;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mistakes of src/exercises/mistakes are made in the solutions, and the judge has to find them.
 * What it says stands in docs/mistakes.md, to be read: whether a sentence is true of its mistake no
 * test can tell. With {@code -Dunroll.write} that page is written.
 */
class MistakesTest {

  private static final Path PAGE = Path.of("docs/mistakes.md");
  private static final int WORKERS = 2;

  /** A mistake at a stop, and what the judge said. */
  private record Judged(
      Exercises.Stop stop, Mistake mistake, boolean blind, String kind, String text) {

    Judged verdict(String kind, String text) {
      return new Judged(stop, mistake, blind, kind, text);
    }
  }

  @TempDir private Path folder;

  @Test
  void every_mistake_should_be_named_or_placed() throws Exception {
    Exercises exercises = new Exercises(folder);
    List<Exercises.Stop> stops = exercises.stops();
    List<Judged> all = judged(exercises, stops);

    String page = page(stops, all);
    if (System.getProperty("unroll.write") != null) {
      Files.writeString(PAGE, page);
    }

    assertThat(texts(all, one -> one.kind.equals("UNMADE"))).as("cannot be made").isEmpty();
    assertThat(texts(all, one -> !List.of("NAMED", "PLACED").contains(one.kind)))
        .as("neither named nor placed")
        .isEmpty();
    assertThat(texts(all, one -> !isPlaced(one))).as("no line of the learner's file").isEmpty();
    assertThat(named(all) * 100)
        .as("named of " + all.size())
        .isGreaterThanOrEqualTo(all.size() * 85);
    assertThat(Files.readString(PAGE)).as("%s, written with -Dunroll.write", PAGE).isEqualTo(page);
  }

  private static List<String> texts(List<Judged> all, Predicate<Judged> which) {
    return all.stream()
        .filter(which)
        .map(one -> one.stop.number() + ", " + one.mistake.name() + ": " + one.kind + one.text)
        .toList();
  }

  private static boolean isPlaced(Judged one) {
    return one.text.matches("(?s)" + one.stop.file().replace(".", "\\.") + ":\\d+.*");
  }

  private static int named(List<Judged> all) {
    return (int) all.stream().filter(one -> one.kind.equals("NAMED")).count();
  }

  private List<Judged> judged(Exercises exercises, List<Exercises.Stop> stops) throws Exception {
    List<Judged> todo = new ArrayList<>();
    for (Exercises.Stop stop : stops) {
      for (Mistake mistake : Mistake.read(file(stop))) {
        todo.add(new Judged(stop, mistake, false, "", ""));
      }
      for (Mistake mistake : Mistake.read(blindFile(stop))) {
        todo.add(new Judged(stop, mistake, true, "", ""));
      }
    }
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    List<Worker> started = new ArrayList<>();
    try {
      ThreadLocal<Worker> own =
          ThreadLocal.withInitial(
              () -> {
                Worker worker = new Worker(exercises);
                synchronized (started) {
                  started.add(worker);
                }
                return worker;
              });
      List<Future<Judged>> judged = new ArrayList<>();
      for (int i = 0; i < todo.size(); i++) {
        Judged one = todo.get(i);
        Path to = folder.resolve("mistake-" + i);
        judged.add(workers.submit(() -> own.get().judge(one, to)));
      }
      List<Judged> all = new ArrayList<>();
      for (Future<Judged> one : judged) {
        all.add(one.get());
      }
      return all;
    } finally {
      workers.shutdownNow();
      started.forEach(worker -> worker.program.close());
    }
  }

  static Path file(Exercises.Stop stop) {
    return file("%02d.txt", stop);
  }

  /** Mistakes that were written without a look at the judge. */
  private static Path blindFile(Exercises.Stop stop) {
    return file("blind-%02d.txt", stop);
  }

  private static Path file(String name, Exercises.Stop stop) {
    String file = String.format(Locale.ROOT, name, stop.number());
    return Exercises.HOME.resolve("mistakes").resolve(file);
  }

  /** Makes mistakes one after the other: compiles the one file that changes, and has it judged. */
  private static final class Worker {

    private final Exercises exercises;
    private final Exercises.Compiler compiler = new Exercises.Compiler();
    private final JudgedAnswers.Program program;

    Worker(Exercises exercises) {
      this.exercises = exercises;
      this.program = new JudgedAnswers.Program(exercises);
    }

    Judged judge(Judged one, Path to) throws IOException {
      Path solution = Exercises.SOLUTIONS.resolve("mine").resolve(one.stop.file());
      Path source = Files.createDirectories(to.resolve("mine")).resolve(one.stop.file());
      try {
        Files.write(source, one.mistake.in(Files.readAllLines(solution)));
      } catch (IllegalArgumentException e) {
        return one.verdict("UNMADE", e.getMessage());
      }
      List<String> errors =
          compiler.compile(List.of(source), to, List.of(Exercises.LIBRARY, exercises.solutions()));
      if (!errors.isEmpty()) {
        return one.verdict("UNMADE", String.join("\n", errors));
      }
      List<String> verdict = program.judge(one.stop, to, to, exercises.solutions());
      return one.verdict(verdict.get(0), verdict.get(1));
    }
  }

  private static String page(List<Exercises.Stop> stops, List<Judged> all) {
    List<Judged> blind = all.stream().filter(Judged::blind).toList();
    StringBuilder page = new StringBuilder();
    page.append(
        String.format(
            Locale.ROOT,
            """
            # Mistakes, and what the judge says of them

            Every mistake of src/exercises/mistakes is made in the solution of its stop, and the exercises' judge has to
            find it: %d mistakes, %d of them named and %d placed, none judged right. Those marked blind, %d, %d of them
            named, were written by someone who had not seen the judge. `MistakesTest` writes this page.
            """,
            all.size(),
            named(all),
            all.size() - named(all),
            blind.size(),
            named(blind)));
    for (Exercises.Stop stop : stops) {
      page.append("\n## ").append(stop.number()).append(". ").append(stop.title());
      page.append("\n\n| mistake | | what a learner reads |\n|---|---|---|\n");
      for (Judged one : all) {
        if (one.stop.equals(stop)) {
          page.append("| ").append(cell(one.mistake.name()));
          page.append(one.blind ? " (blind)" : "");
          page.append(" | ").append(one.kind.toLowerCase(Locale.ROOT));
          page.append(" | ").append(cell(one.text)).append(" |\n");
        }
      }
    }
    return page.toString();
  }

  private static String cell(String text) {
    // in which line of its loop a program is stopped varies
    String steady = text.contains("still running") ? text.replaceAll("java:\\d+", "java:…") : text;
    return steady.replace("|", "\\|").replace("<", "&lt;").replace("\n", "<br>");
  }
}
