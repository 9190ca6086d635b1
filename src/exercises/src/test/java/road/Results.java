package road;

import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a call returned, by name. */
public final class Results {

  private final Map<String, Matrix> values = new LinkedHashMap<>();

  /** Adds a matrix; null, if that is what came back. */
  public Results with(String name, Matrix value) {
    values.put(name, value);
    return this;
  }

  /** Adds one matrix a step, as {@code hs[0]}, {@code hs[1]} and so on. */
  public Results with(String name, Matrix[] steps) {
    if (steps == null) {
      return with(name, (Matrix) null);
    }
    for (int t = 0; t < steps.length; t++) {
      with(name + "[" + t + "]", steps[t]);
    }
    return this;
  }

  /** Adds a number. */
  public Results with(String name, double value) {
    return with(name, Matrix.of(1, 1, value));
  }

  /** {@return copies: what is returned may be overwritten by the next call} */
  Results copy() {
    Results copy = new Results();
    values.forEach((name, value) -> copy.with(name, value == null ? null : value.copy()));
    return copy;
  }

  /**
   * {@return what is wrong with these, first of all, or null} Where a slip gives no finite number
   * or no matrix at all, neither may these: what is right is always finite.
   */
  Difference differenceFrom(Results want) {
    for (Map.Entry<String, Matrix> wanted : want.values.entrySet()) {
      String name = wanted.getKey();
      Matrix right = wanted.getValue();
      Matrix got = values.get(name);
      if (got == null && right == null && values.containsKey(name)) {
        continue;
      }
      if (right == null) {
        return new Difference(name, name + " is not null");
      }
      if (got == null) {
        String why = values.containsKey(name) ? " is null" : " is missing";
        return new Difference(name, name + why + "; it should be " + right.shape());
      }
      if (got.rows() != right.rows() || got.cols() != right.cols()) {
        return new Difference(
            name, name + " is " + got.shape() + "; it should be " + right.shape());
      }
      for (int i = 0; i < got.rows(); i++) {
        for (int j = 0; j < got.cols(); j++) {
          if (!isClose(got.get(i, j), right.get(i, j))) {
            String element = right.rows() * right.cols() == 1 ? "" : "[" + i + "," + j + "]";
            return new Difference(
                name,
                String.format(
                    Locale.ROOT,
                    "%s%s should be %.6g and is %.6g",
                    name,
                    element,
                    right.get(i, j),
                    got.get(i, j)));
          }
        }
      }
    }
    for (String name : values.keySet()) {
      if (!want.values.containsKey(name)) {
        return new Difference(name, name + " is one too many");
      }
    }
    return null;
  }

  private static boolean isClose(double got, double want) {
    return Double.isFinite(got) && Double.isFinite(want)
        ? Math.abs(got - want) <= 1e-9 * Math.max(1, Math.abs(want))
        : Double.isFinite(got) == Double.isFinite(want);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Results r
        && values.keySet().equals(r.values.keySet())
        && Arrays.equals(values.values().toArray(), r.values.values().toArray());
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** A result that is wrong, and the sentence that says so. */
  record Difference(String result, String sentence) {}
}
