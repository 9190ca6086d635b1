package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import mine.Slope;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** The slope of a function, and the gradient of a loss, measured from both sides. */
public final class CentralDifference implements Stop.Task {

  private static final double STEP = 1e-5;

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "The central difference",
        "05-the-central-difference.md",
        "Slope.java",
        List.of("at", "of"),
        List.of(
            "A slope is a rise over a run. If you go a small step to each side of x, how long is"
                + " the run?",
            "at: two values of f, one on each side of x, give one number. of: the result has the"
                + " shape of the matrix; each of its numbers takes two calls of the loss.",
            "Value above minus value below, over the whole distance between the two places. For a"
                + " matrix move one element, measure, put it back, and go to the next.",
            "at: (f(x + STEP) − f(x − STEP)) / (2 · STEP). of: in a copy m, for each i, j: set"
                + " m[i,j] = value + STEP, take the loss; set value − STEP, take the loss; set"
                + " value again; the slope as above."),
        new CentralDifference());
  }

  /** A function of one number, under the number that cases call it by. */
  private static DoubleUnaryOperator function(int number) {
    return switch (number) {
      case 0 -> x -> x * x;
      case 1 -> Math::sin;
      case 2 -> Math::exp;
      default -> x -> 1000 * x * x * x;
    };
  }

  /** A loss in which each element has a weight of its own and meets its neighbours. */
  private static ToDoubleFunction<Matrix> loss(int number) {
    double factor = number == 0 ? 1 : 3000;
    return m -> {
      double sum = 0;
      double before = 0.4;
      for (int i = 0; i < m.rows(); i++) {
        for (int j = 0; j < m.cols(); j++) {
          double value = m.get(i, j);
          sum += Math.sin((1 + i + 0.5 * j) * value + before) + 0.3 * value * value;
          before = 0.5 * before + value;
        }
      }
      return factor * sum;
    };
  }

  @Override
  public List<Case> cases() {
    return List.of(
        function("x² at 3", 0, 3),
        function("sin x at 2.5, where it falls", 1, 2.5),
        function("exp x at −1", 2, -1),
        function("1000·x³ at 2", 3, 2),
        loss("a loss of one number", 0, Numbers.matrix(1, 1, 1)),
        loss("a loss of (2x3) numbers", 0, Numbers.matrix(2, 3, 2)),
        loss("a loss of (3x3) numbers", 0, Numbers.matrix(3, 3, 3)),
        loss("a steep loss of (3x2) numbers", 1, Numbers.matrix(3, 2, 4)));
  }

  private static Case function(String name, int number, double x) {
    return new Case(name).with("method", 0).with("f", number).with("x", x);
  }

  private static Case loss(String name, int number, Matrix at) {
    return new Case(name).with("method", 1).with("loss", number).with("at", at);
  }

  @Override
  public Results expected(Case given, Slips slips) {
    if (given.whole("method") == 0) {
      return new Results().with("slope", at(function(given.whole("f")), given.number("x"), slips));
    }
    return new Results().with("slopes", of(loss(given.whole("loss")), given.matrix("at"), slips));
  }

  private static double at(DoubleUnaryOperator f, double x, Slips slips) {
    double step =
        slips.made("The step is a share of x (x times STEP); it is STEP itself everywhere.")
            ? x * STEP
            : STEP;
    double above = f.applyAsDouble(x + step);
    double below = f.applyAsDouble(x - step);
    return slope(above, f.applyAsDouble(x), below, "", slips);
  }

  /** The slope from three values; mistakes say in which method they are. */
  private static double slope(double above, double here, double below, String in, Slips slips) {
    double run = 2 * STEP;
    if (slips.made(
        "That is the difference to one side, ahead: its error is as large as the step. Take"
            + " one value on each side."
            + in)) {
      below = here;
      run = STEP;
    }
    if (slips.made(
        "That is the difference to one side, back: its error is as large as the step. Take"
            + " one value on each side."
            + in)) {
      above = here;
      run = STEP;
    }
    if (slips.made("The lower value is taken at the place itself, not a step below it." + in)) {
      below = here;
    }
    if (slips.made("The upper value is taken at the place itself, not a step above it." + in)) {
      above = here;
    }
    if (slips.made(
        "The factor 2 is missing: from x − STEP to x + STEP it is two steps far." + in)) {
      run = STEP;
    }
    if (slips.made("The rise is not divided at all; a slope is rise over run." + in)) {
      run = 1;
    }
    if (slips.made("The rise is divided by 2 alone; the run is two steps long." + in)) {
      run = 2;
    }
    if (slips.made(
        "Parentheses are missing: a / 2 * STEP is half of a, times STEP. a / (2 * STEP)." + in)) {
      run = 2 / STEP;
    }
    if (slips.made("The rise is multiplied by the run; it is divided by it." + in)) {
      run = 1 / (2 * STEP);
    }
    if (slips.made(
        "The rise is divided by the square of the step; the run is two steps long." + in)) {
      run = STEP * STEP;
    }
    double rise = above - below;
    if (slips.made("The two values are added; their difference is the rise." + in)) {
      rise = above + below;
    }
    if (slips.made("The sign: it is the value above minus the value below." + in)) {
      rise = -rise;
    }
    if (slips.made("The sign is lost (abs): where a function falls its slope is negative." + in)) {
      rise = Math.abs(rise);
    }
    return rise / run;
  }

  private static Matrix of(ToDoubleFunction<Matrix> loss, Matrix at, Slips slips) {
    boolean leftBelow =
        slips.made("An element is not put back before the next one is moved; it stays below.");
    boolean leftAbove =
        slips.made("An element is not put back before the next one is moved; it stays above.");
    boolean slopeLeft =
        slips.made("The slope is written into the matrix that is moved; put the value back.");
    boolean together =
        slips.made("All elements are moved at once; move one, and leave the others.");
    boolean inZeros =
        slips.made("The other elements are 0 when the loss is taken; they keep their values.");
    boolean rowTogether = slips.made("A whole row is moved at once; move one element.");
    boolean unmoved =
        slips.made("The loss is taken of the matrix as it was, not of the moved one.");
    Matrix moved = at.copy();
    Matrix slopes = new Matrix(at.rows(), at.cols());
    double here = loss.applyAsDouble(at);
    for (int i = 0; i < at.rows(); i++) {
      for (int j = 0; j < at.cols(); j++) {
        double value = moved.get(i, j);
        double[] values = new double[2];
        for (int side = 0; side < 2; side++) {
          Matrix m = inZeros ? new Matrix(at.rows(), at.cols()) : moved.copy();
          double step = unmoved ? 0 : side == 0 ? STEP : -STEP;
          m.set(i, j, value + step);
          if (together || rowTogether) {
            m = at.copy();
            move(m, rowTogether ? i : 0, rowTogether ? i + 1 : m.rows(), step);
          }
          values[side] = loss.applyAsDouble(m);
        }
        double slope = slope(values[0], here, values[1], " (In of.)", slips);
        slopes.set(i, j, slope);
        moved.set(
            i, j, leftBelow ? value - STEP : leftAbove ? value + STEP : slopeLeft ? slope : value);
      }
    }
    return placed(slopes, slips);
  }

  private static void move(Matrix m, int fromRow, int toRow, double step) {
    for (int i = fromRow; i < toRow; i++) {
      for (int j = 0; j < m.cols(); j++) {
        m.add(i, j, step);
      }
    }
  }

  /** The slopes, where they stand in the result. */
  private static Matrix placed(Matrix slopes, Slips slips) {
    boolean first = slips.made("Only element [0,0] is measured; each has a slope of its own.");
    boolean row = slips.made("Only the first row is measured; go through all rows.");
    boolean column = slips.made("Only the first column is measured; go through all columns.");
    boolean lastRow = slips.made("The last row is left out: the loop ends too early.");
    boolean lastColumn = slips.made("The last column is left out: the loop ends too early.");
    boolean diagonal = slips.made("Only the diagonal is measured; it takes a loop in a loop.");
    boolean exchanged =
        slips.made("Row and column are exchanged where the slope is written: [i,j].");
    boolean over = slips.made("Every slope is written to [0,0]; each has a place of its own.");
    boolean summed = slips.made("Each slope is added to those before it; each stands alone.");
    Matrix placed = new Matrix(slopes.rows(), slopes.cols());
    double sum = 0;
    for (int i = 0; i < slopes.rows(); i++) {
      for (int j = 0; j < slopes.cols(); j++) {
        boolean left =
            first && i + j > 0
                || row && i > 0
                || column && j > 0
                || lastRow && i == slopes.rows() - 1
                || lastColumn && j == slopes.cols() - 1
                || diagonal && i != j;
        if (left) {
          continue;
        }
        sum += slopes.get(i, j);
        double slope = summed ? sum : slopes.get(i, j);
        placed.set(over ? 0 : exchanged ? j : i, over ? 0 : exchanged ? i : j, slope);
      }
    }
    return placed;
  }

  @Override
  public Results yours(Case given) {
    if (given.whole("method") == 0) {
      return new Results().with("slope", Slope.at(function(given.whole("f")), given.number("x")));
    }
    return new Results().with("slopes", Slope.of(loss(given.whole("loss")), given.matrix("at")));
  }

  @Override
  public String methodOf(String result) {
    return result.startsWith("slopes") ? "of" : "at";
  }
}
