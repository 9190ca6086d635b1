package road;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Runs the learner's code at a stop and says what is wrong with it: never right of what is wrong.
 *
 * <p>What is expected is computed before the calls. Each case runs twice, the second time in the
 * other order; inputs and what was returned are compared with copies.
 */
public final class Judge {

  private final Sources sources;

  /**
   * A judge.
   *
   * @param sources the folder with the learner's package
   */
  public Judge(java.nio.file.Path sources) {
    this.sources = new Sources(sources);
  }

  /** {@return what came of a stop} */
  public Verdict judge(Stop stop) {
    Stop.Task task = stop.task();
    List<Case> cases = task.cases();
    List<Results> wanted = new ArrayList<>();
    for (Case given : cases) {
      Results right = task.expected(given.copy(), Slips.none());
      if (!right.isFinite()) {
        throw new IllegalStateException(stop.file() + ", " + given.name() + ": not finite");
      }
      wanted.add(right);
    }
    Calls calls = new Calls(task, cases);
    StackTraceElement[] stuck = calls.run();
    if (stuck != null) {
      return new Verdict(
          Verdict.Kind.NAMED,
          sources.placeIn(stuck, stop, "")
              + "still running after two seconds: a loop here does not end. What should make its"
              + " condition false?"
              + with(calls.current()));
    }
    return verdict(stop, new Trial(task, cases, wanted, calls.first(), calls.second()));
  }

  /** {@return the learner's line in a stack, or at least the file} */
  String placeIn(StackTraceElement[] stack, Stop stop) {
    return sources.placeIn(stack, stop, "");
  }

  /** The verdict on calls that all came back. */
  private Verdict verdict(Stop stop, Trial trial) {
    int wrong = trial.firstProblem();
    if (wrong >= 0) {
      return problem(stop, trial, wrong);
    }
    int open = trial.firstOpen();
    for (int i = 0; i < (open < 0 ? trial.cases().size() : open); i++) {
      String given = trial.cases().get(i).name();
      String general = general(trial, i);
      if (general != null) {
        return new Verdict(
            Verdict.Kind.NAMED,
            sources.place(stop, null, trial.firstName(i)) + begun(general) + with(given));
      }
      Call second = trial.second().get(i);
      if (second.thrown() != null) {
        return new Verdict(
            Verdict.Kind.PLACED,
            sources.place(stop, second.thrown(), trial.firstName(i))
                + "the second call goes wrong, where the first was right: "
                + Thrown.sentence(second.thrown())
                + with(given));
      }
    }
    return open < 0 ? Verdict.right() : open(stop, trial, open);
  }

  /** The blank that was met, and what is right before it. */
  private Verdict open(Stop stop, Trial trial, int open) {
    Set<String> right = new LinkedHashSet<>();
    for (int i = 0; i < open; i++) {
      String result = trial.firstName(i);
      String method = stop.task().methodOf(result);
      method = method == null ? stop.task().methodOf(Results.nameOf(result)) : method;
      right.add(method == null ? stop.methods().get(0) : method);
    }
    Throwable blank = trial.first().get(open).thrown();
    StackTraceElement[] stack = blank.getStackTrace();
    if (stack.length > 0) {
      right.remove(stack[0].getMethodName());
    }
    String done = String.join(", ", right).replaceFirst(", (\\w+)$", " and $1");
    return new Verdict(
        Verdict.Kind.OPEN,
        sources.place(stop, blank, "")
            + "still to be written."
            + (right.isEmpty()
                ? ""
                : " " + done + (right.size() == 1 ? " is" : " are") + " right."));
  }

  private Verdict problem(Stop stop, Trial trial, int wrong) {
    Call call = trial.first().get(wrong);
    Results.Difference difference = trial.difference(wrong);
    String name = difference == null ? trial.firstName(wrong) : difference.result();
    String what = difference == null ? Thrown.sentence(call.thrown()) : difference.sentence() + ".";
    String text =
        sources.place(stop, call.thrown(), name) + what + with(trial.cases().get(wrong).name());
    String named = new Naming(trial).named();
    for (int i = wrong; named == null && i < trial.cases().size(); i++) {
      named = oneForTwo(trial, i);
    }
    for (int i = 0; named == null && i < trial.cases().size(); i++) {
      named = general(trial, i);
    }
    if (named != null) {
      return new Verdict(Verdict.Kind.NAMED, text + "\n" + named);
    }
    String kept = sources.changeableFields(stop);
    return new Verdict(Verdict.Kind.PLACED, kept == null ? text : text + "\n" + kept);
  }

  private static String oneForTwo(Trial trial, int i) {
    List<String> names = trial.first().get(i).oneForTwo(trial.wanted().get(i));
    return names == null
        ? null
        : names.get(0)
            + " and "
            + names.get(1)
            + " are one and the same matrix, so the second overwrites the first. Make a new one"
            + " for each.";
  }

  /** Mistakes that can be made at any stop and show in more than one call, or in the inputs. */
  private static String general(Trial trial, int i) {
    Call first = trial.first().get(i);
    Call second = trial.second().get(i);
    if (first.results() != null
        && second.results() != null
        && !first.results().isLike(second.results())) {
      return "The same call gives something else the second time. Is something kept from one call"
          + " to the next, or added to what was there?";
    }
    if (first.overwritten() || trial.comesAgain(i)) {
      return "A later call overwrites what an earlier one returned. Make a new matrix at each"
          + " call.";
    }
    String changed = first.changed() == null ? second.changed() : first.changed();
    if (changed != null && first.isPutBack() && second.isPutBack()) {
      return "Your code puts "
          + changed
          + " back, but not to the last digit: what was added and taken away again is rounded. Keep"
          + " the old value and set it, or work in a copy.";
    }
    if (changed != null) {
      return "Your code changes "
          + changed
          + ", which it was given. Whoever gave it still needs it: write into a copy or a new"
          + " matrix.";
    }
    return null;
  }

  /** A sentence after a colon. */
  private static String begun(String sentence) {
    return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
  }

  private static String with(String given) {
    return given.isEmpty() ? "" : " (Tried with " + given + ".)";
  }
}
