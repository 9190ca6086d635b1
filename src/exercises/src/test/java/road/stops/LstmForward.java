package road.stops;

import static road.stops.Gates.oneMinus;
import static road.stops.Gates.part;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.Lstm;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** One step of an LSTM, forward. */
public final class LstmForward implements Stop.Task {

  private static final String ORDER = " The columns stand in the order f, g, i, o.";
  private static final String RECORD = " The record wants h, c, f, g, i, o.";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "One step of an LSTM",
        "16-lstm.md",
        "Lstm.java",
        List.of("forward"),
        List.of(
            "An RNN writes its whole state anew at each step. What would let a number stand as it"
                + " is for a hundred steps?",
            "x·wx + hPrev·wh + b is (N,4H): four blocks of H columns. Each gate is (N,H), as are h"
                + " and c, so all that follows goes element by element.",
            "f says how much of the old c stays, i how much of the candidate g comes in, o how much"
                + " of the new c is shown. Gates go through a sigmoid; what is stored or shown,"
                + " through tanh.",
            "c = f⊙cPrev + i⊙g and h = o⊙tanh(c); f, i, o by sigmoid, g by tanh; f = gate(a,"
                + " 0).sigmoid() is the first."),
        new LstmForward());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        inputs("one sample", 1, 2, 3, 1),
        inputs("three samples", 3, 2, 4, 2),
        inputs("all sizes 3", 3, 3, 3, 3));
  }

  static Case inputs(String name, int n, int d, int h, int seed) {
    return new Case(name)
        .with("x", Numbers.matrix(n, d, seed))
        .with("hPrev", Numbers.matrix(n, h, seed + 10))
        .with("cPrev", Numbers.matrix(n, h, seed + 20))
        .with("wx", Numbers.matrix(d, 4 * h, seed + 30))
        .with("wh", Numbers.matrix(h, 4 * h, seed + 40))
        .with("b", Numbers.matrix(1, 4 * h, seed + 50));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    Matrix a = sum(given, slips);
    int[] places = places(slips);
    if (slips.made(
        "The sums go through a tanh before the gates: each goes through its own function alone.")) {
      a = a.tanh();
    }
    Matrix f = squashed(a, places[0], slips, "f");
    Matrix i = squashed(a, places[2], slips, "i");
    Matrix o = squashed(a, places[3], slips, "o");
    Matrix ag = part(a, places[1], 4);
    Matrix g =
        slips.made("g is not squashed: what is to be stored goes through tanh.")
            ? ag
            : slips.made("g is no gate but what is to be stored: tanh, not sigmoid.")
                ? ag.sigmoid()
                : ag.tanh();
    if (slips.made(
        "tanh and sigmoid are exchanged: the gates f, i, o go from 0 to 1, g does not.")) {
      f = part(a, places[0], 4).tanh();
      g = ag.sigmoid();
      i = part(a, places[2], 4).tanh();
      o = part(a, places[3], 4).tanh();
    }
    Matrix c = cell(given, f, g, i, o, slips);
    Matrix h = shown(c, o, given, slips);
    if (slips.made("c is returned after tanh; the next step needs c itself.")) {
      c = c.tanh();
    }
    return recorded(h, c, f, g, i, o, slips);
  }

  private static Matrix sum(Case given, Slips slips) {
    Matrix x = given.matrix("x");
    Matrix hPrev = given.matrix("hPrev");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    if (slips.made("wx and wh are exchanged.")) {
      Matrix swapped = wx;
      wx = wh;
      wh = swapped;
    }
    if (slips.made("The gates look at h, the state that is shown, not at cPrev: hPrev·wh.")) {
      hPrev = given.matrix("cPrev");
    }
    Matrix a = new Matrix(x.rows(), given.matrix("b").cols());
    if (!slips.made("The input is missing: x·wx.")) {
      a.add(x.matmul(wx));
    }
    if (!slips.made("The state before is missing: hPrev·wh.")) {
      a.add(hPrev.matmul(wh));
    }
    if (!slips.made("The bias is missing.")) {
      a.addRow(given.matrix("b"));
    }
    if (slips.made("The bias is added twice.")) {
      a.addRow(given.matrix("b"));
    }
    return a;
  }

  /** The blocks in which f, g, i and o are looked for. */
  static int[] places(Slips slips) {
    int[] places = {0, 1, 2, 3};
    String names = "fgio";
    for (int p = 0; p < 4; p++) {
      for (int q = p + 1; q < 4; q++) {
        if (slips.made(names.charAt(p) + " and " + names.charAt(q) + " are exchanged." + ORDER)) {
          int was = places[p];
          places[p] = places[q];
          places[q] = was;
        }
      }
    }
    for (int p = 0; p < 4; p++) {
      for (int q = 0; q < 4; q++) {
        if (p != q
            && slips.made(
                names.charAt(p)
                    + " is read from the columns of "
                    + names.charAt(q)
                    + "."
                    + ORDER)) {
          places[p] = q;
        }
      }
    }
    if (slips.made("That is the order i, f, g, o of PyTorch and Keras." + ORDER)) {
      return new int[] {1, 2, 0, 3};
    }
    if (slips.made("That is the order i, f, o, g." + ORDER)) {
      return new int[] {1, 3, 0, 2};
    }
    if (slips.made("That is the order i, o, f, g of ONNX." + ORDER)) {
      return new int[] {2, 3, 0, 1};
    }
    return slips.made("That is the order f, i, o, g." + ORDER) ? new int[] {0, 3, 1, 2} : places;
  }

  private static Matrix squashed(Matrix a, int place, Slips slips, String name) {
    Matrix own = part(a, place, 4);
    if (name.equals("f")
        && slips.made(
            "1 is added to the forget gate's sum. Such a start belongs into b, once, not into every"
                + " step.")) {
      Matrix ones = new Matrix(own.rows(), own.cols());
      ones.fill(1);
      own.add(ones);
    }
    if (slips.made(
            "None of f, i, o went through its sigmoid. (a.sigmoid() gives a new matrix, a stays.)")
        || slips.made(name + " is not squashed: a gate goes from 0 to 1, through a sigmoid.")) {
      return own;
    }
    if (slips.made(name + " is a gate, from 0 to 1: sigmoid, not tanh.")) {
      return own.tanh();
    }
    return own.sigmoid();
  }

  private static Matrix cell(Case given, Matrix f, Matrix g, Matrix i, Matrix o, Slips slips) {
    Matrix cPrev = given.matrix("cPrev");
    if (slips.made("What is kept is the old c, not the old h.")) {
      cPrev = given.matrix("hPrev");
    }
    if (slips.made("f and i are exchanged in c: f weighs the old c, i the candidate.")) {
      return i.times(cPrev).plus(f.times(g));
    }
    Matrix kept = f.times(cPrev);
    if (slips.made("The old c is kept whole: the forget gate is missing in c.")) {
      kept = cPrev;
    }
    if (slips.made("f near 1 means keep: it is not 1 − f that weighs the old c.")) {
      kept = oneMinus(f).times(cPrev);
    }
    Matrix taken = i.times(g);
    if (slips.made("The candidate comes in whole: the input gate is missing in c.")) {
      taken = g;
    }
    if (slips.made("It is i that weighs the candidate, not o.")) {
      taken = o.times(g);
    }
    if (slips.made(
        "An LSTM has an input gate of its own: not 1 − f weighs the candidate, but i.")) {
      taken = oneMinus(f).times(g);
    }
    if (slips.made("The old c is not carried over: a part of c is missing.")) {
      return taken;
    }
    if (slips.made("The new is not added to c: a part of c is missing.")) {
      return kept;
    }
    if (slips.made("What is kept and what comes in are added, not multiplied.")) {
      return kept.times(taken);
    }
    Matrix c = kept.plus(taken);
    return slips.made("c itself is not squashed: only what is shown of it is.") ? c.tanh() : c;
  }

  private static Matrix shown(Matrix c, Matrix o, Case given, Slips slips) {
    if (slips.made("h is computed from the old c; it shows the new one.")) {
      c = given.matrix("cPrev");
    }
    if (slips.made("tanh is missing in h: c may grow beyond 1, what is shown may not.")) {
      return o.times(c);
    }
    if (slips.made("In h it is tanh of c, not its sigmoid.")) {
      return o.times(c.sigmoid());
    }
    if (slips.made("In h tanh squashes c alone; the output gate weighs what comes out.")) {
      return o.times(c).tanh();
    }
    if (slips.made("The output gate is missing in h.")) {
      return c.tanh();
    }
    return slips.made("The output gate multiplies, it is not added.")
        ? o.plus(c.tanh())
        : o.times(c.tanh());
  }

  private static Results recorded(
      Matrix h, Matrix c, Matrix f, Matrix g, Matrix i, Matrix o, Slips slips) {
    Matrix[] six = {h, c, f, g, i, o};
    String names = "hcfgio";
    for (int p = 0; p < 6; p++) {
      for (int q = p + 1; q < 6; q++) {
        boolean near = p >= 2 || q == 1; // h and c, or two gates
        if (near
            && slips.made(
                "Right, but "
                    + names.charAt(p)
                    + " and "
                    + names.charAt(q)
                    + " are exchanged in what is returned."
                    + RECORD)) {
          Matrix was = six[p];
          six[p] = six[q];
          six[q] = was;
        }
      }
    }
    return results(six);
  }

  private static Results results(Matrix... hcfgio) {
    return new Results()
        .with("f", hcfgio[2])
        .with("g", hcfgio[3])
        .with("i", hcfgio[4])
        .with("o", hcfgio[5])
        .with("c", hcfgio[1])
        .with("h", hcfgio[0]);
  }

  @Override
  public Results yours(Case given) {
    Lstm.Step step =
        Gates.given(
            Lstm.forward(
                given.matrix("x"),
                given.matrix("hPrev"),
                given.matrix("cPrev"),
                given.matrix("wx"),
                given.matrix("wh"),
                given.matrix("b")),
            "forward");
    return results(step.h(), step.c(), step.f(), step.g(), step.i(), step.o());
  }
}
