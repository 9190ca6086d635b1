package road;

import java.util.ArrayList;
import java.util.List;

/** What can be asked of a stop itself, for tests. */
public final class StopCheck {

  private StopCheck() {}

  /** {@return slips that change nothing in any case: they could never be named} */
  public static List<String> unnoticed(Stop stop) {
    Stop.Task task = stop.task();
    Slips all = Slips.none();
    task.cases().forEach(given -> task.expected(given.copy(), all));
    List<String> unnoticed = new ArrayList<>(all.known());
    for (Case given : task.cases()) {
      Results right = task.expected(given.copy(), Slips.none());
      unnoticed.removeIf(slip -> isNoticed(task, given, right, slip));
    }
    return unnoticed;
  }

  private static boolean isNoticed(Stop.Task task, Case given, Results right, String slip) {
    try {
      return !task.expected(given.copy(), Slips.of(List.of(slip))).isLike(right);
    } catch (RuntimeException e) {
      return true; // named where the learner's code throws the same
    }
  }

  /** {@return results that seem to be zero but for rounding: no answer would have the same} */
  public static List<String> rounding(Stop stop) {
    List<String> rounding = new ArrayList<>();
    for (Case given : stop.task().cases()) {
      Results right = stop.task().expected(given.copy(), Slips.none());
      right.rounding().forEach(name -> rounding.add(given.name() + ": " + name));
    }
    return rounding;
  }
}
