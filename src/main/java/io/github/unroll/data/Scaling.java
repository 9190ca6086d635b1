package io.github.unroll.data;

import java.util.Arrays;
import java.util.Locale;

/**
 * A way to bring the values of a series into a range in which a network learns well, and its
 * answers back. It is fitted to the training part of a series alone; what comes of it is a {@link
 * FittedScaling}.
 *
 * <pre>{@code
 * FittedScaling scaling = Scaling.LOG.then(Scaling.STANDARDISE).fit(training);
 * double[] inputs = scaling.apply(series);
 * double answer = scaling.invert(model's answer);
 * }</pre>
 *
 * <p>NaN stays NaN and is left out of every fit.
 */
public interface Scaling {

  /** Mean 0 and standard deviation 1; a series of equal values becomes zeros. */
  Scaling STANDARDISE = Scaling::standardised;

  /** From 0 at the least value to 1 at the greatest; a series of equal values becomes zeros. */
  Scaling MIN_MAX = Scaling::minMax;

  /** The natural logarithm, for positive values whose spread grows with their level. */
  Scaling LOG = Scaling::logarithm;

  /** The values as they are. */
  Scaling NONE = training -> FittedScaling.linear(0, 1);

  /**
   * {@return this scaling fitted to values}
   *
   * @param training values of the training part, at least one of them no gap
   * @throws IllegalArgumentException if all are NaN, one is infinite, or one is out of the
   *     scaling's domain
   */
  FittedScaling fit(double... training);

  /** {@return first this scaling, then another, which is fitted to the values of this one} */
  default Scaling then(Scaling next) {
    return training -> {
      FittedScaling first = fit(training);
      return first.then(next.fit(first.apply(training)));
    };
  }

  private static FittedScaling standardised(double... training) {
    double[] known = known(training);
    double mean = Arrays.stream(known).sum() / known.length;
    double squares = Arrays.stream(known).map(x -> (x - mean) * (x - mean)).sum();
    return FittedScaling.linear(mean, orOne(Math.sqrt(squares / known.length)));
  }

  private static FittedScaling minMax(double... training) {
    double[] known = known(training);
    double least = Arrays.stream(known).min().orElseThrow();
    return FittedScaling.linear(least, orOne(Arrays.stream(known).max().orElseThrow() - least));
  }

  private static FittedScaling logarithm(double... training) {
    for (double x : known(training)) {
      if (x <= 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "Scaling.LOG: %s has no logarithm; all values must be positive", x));
      }
    }
    return FittedScaling.log();
  }

  private static double orOne(double width) {
    return width > 0 ? width : 1;
  }

  /** Without the gaps. */
  private static double[] known(double... training) {
    double[] known = Arrays.stream(training).filter(x -> !Double.isNaN(x)).toArray();
    if (known.length == 0) {
      throw new IllegalArgumentException(
          "Scaling.fit: " + training.length + " values, none of them known; nothing can be fitted");
    }
    for (double x : known) {
      if (Double.isInfinite(x)) {
        throw new IllegalArgumentException("Scaling.fit: a value is " + x);
      }
    }
    return known;
  }
}
