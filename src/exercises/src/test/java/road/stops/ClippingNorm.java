package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mine.Clipping;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** Clipping by the norm of all gradients together. */
public final class ClippingNorm implements Stop.Task {

  private static final List<String> METHODS = List.of("norm", "clip");
  private static final String AFTERWARDS = "gradients";
  private static final double WRITTEN = 9; // what a caller writes into what was given back

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Clipping",
        "11-clipping.md",
        "Clipping.java",
        METHODS,
        List.of(
            "A step should be shorter, but still go the same way. What may be done to all numbers"
                + " of all gradients so that their direction stays?",
            "Think of all gradients written into one long row, whatever their shapes. norm gives"
                + " the length of that row; clip gives back matrices of the shapes it got.",
            "The norm is the root of the sum of all squares. If it is greater than max, multiply"
                + " everything by one factor that brings it to max; if not, leave the numbers"
                + " alone.",
            "norm = √(Σ g²) over all elements of all matrices; rate = max / norm if norm > max,"
                + " else 1; clipped[k] = rate · gradients[k]."),
        new ClippingNorm());
  }

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int method = 0; method < METHODS.size(); method++) {
      for (Case given : inputs()) {
        cases.add(given.with("method", method));
      }
    }
    return cases;
  }

  private static List<Case> inputs() {
    return List.of(
        inputs("one gradient, too long", 0.5, Numbers.matrix(1, 2, 1)),
        inputs("one gradient, short enough", 5, Numbers.matrix(2, 2, 2)),
        inputs(
            "three gradients, too long only together",
            2.2,
            Numbers.matrix(2, 3, 3),
            Numbers.matrix(3, 3, 4),
            Numbers.matrix(1, 3, 5)),
        inputs("a long gradient and two short ones", 1.5, gradients()),
        inputs("all zeros", 1, new Matrix(2, 2), new Matrix(1, 2)));
  }

  private static Matrix[] gradients() {
    return new Matrix[] {
      Numbers.matrix(3, 3, 6).times(0.1), Numbers.matrix(3, 3, 7).times(5), Numbers.matrix(1, 3, 8)
    };
  }

  private static Case inputs(String name, double max, Matrix... gradients) {
    return new Case(name).with("gradients", gradients).with("max", max);
  }

  @Override
  public Results expected(Case given, Slips slips) {
    Matrix[] gradients = given.matrices("gradients");
    double norm = norm(gradients, slips);
    if (given.whole("method") == 0) {
      return new Results().with("norm", norm);
    }
    Results results = new Results();
    Matrix[] clipped = clipped(gradients, norm, given.number("max"), slips);
    boolean same =
        slips.made(
            "Gradients that are short enough come back themselves. Whoever writes into what was"
                + " given back changes them too: give back new matrices, here too.");
    if (same && norm <= given.number("max")) {
      return results.with("clipped", clipped).with(AFTERWARDS, written(gradients));
    }
    return results.with("clipped", clipped).with(AFTERWARDS, gradients);
  }

  private static double norm(Matrix[] gradients, Slips slips) {
    if (slips.made("Only the first gradient is in the norm.")) {
      return Math.sqrt(squares(gradients[0]));
    }
    if (slips.made(
        "Only the last gradient is in the norm: the sum begins anew with each matrix.")) {
      return Math.sqrt(squares(gradients[gradients.length - 1]));
    }
    boolean absolute =
        slips.made("That is the sum of the magnitudes |g|: square each number, and take the root.");
    boolean plain =
        slips.made("The squares are missing: positive and negative numbers cancel each other.");
    boolean sumOfNorms =
        slips.made(
            "That is the sum of the norms of the matrices. The root comes once, after all squares"
                + " are added.");
    boolean largest = slips.made("That is the norm of the longest gradient, not of all together.");
    boolean early = slips.made("The last gradient is not in the norm: the loop ends too early.");
    double sum = 0;
    double greatest = 0;
    double numbers = 0;
    for (Matrix g : early ? Arrays.copyOf(gradients, gradients.length - 1) : gradients) {
      double squares = squares(g);
      greatest = Math.max(greatest, Math.sqrt(squares));
      sum += sumOfNorms ? Math.sqrt(squares) : absolute || plain ? sum(g, absolute) : squares;
      numbers += g.rows() * g.cols();
    }
    if (largest) {
      return greatest;
    }
    if (absolute || sumOfNorms) {
      return sum;
    }
    if (slips.made(
        "That is the mean of the squares; a norm does not divide by how many there are.")) {
      sum /= numbers;
    }
    if (slips.made(
        "The sum is divided by the number of gradients. A norm adds, it does not average.")) {
      sum /= gradients.length;
    }
    return slips.made("The root is missing: this is the norm squared.") ? sum : Math.sqrt(sum);
  }

  private static Matrix[] clipped(Matrix[] gradients, double norm, double max, Slips slips) {
    boolean each =
        slips.made(
            "Each gradient is clipped by its own norm. So their direction changes: one factor, from"
                + " the norm of all, is for all of them.");
    boolean always =
        slips.made(
            "Gradients that are short enough are scaled too, and become longer: only if norm >"
                + " max.");
    boolean turned = slips.made("The condition is turned round: scale if norm > max.");
    boolean upsideDown = slips.made("The factor is upside down: norm times it must give max.");
    boolean toOne = slips.made("The factor is 1 / norm. That makes the norm 1, not max.");
    boolean onlyMax = slips.made("The factor is max alone; it takes the norm to divide by.");
    boolean never = slips.made("Nothing is clipped: the gradients come back as they were.");
    boolean first = slips.made("Only the first gradient is scaled.");
    boolean squared = slips.made("The factor is squared, or used twice.");
    boolean cutOff =
        slips.made(
            "Each number is cut off at max. That changes the direction: scale all numbers by one"
                + " factor.");
    boolean root = slips.made("The root of the factor is taken.");
    boolean nothing =
        slips.made("Gradients that are too long become 0; they are to be as long as max.");
    boolean late = slips.made("The first gradient is not scaled: the loop begins too late.");
    boolean early = slips.made("The last gradient is not given back: the loop ends too early.");
    Matrix[] clipped = new Matrix[gradients.length];
    for (int k = 0; k < gradients.length - (early ? 1 : 0); k++) {
      double length = each ? Math.sqrt(squares(gradients[k])) : norm;
      double rate = upsideDown ? length / max : toOne ? 1 / length : onlyMax ? max : max / length;
      boolean tooLong = always || (turned ? length < max : length > max);
      rate = squared ? rate * rate : root ? Math.sqrt(rate) : nothing ? 0 : rate;
      boolean scaled = tooLong && !never && !cutOff && (!first || k == 0) && (!late || k > 0);
      clipped[k] = scaled ? gradients[k].times(rate) : gradients[k].copy();
      if (cutOff) {
        cutOff(clipped[k], max);
      }
    }
    return clipped;
  }

  private static void cutOff(Matrix g, double max) {
    for (int i = 0; i < g.rows(); i++) {
      for (int j = 0; j < g.cols(); j++) {
        g.set(i, j, Math.max(-max, Math.min(max, g.get(i, j))));
      }
    }
  }

  private static double squares(Matrix g) {
    return sum(g.times(g), false);
  }

  private static double sum(Matrix g, boolean absolute) {
    double sum = 0;
    for (int i = 0; i < g.rows(); i++) {
      for (int j = 0; j < g.cols(); j++) {
        sum += absolute ? Math.abs(g.get(i, j)) : g.get(i, j);
      }
    }
    return sum;
  }

  @Override
  public Results yours(Case given) {
    Matrix[] gradients = given.matrices("gradients");
    if (given.whole("method") == 0) {
      return new Results().with("norm", Clipping.norm(gradients));
    }
    Matrix[] afterwards = new Matrix[gradients.length];
    for (int k = 0; k < gradients.length; k++) {
      afterwards[k] = gradients[k].copy();
    }
    Matrix[] clipped = Clipping.clip(gradients, given.number("max"));
    for (int k = 0; clipped != null && k < Math.min(clipped.length, gradients.length); k++) {
      if (clipped[k] == gradients[k] && gradients[k].equals(afterwards[k])) {
        afterwards[k] = written(gradients[k])[0];
      }
    }
    return new Results().with("clipped", clipped).with(AFTERWARDS, afterwards);
  }

  /** What becomes of matrices in which a caller writes. */
  private static Matrix[] written(Matrix... matrices) {
    Matrix[] written = new Matrix[matrices.length];
    for (int k = 0; k < matrices.length; k++) {
      written[k] = new Matrix(matrices[k].rows(), matrices[k].cols());
      written[k].fill(WRITTEN);
    }
    return written;
  }

  @Override
  public String methodOf(String result) {
    return result.equals("norm") ? "norm" : "clip";
  }
}
