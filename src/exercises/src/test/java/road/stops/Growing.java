package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.Growth;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** How the gradient grows or vanishes, and the number that governs it. */
public final class Growing implements Stop.Task {

  private static final int ROUNDS = 400;

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Vanishing and exploding",
        "10-vanishing-and-exploding.md",
        "Growth.java",
        List.of("norms", "spectralRadius"),
        List.of(
            "One step back is dhPrev of stop 8. What happens to a number that is multiplied by much"
                + " the same thing twenty times?",
            "The gradient stays (N,H) all the way. norms[0] belongs to the step of hs[T − 1],"
                + " norms[T − 1] to that of hs[0]. In spectralRadius the row is (1,H) all the way.",
            "norms: through the tanh of the step, then through wh, then the norm; on from there."
                + " spectralRadius: through whᵀ, note how much longer the row has become, make it 1"
                + " long again. A geometric mean is exp of the mean of the logarithms.",
            "norms: d = (d ⊙ (1 − hs[t]²))·whᵀ for t = T−1 … 0, each time sqrt of the sum of d².\n"
                + "spectralRadius: v = v·whᵀ; growth = ‖v‖; v = v / growth; in the second half add"
                + " ln(growth); in the end exp(sum / number of rounds added)."),
        new Growing());
  }

  @Override
  public List<Case> cases() {
    Matrix flat = new Matrix(2, 3);
    return List.of(
        states("one step", Numbers.sequence(1, 1, 2, 1), 1),
        states("states of zero, so that tanh has the slope 1", new Matrix[] {flat, flat, flat}, 2),
        states("five steps, two samples", Numbers.sequence(5, 2, 3, 3), 3),
        states("all sizes 3", Numbers.sequence(3, 3, 3, 4), 4),
        radius("eigenvalues 0.5 and 0.4, one large number", Matrix.of(2, 2, 0.5, 10, 0, 0.4)),
        radius("eigenvalues −1.2 and 0.3", Matrix.of(2, 2, -0.9, 0.9, 0.4, 0)),
        radius("eigenvalues 0.9i and −0.9i: v turns for ever", Matrix.of(2, 2, 0, 1.62, -0.5, 0)),
        radius(
            "eigenvalues 7, 2 and 1: without bringing v back to 1 it grows past every double",
            Matrix.of(3, 3, 2, 5, 0, 0, 7, 0, 3, 1, 1)),
        radius("eigenvalues 0.1 and 0.02", Matrix.of(2, 2, 0.1, 0, 0.3, 0.02)));
  }

  private static Case states(String name, Matrix[] hs, int seed) {
    int h = hs[0].cols();
    return new Case(name)
        .with("dh", Numbers.matrix(hs[0].rows(), h, seed + 50))
        .with("hs", hs)
        .with("wh", Numbers.matrix(h, h, seed + 60));
  }

  private static Case radius(String name, Matrix wh) {
    return new Case(name).with("wh", wh);
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return given.name().startsWith("eigenvalues")
        ? twoDecimals(radius(given.matrix("wh"), slips))
        : new Results().with("norms", norms(given, slips).data());
  }

  /** So any start, any norm and any number of rounds that is large enough is right. */
  private static Results twoDecimals(double radius) {
    return new Results().with("spectralRadius", Math.rint(100 * radius) / 100);
  }

  private static Matrix norms(Case given, Slips slips) {
    Matrix[] hs = given.matrices("hs");
    Matrix wh = given.matrix("wh");
    Matrix d = given.matrix("dh");
    int steps = hs.length;
    boolean noTanh = slips.made("The tanh of the steps is forgotten.");
    boolean oneMinusH = slips.made("The slope of tanh is 1 − h², not 1 − h.");
    boolean plain = slips.made("wh is not transposed: the gradient goes back through whᵀ.");
    boolean noWh = slips.made("wh is missing: only the slopes of tanh are there.");
    boolean late =
        slips.made("First the tanh of the step, then wh: on the way back the last comes first.");
    boolean onwards = slips.made("The steps are taken from the first to the last.");
    boolean past =
        slips.made("The states are read one place too late: the last of T is hs[T − 1].");
    boolean sooner =
        slips.made(
            "Each step back takes the slope of the state before it; it is that of the state after"
                + " it.");
    boolean sameStep = slips.made("Every step back takes the last state; each has its own.");
    boolean shifted =
        slips.made("The first norm is that of dh itself; it should be that after one step back.");
    boolean notCarried =
        slips.made("Each step begins with dh anew; it goes on from what the last one gave.");
    Matrix norms = new Matrix(1, steps);
    for (int k = 0; k < steps; k++) {
      int t = onwards ? k : sameStep ? steps - 1 : steps - 1 - k;
      Matrix h = hs[past ? t + 1 : sooner ? Math.max(0, t - 1) : t];
      Matrix from = notCarried ? given.matrix("dh") : d;
      double before = norm(d, slips);
      Matrix slope = new Matrix(h.rows(), h.cols());
      for (int i = 0; i < h.rows(); i++) {
        for (int j = 0; j < h.cols(); j++) {
          double v = h.get(i, j);
          slope.set(i, j, noTanh ? 1 : oneMinusH ? 1 - v : 1 - v * v);
        }
      }
      Matrix whT = plain ? wh : wh.transposed().copy();
      d =
          noWh
              ? from.times(slope)
              : late ? from.matmul(whT).times(slope) : from.times(slope).matmul(whT);
      norms.set(0, k, shifted ? before : norm(d, slips));
    }
    if (slips.made("The norms stand the other way round: norms[0] is one step back.")) {
      Matrix turned = norms.copy();
      for (int k = 0; k < steps; k++) {
        turned.set(0, k, norms.get(0, steps - 1 - k));
      }
      return turned;
    }
    return norms;
  }

  private static double norm(Matrix m, Slips slips) {
    double squares = 0;
    double sum = 0;
    double most = 0;
    for (double value : m.data()) {
      squares += value * value;
      sum += Math.abs(value);
      most = Math.max(most, Math.abs(value));
    }
    if (slips.made("The root is missing: a norm is the root of the sum of squares.")) {
      return squares;
    }
    if (slips.made(
        "That is the sum of the magnitudes; a norm is the root of the sum of squares.")) {
      return sum;
    }
    if (slips.made("That is the largest magnitude; a norm is the root of the sum of squares.")) {
      return most;
    }
    if (slips.made("Only the first row is in the norm; all N rows are.")) {
      return Math.sqrt(m.sumOfSquares(0, m.cols()));
    }
    if (slips.made("The mean of the squares is taken; a norm is the root of their sum.")) {
      return Math.sqrt(squares / m.data().length);
    }
    return slips.made("The norm is divided by N; it is the root of the sum of all squares.")
        ? Math.sqrt(squares) / m.rows()
        : Math.sqrt(squares);
  }

  private static double radius(Matrix wh, Slips slips) {
    if (slips.made(
        "That is the norm of wh, the root of the sum of its squares; it bounds the"
            + " radius, and can be far above.")) {
      return Math.sqrt(wh.sumOfSquares(0, wh.rows() * wh.cols()));
    }
    if (slips.made(
        "That is the largest singular value, the most by which ONE step can make a row longer. Many"
            + " steps of wh itself are asked for, not of wh·whᵀ.")) {
      return Math.sqrt(growth(wh.matmul(wh.transposed()), ROUNDS / 2, ROUNDS));
    }
    if (slips.made("That is the square of the largest singular value: take steps of wh alone.")) {
      return growth(wh.matmul(wh.transposed()), ROUNDS / 2, ROUNDS);
    }
    if (slips.made("That is the largest magnitude in wh.")) {
      double most = 0;
      for (double value : wh.data()) {
        most = Math.max(most, Math.abs(value));
      }
      return most;
    }
    if (slips.made("That is the growth of a single round: the row has not turned yet.")) {
      return growth(wh, 0, 1);
    }
    if (slips.made(
        "That is the growth of the last round alone. Where v turns for ever, it goes up and down:"
            + " take the mean of many.")) {
      return growth(wh, ROUNDS - 1, ROUNDS);
    }
    if (slips.made(
        "That is the growth of one of the last rounds. Where v turns for ever, it goes up and down:"
            + " take the mean of many.")) {
      return growth(wh, ROUNDS - 2, ROUNDS - 1);
    }
    if (slips.made(
        "Not a number: v has the norm 0, or a logarithm is one of a number that is not above 0. v"
            + " begins with ones.")) {
      return Double.NaN;
    }
    double radius = growth(wh, ROUNDS / 2, ROUNDS);
    if (slips.made(
        "The mean of the growths themselves is taken. What multiplies has a geometric mean: exp of"
            + " the mean of the logarithms.")) {
      return (growth(wh, ROUNDS - 2, ROUNDS - 1) + growth(wh, ROUNDS - 1, ROUNDS)) / 2;
    }
    if (slips.made("That is the mean of the logarithms: exp of it is missing.")) {
      return Math.log(radius);
    }
    if (slips.made("It is divided by all the rounds, and only half of them are added up.")) {
      return Math.sqrt(radius);
    }
    if (slips.made("All the rounds are added up, and it is divided by half of them.")) {
      return Math.pow(growth(wh, 0, ROUNDS), 2);
    }
    if (slips.made(
        "The first rounds are in the mean, in which the row has not turned yet: leave out the first"
            + " half.")) {
      return growth(wh, 0, ROUNDS);
    }
    if (slips.made(
        "v is never brought back to length 1, and so it leaves the range of a double.")) {
      double size = Math.pow(radius, ROUNDS);
      return size * size > 0 && Double.isFinite(size * size) ? radius : Double.NaN;
    }
    if (slips.made("The logarithms are added up and not divided by how many there are.")) {
      return Math.pow(radius, ROUNDS - ROUNDS / 2);
    }
    if (slips.made("That is 1 over the radius: how much longer, not how much shorter.")) {
      return 1 / radius;
    }
    return slips.made("The root is missing in the norm: this is the square of the radius.")
        ? radius * radius
        : radius;
  }

  /** By how much a row grows in one of the rounds from..to−1, their geometric mean. */
  private static double growth(Matrix wh, int from, int to) {
    int h = wh.rows();
    double[] w = wh.data();
    double[] v = new double[h];
    java.util.Arrays.fill(v, Math.sqrt(1.0 / h));
    double logs = 0;
    for (int round = 0; round < to; round++) {
      double[] next = new double[h];
      double squares = 0;
      for (int i = 0; i < h; i++) {
        for (int j = 0; j < h; j++) {
          next[i] += w[i * h + j] * v[j];
        }
        squares += next[i] * next[i];
      }
      double norm = Math.sqrt(squares);
      for (int i = 0; i < h; i++) {
        v[i] = next[i] / norm;
      }
      logs += round < from ? 0 : Math.log(norm);
    }
    return Math.exp(logs / (to - from));
  }

  @Override
  public Results yours(Case given) {
    if (given.name().startsWith("eigenvalues")) {
      return twoDecimals(Growth.spectralRadius(given.matrix("wh"), ROUNDS));
    }
    double[] norms = Growth.norms(given.matrix("dh"), given.matrices("hs"), given.matrix("wh"));
    return new Results().with("norms", norms);
  }

  @Override
  public String methodOf(String result) {
    return result.equals("spectralRadius") ? result : "norms";
  }
}
