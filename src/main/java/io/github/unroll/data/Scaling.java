package io.github.unroll.data;

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
  Scaling LOG =
      training -> {
        range(training);
        FittedScaling.log().apply(training);
        return FittedScaling.log();
      };

  /** The values as they are. */
  Scaling NONE = training -> FittedScaling.none();

  /**
   * {@return this scaling fitted to values}
   *
   * @param training values of the training part; at least one is no gap, if the scaling depends on
   *     them
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
    double[] range = range(training);
    if (range[0] == range[1]) { // their mean may be rounded
      return FittedScaling.linear(range[0], 1);
    }
    int count = 0;
    double sum = 0;
    for (double x : training) {
      if (!Double.isNaN(x)) {
        count++;
        sum += x;
      }
    }
    double mean = sum / count;
    double squares = 0;
    for (double x : training) {
      if (!Double.isNaN(x)) {
        squares += (x - mean) * (x - mean);
      }
    }
    return FittedScaling.linear(mean, Math.sqrt(squares / count));
  }

  private static FittedScaling minMax(double... training) {
    double[] range = range(training);
    return FittedScaling.linear(range[0], range[0] == range[1] ? 1 : range[1] - range[0]);
  }

  /** The least and the greatest value. */
  private static double[] range(double... training) {
    double[] range = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (int i = 0; i < training.length; i++) {
      double x = training[i];
      if (Double.isInfinite(x)) {
        throw Fault.of("Scaling.fit: value %d is %s; give finite values, and NaN for a gap", i, x);
      }
      if (!Double.isNaN(x)) {
        range[0] = Math.min(range[0], x);
        range[1] = Math.max(range[1], x);
      }
    }
    if (range[0] > range[1]) {
      throw Fault.of(
          "Scaling.fit: none of %d values is known; there is nothing to fit to", training.length);
    }
    return range;
  }
}
