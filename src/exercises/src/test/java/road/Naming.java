package road;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds the slip, or the two, with which the formula gives the learner's numbers. One is preferred to
 * two. Where several give the same numbers, all are told.
 */
final class Naming {

  private final Trial trial;
  private final List<String> known;
  private final Map<List<String>, Results[]> slipped = new LinkedHashMap<>(); // null: does not fit

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
            found.stream()
                .map(slips -> slips.get(slips.get(0).equals(slip) ? 1 : 0))
                .toList();
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
   * Those that explain all that was computed, or, if none does, those that explain all but cases in
   * which the learner's code threw: there the numbers say nothing.
   */
  private List<List<String>> explaining(List<List<String>> tries, String name) {
    List<List<String>> strict = new ArrayList<>();
    List<List<String>> lenient = new ArrayList<>();
    for (List<String> slips : tries) {
      int explained = explains(slips, name);
      if (explained == 2) {
        strict.add(slips);
      } else if (explained == 1) {
        lenient.add(slips);
      }
    }
    return strict.isEmpty() ? lenient : strict;
  }

  /** 2: everything; 1: but for a case that threw; 0: no. */
  private int explains(List<String> slips, String name) {
    boolean differs = false;
    boolean all = true;
    for (int i = 0; i < trial.cases().size(); i++) {
      Call call = trial.first().get(i);
      if (call.isOpen()) {
        continue; // a second method is not written yet: the first is judged by its own cases
      }
      Results made = slipped(slips, i);
      Results got = call.results();
      if (got == null) {
        all &= made == null;
        continue;
      }
      if (made == null || !only(got, name).isLike(only(made, name))) {
        return 0;
      }
      differs |= only(got, name).differenceFrom(only(trial.wanted().get(i), name)) != null;
    }
    return differs ? all ? 2 : 1 : 0;
  }

  private static Results only(Results results, String name) {
    return name == null ? results : results.only(name);
  }

  /** The formula with these slips; null where the shapes then do not fit. */
  private Results slipped(List<String> slips, int i) {
    Results[] of = slipped.computeIfAbsent(slips, s -> new Results[trial.cases().size()]);
    if (of[i] == null) {
      try {
        of[i] = trial.task().expected(trial.cases().get(i).copy(), Slips.of(slips)).copy();
      } catch (RuntimeException | StackOverflowError e) {
        return null;
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
