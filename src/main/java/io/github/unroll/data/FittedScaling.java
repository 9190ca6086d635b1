package io.github.unroll.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A scaling with its figures, value by value in both directions. {@link #toString} is a text that
 * {@link #of} reads again with the same bits, such as {@code log, linear 4.78 0.44}: it can be kept
 * with a model.
 */
public final class FittedScaling {

  private static final String NONE = "none";
  private static final String LOG = "log";
  private static final String LINEAR = "linear";

  /** Two for each step: offset and width of {@code (x − offset) / width}; a width of 0 is log x. */
  private final double[] figures;

  private FittedScaling(double... figures) {
    this.figures = figures;
  }

  /** {@return the values as they are} */
  static FittedScaling none() {
    return new FittedScaling();
  }

  /** {@return {@code log x}} */
  static FittedScaling log() {
    return new FittedScaling(0, 0);
  }

  /** {@return {@code (x − offset) / width}} */
  static FittedScaling linear(double offset, double width) {
    if (!(width > 0) || !Double.isFinite(width) || !Double.isFinite(offset)) {
      throw Fault.of(
          "scaling: %s and %s; the offset must be finite, the width positive and finite; are the"
              + " values too large or too close together?",
          offset, width);
    }
    return new FittedScaling(offset, width);
  }

  /** {@return first this scaling, then another} */
  public FittedScaling then(FittedScaling next) {
    double[] all = Arrays.copyOf(figures, figures.length + next.figures.length);
    System.arraycopy(next.figures, 0, all, figures.length, next.figures.length);
    return new FittedScaling(all);
  }

  /**
   * {@return the scaling of a text}
   *
   * @param text what {@link #toString} gave
   * @throws IllegalArgumentException if it is no such text
   */
  public static FittedScaling of(String text) {
    FittedScaling scaling = none();
    if (!text.equals(NONE)) {
      for (String step : text.split(", ", -1)) {
        scaling = scaling.then(step(step));
      }
    }
    return scaling;
  }

  private static FittedScaling step(String text) {
    String[] words = text.split(" ", -1);
    if (text.equals(LOG)) {
      return log();
    }
    try {
      if (words.length == 3 && words[0].equals(LINEAR)) {
        return linear(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw Fault.of(
        "FittedScaling: %s is no scaling; write none, log or linear with offset and width, such as"
            + " \"log, linear 4.78 0.44\"",
        Fault.quoted(text));
  }

  /**
   * {@return a value, scaled; NaN for NaN}
   *
   * @throws IllegalArgumentException if a logarithm is taken and the value is not positive
   */
  public double apply(double x) {
    double y = x;
    for (int i = 0; i < figures.length; i += 2) {
      if (figures[i + 1] > 0) {
        y = (y - figures[i]) / figures[i + 1];
      } else if (y <= 0) {
        throw Fault.of(
            "the scaling takes logarithms, and %s has none; all values must be positive: add a"
                + " number to them, or scale without a logarithm",
            y);
      } else {
        y = StrictMath.log(y);
      }
    }
    return y;
  }

  /** {@return the value that is scaled to y; NaN for NaN} */
  public double invert(double y) {
    double x = y;
    for (int i = figures.length - 2; i >= 0; i -= 2) {
      x = figures[i + 1] > 0 ? x * figures[i + 1] + figures[i] : StrictMath.exp(x);
    }
    return x;
  }

  /**
   * {@return values, each scaled; a new array}
   *
   * @throws IllegalArgumentException if a logarithm is taken and a value is not positive
   */
  public double[] apply(double... series) {
    double[] scaled = new double[series.length];
    Arrays.setAll(scaled, t -> apply(series[t]));
    return scaled;
  }

  /** {@return values, each scaled back; a new array} */
  public double[] invert(double... scaled) {
    double[] series = new double[scaled.length];
    Arrays.setAll(series, t -> invert(scaled[t]));
    return series;
  }

  @Override
  public String toString() {
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < figures.length; i += 2) {
      steps.add(figures[i + 1] > 0 ? LINEAR + " " + figures[i] + " " + figures[i + 1] : LOG);
    }
    return steps.isEmpty() ? NONE : String.join(", ", steps);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FittedScaling scaling && Arrays.equals(scaling.figures, figures);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(figures);
  }
}
