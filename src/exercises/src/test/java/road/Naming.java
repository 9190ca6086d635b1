package road;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Finds the slip, or the two, with which the formula gives the learner's numbers. One is preferred
 * to two. Where several give the same numbers, all are told.
 */
final class Naming {

  private final Trial trial;
  private final List<String> known;
  private final Map<List<String>, Object[]> slipped = new HashMap<>(); // results, or an exception

  Naming(Trial trial) {
    this.trial = trial;
    Slips all = Slips.none();
    trial.cases().forEach(given -> trial.task().expected(given.copy(), all));
    this.known = all.known();
  }

  /** {@return sentences that name the mistake; null if it is none that is known} */
  String named() {
    List<List<String>> singles = new ArrayList<>();
    known.forEach(slip -> singles.add(List.of(slip)));
    List<List<String>> pairs = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      for (int j = i + 1; j < known.size(); j++) {
        pairs.add(List.of(known.get(i), known.get(j)));
      }
    }
    String text = single(explaining(singles, null));
    if (text == null) {
      text = pair(explaining(pairs, null));
    }
    String name = firstWrong();
    if (text == null && name != null) {
      text = single(explaining(singles, name));
      text = text == null ? null : "As for " + name + " alone. " + text;
    }
    return text;
  }

  private static String single(List<List<String>> found) {
    return found.isEmpty() ? null : either(found.stream().map(slips -> slips.get(0)).toList());
  }

  private static String either(List<String> slips) {
    return slips.size() == 1
        ? slips.get(0)
        : "Either: " + String.join("\nOr, which gives the same numbers: ", slips);
  }

  private static String pair(List<List<String>> found) {
    if (found.isEmpty()) {
      return null;
    }
    for (String slip : found.get(0)) {
      if (found.stream().allMatch(slips -> slips.contains(slip))) {
        List<String> others =
            found.stream().map(slips -> slips.get(slips.get(0).equals(slip) ? 1 : 0)).toList();
        return others.size() == 1
            ? "Two things. " + String.join("\nAnd: ", found.get(0))
            : "Two things. " + slip + "\nAnd one of these. " + either(others);
      }
    }
    return "Two things. "
        + either(
            found.stream().map(slips -> String.join(" And: ", slips)).collect(Collectors.toList()));
  }

  /**
   * Those that explain most. Best are those that explain all that was computed, and that throw
   * where the learner's code throws, with the same message. Next are those that throw there
   * otherwise; then those that do not, for in such a case the learner's code gives no numbers.
   */
  private List<List<String>> explaining(List<List<String>> tries, String name) {
    List<List<String>> best = new ArrayList<>();
    int most = 1;
    for (List<String> slips : tries) {
      int explained = explains(slips, name);
      if (explained > most) {
        best.clear();
        most = explained;
      }
      if (explained == most) {
        best.add(slips);
      }
    }
    return best;
  }

  /** 3: everything; 2: but for messages; 1: but for cases that throw; 0: no. */
  private int explains(List<String> slips, String name) {
    boolean differs = false;
    int explained = 3;
    for (int i = 0; i < trial.cases().size(); i++) {
      Call call = trial.first().get(i);
      if (call.isOpen()) {
        continue; // a second method is not written yet: the first is judged by its own cases
      }
      Object made = slipped(slips, i);
      Results got = call.results();
      if (got == null) {
        int alike = alike(made, call.thrown());
        explained = Math.min(explained, alike);
        differs |= alike == 3 || bothMetNull(made, call.thrown());
        continue;
      }
      if (!(made instanceof Results results) || !only(got, name).isLike(only(results, name))) {
        return 0;
      }
      differs |= only(got, name).differenceFrom(only(trial.wanted().get(i), name)) != null;
    }
    return differs ? explained : 0;
  }

  private static int alike(Object made, Throwable thrown) {
    if (made instanceof Results) {
      return 1;
    }
    String message = Thrown.firstOf(thrown).getMessage();
    return Objects.equals(((Throwable) made).getMessage(), message) ? 3 : 2;
  }

  /** What such an exception says depends on the names of variables. */
  private static boolean bothMetNull(Object made, Throwable thrown) {
    return made instanceof NullPointerException
        && Thrown.firstOf(thrown) instanceof NullPointerException;
  }

  private static Results only(Results results, String name) {
    return name == null ? results : results.only(name);
  }

  /** The results of the formula with these slips, or an exception, where shapes then do not fit. */
  private Object slipped(List<String> slips, int i) {
    Object[] of = slipped.computeIfAbsent(slips, s -> new Object[trial.cases().size()]);
    if (of[i] == null) {
      try {
        of[i] = trial.task().expected(trial.cases().get(i).copy(), Slips.of(slips)).copy();
      } catch (RuntimeException | StackOverflowError e) {
        of[i] = e;
      }
    }
    return of[i];
  }

  /** The first wrong result, where there are others: it may have a reason of its own. */
  private String firstWrong() {
    for (int i = 0; i < trial.cases().size(); i++) {
      Results got = trial.first().get(i).results();
      Results wanted = trial.wanted().get(i);
      if (got != null && wanted.names().size() > 1) {
        for (String name : wanted.names()) {
          if (got.only(name).differenceFrom(wanted.only(name)) != null) {
            return name;
          }
        }
      }
    }
    return null;
  }
}
