package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.AdamRule;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** Adam, one step and several. */
public final class AdamSteps implements Stop.Task {

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Adam",
        "14-adam.md",
        "AdamRule.java",
        List.of("step"),
        List.of(
            "m and v begin at 0. After the first gradient m is a tenth of it: how large should it"
                + " be counted?",
            "w, dw, m and v are of one shape, and each number goes its own way: no matrix product"
                + " anywhere. Give back new matrices; those you were given stay as they are.",
            "m and v become running means of the gradient and of its square. Divide each by one"
                + " minus its β to the power t, that is m̂ and v̂. Then walk down by rate times m̂"
                + " over the root of v̂; ε is added to that root.",
            "m = β1·m + (1 − β1)·g; v = β2·v + (1 − β2)·g²; m̂ = m / (1 − β1ᵗ); v̂ = v / (1 − β2ᵗ);"
                + " w = w − rate · m̂ / (√v̂ + ε). What is kept is m and v, not m̂ and v̂."),
        new AdamSteps());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        inputs("the first step", 1, 2, 1, 1, 0, 1),
        inputs("the seventh step", 2, 3, 7, 1, 1, 2),
        inputs("all sizes 3, the second step", 3, 3, 2, 1, 1, 3),
        inputs("the first four steps", 2, 2, 1, 4, 0, 4),
        new Case("gradients as small as ε")
            .with("w", Numbers.matrix(2, 2, 5))
            .with("dws", new Matrix[] {Numbers.matrix(2, 2, 6).times(1e-8)})
            .with("m", new Matrix(2, 2))
            .with("v", new Matrix(2, 2))
            .with("t", 1)
            .with("rate", 0.5));
  }

  /** Memory: how much is in m and v before the first step. */
  private static Case inputs(String name, int rows, int cols, int t, int steps, int memory, int s) {
    Matrix root = Numbers.matrix(rows, cols, s + 10);
    return new Case(name)
        .with("w", Numbers.matrix(rows, cols, s))
        .with("dws", Numbers.sequence(steps, rows, cols, s + 20))
        .with("m", Numbers.matrix(rows, cols, s + 30).times(memory))
        .with("v", root.times(root).times(memory))
        .with("t", t)
        .with("rate", 0.1);
  }

  @Override
  public Results expected(Case given, Slips slips) {
    Matrix[] dws = given.matrices("dws");
    Matrix w = given.matrix("w").copy();
    Matrix m = given.matrix("m").copy();
    Matrix v = given.matrix("v").copy();
    Matrix mOut = m;
    Matrix vOut = v;
    for (int k = 0; k < dws.length; k++) {
      Matrix mNew = new Matrix(w.rows(), w.cols());
      Matrix vNew = new Matrix(w.rows(), w.cols());
      Matrix wNew = new Matrix(w.rows(), w.cols());
      for (int i = 0; i < w.rows(); i++) {
        for (int j = 0; j < w.cols(); j++) {
          double[] one =
              one(
                  w.get(i, j),
                  dws[k].get(i, j),
                  mOut.get(i, j),
                  vOut.get(i, j),
                  given.whole("t") + k,
                  given.number("rate"),
                  slips);
          wNew.set(i, j, one[0]);
          mNew.set(i, j, one[1]);
          vNew.set(i, j, one[2]);
        }
      }
      w = wNew;
      mOut = mNew;
      vOut = vNew;
    }
    return new Results().with("w", w).with("m", mOut).with("v", vOut);
  }

  private static double[] one(
      double w, double g, double m, double v, int t, double rate, Slips slips) {
    boolean exchanged = slips.made("β1 and β2 are exchanged: β1 is m's, β2 is v's.");
    double beta1 = exchanged ? 0.999 : 0.9;
    double beta2 = exchanged ? 0.9 : 0.999;
    if (slips.made("m fades by β2; its own is β1.")) {
      beta1 = 0.999;
    }
    if (slips.made("v fades by β1; its own is β2.")) {
      beta2 = 0.9;
    }
    double rest1 = 1 - beta1;
    double rest2 = 1 - beta2;
    double keep1 = beta1;
    double keep2 = beta2;
    if (slips.made("In m the two parts are exchanged: most of the old m stays.")) {
      rest1 = beta1;
      keep1 = 1 - beta1;
    }
    if (slips.made("In v the two parts are exchanged: most of the old v stays.")) {
      rest2 = beta2;
      keep2 = 1 - beta2;
    }
    if (slips.made("In m the factor of the new gradient is missing: a mean's parts sum to 1.")) {
      rest1 = 1;
    }
    if (slips.made("In v the factor of the new square is missing: a mean's parts sum to 1.")) {
      rest2 = 1;
    }
    if (slips.made("The old m is forgotten.")) {
      keep1 = 0;
    }
    if (slips.made("The old v is forgotten.")) {
      keep2 = 0;
    }
    if (slips.made("The old m stays whole: it should fade by β1.")) {
      keep1 = 1;
    }
    if (slips.made("The old v stays whole: it should fade by β2.")) {
      keep2 = 1;
    }
    double square = g * g;
    if (slips.made("v takes the gradient itself; it is the mean of the gradient's square.")) {
      square = g;
    }
    if (slips.made("v takes the magnitude |g|; it is the mean of the gradient's square.")) {
      square = Math.abs(g);
    }
    if (slips.made("(1 − β2)·g is squared; only g is: v = β2·v + (1 − β2)·g².")) {
      square = rest2 * g * g;
    }
    double mNew = keep1 * m + rest1 * g;
    if (slips.made("v takes the square of m; it is the mean of the gradient's square.")) {
      square = mNew * mNew;
    }
    double vNew = keep2 * v + rest2 * square;
    int t1 = slips.made("The power is t − 1. The first step has t = 1, so it is t.") ? t - 1 : t;
    t1 = slips.made("The power is t + 1. The first step has t = 1, so it is t.") ? t + 1 : t1;
    boolean noPower =
        slips.made("The power t is missing: later steps need less correction than the first.");
    boolean timesT = slips.made("β is multiplied by t; it is β to the power t.");
    boolean noPower1 =
        slips.made("m is corrected without the power t: later steps need less correction.");
    boolean noPower2 =
        slips.made("v is corrected without the power t: later steps need less correction.");
    double by1 = slips.made("m is corrected with β2; its own is β1.") || exchanged ? 0.999 : 0.9;
    double by2 = slips.made("v is corrected with β1; its own is β2.") || exchanged ? 0.9 : 0.999;
    double power1 = noPower || noPower1 ? by1 : timesT ? by1 * t1 : Math.pow(by1, t1);
    double power2 = noPower || noPower2 ? by2 : timesT ? by2 * t1 : Math.pow(by2, t1);
    double c1 = 1 - power1;
    double c2 = 1 - power2;
    double mUsed = slips.made("The step uses the old m: first renew it, then walk.") ? m : mNew;
    double vUsed = slips.made("The step uses the old v: first renew it, then walk.") ? v : vNew;
    double mHat = mUsed / c1;
    boolean raw = slips.made("m and v are used as they are. At first both are too small: divide.");
    if (raw
        || slips.made("m is used as it is. It began at 0 and is too small at first: divide it.")) {
      mHat = mUsed;
    }
    if (slips.made("m is multiplied by 1 − β1ᵗ. It is too small at first: divide it.")) {
      mHat = mUsed * c1;
    }
    if (slips.made("The step takes the gradient of now; it goes by the mean m̂.")) {
      mHat = g;
    }
    double vHat = vUsed / c2;
    if (raw
        || slips.made("v is used as it is. It began at 0 and is too small at first: divide it.")) {
      vHat = vUsed;
    }
    if (slips.made("v is multiplied by 1 − β2ᵗ. It is too small at first: divide it.")) {
      vHat = vUsed * c2;
    }
    double epsilon = slips.made("ε is missing: where v is 0, the quotient has no end.") ? 0 : 1e-8;
    double root = Math.sqrt(vHat) + epsilon;
    if (slips.made("The root is missing: divide by √v̂.")) {
      root = vHat + epsilon;
    }
    if (slips.made("ε is under the root; it is added to the root.")) {
      root = Math.sqrt(vHat + epsilon);
    }
    if (slips.made(
        "ε is added before v is corrected, as the book does it; here it is added to √v̂.")) {
      root = (Math.sqrt(vUsed) + epsilon) / Math.sqrt(c2);
    }
    double step = rate * mHat / root;
    if (slips.made("The learning rate is missing.")) {
      step = mHat / root;
    }
    if (slips.made("The root is not divided by, but multiplied with.")) {
      step = rate * mHat * root;
    }
    if (slips.made("That walks uphill: the step is subtracted.")) {
      step = -step;
    }
    if (slips.made("Only the step comes back; it is to be taken from w.")) {
      return new double[] {-step, mNew, vNew};
    }
    boolean both = slips.made("m̂ and v̂ are given back. Give back m and v: a step corrects anew.");
    if (both
        || slips.made("m̂ is given back as m. The next step corrects again: give back m itself.")) {
      mNew = mHat;
    }
    if (both
        || slips.made("v̂ is given back as v. The next step corrects again: give back v itself.")) {
      vNew = vHat;
    }
    if (slips.made("m and v are exchanged in what is given back.")) {
      return new double[] {w - step, vNew, mNew};
    }
    if (slips.made("The old m and v are given back: the next step needs the new ones.")) {
      return new double[] {w - step, m, v};
    }
    if (slips.made("The old w is given back.")) {
      return new double[] {w, mNew, vNew};
    }
    return new double[] {w - step, mNew, vNew};
  }

  @Override
  public Results yours(Case given) {
    AdamRule.Step now = new AdamRule.Step(given.matrix("w"), given.matrix("m"), given.matrix("v"));
    Matrix[] dws = given.matrices("dws");
    for (int k = 0; k < dws.length; k++) {
      now =
          AdamRule.step(
              now.w(), dws[k], now.m(), now.v(), given.whole("t") + k, given.number("rate"));
    }
    return new Results().with("w", now.w()).with("m", now.m()).with("v", now.v());
  }
}
