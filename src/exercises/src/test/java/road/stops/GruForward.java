package road.stops;

import static road.stops.Gates.oneMinus;
import static road.stops.Gates.part;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.Gru;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** One step of a GRU, forward, of both kinds. */
public final class GruForward implements Stop.Task {

  private static final String ORDER = " The columns stand in the order z, r, candidate.";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "One step of a GRU, both resets",
        "18-gru.md",
        "Gru.java",
        List.of("resetBefore", "resetAfter"),
        List.of(
            "A single state has to be kept and renewed. If z says how much of the candidate comes"
                + " in, how much of the old may stay, so that h never grows beyond 1?",
            "x·wx + b is (N,3H): three blocks of H columns, and so has wh. z, r, candidate, u and h"
                + " are all (N,H); part(wh, 2), (H,H), makes the candidate.",
            "z and r are gates, made as in the LSTM. Before: r weighs hPrev, and what is left goes"
                + " through the candidate's weights. After: hPrev goes through them, bhn is added,"
                + " and r weighs that sum. The new state lies between hPrev and the candidate.",
            "before: u = r⊙hPrev, candidate = tanh(x·wx_h + u·wh_h + b_h); after: u = hPrev·wh_h +"
                + " bhn, candidate = tanh(x·wx_h + b_h + r⊙u); both: h = (1 − z)⊙hPrev +"
                + " z⊙candidate."),
        new GruForward());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        inputs("one sample, reset before", 1, 2, 3, 1, 0),
        inputs("three samples, reset before", 3, 2, 4, 2, 0),
        inputs("all sizes 3, reset before", 3, 3, 3, 3, 0),
        inputs("one sample, reset after", 1, 2, 3, 4, 1),
        inputs("three samples, reset after", 3, 2, 4, 5, 1),
        inputs("all sizes 3, reset after", 3, 3, 3, 6, 1));
  }

  static Case inputs(String name, int n, int d, int h, int seed, int after) {
    Case given =
        new Case(name)
            .with("after", after)
            .with("x", Numbers.matrix(n, d, seed))
            .with("hPrev", Numbers.matrix(n, h, seed + 10))
            .with("wx", Numbers.matrix(d, 3 * h, seed + 20))
            .with("wh", Numbers.matrix(h, 3 * h, seed + 30))
            .with("b", Numbers.matrix(1, 3 * h, seed + 40));
    return after == 1 ? given.with("bhn", Numbers.matrix(1, h, seed + 50)) : given;
  }

  @Override
  public Results expected(Case given, Slips slips) {
    boolean after = given.whole("after") == 1;
    String where = after ? "In resetAfter: " : "In resetBefore: ";
    Matrix hPrev = given.matrix("hPrev");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    if (made(slips, where, "wx and wh are exchanged.")) {
      wx = given.matrix("wh");
      wh = given.matrix("wx");
    }
    int[] places = places(slips, where);
    Matrix ax = ax(given, wx, slips, where);
    Matrix z = gate("z", places[0], ax, hPrev, wh, slips, where);
    Matrix r = gate("r", places[1], ax, hPrev, wh, slips, where);
    Matrix candidateX = part(ax, places[2], 3);
    Matrix whh = part(wh, places[2], 3);
    if (made(slips, where, "the candidate has weights of its own: block 2 of wh.")) {
      whh = part(wh, 0, 3);
    }
    Matrix acting =
        made(slips, where, "it is r that resets; z only mixes.")
            ? z
            : made(slips, where, "r near 1 lets the state through: it is not 1 − r that weighs it.")
                ? oneMinus(r)
                : r;
    Matrix[] made =
        after
            ? after(given, acting, candidateX, whh, slips)
            : before(given, acting, candidateX, whh, slips);
    Matrix u = made[0];
    Matrix candidate = squashed(made[1], slips, where);
    Matrix h = mixed(hPrev, candidate, z, u, slips, where);
    if (made(slips, where, "z and r are exchanged in what is returned.")) {
      Matrix was = z;
      z = r;
      r = was;
    }
    return results(after, h, z, r, candidate, u);
  }

  /** A mistake in both kinds or in one. */
  private static boolean made(Slips slips, String where, String what) {
    return Gates.made(slips, what, where);
  }

  private static int[] places(Slips slips, String where) {
    if (made(slips, where, "z and r are exchanged." + ORDER)) {
      return new int[] {1, 0, 2};
    }
    if (made(slips, where, "z and the candidate are exchanged." + ORDER)) {
      return new int[] {2, 1, 0};
    }
    if (made(slips, where, "r and the candidate are exchanged." + ORDER)) {
      return new int[] {0, 2, 1};
    }
    return new int[] {0, 1, 2};
  }

  private static Matrix ax(Case given, Matrix wx, Slips slips, String where) {
    Matrix x = given.matrix("x");
    Matrix ax = new Matrix(x.rows(), given.matrix("b").cols());
    if (!made(slips, where, "the input is missing: x·wx.")) {
      ax.add(x.matmul(wx));
    }
    if (!made(slips, where, "the bias b is missing.")) {
      ax.addRow(given.matrix("b"));
    }
    if (made(slips, where, "the bias b is added twice.")) {
      ax.addRow(given.matrix("b"));
    }
    return ax;
  }

  private static Matrix gate(
      String name, int place, Matrix ax, Matrix hPrev, Matrix wh, Slips slips, String where) {
    Matrix a = part(ax, place, 3);
    Matrix weights = part(wh, place, 3);
    if (made(
        slips,
        where,
        "wh is transposed in " + name + ". Its block is square, no shape shows it.")) {
      weights = weights.transposed().copy();
    }
    if (!made(
        slips, where, "the state is missing in " + name + ": each gate looks at x and hPrev.")) {
      a.add(hPrev.matmul(weights));
    }
    if (made(slips, where, name + " is not squashed: a gate goes through a sigmoid.")) {
      return a;
    }
    return made(slips, where, name + " is a gate, from 0 to 1: sigmoid, not tanh.")
        ? a.tanh()
        : a.sigmoid();
  }

  private static Matrix[] before(Case given, Matrix r, Matrix ax, Matrix whh, Slips slips) {
    Matrix hPrev = given.matrix("hPrev");
    Matrix u = r.times(hPrev);
    if (slips.made("In resetBefore: r does nothing: it weighs hPrev before the product.")) {
      u = hPrev;
    }
    if (slips.made(
        "In resetBefore: the reset acts after the product; here it acts before: numbers of hPrev"
            + " are weighed, then mixed by the weights.")) {
      Matrix product = hPrev.matmul(whh);
      return new Matrix[] {u, ax.plus(r.times(product))};
    }
    if (slips.made(
        "In resetBefore: that is the other kind, reset after the product, and its u is the"
            + " product.")) {
      Matrix product = hPrev.matmul(whh);
      return new Matrix[] {product, ax.plus(r.times(product))};
    }
    Matrix product = u.matmul(whh);
    if (slips.made("In resetBefore: wh is transposed in the candidate: u·wh_h.")) {
      product = u.matmul(whh.transposed());
    }
    if (slips.made("In resetBefore: u is right, but not used: the candidate takes hPrev whole.")) {
      product = hPrev.matmul(whh);
    }
    Matrix a = ax.plus(product);
    if (slips.made("In resetBefore: the state is missing in the candidate.")) {
      a = ax;
    }
    if (slips.made(
        "In resetBefore: the state enters the candidate twice, once without the reset.")) {
      a = a.plus(hPrev.matmul(whh));
    }
    if (slips.made("In resetBefore: r weighs the state alone, not the input too.")) {
      a = r.times(ax.plus(hPrev.matmul(whh)));
    }
    if (slips.made("In resetBefore: u is what enters the product, not what comes out of it.")) {
      u = product;
    }
    return new Matrix[] {u, a};
  }

  private static Matrix[] after(Case given, Matrix r, Matrix ax, Matrix whh, Slips slips) {
    Matrix hPrev = given.matrix("hPrev");
    Matrix bhn = given.matrix("bhn");
    Matrix u = hPrev.matmul(whh);
    if (slips.made("In resetAfter: wh is transposed in the candidate: hPrev·wh_h.")) {
      u = hPrev.matmul(whh.transposed());
    }
    Matrix without = u.copy();
    if (!slips.made("In resetAfter: bhn is missing.")) {
      u.addRow(bhn);
    }
    if (slips.made("In resetAfter: bhn is added twice.")) {
      u.addRow(bhn);
    }
    Matrix weighed = r.times(u);
    if (slips.made("In resetAfter: bhn is reset too: it is added before r weighs the sum.")) {
      weighed = r.times(without);
      weighed.addRow(bhn);
    }
    if (slips.made("In resetAfter: bhn is reset too, and u is the sum with it.")) {
      weighed = r.times(without);
      weighed.addRow(bhn);
      u = without;
    }
    if (slips.made("In resetAfter: r does nothing: it weighs the product with its bias.")) {
      weighed = u;
    }
    if (slips.made("In resetAfter: u is the product before the reset.")) {
      u = weighed;
    }
    if (slips.made("In resetAfter: u is the product with bhn.")) {
      u = without;
    }
    if (slips.made(
        "In resetAfter: the reset acts before the product; here the product comes first, and r"
            + " weighs what comes out.")) {
      weighed = r.times(hPrev).matmul(whh);
      weighed.addRow(bhn);
    }
    if (slips.made(
        "In resetAfter: that is the other kind, reset before the product, with its u.")) {
      u = r.times(hPrev);
      weighed = u.matmul(whh);
      weighed.addRow(bhn);
    }
    if (slips.made(
        "In resetAfter: r has to weigh what the product and bhn give; it weighed hPrev before.")) {
      u = r.times(hPrev).matmul(whh);
      u.addRow(bhn);
      weighed = u;
    }
    if (slips.made("In resetAfter: that is the other kind, without bhn.")) {
      u = r.times(hPrev);
      weighed = u.matmul(whh);
    }
    if (slips.made("In resetAfter: b's part is outside the reset, as is x·wx: r weighs u alone.")) {
      return new Matrix[] {u, r.times(ax.plus(u))};
    }
    if (slips.made("In resetAfter: the state is missing in the candidate.")) {
      return new Matrix[] {u, ax};
    }
    if (slips.made("In resetAfter: the bias of the candidate, b_h, is reset; only bhn is.")) {
      Matrix b = new Matrix(ax.rows(), ax.cols());
      b.addRow(part(given.matrix("b"), 2, 3));
      return new Matrix[] {u, ax.minus(b).plus(weighed).plus(r.times(b))};
    }
    return new Matrix[] {u, ax.plus(weighed)};
  }

  private static Matrix squashed(Matrix a, Slips slips, String where) {
    if (made(slips, where, "the candidate is not squashed: tanh is missing.")) {
      return a;
    }
    return made(slips, where, "the candidate is no gate: tanh, not sigmoid.")
        ? a.sigmoid()
        : a.tanh();
  }

  private static Matrix mixed(
      Matrix hPrev, Matrix candidate, Matrix z, Matrix u, Slips slips, String where) {
    if (made(slips, where, "z and 1 − z are exchanged: here z weighs the candidate.")) {
      return z.times(hPrev).plus(oneMinus(z).times(candidate));
    }
    if (made(slips, where, "the old state stays whole: its weight, 1 − z, is missing.")) {
      return hPrev.plus(z.times(candidate));
    }
    if (made(slips, where, "the candidate comes in whole: its weight, z, is missing.")) {
      return oneMinus(z).times(hPrev).plus(candidate);
    }
    if (made(
        slips, where, "z weighs the old state, and the candidate comes in whole: 1 − z and z.")) {
      return z.times(hPrev).plus(candidate);
    }
    if (made(slips, where, "the old state is missing in h.")) {
      return z.times(candidate);
    }
    if (made(slips, where, "h is the candidate alone; z has to mix it with the old state.")) {
      return candidate;
    }
    if (made(slips, where, "what stays is hPrev as it was, not what the reset left of it.")) {
      return oneMinus(z).times(u).plus(z.times(candidate));
    }
    if (made(slips, where, "both weights are z; they have to sum to 1.")) {
      return z.times(hPrev).plus(z.times(candidate));
    }
    Matrix h = oneMinus(z).times(hPrev).plus(z.times(candidate));
    return made(slips, where, "h is squashed once more; it lies between two that are squashed.")
        ? h.tanh()
        : h;
  }

  private static Results results(
      boolean after, Matrix h, Matrix z, Matrix r, Matrix candidate, Matrix u) {
    String method = after ? "resetAfter." : "resetBefore.";
    return new Results()
        .with(method + "z", z)
        .with(method + "r", r)
        .with(method + "u", u)
        .with(method + "candidate", candidate)
        .with(method + "h", h);
  }

  @Override
  public Results yours(Case given) {
    Matrix x = given.matrix("x");
    Matrix hPrev = given.matrix("hPrev");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    Matrix b = given.matrix("b");
    boolean after = given.whole("after") == 1;
    Gru.Step step =
        after
            ? Gates.given(Gru.resetAfter(x, hPrev, wx, wh, b, given.matrix("bhn")), "resetAfter")
            : Gates.given(Gru.resetBefore(x, hPrev, wx, wh, b), "resetBefore");
    return results(after, step.h(), step.z(), step.r(), step.candidate(), step.u());
  }

  @Override
  public String methodOf(String result) {
    return result.startsWith("resetAfter.") ? "resetAfter" : "resetBefore";
  }
}
