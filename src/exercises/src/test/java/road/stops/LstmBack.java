package road.stops;

import static road.stops.Gates.oneMinus;
import static road.stops.Gates.pastSigmoid;
import static road.stops.Gates.pastTanh;
import static road.stops.Gates.sideBySide;
import static road.stops.Gates.squared;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.Lstm;
import mine.LstmBackward;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** One step of an LSTM, backward: a number of c, a number of the forget gate, the whole step. */
public final class LstmBack implements Stop.Task {

  private static final String BACKWARD = "In backward: ";
  private static final String ORDER = " Side by side they stand in the order f, g, i, o.";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Back through an LSTM",
        "17-back-through-an-lstm.md",
        "LstmBackward.java",
        List.of("intoC", "intoForget", "backward"),
        List.of(
            "In how many ways does the loss of all steps depend on a number of c?",
            "Up to da everything is (N,H) and goes element by element: ds first, then a gradient"
                + " for each gate. Then da (N,4H), and from there on it is the RNN's way back.",
            "Each factor of a product receives what reaches the product, times the other factor."
                + " What went into a sigmoid or tanh receives that, times the slope: s(1 − s), 1 −"
                + " t². ds is the sum of what comes from ahead and what comes through h.",
            "ds = dc + dh⊙o⊙(1 − tanh²(c)); da_f = ds⊙cPrev⊙f(1 − f), da_g = ds⊙i⊙(1 − g²), da_i ="
                + " ds⊙g⊙i(1 − i), da_o = dh⊙tanh(c)⊙o(1 − o); dcPrev = ds⊙f; dx = da·wxᵀ, dhPrev ="
                + " da·whᵀ, dwx = xᵀ·da, dwh = hPrevᵀ·da, db = the sum of da's rows."),
        new LstmBack());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        intoC("a number of c", 0.7, -0.4, 0.8, 0.6),
        intoC("another number of c", -0.3, 0.9, 0.25, -1.3),
        intoForget("a number of the forget gate", 0.7, -0.6, 0.9),
        intoForget("another number of the forget gate", -1.2, 0.35, 0.4),
        inputs("one sample", 1, 2, 3, 1),
        inputs("three samples", 3, 2, 4, 2),
        inputs("all sizes 3", 3, 3, 3, 3));
  }

  private static Case intoC(String name, double dh, double dc, double o, double c) {
    return new Case(name).with("kind", 0).with("dh", dh).with("dc", dc).with("o", o).with("c", c);
  }

  private static Case intoForget(String name, double ds, double cPrev, double f) {
    return new Case(name).with("kind", 1).with("ds", ds).with("cPrev", cPrev).with("f", f);
  }

  private static Case inputs(String name, int n, int d, int h, int seed) {
    Case given = LstmForward.inputs(name, n, d, h, seed).with("kind", 2);
    Matrix a = given.matrix("x").matmul(given.matrix("wx"));
    a.add(given.matrix("hPrev").matmul(given.matrix("wh")));
    a.addRow(given.matrix("b"));
    Matrix f = Gates.part(a, 0, 4).sigmoid();
    Matrix g = Gates.part(a, 1, 4).tanh();
    Matrix i = Gates.part(a, 2, 4).sigmoid();
    Matrix o = Gates.part(a, 3, 4).sigmoid();
    Matrix c = f.times(given.matrix("cPrev")).plus(g.times(i));
    return given
        .with("f", f)
        .with("g", g)
        .with("i", i)
        .with("o", o)
        .with("c", c)
        .with("h", o.times(c.tanh()))
        .with("dh", Numbers.matrix(n, h, seed + 60))
        .with("dc", Numbers.matrix(n, h, seed + 70));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return switch (given.whole("kind")) {
      case 0 -> {
        Matrix dh = one(given, "dh");
        Matrix dc = one(given, "dc");
        yield new Results()
            .with("ds", ds(dh, dc, one(given, "o"), one(given, "c"), slips, "In intoC: "));
      }
      case 1 -> {
        Matrix f = one(given, "f");
        Matrix s = one(given, "ds");
        yield new Results().with("da", daf(s, one(given, "cPrev"), f, slips, "In intoForget: "));
      }
      default -> whole(given, slips);
    };
  }

  private static Matrix one(Case given, String name) {
    return Matrix.of(1, 1, given.number(name));
  }

  private static boolean made(Slips slips, String where, String what) {
    return Gates.made(slips, what, where);
  }

  /** What reaches c, from ahead and through h. */
  private static Matrix ds(Matrix dh, Matrix dc, Matrix o, Matrix c, Slips slips, String where) {
    Matrix tanhC = c.tanh();
    if (made(slips, where, "c is forgotten on the way through h: dh reaches c too.")) {
      return dc;
    }
    Matrix slope = oneMinus(squared(tanhC));
    if (made(slips, where, "the slope of tanh(c) is missing in what comes through h.")) {
      slope = oneMinus(new Matrix(c.rows(), c.cols()));
    }
    if (made(slips, where, "the slope is 1 − tanh²(c), not 1 − c².")) {
      slope = oneMinus(squared(c));
    }
    if (made(slips, where, "the slope of tanh is one minus the square of tanh(c).")) {
      slope = oneMinus(tanhC);
    }
    if (made(slips, where, "h is no tanh by itself: the slope is of tanh(c), not 1 − h².")) {
      slope = oneMinus(squared(o.times(tanhC)));
    }
    if (made(slips, where, "a factor tanh(c) is too many: this is the way into c, not into o.")) {
      slope = slope.times(tanhC);
    }
    if (made(slips, where, "the slope of tanh(c) is 1 − tanh²(c), not tanh(c) itself.")) {
      slope = tanhC;
    }
    if (made(slips, where, "dc went through no tanh: only dh·o is multiplied by its slope.")) {
      return dc.plus(dh.times(o)).times(slope);
    }
    Matrix through = dh.times(o).times(slope);
    if (made(slips, where, "the output gate is missing in what comes through h.")) {
      through = dh.times(slope);
    }
    if (made(slips, where, "dc is forgotten: the steps that follow reach c too.")) {
      return through;
    }
    if (made(slips, where, "only dh goes through h; dc is gradient of c already.")) {
      return dh.plus(dc).times(o).times(slope);
    }
    if (made(slips, where, "both ways are added, not multiplied.")) {
      return dc.times(through);
    }
    return made(slips, where, "both ways are added, not subtracted.")
        ? dc.minus(through)
        : dc.plus(through);
  }

  private static Matrix daf(Matrix ds, Matrix cPrev, Matrix f, Slips slips, String where) {
    Matrix df =
        made(slips, where, "f's other factor, cPrev, is missing in the gradient of f.")
            ? ds
            : ds.times(cPrev);
    if (made(slips, where, "f multiplies cPrev, so its gradient has cPrev, not f itself.")) {
      df = ds.times(f);
    }
    return where.equals(BACKWARD)
        ? pastSigmoid(df, f, slips, where, "In da_f: ")
        : pastSigmoid(df, f, slips, where);
  }

  private static Results whole(Case given, Slips slips) {
    Matrix dh = given.matrix("dh");
    Matrix dc = given.matrix("dc");
    Matrix cPrev = given.matrix("cPrev");
    Matrix f = given.matrix("f");
    Matrix g = given.matrix("g");
    Matrix i = given.matrix("i");
    Matrix o = given.matrix("o");
    Matrix c = given.matrix("c");
    Matrix ds = ds(dh, dc, o, c, slips, BACKWARD);
    Matrix before =
        slips.made("The forget gate weighed the old c: its gradient has cPrev, not c.")
            ? c
            : slips.made("The forget gate's other factor is cPrev, not hPrev.")
                ? given.matrix("hPrev")
                : cPrev;
    boolean exchanged =
        slips.made("The partners are exchanged: f multiplied cPrev, and i multiplied g.");
    Matrix daf = daf(ds, exchanged ? g : before, f, slips, BACKWARD);
    Matrix dai = dai(ds, exchanged ? cPrev : g, i, slips);
    Matrix dg =
        slips.made("In da_g the other factor, i, is missing.")
            ? ds
            : slips.made("In da_g the other factor is i, not g itself.")
                ? ds.times(g)
                : slips.made("In da_g the other factor is i, not f.") ? ds.times(f) : ds.times(i);
    Matrix dag = pastTanh(dg, g, slips);
    Matrix da = ordered(daf, dag, dai, dao(dh, ds, o, c, slips), slips);
    Matrix dcPrev = ds.times(f);
    if (slips.made("In dcPrev the forget gate is missing.")) {
      dcPrev = ds;
    }
    if (slips.made("dcPrev needs all that reaches c, not dc alone.")) {
      dcPrev = dc.times(f);
    }
    if (slips.made("The old c was weighed by f, so dcPrev is too, not by i.")) {
      dcPrev = ds.times(i);
    }
    return products(given, da, dcPrev, slips);
  }

  private static Matrix dai(Matrix ds, Matrix g, Matrix i, Slips slips) {
    Matrix di =
        slips.made("In da_i the other factor, g, is missing.")
            ? ds
            : slips.made("In da_i the other factor is g, not i itself.")
                ? ds.times(i)
                : ds.times(g);
    return pastSigmoid(di, i, slips, BACKWARD, "In da_i: ");
  }

  private static Matrix dao(Matrix dh, Matrix ds, Matrix o, Matrix c, Slips slips) {
    Matrix reaches =
        slips.made("o is not behind c but beside it: dh reaches it, not ds.") ? ds : dh;
    Matrix factor = c.tanh();
    if (slips.made("In da_o the other factor is tanh(c), not c.")) {
      factor = c;
    }
    if (slips.made("In da_o the slope of tanh stands; o multiplied tanh(c) itself.")) {
      factor = oneMinus(squared(c.tanh()));
    }
    Matrix d =
        slips.made("In da_o the other factor, tanh(c), is missing.")
            ? reaches
            : reaches.times(factor);
    return pastSigmoid(d, o, slips, BACKWARD, "In da_o: ");
  }

  private static Matrix ordered(Matrix f, Matrix g, Matrix i, Matrix o, Slips slips) {
    Matrix[] all = {f, g, i, o};
    String names = "fgio";
    for (int p = 0; p < 4; p++) {
      for (int q = p + 1; q < 4; q++) {
        if (slips.made(
            "da_" + names.charAt(p) + " and da_" + names.charAt(q) + " are exchanged." + ORDER)) {
          Matrix was = all[p];
          all[p] = all[q];
          all[q] = was;
        }
      }
    }
    if (slips.made("That is the order i, f, g, o of PyTorch and Keras." + ORDER)) {
      all = new Matrix[] {i, f, g, o};
    }
    if (slips.made("That is the order i, f, o, g." + ORDER)) {
      all = new Matrix[] {i, f, o, g};
    }
    if (slips.made("That is the order f, i, o, g." + ORDER)) {
      all = new Matrix[] {f, i, o, g};
    }
    return sideBySide(all);
  }

  private static Results products(Case given, Matrix da, Matrix dcPrev, Slips slips) {
    Matrix x = given.matrix("x");
    Matrix hPrev = given.matrix("hPrev");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    if (slips.made("wx and wh are exchanged: x went through wx, hPrev through wh.")) {
      wx = given.matrix("wh");
      wh = given.matrix("wx");
    }
    Matrix dx = da.matmul(wx.transposed());
    Matrix dhPrev = da.matmul(wh.transposed());
    if (slips.made("dx and dhPrev are exchanged in what is returned.")) {
      Matrix was = dx;
      dx = dhPrev;
      dhPrev = was;
    }
    if (slips.made("An LSTM's hPrev does not reach h past the gates: dhPrev has no dh added.")) {
      dhPrev.add(given.matrix("dh"));
    }
    if (slips.made("dhPrev and dcPrev are exchanged in what is returned.")) {
      Matrix was = dcPrev;
      dcPrev = dhPrev;
      dhPrev = was;
    }
    Matrix left = hPrev;
    if (slips.made("dwh has the state before the step: hPrev, not h.")) {
      left = given.matrix("h");
    }
    if (slips.made("dwh has hPrev, not cPrev.")) {
      left = given.matrix("cPrev");
    }
    Matrix right = x;
    if (slips.made("x and hPrev are exchanged in dwx and dwh.")) {
      right = left;
      left = x;
    }
    Matrix dwx = gradient(right, da, slips.made("In dwx x is not transposed: it is xᵀ·da."));
    Matrix dwh = gradient(left, da, slips.made("In dwh hPrev is not transposed."));
    Matrix db = da.columnSums();
    double mean = 1.0 / da.rows();
    if (slips.made("The gradients of the parameters are sums over the batch, not means.")) {
      dwx = dwx.times(mean);
      dwh = dwh.times(mean);
      db = db.times(mean);
    }
    if (slips.made("db is the sum over the batch, not the mean.")) {
      db = db.times(mean);
    }
    if (slips.made("db is not summed: b was added to every row, so all rows of da reach it.")) {
      db = da.copy();
    }
    if (slips.made("db has one row of da only; b was added to all.")) {
      db = da.rows(0, 1).copy();
    }
    return new Results()
        .with("dcPrev", dcPrev)
        .with("db", db)
        .with("dwx", dwx)
        .with("dwh", dwh)
        .with("dx", dx)
        .with("dhPrev", dhPrev);
  }

  private static Matrix gradient(Matrix left, Matrix da, boolean asItIs) {
    return asItIs ? left.matmul(da) : left.transposed().matmul(da);
  }

  @Override
  public Results yours(Case given) {
    return switch (given.whole("kind")) {
      case 0 ->
          new Results()
              .with(
                  "ds",
                  LstmBackward.intoC(
                      given.number("dh"),
                      given.number("dc"),
                      given.number("o"),
                      given.number("c")));
      case 1 ->
          new Results()
              .with(
                  "da",
                  LstmBackward.intoForget(
                      given.number("ds"), given.number("cPrev"), given.number("f")));
      default -> results(given);
    };
  }

  private static Results results(Case given) {
    Lstm.Step step =
        new Lstm.Step(
            given.matrix("h"),
            given.matrix("c"),
            given.matrix("f"),
            given.matrix("g"),
            given.matrix("i"),
            given.matrix("o"));
    LstmBackward.Gradients d =
        Gates.given(
            LstmBackward.backward(
                given.matrix("dh"),
                given.matrix("dc"),
                given.matrix("x"),
                given.matrix("hPrev"),
                given.matrix("cPrev"),
                given.matrix("wx"),
                given.matrix("wh"),
                step),
            "backward");
    return new Results()
        .with("dcPrev", d.dcPrev())
        .with("db", d.db())
        .with("dwx", d.dwx())
        .with("dwh", d.dwh())
        .with("dx", d.dx())
        .with("dhPrev", d.dhPrev());
  }

  @Override
  public String methodOf(String result) {
    return result.equals("ds") ? "intoC" : result.equals("da") ? "intoForget" : "backward";
  }
}
