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

  private static final String NOT_ALL = ", but not all that is wrong.)";

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
    int wrong = trial.firstProblem();
    boolean threw = wrong >= 0 && trial.first().get(wrong).thrown() != null;
    List<List<String>> found = explaining(singles, null);
    if (found.isEmpty() || threw && explains(found.get(0), null) == 1) {
      List<List<String>> two = explaining(pairs, null);
      if (found.isEmpty() || !two.isEmpty() && explains(two.get(0), null) == 3) {
        found = two;
      }
    }
    String text = found.isEmpty() || found.get(0).size() == 1 ? single(found) : pair(found);
    if (text == null || threw && explains(found.get(0), null) == 1) {
      String here = ofFirstProblem(singles, pairs, wrong);
      text = text != null && here != null ? here : text;
      String name = text == null ? firstWrong() : null;
      if (name != null) {
        text = single(explaining(singles, name));
        text = text == null ? null : text + "\n(That explains " + name + NOT_ALL;
      }
      text = text == null ? here : text;
    }
    return text;
  }

  /** What explains the call that is told, though not all the others: there more is wrong. */
  private String ofFirstProblem(List<List<String>> singles, List<List<String>> pairs, int wrong) {
    if (wrong < 0) {
      return null;
    }
    List<List<String>> found = here(singles, wrong);
    String text = found.size() > 2 ? null : single(found);
    if (found.isEmpty()) {
      found = here(pairs, wrong);
      text = found.size() > 1 ? null : pair(found);
    }
    return text == null ? null : text + "\n(That explains this call" + NOT_ALL;
  }

  private List<List<String>> here(List<List<String>> tries, int wrong) {
    Call call = trial.first().get(wrong);
    Results want = trial.wanted().get(wrong);
    return tries.stream()
        .filter(
            slips -> {
              Object made = slipped(slips, wrong);
              if (call.results() == null) {
                return alike(made, call.thrown()) == 3;
              }
              return made instanceof Results results
                  && results.hasDecimals()
                  && call.results().isLike(results)
                  && call.results().differenceFrom(want) != null;
            })
        .toList();
  }

  private static String single(List<List<String>> found) {
    return found.isEmpty() ? null : either(found.stream().map(slips -> slips.get(0)).toList());
  }

  /** Without what says the same of one method: which it is, the place says. */
  private static List<String> withoutTwins(List<String> slips) {
    List<String> rest = new ArrayList<>(slips);
    rest.removeIf(
        slip -> {
          String plain =
              slip.replaceFirst("^In [\\w ]+: ", "").replaceFirst(" \\(In \\w+\\.\\)$", "");
          return !plain.equals(slip)
              && slips.stream().anyMatch(other -> other.equalsIgnoreCase(plain));
        });
    return rest;
  }

  private static String either(List<String> all) {
    List<String> slips = withoutTwins(all);
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
        differs |= alike == 3;
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
    if (bothMetNull(made, thrown)) {
      return 3;
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
