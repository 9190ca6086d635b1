package io.github.unroll.tensor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the number that is NaN or infinite, for a message that names it. It is looked for only once
 * a loss, a norm or a score has shown that there is one: what computes does not check.
 */
public final class NotFinite {

  private NotFinite() {}

  /**
   * The first element that is NaN or infinite.
   *
   * @param values not modified
   * @param from index of the first that is looked at
   * @param to index after the last
   * @return its index, or −1 if all are finite
   */
  public static int first(double[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Double.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }

  /**
   * The first element of a parameter's value that is NaN or infinite.
   *
   * @param parameters looked through in this order
   * @return such as {@code the first bad parameter is rnn.wh[2,1] = NaN}; empty if all are finite
   */
  public static Optional<String> parameter(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      Optional<String> bad = in("parameter", parameter, parameter.value().data());
      if (bad.isPresent()) {
        return bad;
      }
    }
    return Optional.empty();
  }

  /**
   * The first element of a parameter's gradient that is NaN or infinite.
   *
   * @param parameters looked through in this order
   * @return such as {@code the first bad gradient is rnn.wh[2,1] = NaN}; empty if all are finite
   */
  public static Optional<String> gradient(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      Optional<String> bad = in("gradient", parameter, parameter.gradOfTouchedRows());
      if (bad.isPresent()) {
        return bad;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> in(String what, Parameter parameter, double[] values) {
    int cols = parameter.value().cols();
    int i = first(values, 0, values.length);
    return i < 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the first bad %s is %s[%d,%d] = %s",
                what,
                parameter.name(),
                i / cols,
                i % cols,
                values[i]));
  }
}
