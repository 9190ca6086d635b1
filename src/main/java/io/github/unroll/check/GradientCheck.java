package io.github.unroll.check;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A check that compares the gradients of a backward pass with central differences of the loss.
 *
 * <pre>{@code
 * new GradientCheck(() -> loss.forward(layer.forward(xs), labels), () -> dxs = layer.backward(loss.backward(1)))
 *     .parameters(layer.parameters())
 *     .input("xs", xs, () -> dxs)
 *     .run()
 *     .assertBelow(1e-7);
 * }</pre>
 *
 * <p>The numeric gradient of an entry p is {@code (loss(p + s) − loss(p − s)) / 2s} with s = 1e-5.
 * If it differs by more than 1e-8 from the analytic gradient, because the step is too long for a
 * strongly curved loss, Ridders' extrapolation to a step of zero is used (Ridders 1982), which does
 * not use the analytic gradient: of its estimates it takes the one that changed least, ignoring
 * changes below the rounding of the loss divided by the step. The relative error of an entry is
 * {@code |a − n| / max(|a|, |n|, 0.01 · max|a|)}, the last maximum over its array. A backward pass
 * must add to the gradients of parameters: it runs once from zero and once from a value that must
 * still be in the sum.
 */
public final class GradientCheck {

  private static final double STEP = 1e-5;
  private static final double CLOSE = 1e-8;
  private static final double LONGEST_STEP = 0x1p-5;
  private static final int STEP_LENGTHS = 12;
  private static final double FLOOR = 0.01;
  private static final double ROUNDING = 1e-9;

  private final DoubleSupplier loss;
  private final Runnable backward;
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Subject> subjects = new ArrayList<>();

  /** An array whose gradient is checked, with the names of its entries. */
  private record Subject(
      String name, double[] values, Supplier<double[]> gradient, IntFunction<String> index) {

    static void checkShapes(String name, String values, String gradient) {
      if (!values.equals(gradient)) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "GradientCheck: %s is %s, but its gradient after backward is %s",
                name,
                values,
                gradient));
      }
    }
  }

  /**
   * One compared entry of a gradient.
   *
   * @param name the parameter or input
   * @param index its index, e.g. {@code [2,1]}
   * @param analytic the result of the backward pass
   * @param numeric the result of the central difference
   * @param relativeError infinite if one of the two is not finite
   */
  public record Entry(
      String name, String index, double analytic, double numeric, double relativeError) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s%s: analytic %.10g, numeric %.10g, relative error %.2e",
          name,
          index,
          analytic,
          numeric,
          relativeError);
    }
  }

  /**
   * The result of a check.
   *
   * @param worst the entry with the greatest relative error
   * @param worstOfEach the worst entry of each parameter and input, in the order they were given
   * @param overwritten the names of the parameters whose gradient backward overwrote instead of
   *     adding to it
   * @param entries the number of entries that were compared
   */
  public record Report(
      Entry worst, List<Entry> worstOfEach, List<String> overwritten, int entries) {

    /**
     * Throws if a gradient is wrong.
     *
     * @param tolerance greatest relative error allowed, e.g. 1e-7
     * @return this report
     * @throws AssertionError if an entry differs by more, or a gradient was overwritten; the
     *     message names it
     */
    public Report assertBelow(double tolerance) {
      if (!overwritten.isEmpty()) {
        throw new AssertionError(
            "backward must add to the gradients of parameters; it did not add to those of "
                + String.join(", ", overwritten));
      }
      if (!(worst.relativeError <= tolerance)) {
        throw new AssertionError(
            worst + String.format(Locale.ROOT, ", more than %.2e allowed", tolerance));
      }
      return this;
    }

    @Override
    public String toString() {
      return entries + " entries, worst " + worst;
    }
  }

  /**
   * A check of one forward and backward pass.
   *
   * @param loss computes the loss, from the same state at every call: it must reset a stateful
   *     layer
   * @param backward computes the gradients of the latest loss: adds those of the parameters
   */
  public GradientCheck(DoubleSupplier loss, Runnable backward) {
    this.loss = loss;
    this.backward = backward;
  }

  /**
   * Adds parameters to be checked.
   *
   * @param added modified while the check runs: values and gradients; values are restored
   * @return this
   */
  public GradientCheck parameters(List<Parameter> added) {
    for (Parameter parameter : added) {
      parameters.add(parameter);
      input(parameter.name(), parameter.value(), parameter::grad);
    }
    return this;
  }

  /**
   * Adds a matrix to be checked: an input or an initial state.
   *
   * @param name its name in the report
   * @param values modified while the check runs, then restored
   * @param gradient gives its gradient after backward, of the same shape
   * @return this
   */
  public GradientCheck input(String name, Matrix values, Supplier<Matrix> gradient) {
    int cols = values.cols();
    subjects.add(
        new Subject(
            name,
            values.data(),
            () -> {
              Matrix d = gradient.get();
              Subject.checkShapes(name, values.shape(), d == null ? "null" : d.shape());
              return d.data();
            },
            i -> "[" + i / cols + "," + i % cols + "]"));
    return this;
  }

  /**
   * Adds a tensor to be checked: a batch of input sequences.
   *
   * @param name its name in the report
   * @param values modified while the check runs, then restored
   * @param gradient gives its gradient after backward, of the same shape
   * @return this
   */
  public GradientCheck input(String name, Tensor3 values, Supplier<Tensor3> gradient) {
    int d2 = values.d2();
    int plane = values.d1() * d2;
    subjects.add(
        new Subject(
            name,
            values.data(),
            () -> {
              Tensor3 d = gradient.get();
              Subject.checkShapes(name, values.shape(), d == null ? "null" : d.shape());
              return d.data();
            },
            i -> "[" + i / plane + "," + i % plane / d2 + "," + i % d2 + "]"));
    return this;
  }

  /**
   * Runs the check.
   *
   * @return its result
   * @throws IllegalStateException if nothing was given to check, the loss is not finite, or a
   *     gradient is null or has another shape than its values
   */
  public Report run() {
    if (subjects.isEmpty()) {
      throw new IllegalStateException(
          "GradientCheck: nothing to check; add parameters(...) or input(...)");
    }
    parameters.forEach(Parameter::zeroGrad);
    List<double[]> analytic = gradients();
    List<String> overwritten = overwrittenGradients();
    List<Entry> worstOfEach = new ArrayList<>();
    int entries = 0;
    for (int s = 0; s < subjects.size(); s++) {
      worstOfEach.add(worstEntry(subjects.get(s), analytic.get(s)));
      entries += analytic.get(s).length;
    }
    Entry worst = worstOfEach.get(0);
    for (Entry entry : worstOfEach) {
      worst = entry.relativeError > worst.relativeError ? entry : worst;
    }
    return new Report(worst, List.copyOf(worstOfEach), overwritten, entries);
  }

  private List<double[]> gradients() {
    forwardAndBackward();
    List<double[]> gradients = new ArrayList<>();
    for (Subject subject : subjects) {
      gradients.add(subject.gradient.get().clone());
    }
    return gradients;
  }

  private void forwardAndBackward() {
    double value = loss.getAsDouble();
    if (!Double.isFinite(value)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "GradientCheck: the loss is %s; it has no gradient to check", value));
    }
    backward.run();
  }

  /** Parameters whose gradient, started at p instead of 0, does not end greater by p. */
  private List<String> overwrittenGradients() {
    List<double[]> before = parameters.stream().map(p -> p.grad().data().clone()).toList();
    List<Double> poisons = before.stream().map(g -> greatest(g) == 0 ? 1 : greatest(g)).toList();
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).grad().fill(poisons.get(i));
    }
    forwardAndBackward();
    List<String> overwritten = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      double[] after = parameters.get(i).grad().data();
      double poison = poisons.get(i);
      for (int j = 0; j < after.length; j++) {
        if (Math.abs(after[j] - poison - before.get(i)[j]) > ROUNDING * poison) {
          overwritten.add(parameters.get(i).name());
          break;
        }
      }
    }
    parameters.forEach(Parameter::zeroGrad);
    return overwritten;
  }

  private Entry worstEntry(Subject subject, double[] analytic) {
    double floor = FLOOR * greatest(analytic);
    Entry worst = null;
    for (int i = 0; i < analytic.length; i++) {
      double a = analytic[i];
      double n = centralDifference(subject.values, i, STEP);
      if (relativeError(a, n, floor) > CLOSE) {
        n = extrapolatedDifference(subject.values, i);
      }
      double error = relativeError(a, n, floor);
      if (worst == null || error > worst.relativeError) {
        worst = new Entry(subject.name, subject.index.apply(i), a, n, error);
      }
    }
    return worst;
  }

  /**
   * Ridders' method: each row halves the step, each column removes the next even power of the
   * error.
   */
  private double extrapolatedDifference(double[] values, int i) {
    double rounding = Math.ulp(loss.getAsDouble());
    double step = LONGEST_STEP;
    double[] previous = {centralDifference(values, i, step)};
    double best = previous[0];
    double leastChange = Double.POSITIVE_INFINITY;
    for (int row = 1; row < STEP_LENGTHS; row++) {
      step /= 2;
      double[] current = new double[row + 1];
      current[0] = centralDifference(values, i, step);
      double shrinks = 1;
      for (int col = 1; col <= row; col++) {
        shrinks *= 4;
        double correction = (current[col - 1] - previous[col - 1]) / (shrinks - 1);
        current[col] = current[col - 1] + correction;
        double change = Math.max(Math.abs(correction), Math.abs(current[col] - previous[col - 1]));
        change += rounding / step; // a smaller change is only chance
        if (change < leastChange) {
          leastChange = change;
          best = current[col];
        }
      }
      previous = current;
    }
    return best;
  }

  private double centralDifference(double[] values, int i, double step) {
    double value = values[i];
    double above = value + step;
    double below = value - step;
    try {
      values[i] = above;
      double lossAbove = loss.getAsDouble();
      values[i] = below;
      double lossBelow = loss.getAsDouble();
      return (lossAbove - lossBelow) / (above - below);
    } finally {
      values[i] = value;
    }
  }

  private static double relativeError(double a, double n, double floor) {
    if (!Double.isFinite(a) || !Double.isFinite(n)) {
      return Double.POSITIVE_INFINITY;
    }
    if (a == n) {
      return 0;
    }
    return Math.abs(a - n) / Math.max(Math.max(Math.abs(a), Math.abs(n)), floor);
  }

  /** The greatest magnitude of the finite values; one NaN must not affect the other entries. */
  private static double greatest(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
  }
}
