package road;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mine.Todo;

/**
 * Runs the learner's code at a stop and says what is wrong with it: never right of what is wrong.
 *
 * <p>What is expected is computed before the call, inputs are compared with copies after it, and
 * each case runs twice, the second time after all others.
 */
public final class Judge {

  /** How long the learner's code may take for a stop. */
  private static final long PATIENCE_MILLIS = 2000;

  private final Path sources;

  /**
   * A judge.
   *
   * @param sources the folder with the learner's package
   */
  public Judge(Path sources) {
    this.sources = sources;
  }

  /** {@return what came of a stop} */
  public Verdict judge(Stop stop) {
    AtomicReference<Verdict> verdict = new AtomicReference<>();
    Thread run = new Thread(() -> verdict.set(run(stop)), "your code");
    run.setDaemon(true);
    run.start();
    await(run);
    if (verdict.get() == null) {
      Throwable where = new Throwable();
      where.setStackTrace(run.getStackTrace());
      run.setPriority(Thread.MIN_PRIORITY); // it cannot be stopped
      return new Verdict(
          Verdict.Kind.NAMED,
          place(stop, where, "")
              + "still running after two seconds: a loop here does not end. What makes its"
              + " condition false?");
    }
    return verdict.get();
  }

  /** On a busy machine a thread may get little of the processor: then it gets more time. */
  private static void await(Thread run) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = System.nanoTime();
    try {
      do {
        run.join(PATIENCE_MILLIS / 20);
        long waited = (System.nanoTime() - start) / 1_000_000;
        long used = threads.getThreadCpuTime(run.getId()) / 1_000_000;
        if (waited > 10 * PATIENCE_MILLIS || (waited > PATIENCE_MILLIS && used > PATIENCE_MILLIS / 2)) {
          return;
        }
      } while (run.isAlive());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Verdict run(Stop stop) {
    Stop.Task task = stop.task();
    List<Case> cases = task.cases();
    List<Results> wanted = new ArrayList<>();
    List<Results> got = new ArrayList<>();
    for (Case given : cases) {
      wanted.add(task.expected(given.copy(), Slips.none()));
    }
    Problem problem = null;
    for (int i = 0; i < cases.size() && problem == null; i++) {
      Case own = cases.get(i).copy();
      Results result;
      try {
        result = task.yours(own);
      } catch (Todo e) {
        return new Verdict(Verdict.Kind.OPEN, "");
      } catch (Throwable e) {
        problem = new Problem(cases.get(i), null, e);
        break;
      }
      Results.Difference difference = result.differenceFrom(wanted.get(i));
      got.add(result.copy());
      if (difference != null) {
        problem = new Problem(cases.get(i), difference, null);
      } else if (own.changedFrom(cases.get(i)) != null) {
        return new Verdict(
            Verdict.Kind.NAMED,
            place(stop, null, "")
                + "your code changes "
                + own.changedFrom(cases.get(i))
                + ", which it was given. Whoever gave it still needs it: write into a copy or a new"
                + " matrix.");
      }
    }
    if (problem != null) {
      return new Verdict(
          named(stop, cases, wanted) == null ? Verdict.Kind.PLACED : Verdict.Kind.NAMED,
          sentence(stop, problem, named(stop, cases, wanted)));
    }
    return again(stop, cases, got);
  }

  /** The same calls once more, in the other order: what is kept from call to call shows. */
  private Verdict again(Stop stop, List<Case> cases, List<Results> first) {
    for (int i = cases.size() - 1; i >= 0; i--) {
      Results second;
      try {
        second = stop.task().yours(cases.get(i).copy());
      } catch (Throwable e) {
        return new Verdict(
            Verdict.Kind.PLACED, place(stop, e, "") + "the second call throws " + e + ".");
      }
      if (!second.equals(first.get(i))) {
        return new Verdict(
            Verdict.Kind.NAMED,
            place(stop, null, "")
                + "the same call gives something else the second time. Is something kept from one"
                + " call to the next, or added to what was there?");
      }
    }
    return Verdict.right();
  }

  private record Problem(Case given, Results.Difference difference, Throwable thrown) {}

  /**
   * The slip, or the two, that explain all that can be called; null if none does. A call that
   * throws is explained by a slip that cannot be computed in that case.
   */
  private static List<String> named(Stop stop, List<Case> cases, List<Results> wanted) {
    Stop.Task task = stop.task();
    Slips all = Slips.none();
    cases.forEach(given -> task.expected(given.copy(), all));
    List<Case> tried = new ArrayList<>();
    List<Results> right = new ArrayList<>();
    List<Results> yours = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Case given = cases.get(i);
      try {
        yours.add(resultOrNull(() -> task.yours(given.copy())));
        tried.add(given);
        right.add(wanted.get(i));
      } catch (Todo e) {
        // a second method is not written yet: the first is judged by its own cases
      }
    }
    List<List<String>> tries = new ArrayList<>();
    List<String> known = all.known();
    known.forEach(slip -> tries.add(List.of(slip)));
    for (int i = 0; i < known.size(); i++) {
      for (int j = i + 1; j < known.size(); j++) {
        tries.add(List.of(known.get(i), known.get(j)));
      }
    }
    for (List<String> slips : tries) {
      if (explains(task, slips, tried, yours, right)) {
        return slips;
      }
    }
    return null;
  }

  private static boolean explains(
      Stop.Task task,
      List<String> slips,
      List<Case> cases,
      List<Results> yours,
      List<Results> wanted) {
    boolean differs = false;
    for (int i = 0; i < cases.size(); i++) {
      Case given = cases.get(i);
      Results slipped = resultOrNull(() -> task.expected(given.copy(), Slips.of(slips)));
      Results mine = yours.get(i);
      if (slipped == null || mine == null) {
        if (slipped != mine) {
          return false;
        }
        continue;
      }
      if (mine.differenceFrom(slipped) != null) {
        return false;
      }
      differs |= mine.differenceFrom(wanted.get(i)) != null;
    }
    return differs;
  }

  private interface Call {
    Results run();
  }

  private static Results resultOrNull(Call call) {
    try {
      Results results = call.run();
      return results == null ? null : results.copy();
    } catch (Todo e) {
      throw e;
    } catch (Throwable e) {
      return null;
    }
  }

  private String sentence(Stop stop, Problem problem, List<String> slips) {
    StringBuilder text = new StringBuilder();
    if (problem.thrown != null) {
      text.append(place(stop, problem.thrown, "")).append(thrown(problem.thrown));
    } else {
      text.append(place(stop, null, problem.difference.result()))
          .append(problem.difference.sentence())
          .append('.');
    }
    text.append(" (").append(problem.given.name()).append(')');
    if (slips != null) {
      text.append('\n').append(slips.size() == 1 ? "" : "Two things. ");
      text.append(String.join(" And: ", slips));
    }
    return text.toString();
  }

  private static String thrown(Throwable e) {
    if (e instanceof StackOverflowError) {
      return "the method calls itself without end.";
    }
    if (e instanceof NullPointerException) {
      return "something is null here: " + e.getMessage() + ".";
    }
    if (e instanceof IncompatibleClassChangeError) {
      return "the judge no longer finds a method: keep its name, its parameters and what it returns"
          + " as they were (" + e.getMessage() + ").";
    }
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message + ".";
  }

  /** Where in the learner's file: the line that threw, or else the method that gave a result. */
  private String place(Stop stop, Throwable thrown, String result) {
    if (thrown != null) {
      for (StackTraceElement frame : thrown.getStackTrace()) {
        if (frame.getClassName().startsWith("mine.")) {
          return frame.getFileName() + ":" + frame.getLineNumber() + ": ";
        }
      }
    }
    String method = stop.task().methodOf(result);
    method = method == null ? stop.methods().get(0) : method;
    return stop.file() + lineOf(stop.file(), method) + ", " + method + ": ";
  }

  private String lineOf(String file, String method) {
    try {
      List<String> lines = Files.readAllLines(sources.resolve("mine").resolve(file));
      Pattern head = Pattern.compile("\\bstatic\\b.*\\b" + Pattern.quote(method) + "\\(");
      for (int i = 0; i < lines.size(); i++) {
        Matcher matcher = head.matcher(lines.get(i));
        if (matcher.find()) {
          return ":" + (i + 1);
        }
      }
    } catch (IOException e) {
      // then without its line
    }
    return "";
  }
}
