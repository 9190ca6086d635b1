package io.github.unroll.exercises;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

/**
 * Tells which mistake was made: each usual mistake is computed too, and the one whose numbers came
 * out is named. Where none fits, the first wrong element is shown beside its formula.
 */
final class Diagnosis {

  private record Mistake(String says, Results gives) {}

  private final Results right;
  private final int batch;
  private final Map<String, String> formulas = new HashMap<>();
  private final List<Mistake> mistakes = new ArrayList<>();
  private String shared;

  /** A diagnosis of results that come of a batch of so many samples. */
  Diagnosis(Results right, int batch) {
    this.right = right;
    this.batch = batch;
  }

  Diagnosis formula(String name, String formula) {
    formulas.put(name, formula);
    return this;
  }

  /** What all the results are made of: the first suspect when all are wrong. */
  Diagnosis shared(String formula) {
    shared = formula;
    return this;
  }

  /**
   * A usual mistake.
   *
   * @param says what follows "dwh at [0,1] …"
   * @param gives what comes of it; results that it leaves right may be missing
   */
  Diagnosis mistake(String says, Results gives) {
    mistakes.add(new Mistake(says, gives));
    return this;
  }

  /** Does nothing if all is right. */
  void of(Results got) {
    Map<String, Results.Array> wrong = new LinkedHashMap<>();
    for (Results.Array expected : right.all()) {
      Results.Array array = got.get(expected.name());
      if (array.values().length != expected.values().length
          || !array.shapeText().equals(expected.shapeText())) {
        throw new Finding(
            "%s is %s: it should be %s%s"
                .formatted(
                    array.name(),
                    array.shapeText(),
                    expected.shapeText(),
                    formulaLine(array.name())));
      }
      if (!array.equalTo(expected.values())) {
        wrong.put(array.name(), array);
      }
    }
    boolean many = wrong.size() > 2;
    List<String> sentences = new ArrayList<>();
    while (!wrong.isEmpty()) {
      Mistake best = null;
      List<String> explained = List.of();
      for (Mistake mistake : mistakes) {
        List<String> fits = explainedBy(mistake, wrong);
        if (fits.size() > explained.size()) {
          best = mistake;
          explained = fits;
        }
      }
      if (best == null) {
        String says = usualForEverySum(wrong.values().iterator().next());
        if (says == null) {
          break;
        }
        explained =
            wrong.values().stream()
                .filter(array -> says.equals(usualForEverySum(array)))
                .map(Results.Array::name)
                .toList();
        best = new Mistake(says, right);
      }
      sentences.add(sentence(best.says, explained, wrong));
      explained.forEach(wrong::remove);
    }
    if (!wrong.isEmpty()) {
      sentences.add(unknown(wrong, many && sentences.isEmpty()));
    }
    if (!sentences.isEmpty()) {
      throw new Finding(String.join(System.lineSeparator(), sentences));
    }
  }

  private List<String> explainedBy(Mistake mistake, Map<String, Results.Array> wrong) {
    return wrong.values().stream()
        .filter(
            array -> {
              Results.Array gives = mistake.gives.get(array.name());
              return gives != null && array.equalTo(gives.values());
            })
        .map(Results.Array::name)
        .toList();
  }

  /** The mistakes that any array can show. */
  private String usualForEverySum(Results.Array got) {
    Results.Array expected = right.get(got.name());
    boolean added = expected.before() != null;
    for (int i = 0; i < got.values().length; i++) {
      if (Double.isNaN(got.values()[i]) && !Double.isNaN(expected.values()[i])) {
        return "is not a number (NaN): 0/0, ∞ − ∞ or the root or logarithm of a negative number"
            + " came before it";
      }
    }
    if (added && fits(got, expected, before -> 0, 1)) {
      return "is overwritten: a gradient is added (+=) to what stood there, of other steps and"
          + " other uses; was = written for +=?";
    }
    if (fits(got, expected, before -> before, 0)) {
      return added
          ? "is as it was before: nothing was added to it; was it forgotten?"
          : "is 0 everywhere: was it never written?";
    }
    if (fits(got, expected, before -> before, -1)) {
      return "has the wrong sign: is a minus missing, or one too many?";
    }
    if (fits(got, expected, before -> before, 2)) {
      return added
          ? "is twice too large: it is added once per step; was it added twice?"
          : "is twice too large: was something added twice?";
    }
    if (fits(got, expected, before -> before, 0.5)) {
      return "is half as large as it should be";
    }
    if (fits(got, expected, before -> before, 1.0 / batch)) {
      return "is %d times too small: it is the sum over the batch of %d, was the mean taken?"
          .formatted(batch, batch);
    }
    if (fits(got, expected, before -> before, batch)) {
      return "is %d times too large, and the batch is %d: was a division by the batch forgotten?"
          .formatted(batch, batch);
    }
    if (transposed(got, expected)) {
      return "is the transpose of what it should be: are rows and columns swapped?";
    }
    return null;
  }

  private static boolean fits(
      Results.Array got, Results.Array expected, DoubleUnaryOperator kept, double factor) {
    double[] gives = new double[got.values().length];
    for (int i = 0; i < gives.length; i++) {
      double before = expected.before() == null ? 0 : expected.before()[i];
      gives[i] = kept.applyAsDouble(before) + factor * (expected.values()[i] - before);
    }
    return got.equalTo(gives);
  }

  private static boolean transposed(Results.Array got, Results.Array expected) {
    int size = got.shape()[0];
    if (got.shape().length != 2 || got.shape()[1] != size) {
      return false;
    }
    double[] gives = new double[size * size];
    for (int i = 0; i < size * size; i++) {
      int j = i % size * size + i / size;
      double before = expected.before() == null ? 0 : expected.before()[i];
      double gradient =
          expected.values()[j] - (expected.before() == null ? 0 : expected.before()[j]);
      gives[i] = before + gradient;
    }
    return got.equalTo(gives);
  }

  private String sentence(String says, List<String> names, Map<String, Results.Array> wrong) {
    Results.Array got = wrong.get(names.get(0));
    int first = firstDifference(got);
    String others =
        names.size() == 1
            ? ""
            : "%n    the same shows in %s"
                .formatted(names.stream().skip(1).collect(Collectors.joining(", ")));
    return got.name()
        + got.place(first)
        + " "
        + says
        + numbers(got, first)
        + formulaLine(got.name())
        + others;
  }

  private String unknown(Map<String, Results.Array> wrong, boolean many) {
    Results.Array got = wrong.values().iterator().next();
    int first = firstDifference(got);
    String text =
        got.name()
            + got.place(first)
            + " is wrong, and none of the usual mistakes gives this number"
            + numbers(got, first)
            + formulaLine(got.name());
    if (many && shared != null) {
      return text
          + "%n    so many are wrong (%s) that it is in what they share: look first at%n    %s"
              .formatted(String.join(", ", wrong.keySet()), shared);
    }
    return wrong.size() == 1
        ? text
        : text
            + "%n    wrong too: %s"
                .formatted(wrong.keySet().stream().skip(1).collect(Collectors.joining(", ")));
  }

  private int firstDifference(Results.Array got) {
    double[] expected = right.get(got.name()).values();
    int i = 0;
    while (same(got.values()[i], expected[i])) {
      i++;
    }
    return i;
  }

  private String numbers(Results.Array got, int i) {
    double expected = right.get(got.name()).values()[i];
    double[] before = right.get(got.name()).before();
    if (before != null) {
      return "%n    it held %s; to be added %s, got %s added"
          .formatted(
              number(before[i]), number(expected - before[i]), number(got.values()[i] - before[i]));
    }
    String expectedText = number(expected);
    String gotText = number(got.values()[i]);
    if (expectedText.equals(gotText)) {
      expectedText = String.valueOf(expected);
      gotText = String.valueOf(got.values()[i]);
    }
    return "%n    expected %s, got %s".formatted(expectedText, gotText);
  }

  private static String number(double value) {
    double size = Math.abs(value);
    boolean plain = size == 0 || size >= 1e-3 && size < 1e6;
    return String.format(Locale.ROOT, plain ? "%.6f" : "%.5e", value);
  }

  private String formulaLine(String name) {
    return formulas.containsKey(name) ? "%n    formula  %s".formatted(formulas.get(name)) : "";
  }

  /** Equal but for rounding. */
  static boolean same(double a, double b) {
    return a == b
        || Double.isNaN(a) && Double.isNaN(b)
        || Math.abs(a - b) <= 1e-10 * Math.max(1e-3, Math.max(Math.abs(a), Math.abs(b)));
  }
}
