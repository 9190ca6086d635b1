package io.github.unroll.tensor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A search for the first value that is NaN or infinite, for messages that name it. It runs only
 * after a loss, a norm or a score was not finite: the computations themselves do not check.
 */
public final class NotFinite {

  private NotFinite() {}

  /**
   * {@return the index of the first element that is NaN or infinite, or −1 if all are finite}
   *
   * @param values not modified
   * @param from the first index
   * @param to the index after the last
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
   * {@return a text that names the first value that is NaN or infinite, such as {@code the first
   * bad parameter is rnn.wh[2,1] = NaN}; empty if all are finite}
   *
   * @param parameters searched in this order
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
   * {@return a text that names the first gradient that is NaN or infinite, such as {@code the first
   * bad gradient is rnn.wh[2,1] = NaN}; empty if all are finite}
   *
   * @param parameters searched in this order
   */
  public static Optional<String> gradient(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      Optional<String> bad = in("gradient", parameter, parameter.gradOfTouchedRows().data());
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
