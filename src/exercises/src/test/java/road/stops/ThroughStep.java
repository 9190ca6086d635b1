package road.stops;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.RnnBackward;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** One step of an RNN, backward. */
public final class ThroughStep implements Stop.Task {

  private static final String SINGLE = "single numbers";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Back through one step",
        "08-back-through-one-step.md",
        "RnnBackward.java",
        List.of("oneState", "backward"),
        List.of(
            "Between h and the sum a lies the tanh. What does dh become on its way through it, and"
                + " can that be said with h alone?",
            "da has the shape of a, (N,H). From there on it is stop 6, twice: x and wx, hPrev and"
                + " wh. dhPrev is (N,H); wh is square, so shapes do not show whether it is"
                + " transposed.",
            "First da: dh times the slope of tanh, number by number. Then everything that went into"
                + " the sum a gets its gradient from da, never from dh. Slope from stop 5 tells"
                + " whether you are right.",
            "da = dh ⊙ (1 − h²); dx = da·wxᵀ, dhPrev = da·whᵀ, dwx = xᵀ·da, dwh = hPrevᵀ·da, db ="
                + " the sum of the rows of da. For oneState: dh·(1 − h²)·wh."),
        new ThroughStep());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        new Case(SINGLE).with("dh", 1.7).with("h", 0.6).with("hPrev", -0.3).with("wh", 0.45),
        inputs("one sample", 1, 2, 3, 1),
        inputs("three samples", 3, 2, 4, 2),
        inputs("all sizes 3", 3, 3, 3, 3));
  }

  private static Case inputs(String name, int n, int d, int h, int seed) {
    Matrix x = Numbers.matrix(n, d, seed + 10);
    Matrix hPrev = Numbers.matrix(n, h, seed + 20);
    Matrix wx = Numbers.matrix(d, h, seed + 30);
    Matrix wh = Numbers.matrix(h, h, seed + 40);
    return new Case(name)
        .with("dh", Numbers.matrix(n, h, seed))
        .with("x", x)
        .with("hPrev", hPrev)
        .with("h", x.matmul(wx).plus(hPrev.matmul(wh)).tanh())
        .with("wx", wx)
        .with("wh", wh);
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return given.name().equals(SINGLE) ? single(given, slips) : matrices(given, slips);
  }

  private static Results single(Case given, Slips slips) {
    double h = given.number("h");
    double hPrev = given.number("hPrev");
    double slope = 1 - h * h;
    if (slips.made("The tanh is forgotten: it lies between h and the sum.")) {
      slope = 1;
    }
    if (slips.made("The slope of tanh is 1 − h², not 1 − h.")) {
      slope = 1 - h;
    }
    if (slips.made("h·(1 − h) is the slope of a sigmoid; this is a tanh.")) {
      slope = h * (1 - h);
    }
    if (slips.made("The slope of tanh is that at h, the state after the step, not at hPrev.")) {
      slope = 1 - hPrev * hPrev;
    }
    if (slips.made("h has been through tanh already: its square is enough, no tanh once more.")) {
      slope = 1 - Math.tanh(h) * Math.tanh(h);
    }
    if (slips.made("That is tanh itself, not its slope.")) {
      slope = Math.tanh(h);
    }
    if (slips.made("The slope of tanh is 1 − h², not 1 + h².")) {
      slope = 1 + h * h;
    }
    if (slips.made("The slope of tanh is 1 − h², not h².")) {
      slope = h * h;
    }
    if (slips.made("It is multiplied by the slope of tanh, not divided.")) {
      slope = 1 / slope;
    }
    if (slips.made("The slope of tanh is 1 − h², not (1 − h)².")) {
      slope = (1 - h) * (1 - h);
    }
    if (slips.made("The slope of tanh comes in twice.")) {
      slope *= slope;
    }
    double d = given.number("dh") * slope;
    if (slips.made("dh is missing: that is the slope of h, not yet of the loss.")) {
      d = slope;
    }
    if (slips.made("wh is missing: hPrev came into the sum times wh.")) {
      return new Results().with("oneState", d);
    }
    if (slips.made("That is what wh gets. hPrev came into the sum times wh.")) {
      return new Results().with("oneState", d * hPrev);
    }
    if (slips.made("hPrev itself has no part in its own slope.")) {
      d *= hPrev;
    }
    if (slips.made("dhPrev has the wrong sign.")) {
      d = -d;
    }
    return new Results().with("oneState", d * given.number("wh"));
  }

  private static Results matrices(Case given, Slips slips) {
    Matrix dh = given.matrix("dh");
    Matrix x = given.matrix("x");
    Matrix hPrev = given.matrix("hPrev");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    Matrix da = da(given, slips);
    Matrix dx =
        slips.made("dx comes from dh; it should come from da, behind the tanh.")
            ? dh.matmul(wx.transposed())
            : slips.made("wx is not transposed in dx.")
                ? da.matmul(wx)
                : slips.made("dx goes through wh; the input came in through wx.")
                    ? da.matmul(wh.transposed())
                    : da.matmul(wx.transposed());
    Matrix dhPrev =
        slips.made("dhPrev comes from dh; it should come from da, behind the tanh.")
            ? dh.matmul(wh.transposed())
            : slips.made("wh is not transposed in dhPrev. It is square, so no shape shows it.")
                ? da.matmul(wh)
                : slips.made("dhPrev is da itself: hPrev came into the sum times wh.")
                    ? da.copy()
                    : slips.made("dhPrev goes through wx; the state came in through wh.")
                        ? da.matmul(wx.transposed())
                        : slips.made("The factors of dhPrev are exchanged: rows are samples.")
                            ? wh.transposed().matmul(da)
                            : da.matmul(wh.transposed());
    if (slips.made("dh itself is added to dhPrev; hPrev reaches h through the sum alone.")) {
      dhPrev = dhPrev.plus(dh);
    }
    if (slips.made("dhPrev goes through a second tanh: hPrev's own is in the step before.")) {
      dhPrev = dhPrev.minus(dhPrev.times(hPrev).times(hPrev));
    }
    Matrix dwx =
        slips.made("dwx comes from dh; it should come from da, behind the tanh.")
            ? x.transposed().matmul(dh)
            : slips.made("dwx is transposed: (D,H) is its shape.")
                ? da.transposed().matmul(x)
                : slips.made("x is not transposed in dwx: the samples are what is summed over.")
                    ? x.matmul(da)
                    : x.transposed().matmul(da);
    Matrix dwh =
        slips.made("dwh comes from dh; it should come from da, behind the tanh.")
            ? hPrev.transposed().matmul(dh)
            : slips.made("dwh is made of h; wh met the state before the step, hPrev.")
                ? given.matrix("h").transposed().matmul(da)
                : slips.made("dwh is transposed. It is square, so no shape shows it.")
                    ? da.transposed().matmul(hPrev)
                    : slips.made("hPrev is not transposed in dwh: sum over the samples.")
                        ? hPrev.matmul(da)
                        : slips.made("dwh is made of x; wh met the state before the step, hPrev.")
                            ? x.transposed().matmul(da)
                            : hPrev.transposed().matmul(da);
    Matrix db =
        slips.made("db comes from dh; it should come from da, behind the tanh.")
            ? dh.columnSums()
            : slips.made("db is da itself. b is a single row, used by every sample.")
                ? da.copy()
                : slips.made("db sums each row; it should sum each column, over the samples.")
                    ? da.rowSums()
                    : slips.made("Only the first sample is in db: b is used by all.")
                        ? da.rows(0, 1).copy()
                        : da.columnSums();
    double mean = 1.0 / dh.rows();
    if (slips.made("db is divided by N. The uses of b are added up, no mean of them.")) {
      db = db.times(mean);
    }
    if (slips.made("dwx is divided by N. The uses of a weight are added up, no mean of them.")) {
      dwx = dwx.times(mean);
    }
    if (slips.made("dwh is divided by N. The uses of a weight are added up, no mean of them.")) {
      dwh = dwh.times(mean);
    }
    if (slips.made("dwx, dwh and db are divided by N. Whether the loss is a mean stands in dh.")) {
      dwx = dwx.times(mean);
      dwh = dwh.times(mean);
      db = db.times(mean);
    }
    if (slips.made("dx and dhPrev are exchanged: new Gradients(dx, dhPrev, dwx, dwh, db).")) {
      Matrix swapped = dx;
      dx = dhPrev;
      dhPrev = swapped;
    }
    if (slips.made("dwx and dwh are exchanged: new Gradients(dx, dhPrev, dwx, dwh, db).")) {
      Matrix swapped = dwx;
      dwx = dwh;
      dwh = swapped;
    }
    return new Results()
        .with("dx", dx)
        .with("dhPrev", dhPrev)
        .with("dwx", dwx)
        .with("dwh", dwh)
        .with("db", db);
  }

  private static Matrix da(Case given, Slips slips) {
    Matrix dh = given.matrix("dh");
    Matrix h = given.matrix("h");
    if (slips.made("The tanh is forgotten: da is dh times its slope.")) {
      return dh;
    }
    if (slips.made("The slope of tanh is taken at hPrev; it is that at h, after the step.")) {
      h = given.matrix("hPrev");
    }
    if (slips.made("h has been through tanh already: no tanh once more for its slope.")) {
      h = h.tanh();
    }
    boolean oneMinusH = slips.made("The slope of tanh is 1 − h²: the square is forgotten.");
    boolean bracket = slips.made("The slope of tanh is 1 − h²; here it is (1 − h)².");
    boolean sigmoid = slips.made("h·(1 − h) would be the slope of a sigmoid; this is a tanh.");
    boolean plus = slips.made("The slope of tanh is 1 − h²; here it is 1 + h².");
    boolean square = slips.made("The slope of tanh is 1 − h²; here it is h² alone.");
    boolean noDh = slips.made("dh is missing in da: that is the slope of h, not yet of the loss.");
    boolean loose =
        slips.made(
            "Brackets: dh·1 − h² is not dh·(1 − h²). A product is done before a difference.");
    boolean added = slips.made("dh and the slope of tanh are added; they are multiplied.");
    boolean twice = slips.made("da goes through the slope of tanh twice.");
    boolean negative = slips.made("The sign of da is wrong, and so is that of all gradients.");
    Matrix da = new Matrix(dh.rows(), dh.cols());
    for (int i = 0; i < da.rows(); i++) {
      for (int j = 0; j < da.cols(); j++) {
        double v = h.get(i, j);
        double slope = 1 - v * v;
        slope = oneMinusH ? 1 - v : sigmoid ? v * (1 - v) : plus ? 1 + v * v : slope;
        slope = square ? v * v : bracket ? (1 - v) * (1 - v) : slope;
        slope = twice ? slope * slope : slope;
        double d = noDh ? 1 : dh.get(i, j);
        double product = added ? d + slope : loose ? d - v * v : d * slope;
        da.set(i, j, product * (negative ? -1 : 1));
      }
    }
    return da;
  }

  @Override
  public Results yours(Case given) {
    if (given.name().equals(SINGLE)) {
      return new Results()
          .with(
              "oneState",
              RnnBackward.oneState(
                  given.number("dh"),
                  given.number("h"),
                  given.number("hPrev"),
                  given.number("wh")));
    }
    RnnBackward.Gradients d =
        RnnBackward.backward(
            given.matrix("dh"),
            given.matrix("x"),
            given.matrix("hPrev"),
            given.matrix("h"),
            given.matrix("wx"),
            given.matrix("wh"));
    return d == null
        ? new Results().with("dx", (Matrix) null)
        : new Results()
            .with("dx", d.dx())
            .with("dhPrev", d.dhPrev())
            .with("dwx", d.dwx())
            .with("dwh", d.dwh())
            .with("db", d.db());
  }

  @Override
  public String methodOf(String result) {
    return result.equals("oneState") ? result : "backward";
  }
}
