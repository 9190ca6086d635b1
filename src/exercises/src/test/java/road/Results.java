package road;

import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a call returned, by name. */
public final class Results {

  /** How far a result may be from the right one, in proportion to it. */
  private static final double TOLERANCE = 1e-9;

  /** What rounding may leave where all numbers of a matrix should be zero. */
  private static final double ROUNDING = 1e-14;

  private final Map<String, Matrix> values = new LinkedHashMap<>();
  private final Map<String, Integer> lengths = new LinkedHashMap<>(); // of arrays; null: no array

  /** Adds a matrix; null, if that is what came back. */
  public Results with(String name, Matrix value) {
    values.put(name, value);
    return this;
  }

  /** Adds one matrix a step, as {@code hs[0]}, {@code hs[1]} and so on. */
  public Results with(String name, Matrix[] steps) {
    lengths.put(name, steps == null ? null : steps.length);
    for (int t = 0; steps != null && t < steps.length; t++) {
      with(name + "[" + t + "]", steps[t]);
    }
    return this;
  }

  /** Adds whole numbers, such as word ids, as {@code ids[0]}, {@code ids[1]} and so on. */
  public Results with(String name, int[] numbers) {
    lengths.put(name, numbers == null ? null : numbers.length);
    for (int i = 0; numbers != null && i < numbers.length; i++) {
      with(name + "[" + i + "]", numbers[i]);
    }
    return this;
  }

  /** Adds numbers, as {@code norms[0]}, {@code norms[1]} and so on. */
  public Results with(String name, double[] numbers) {
    lengths.put(name, numbers == null ? null : numbers.length);
    for (int i = 0; numbers != null && i < numbers.length; i++) {
      with(name + "[" + i + "]", numbers[i]);
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
    copy.lengths.putAll(lengths);
    return copy;
  }

  /** {@return those of one name: the matrix, or all of the array} */
  Results only(String name) {
    Results only = new Results();
    values.forEach(
        (each, value) -> {
          if (nameOf(each).equals(name)) {
            only.with(each, value);
          }
        });
    if (lengths.containsKey(name)) {
      only.lengths.put(name, lengths.get(name));
    }
    return only;
  }

  /** {@return the name without the index of an array's element} */
  static String nameOf(String element) {
    int bracket = element.indexOf('[');
    return bracket < 0 ? element : element.substring(0, bracket);
  }

  /** {@return whether every number is finite: what should come out of a stop must be} */
  boolean isFinite() {
    return values.values().stream()
        .allMatch(m -> m != null && Arrays.stream(m.data()).allMatch(Double::isFinite));
  }

  /** {@return the names of matrices in which there seems to be nothing but rounding} */
  List<String> rounding() {
    return values.entrySet().stream()
        .filter(each -> scale(each.getValue()) < 1e-12 && scale(each.getValue()) > 1e-18)
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * {@return what is wrong with these, first of all, or null} Nothing equals a NaN or an infinity.
   */
  Difference differenceFrom(Results want) {
    for (Map.Entry<String, Integer> wanted : want.lengths.entrySet()) {
      String name = wanted.getKey();
      Integer length = lengths.get(name);
      if (length == null) {
        return new Difference(
            name, name + " is null; it should be an array of " + elements(wanted.getValue()));
      }
      if (!length.equals(wanted.getValue())) {
        return new Difference(
            name, name + " has " + elements(length) + "; it should have " + wanted.getValue());
      }
    }
    for (Map.Entry<String, Matrix> wanted : want.values.entrySet()) {
      String name = wanted.getKey();
      String wrong = wrong(name, values.get(name), wanted.getValue());
      if (wrong != null) {
        return new Difference(name, wrong);
      }
    }
    for (String name : values.keySet()) {
      if (!want.values.containsKey(name)) {
        return new Difference(name, name + " is one too many");
      }
    }
    return null;
  }

  private static String elements(int length) {
    return length == 1 ? "1 element" : length + " elements";
  }

  private static String wrong(String name, Matrix got, Matrix right) {
    if (got == null) {
      return name + " is null; it should be " + size(right);
    }
    if (got.rows() != right.rows() || got.cols() != right.cols()) {
      return name + " is " + size(got) + "; it should be " + size(right);
    }
    double scale = scale(right);
    for (int i = 0; i < got.rows(); i++) {
      for (int j = 0; j < got.cols(); j++) {
        if (!isClose(got.get(i, j), right.get(i, j), scale)) {
          String element = right.rows() * right.cols() == 1 ? "" : "[" + i + "," + j + "]";
          return name + element + numbers(right.get(i, j), got.get(i, j));
        }
      }
    }
    return null;
  }

  /** The greatest number, or 1 if that is less: a small one beside it need not be as exact. */
  private static double scale(Matrix right) {
    return Math.min(
        1, Arrays.stream(right.data()).map(Math::abs).filter(Double::isFinite).max().orElse(0));
  }

  private static boolean isClose(double got, double want, double scale) {
    return Double.isFinite(got)
        && Math.abs(got - want)
            <= (scale == 0 ? ROUNDING : TOLERANCE * Math.max(scale, Math.abs(want)));
  }

  private static String size(Matrix m) {
    return m.rows() * m.cols() == 1 ? "a single number" : m.shape();
  }

  /** Both numbers, with as many digits as it takes to see that they differ. */
  private static String numbers(double right, double got) {
    for (int digits = 6; ; digits += 5) {
      String wanted = number(right, digits);
      String gotten = number(got, digits);
      if (!wanted.equals(gotten) || digits > 16) {
        return " should be " + wanted + " and is " + gotten;
      }
    }
  }

  private static String number(double value, int digits) {
    if (value == Math.rint(value) && Math.abs(value) < 1e6) {
      return Long.toString((long) value);
    }
    return String.format(Locale.ROOT, "%." + digits + "g", value);
  }

  /**
   * {@return whether these come of the same computation} Unlike what is right, that of a slip may
   * be null, NaN or infinite.
   */
  boolean isLike(Results other) {
    return values.keySet().equals(other.values.keySet())
        && lengths.equals(other.lengths)
        && values.keySet().stream().allMatch(n -> isLike(values.get(n), other.values.get(n)));
  }

  private static boolean isLike(Matrix a, Matrix b) {
    if (a == null || b == null) {
      return a == b;
    }
    if (a.rows() != b.rows() || a.cols() != b.cols()) {
      return false;
    }
    double scale = scale(b);
    for (int i = 0; i < a.data().length; i++) {
      double x = a.data()[i];
      double y = b.data()[i];
      if (Double.isFinite(y) ? !isClose(x, y, scale) : Double.isFinite(x)) {
        return false;
      }
    }
    return true;
  }

  /**
   * {@return two names for what is one matrix and should be two, or null}
   *
   * @param want what is right
   */
  List<String> oneForTwo(Results want) {
    List<String> names = List.copyOf(lengths.equals(want.lengths) ? values.keySet() : Set.of());
    for (int i = 0; i < names.size(); i++) {
      for (int j = i + 1; j < names.size(); j++) {
        Matrix one = values.get(names.get(i));
        if (one != null
            && one == values.get(names.get(j))
            && want.values.keySet().containsAll(names)
            && !isLike(want.values.get(names.get(i)), want.values.get(names.get(j)))) {
          return List.of(names.get(i), names.get(j));
        }
      }
    }
    return null;
  }

  /** {@return whether a matrix is among others too, itself and not a copy} */
  boolean shares(Results other) {
    return values.values().stream()
        .anyMatch(m -> m != null && other.values.values().stream().anyMatch(o -> o == m));
  }

  /** {@return whether there are numbers with decimals: whole ones are alike by chance} */
  boolean hasDecimals() {
    return values.values().stream()
        .anyMatch(m -> m != null && Arrays.stream(m.data()).anyMatch(v -> v != Math.rint(v)));
  }

  /** {@return the names, without indices} */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(lengths.keySet());
    values.keySet().forEach(each -> names.add(nameOf(each)));
    return names;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Results r && values.equals(r.values) && lengths.equals(r.lengths);
  }

  @Override
  public int hashCode() {
    return Objects.hash(values, lengths);
  }

  /** A result that is wrong, and the sentence that says so, without its full stop. */
  record Difference(String result, String sentence) {}
}
