package road.stops;

import static road.stops.Gates.oneMinus;
import static road.stops.Gates.part;
import static road.stops.Gates.pastSigmoid;
import static road.stops.Gates.pastTanh;
import static road.stops.Gates.sideBySide;

import io.github.unroll.tensor.Matrix;
import java.util.List;
import mine.Gru;
import mine.GruBackward;
import road.Case;
import road.Numbers;
import road.Results;
import road.Slips;
import road.Stop;

/** One step of a GRU, backward: a number of each gate, then the whole step of both kinds. */
public final class GruBack implements Stop.Task {

  private static final String BEFORE = "In resetBefore: ";
  private static final String AFTER = "In resetAfter: ";
  private static final String WHOLE = "In resetBefore and resetAfter: ";
  private static final String ORDER = " Side by side they stand in the order z, r, candidate.";

  /** {@return the stop} */
  public static Stop stop(int number) {
    return new Stop(
        number,
        "Back through a GRU, both resets",
        "19-back-through-a-gru.md",
        "GruBackward.java",
        List.of("intoUpdate", "intoReset", "resetBefore", "resetAfter"),
        List.of(
            "On how many ways does hPrev reach h? Count them in the formulas: each sends something"
                + " back, and dhPrev is their sum.",
            "da_z, da_r, da_h and du are (N,H). Side by side, (N,3H), the first three give dx, dwx"
                + " and db. The blocks of wh, (H,H) each, have their own left and right sides.",
            "Go from h backwards: to z and the candidate; through tanh; then before: through the"
                + " weights to u, and from u = r⊙hPrev to r and hPrev; after: from r⊙u to r and u,"
                + " then through the weights to hPrev. A factor receives what reaches the product,"
                + " times the other factor.",
            "da_z = dh⊙(candidate − hPrev)⊙z(1 − z), da_h = dh⊙z⊙(1 − candidate²). Before: du ="
                + " da_h·wh_hᵀ, da_r = du⊙hPrev⊙r(1 − r), dwh_h = uᵀ·da_h. After: du = da_h⊙r, da_r"
                + " = da_h⊙u⊙r(1 − r), dwh_h = hPrevᵀ·du, dbhn = the sum of du's rows. dhPrev ="
                + " dh⊙(1 − z) + da_z·wh_zᵀ + da_r·wh_rᵀ + (before: du⊙r, after: du·wh_hᵀ)."),
        new GruBack());
  }

  @Override
  public List<Case> cases() {
    return List.of(
        update("a number of the update gate", 0.7, -0.4, 0.6, 0.8),
        update("another number of the update gate", -1.3, 0.9, 0.2, 0.3),
        reset("a number of the reset gate", 0.7, 0.8, 0.6, -0.9, 0.4),
        reset("another number of the reset gate", -1.3, 0.3, -0.2, 0.5, 0.9),
        inputs("one sample, reset before", 1, 2, 3, 1, 0),
        inputs("three samples, reset before", 3, 2, 4, 2, 0),
        inputs("all sizes 3, reset before", 3, 3, 3, 3, 0),
        inputs("one sample, reset after", 1, 2, 3, 4, 1),
        inputs("three samples, reset after", 3, 2, 4, 5, 1),
        inputs("all sizes 3, reset after", 3, 3, 3, 6, 1));
  }

  private static Case update(String name, double dh, double hPrev, double candidate, double z) {
    return new Case(name)
        .with("after", 2)
        .with("dh", dh)
        .with("hPrev", hPrev)
        .with("candidate", candidate)
        .with("z", z);
  }

  private static Case reset(
      String name, double dh, double z, double candidate, double u, double r) {
    return new Case(name)
        .with("after", 3)
        .with("dh", dh)
        .with("z", z)
        .with("candidate", candidate)
        .with("u", u)
        .with("r", r);
  }

  private static Case inputs(String name, int n, int d, int h, int seed, int after) {
    Case given = GruForward.inputs(name, n, d, h, seed, after);
    Matrix hPrev = given.matrix("hPrev");
    Matrix ax = given.matrix("x").matmul(given.matrix("wx"));
    ax.addRow(given.matrix("b"));
    Matrix ah = hPrev.matmul(given.matrix("wh"));
    Matrix z = part(ax, 0, 3).plus(part(ah, 0, 3)).sigmoid();
    Matrix r = part(ax, 1, 3).plus(part(ah, 1, 3)).sigmoid();
    Matrix u = after == 1 ? part(ah, 2, 3) : r.times(hPrev);
    Matrix candidate = part(ax, 2, 3);
    if (after == 1) {
      u.addRow(given.matrix("bhn"));
      candidate.add(r.times(u));
    } else {
      candidate.add(u.matmul(part(given.matrix("wh"), 2, 3)));
    }
    candidate = candidate.tanh();
    return given
        .with("h", oneMinus(z).times(hPrev).plus(z.times(candidate)))
        .with("z", z)
        .with("r", r)
        .with("candidate", candidate)
        .with("u", u)
        .with("dh", Numbers.matrix(n, h, seed + 60));
  }

  @Override
  public Results expected(Case given, Slips slips) {
    return switch (given.whole("after")) {
      case 2 ->
          new Results()
              .with(
                  "daz",
                  daz(
                      one(given, "dh"),
                      one(given, "hPrev"),
                      one(given, "candidate"),
                      one(given, "z"),
                      slips,
                      "In intoUpdate: "));
      case 3 -> {
        String where = "In intoReset: ";
        Matrix dah = dah(one(given, "dh"), one(given, "z"), one(given, "candidate"), slips, where);
        Matrix r = one(given, "r");
        yield new Results().with("dar", darAfter(dah, r, one(given, "u"), null, slips, where));
      }
      case 1 -> after(given, slips);
      default -> before(given, slips);
    };
  }

  private static Matrix one(Case given, String name) {
    return Matrix.of(1, 1, given.number(name));
  }

  private static boolean isWhole(String where) {
    return where.equals(BEFORE) || where.equals(AFTER);
  }

  /** A mistake in all places, in both whole steps, or in one. */
  private static boolean made(Slips slips, String where, String what) {
    return Gates.made(slips, what, places(where));
  }

  private static String[] places(String where) {
    return isWhole(where) ? new String[] {WHOLE, where} : new String[] {where};
  }

  private static String[] places(String where, String what) {
    return isWhole(where)
        ? new String[] {WHOLE, where, WHOLE + what, where + what}
        : new String[] {where};
  }

  private static Matrix daz(
      Matrix dh, Matrix hPrev, Matrix candidate, Matrix z, Slips slips, String where) {
    Matrix factor = candidate.minus(hPrev);
    if (made(slips, where, "the sign of da_z is wrong: more z means more of the candidate.")) {
      factor = hPrev.minus(candidate);
    }
    if (made(
        slips, where, "in da_z hPrev is forgotten: z takes from it what it gives the other.")) {
      factor = candidate;
    }
    if (made(slips, where, "in da_z the candidate is forgotten: z weighs it.")) {
      factor = hPrev.times(-1);
    }
    if (made(slips, where, "in da_z hPrev comes in with a minus: its weight is 1 − z.")) {
      factor = candidate.plus(hPrev);
    }
    Matrix dz =
        made(slips, where, "in da_z the two that z mixes, candidate and hPrev, are missing.")
            ? dh
            : dh.times(factor);
    return pastSigmoid(dz, z, slips, places(where, "in da_z "));
  }

  private static Matrix dah(Matrix dh, Matrix z, Matrix candidate, Slips slips, String where) {
    Matrix weight = z;
    if (made(slips, where, "z weighs the candidate, so its gradient has z, not 1 − z.")) {
      weight = oneMinus(z);
    }
    Matrix d =
        made(slips, where, "the weight of the candidate, z, is missing in its gradient.")
            ? dh
            : dh.times(weight);
    return pastTanh(d, candidate, slips, places(where));
  }

  private static Matrix darAfter(
      Matrix dah, Matrix r, Matrix u, Matrix hPrev, Slips slips, String where) {
    Matrix reaches = dah;
    if (Gates.made(
        slips, "r's other factor is u: what reaches r has no factor r of its own.", where)) {
      reaches = dah.times(r);
    }
    Matrix dr =
        Gates.made(slips, "r's other factor, u, is missing in its gradient.", where)
            ? reaches
            : reaches.times(u);
    if (hPrev != null
        && slips.made("In resetAfter: r weighed u, the product, not hPrev: da_r has u.")) {
      dr = reaches.times(hPrev);
    }
    return pastSigmoid(dr, r, slips, places(where, "in da_r "));
  }

  private static Results before(Case given, Slips slips) {
    String where = BEFORE;
    Matrix dh = given.matrix("dh");
    Matrix hPrev = given.matrix("hPrev");
    Matrix z = given.matrix("z");
    Matrix r = given.matrix("r");
    Matrix u = given.matrix("u");
    Matrix candidate = given.matrix("candidate");
    Matrix daz = daz(dh, hPrev, candidate, z, slips, where);
    Matrix dah = dah(dh, z, candidate, slips, where);
    Matrix whh = part(given.matrix("wh"), 2, 3);
    Matrix du = dah.matmul(whh.transposed());
    if (slips.made("In resetBefore: wh_h is not transposed on the way to u.")) {
      du = dah.matmul(whh);
    }
    if (slips.made("In resetBefore: u went through the candidate's weights; du has to as well.")) {
      du = dah;
    }
    Matrix dr = du.times(hPrev);
    if (slips.made("In resetBefore: r's other factor, hPrev, is missing in its gradient.")) {
      dr = du;
    }
    if (slips.made("In resetBefore: r's other factor is hPrev, not u, which holds r already.")) {
      dr = du.times(u);
    }
    if (slips.made("In resetBefore: r is reached through u: da_r has du, not da_h.")) {
      dr = dah.times(hPrev);
    }
    if (slips.made("In resetBefore: that is da_r of the other kind, reset after the product.")) {
      dr = dah.times(u);
    }
    Matrix dar = pastSigmoid(dr, r, slips, places(where, "in da_r "));
    Matrix way = du.times(r);
    if (slips.made(
        "In resetBefore: hPrev was weighed by r on its way to u: so is du on its way.")) {
      way = du;
    }
    if (slips.made("In resetBefore: the way from hPrev over u is missing in dhPrev.")) {
      way = new Matrix(du.rows(), du.cols());
    }
    Matrix dhPrev = dhPrev(given, daz, dar, way, slips, where);
    Matrix left =
        slips.made("In resetBefore: u, not hPrev, went through the candidate's block: dwh has u.")
            ? hPrev
            : u;
    Matrix gateLeft =
        slips.made("In resetBefore: the gates z and r saw hPrev itself, not u: see dwh.")
            ? u
            : hPrev;
    Matrix dwh =
        sideBySide(
            gateLeft.transposed().matmul(daz),
            gateLeft.transposed().matmul(dar),
            left.transposed().matmul(dah));
    Matrix dwhOther =
        slips.made("In resetBefore: dwh is not in the order z, r, candidate.")
            ? sideBySide(part(dwh, 1, 3), part(dwh, 0, 3), part(dwh, 2, 3))
            : dwh;
    return products(given, new Matrix[] {daz, dar, dah}, dhPrev, dwhOther, null, slips, where);
  }

  private static Results after(Case given, Slips slips) {
    String where = AFTER;
    Matrix dh = given.matrix("dh");
    Matrix hPrev = given.matrix("hPrev");
    Matrix z = given.matrix("z");
    Matrix r = given.matrix("r");
    Matrix u = given.matrix("u");
    Matrix candidate = given.matrix("candidate");
    Matrix daz = daz(dh, hPrev, candidate, z, slips, where);
    Matrix dah = dah(dh, z, candidate, slips, where);
    Matrix du =
        slips.made("In resetAfter: r weighed u, so it weighs du: the factor r is missing.")
            ? dah
            : dah.times(r);
    Matrix dar = darAfter(dah, r, u, hPrev, slips, where);
    Matrix whh = part(given.matrix("wh"), 2, 3);
    Matrix way = du.matmul(whh.transposed());
    if (slips.made("In resetAfter: wh_h is not transposed on the way to hPrev.")) {
      way = du.matmul(whh);
    }
    if (slips.made("In resetAfter: r is missing in dhPrev: what goes back is du, not da_h.")) {
      way = dah.matmul(whh.transposed());
    }
    if (slips.made("In resetAfter: that is dhPrev of the other kind: r acts before the weights.")) {
      way = dah.matmul(whh.transposed()).times(r);
    }
    if (slips.made("In resetAfter: the way from hPrev over u is missing in dhPrev.")) {
      way = new Matrix(du.rows(), du.cols());
    }
    boolean unreset =
        slips.made("In resetAfter: hPrev·wh_h was reset: dhPrev and dwh have du there, not da_h.");
    if (unreset) {
      way = dah.matmul(whh.transposed());
    }
    Matrix dhPrev = dhPrev(given, daz, dar, way, slips, where);
    Matrix right = unreset ? dah : du;
    Matrix left = hPrev;
    if (slips.made("In resetAfter: in dwh the candidate's block receives du, not da_h.")) {
      right = dah;
    }
    if (slips.made("In resetAfter: that is dwh of the other kind: hPrev went through, not u.")) {
      right = dah;
      left = u;
    }
    if (slips.made("In resetAfter: in dwh the left side is hPrev, in all three blocks, not u.")) {
      left = u;
    }
    Matrix dwh =
        sideBySide(
            hPrev.transposed().matmul(daz),
            hPrev.transposed().matmul(dar),
            left.transposed().matmul(right));
    Matrix dbhn = du.columnSums();
    if (slips.made("In resetAfter: bhn was reset by r: dbhn is the sum of du, not of da_h.")) {
      dbhn = dah.columnSums();
    }
    if (slips.made("In resetAfter: dbhn is a sum over the batch, not a mean.")) {
      dbhn = dbhn.times(1.0 / du.rows());
    }
    Matrix inputs = dah;
    if (slips.made("In resetAfter: x·wx + b is not reset: dx, dwx and db have da_h, not du.")) {
      inputs = du;
    }
    return products(given, new Matrix[] {daz, dar, inputs}, dhPrev, dwh, dbhn, slips, where);
  }

  /** All ways from hPrev to h; the last is the one over u. */
  private static Matrix dhPrev(
      Case given, Matrix daz, Matrix dar, Matrix way, Slips slips, String where) {
    Matrix dh = given.matrix("dh");
    Matrix z = given.matrix("z");
    Matrix wh = given.matrix("wh");
    Matrix direct = dh.times(oneMinus(z));
    if (made(slips, where, "the direct way is missing in dhPrev: h keeps a part of hPrev.")) {
      direct = new Matrix(dh.rows(), dh.cols());
    }
    if (made(slips, where, "the direct way has the weight of hPrev, 1 − z, not z.")) {
      direct = dh.times(z);
    }
    if (made(slips, where, "the direct way has a weight, 1 − z: it is not dh itself.")) {
      direct = dh;
    }
    Matrix whz = part(wh, 0, 3);
    Matrix whr = part(wh, 1, 3);
    if (made(slips, where, "wh_z and wh_r are exchanged on the way to hPrev.")) {
      whz = part(wh, 1, 3);
      whr = part(wh, 0, 3);
    }
    Matrix overZ = daz.matmul(whz.transposed());
    if (made(slips, where, "wh_z is not transposed in dhPrev.")) {
      overZ = daz.matmul(whz);
    }
    Matrix overR = dar.matmul(whr.transposed());
    if (made(slips, where, "wh_r is not transposed in dhPrev.")) {
      overR = dar.matmul(whr);
    }
    boolean neither = made(slips, where, "the gates' ways are missing in dhPrev: z and r saw it.");
    Matrix sum = direct.plus(way);
    if (made(slips, where, "only the direct way is there in dhPrev: three are missing.")) {
      return direct;
    }
    if (!made(slips, where, "the way over z is missing in dhPrev: z looked at hPrev.")
        && !neither) {
      sum.add(overZ);
    }
    if (!made(slips, where, "the way over r is missing in dhPrev: r looked at hPrev.")
        && !neither) {
      sum.add(overR);
    }
    return sum;
  }

  private static Results products(
      Case given,
      Matrix[] parts,
      Matrix dhPrev,
      Matrix dwh,
      Matrix dbhn,
      Slips slips,
      String where) {
    Matrix x = given.matrix("x");
    Matrix da = sideBySide(ordered(parts, slips, where));
    Matrix wx = given.matrix("wx");
    if (made(slips, where, "dx goes through wx, not wh.")) {
      wx = given.matrix("wh");
    }
    Matrix dx = da.matmul(wx.transposed());
    Matrix dwx =
        made(slips, where, "in dwx x is not transposed: it is xᵀ·da.")
            ? x.matmul(da)
            : x.transposed().matmul(da);
    if (made(slips, where, "dwx has x, not hPrev.")) {
      dwx = given.matrix("hPrev").transposed().matmul(da);
    }
    Matrix db = da.columnSums();
    double mean = 1.0 / da.rows();
    if (made(slips, where, "the gradients of the parameters are sums over the batch, not means.")) {
      dwx = dwx.times(mean);
      dwh = dwh.times(mean);
      db = db.times(mean);
      dbhn = dbhn == null ? null : dbhn.times(mean);
    }
    if (made(slips, where, "db is the sum over the batch, not the mean.")) {
      db = db.times(mean);
    }
    if (made(slips, where, "db is not summed: b was added to every row.")) {
      db = da.copy();
    }
    if (made(slips, where, "dx and dhPrev are exchanged in what is returned.")) {
      Matrix was = dx;
      dx = dhPrev;
      dhPrev = was;
    }
    if (made(slips, where, "dwx and dwh are exchanged in what is returned.")) {
      Matrix was = dwx;
      dwx = dwh;
      dwh = was;
    }
    return results(dx, dhPrev, dwx, dwh, db, dbhn, where);
  }

  private static Matrix[] ordered(Matrix[] zrh, Slips slips, String where) {
    if (made(slips, where, "da_z and da_r are exchanged in da." + ORDER)) {
      return new Matrix[] {zrh[1], zrh[0], zrh[2]};
    }
    if (made(slips, where, "da_z and da_h are exchanged in da." + ORDER)) {
      return new Matrix[] {zrh[2], zrh[1], zrh[0]};
    }
    return made(slips, where, "da_r and da_h are exchanged in da." + ORDER)
        ? new Matrix[] {zrh[0], zrh[2], zrh[1]}
        : zrh;
  }

  private static Results results(
      Matrix dx, Matrix dhPrev, Matrix dwx, Matrix dwh, Matrix db, Matrix dbhn, String where) {
    String method = where.contains("After") ? "resetAfter." : "resetBefore.";
    Results results =
        new Results()
            .with(method + "db", db)
            .with(method + "dwx", dwx)
            .with(method + "dx", dx)
            .with(method + "dwh", dwh)
            .with(method + "dhPrev", dhPrev);
    return method.equals("resetAfter.") ? results.with(method + "dbhn", dbhn) : results;
  }

  @Override
  public Results yours(Case given) {
    return switch (given.whole("after")) {
      case 2 ->
          new Results()
              .with(
                  "daz",
                  GruBackward.intoUpdate(
                      given.number("dh"),
                      given.number("hPrev"),
                      given.number("candidate"),
                      given.number("z")));
      case 3 ->
          new Results()
              .with(
                  "dar",
                  GruBackward.intoReset(
                      given.number("dh"),
                      given.number("z"),
                      given.number("candidate"),
                      given.number("u"),
                      given.number("r")));
      default -> whole(given);
    };
  }

  private static Results whole(Case given) {
    boolean after = given.whole("after") == 1;
    Matrix dh = given.matrix("dh");
    Matrix x = given.matrix("x");
    Matrix hPrev = given.matrix("hPrev");
    Matrix wx = given.matrix("wx");
    Matrix wh = given.matrix("wh");
    Gru.Step step =
        new Gru.Step(
            given.matrix("h"),
            given.matrix("z"),
            given.matrix("r"),
            given.matrix("candidate"),
            given.matrix("u"));
    GruBackward.Gradients d =
        after
            ? Gates.given(GruBackward.resetAfter(dh, x, hPrev, wx, wh, step), "resetAfter")
            : Gates.given(GruBackward.resetBefore(dh, x, hPrev, wx, wh, step), "resetBefore");
    String where = after ? "After" : "Before";
    return results(d.dx(), d.dhPrev(), d.dwx(), d.dwh(), d.db(), d.dbhn(), where);
  }

  @Override
  public String methodOf(String result) {
    return switch (result) {
      case "daz" -> "intoUpdate";
      case "dar" -> "intoReset";
      default -> result.startsWith("resetAfter.") ? "resetAfter" : "resetBefore";
    };
  }
}
