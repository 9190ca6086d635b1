package io.github.unroll.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A scaling with its figures, value by value in both directions. {@link #toString} is a text that
 * {@link #of} reads again with the same bits, such as {@code log, linear 4.78 0.44}: it can be kept
 * with a model.
 */
public final class FittedScaling {

  /** A step: {@code log x}, or {@code (x − offset) / width}. */
  private record Step(boolean isLog, double offset, double width) {

    double apply(double x) {
      return isLog ? StrictMath.log(x) : (x - offset) / width;
    }

    double invert(double y) {
      return isLog ? StrictMath.exp(y) : y * width + offset;
    }

    @Override
    public String toString() {
      return isLog ? "log" : "linear " + offset + " " + width;
    }
  }

  private final List<Step> steps;

  private FittedScaling(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** {@return {@code (x − offset) / width}; the width is positive} */
  static FittedScaling linear(double offset, double width) {
    return new FittedScaling(List.of(new Step(false, offset, width)));
  }

  /** {@return {@code log x}} */
  static FittedScaling log() {
    return new FittedScaling(List.of(new Step(true, 0, 1)));
  }

  /** {@return first this scaling, then another} */
  public FittedScaling then(FittedScaling next) {
    List<Step> all = new ArrayList<>(steps);
    all.addAll(next.steps);
    return new FittedScaling(all);
  }

  /**
   * {@return the scaling of a text}
   *
   * @param text what {@link #toString} gave
   * @throws IllegalArgumentException if it is no such text
   */
  public static FittedScaling of(String text) {
    List<Step> steps = new ArrayList<>();
    for (String step : text.split(", ", -1)) {
      String[] words = step.split(" ", -1);
      try {
        if (words[0].equals("log") && words.length == 1) {
          steps.add(new Step(true, 0, 1));
        } else if (words[0].equals("linear") && words.length == 3) {
          double width = Double.parseDouble(words[2]);
          double offset = Double.parseDouble(words[1]);
          if (!(width > 0) || Double.isInfinite(width) || !Double.isFinite(offset)) {
            throw new NumberFormatException("out of range");
          }
          steps.add(new Step(false, offset, width));
        } else {
          throw new NumberFormatException("no step");
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "FittedScaling: \"%s\" is no scaling; one is like \"log, linear 4.78 0.44\"",
                text),
            e);
      }
    }
    return new FittedScaling(steps);
  }

  /** {@return a value, scaled; NaN for NaN} */
  public double apply(double x) {
    double y = x;
    for (Step step : steps) {
      y = step.apply(y);
    }
    return y;
  }

  /** {@return the value that is scaled to y} */
  public double invert(double y) {
    double x = y;
    for (int i = steps.size() - 1; i >= 0; i--) {
      x = steps.get(i).invert(x);
    }
    return x;
  }

  /** {@return values, each scaled} */
  public double[] apply(double... series) {
    return Arrays.stream(series).map(this::apply).toArray();
  }

  /** {@return values, each scaled back} */
  public double[] invert(double... scaled) {
    return Arrays.stream(scaled).map(this::invert).toArray();
  }

  @Override
  public String toString() {
    return steps.stream().map(Step::toString).collect(Collectors.joining(", "));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FittedScaling scaling && scaling.steps.equals(steps);
  }

  @Override
  public int hashCode() {
    return steps.hashCode();
  }
}
