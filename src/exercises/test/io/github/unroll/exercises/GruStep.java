package io.github.unroll.exercises;

import static io.github.unroll.exercises.Formulas.block;
import static io.github.unroll.exercises.Formulas.rest;
import static io.github.unroll.exercises.Formulas.sideBySide;
import static io.github.unroll.exercises.Formulas.sigmoidSlope;
import static io.github.unroll.exercises.Formulas.tanhSlope;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.EnumSet;
import java.util.Set;

/** One step of a GRU forward and backward, right or with a slip. */
final class GruStep {

  enum Slip {
    // forward
    NO_BIAS,
    BIAS_TWICE,
    NO_STATE_IN_GATES,
    NO_STATE_IN_CANDIDATE,
    NO_RESET,
    RESET_AT_THE_OTHER_PLACE,
    RESET_ON_THE_INPUT,
    SIGMOID_CANDIDATE,
    LINEAR_CANDIDATE,
    Z_SWAPPED,
    NO_REST_OF_Z,
    NO_OLD_STATE,
    CANDIDATE_ALONE,
    NO_BHN,
    BHN_OUTSIDE,
    // backward
    NOT_PAST_THE_GATES,
    NO_PATH_OF_GATES,
    NO_PATH_OF_CANDIDATE,
    NO_RESET_ON_THE_WAY,
    Z_SIGN,
    Z_WITHOUT_STATE,
    NO_SIGMOID_SLOPE,
    NO_TANH_SLOPE,
    SIGMOID_SLOPE_OF_CANDIDATE,
    R_OF_CANDIDATE,
    Z_FORGOTTEN,
    DWH_OF_STATE,
    DWH_OF_DA,
    NO_TRANSPOSE
  }

  static final int N = 3;
  static final int D = 2;
  static final int H = 4;
  static final String ORDER = "zrh";

  private final RandomState random = new RandomState(11);
  final Matrix x = random.randn(N, D);
  final Matrix hPrev = random.randn(N, H);
  final Matrix wx = random.randn(D, 3 * H).times(0.6);
  final Matrix wh = random.randn(H, 3 * H).times(0.6);
  final Matrix b = random.randn(1, 3 * H);
  final Matrix bhn = random.randn(1, H);
  final Matrix dh = random.randn(N, H);
  final Matrix dwxBefore = random.randn(D, 3 * H);
  final Matrix dwhBefore = random.randn(H, 3 * H);
  final Matrix dbBefore = random.randn(1, 3 * H);
  final Matrix dbhnBefore = random.randn(1, H);

  final boolean after;
  Matrix z;
  Matrix r;
  Matrix hHat;
  Matrix product;
  Matrix h;

  /** The reset gate before or after the recurrent product. */
  GruStep(boolean after) {
    this.after = after;
    forward(ORDER, EnumSet.noneOf(Slip.class));
  }

  /** What comes out of forward with slips, or with the gates in another order. */
  static Matrix state(boolean after, String order, Slip... slips) {
    GruStep step = new GruStep(after);
    Set<Slip> slip = EnumSet.noneOf(Slip.class);
    slip.addAll(Set.of(slips));
    step.forward(order, slip);
    return step.h;
  }

  private void forward(String order, Set<Slip> slip) {
    Matrix bias = b.times(slip.contains(Slip.NO_BIAS) ? 0 : slip.contains(Slip.BIAS_TWICE) ? 2 : 1);
    int zAt = order.indexOf('z');
    int rAt = order.indexOf('r');
    int hAt = order.indexOf('h');
    z = gate(zAt, bias, slip);
    r = gate(rAt, bias, slip);
    Matrix input = block(x.matmul(wx), hAt, H);
    Matrix whH = block(wh, hAt, H);
    Matrix bH = block(bias, hAt, H);
    boolean resetsAfter = after != slip.contains(Slip.RESET_AT_THE_OTHER_PLACE);
    Matrix reset = slip.contains(Slip.NO_RESET) ? Formulas.each(r, v -> 1) : r;
    boolean onInput = slip.contains(Slip.RESET_ON_THE_INPUT);
    Matrix recurrent;
    if (resetsAfter) {
      boolean hasBhn = after && !slip.contains(Slip.NO_BHN);
      Matrix inside = slip.contains(Slip.BHN_OUTSIDE) ? bhn.times(0) : bhn;
      product = hasBhn ? Formulas.plusRow(hPrev.matmul(whH), inside) : hPrev.matmul(whH);
      recurrent = onInput ? product : reset.times(product);
      if (slip.contains(Slip.BHN_OUTSIDE)) {
        recurrent = Formulas.plusRow(recurrent, bhn);
      }
    } else {
      product = onInput ? hPrev : reset.times(hPrev);
      recurrent = product.matmul(whH);
    }
    if (onInput) {
      input = reset.times(input);
    }
    if (slip.contains(Slip.NO_STATE_IN_CANDIDATE)) {
      recurrent = recurrent.times(0);
    }
    Matrix a = Formulas.plusRow(input.plus(recurrent), bH);
    hHat = slip.contains(Slip.SIGMOID_CANDIDATE) ? a.sigmoid() : a.tanh();
    hHat = slip.contains(Slip.LINEAR_CANDIDATE) ? a : hHat;
    h = rest(z).times(hPrev).plus(z.times(hHat));
    if (slip.contains(Slip.Z_SWAPPED)) {
      h = z.times(hPrev).plus(rest(z).times(hHat));
    } else if (slip.contains(Slip.NO_REST_OF_Z)) {
      h = hPrev.plus(z.times(hHat));
    } else if (slip.contains(Slip.NO_OLD_STATE)) {
      h = z.times(hHat);
    } else if (slip.contains(Slip.CANDIDATE_ALONE)) {
      h = hHat;
    }
  }

  private Matrix gate(int at, Matrix bias, Set<Slip> slip) {
    Matrix a = block(x.matmul(wx), at, H);
    if (!slip.contains(Slip.NO_STATE_IN_GATES)) {
      a = a.plus(hPrev.matmul(block(wh, at, H)));
    }
    return Formulas.plusRow(a, block(bias, at, H)).sigmoid();
  }

  /** All gradients, with slips or with the gates in another order. */
  Results gradients(String order, Slip... slips) {
    Set<Slip> slip = EnumSet.noneOf(Slip.class);
    slip.addAll(Set.of(slips));
    boolean plain = slip.contains(Slip.NO_SIGMOID_SLOPE);
    Matrix slopeZ = plain ? Formulas.each(z, v -> 1) : sigmoidSlope(z);
    Matrix slopeR = plain ? Formulas.each(r, v -> 1) : sigmoidSlope(r);
    Matrix slopeH = tanhSlope(hHat);
    if (slip.contains(Slip.NO_TANH_SLOPE)) {
      slopeH = Formulas.each(hHat, v -> 1);
    } else if (slip.contains(Slip.SIGMOID_SLOPE_OF_CANDIDATE)) {
      slopeH = sigmoidSlope(hHat);
    }
    Matrix whZ = block(wh, 0, H);
    Matrix whR = block(wh, 1, H);
    Matrix whH = block(wh, 2, H);

    Matrix toZ = slip.contains(Slip.Z_WITHOUT_STATE) ? hHat : hHat.minus(hPrev);
    Matrix daZ = dh.times(toZ).times(slopeZ).times(slip.contains(Slip.Z_SIGN) ? -1 : 1);
    Matrix daH = (slip.contains(Slip.Z_FORGOTTEN) ? dh : dh.times(z)).times(slopeH);
    Matrix daR;
    Matrix dProduct;
    Matrix dhPrev = dh.times(slip.contains(Slip.NOT_PAST_THE_GATES) ? new Matrix(N, H) : rest(z));
    boolean transposed = !slip.contains(Slip.NO_TRANSPOSE);
    Matrix ofCandidate;
    if (after) {
      dProduct = slip.contains(Slip.NO_RESET_ON_THE_WAY) ? daH : daH.times(r);
      daR = daH.times(slip.contains(Slip.R_OF_CANDIDATE) ? hHat : product).times(slopeR);
      ofCandidate = back(dProduct, whH, transposed);
    } else {
      dProduct = back(daH, whH, transposed);
      daR = dProduct.times(slip.contains(Slip.R_OF_CANDIDATE) ? hHat : hPrev).times(slopeR);
      ofCandidate = slip.contains(Slip.NO_RESET_ON_THE_WAY) ? dProduct : dProduct.times(r);
    }
    if (!slip.contains(Slip.NO_PATH_OF_CANDIDATE)) {
      dhPrev = dhPrev.plus(ofCandidate);
    }
    if (!slip.contains(Slip.NO_PATH_OF_GATES)) {
      dhPrev = dhPrev.plus(back(daZ, whZ, transposed)).plus(back(daR, whR, transposed));
    }
    Matrix[] blocks = new Matrix[3];
    blocks[order.indexOf('z')] = daZ;
    blocks[order.indexOf('r')] = daR;
    blocks[order.indexOf('h')] = daH;
    Matrix da = sideBySide(blocks);
    Matrix dwhH;
    if (after) {
      dwhH = hPrev.matmulTransA(slip.contains(Slip.DWH_OF_DA) ? daH : dProduct);
    } else {
      dwhH = (slip.contains(Slip.DWH_OF_STATE) ? hPrev : product).matmulTransA(daH);
    }
    Matrix[] dwh = new Matrix[3];
    dwh[order.indexOf('z')] = hPrev.matmulTransA(daZ);
    dwh[order.indexOf('r')] = hPrev.matmulTransA(daR);
    dwh[order.indexOf('h')] = dwhH;
    Results results =
        new Results()
            .and("dhPrev", dhPrev)
            .and("dx", da.matmulTransB(wx))
            .added("dwx", dwxBefore, x.matmulTransA(da))
            .added("dwh", dwhBefore, sideBySide(dwh))
            .added("db", dbBefore, da.columnSums());
    Matrix dbhn = (slip.contains(Slip.DWH_OF_DA) ? daH : dProduct).columnSums();
    return after ? results.added("dbhn", dbhnBefore, dbhn) : results;
  }

  private static Matrix back(Matrix da, Matrix w, boolean transposed) {
    return transposed ? da.matmulTransB(w) : da.matmul(w);
  }
}
