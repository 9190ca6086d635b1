package mine;

import io.github.unroll.tensor.Matrix;

/** One step of a GRU, which has a single state and two gates; two kinds of it are in use. */
public final class Gru {

  private Gru() {}

  /**
   * What a step gives: the state after it, and what the way back needs. All are (N,H).
   *
   * @param h the state after the step
   * @param z update gate, the weight of the candidate, between 0 and 1
   * @param r reset gate, between 0 and 1
   * @param candidate the new that is proposed, between −1 and 1
   * @param u what the reset gate acts on or makes; see each kind
   */
  public record Step(Matrix h, Matrix z, Matrix r, Matrix candidate, Matrix u) {}

  /**
   * One step; the reset gate acts before the product with the candidate's weights. The three parts
   * stand side by side, H columns each, in the order z, r, candidate.
   *
   * @param x input (N,D)
   * @param hPrev state before the step (N,H)
   * @param wx weights of the input (D,3H)
   * @param wh weights of the state (H,3H)
   * @param b bias (1,3H)
   * @return the step; u is what enters the product: the state, reset
   */
  public static Step resetBefore(Matrix x, Matrix hPrev, Matrix wx, Matrix wh, Matrix b) {
    Matrix ax = x.matmul(wx);
    ax.addRow(b);
    Matrix z = part(ax, 0).plus(hPrev.matmul(part(wh, 0))).sigmoid();
    Matrix r = part(ax, 1).plus(hPrev.matmul(part(wh, 1))).sigmoid();
    Matrix u = r.times(hPrev);
    Matrix candidate = part(ax, 2).plus(u.matmul(part(wh, 2))).tanh();
    return new Step(mix(hPrev, candidate, z), z, r, candidate, u);
  }

  /**
   * One step; the reset gate acts after the product with the candidate's weights.
   *
   * @param x input (N,D)
   * @param hPrev state before the step (N,H)
   * @param wx weights of the input (D,3H)
   * @param wh weights of the state (H,3H)
   * @param b bias (1,3H), which the reset gate leaves alone
   * @param bhn bias of the candidate's product with the state (1,H), which is reset with it
   * @return the step; u is that product and its bias, before the reset
   */
  public static Step resetAfter(
      Matrix x, Matrix hPrev, Matrix wx, Matrix wh, Matrix b, Matrix bhn) {
    Matrix ax = x.matmul(wx);
    ax.addRow(b);
    Matrix ah = hPrev.matmul(wh);
    Matrix z = part(ax, 0).plus(part(ah, 0)).sigmoid();
    Matrix r = part(ax, 1).plus(part(ah, 1)).sigmoid();
    Matrix u = part(ah, 2);
    u.addRow(bhn);
    Matrix candidate = part(ax, 2).plus(r.times(u)).tanh();
    return new Step(mix(hPrev, candidate, z), z, r, candidate, u);
  }

  /** Between the old state and the candidate: hPrev where z is 0, the candidate where z is 1. */
  private static Matrix mix(Matrix hPrev, Matrix candidate, Matrix z) {
    return hPrev.plus(z.times(candidate.minus(hPrev)));
  }

  /** Given: cuts the part at a place, 0 to 2, out of the three that stand side by side. */
  static Matrix part(Matrix all, int place) {
    int h = all.cols() / 3;
    return all.columns(place * h, h).copy();
  }
}
