package mine;

import io.github.unroll.tensor.Matrix;

/** One step of an LSTM: a network with a second state, c, and gates that guard it. */
public final class Lstm {

  private Lstm() {}

  /**
   * What a step gives: the two states after it, and the gates, which the way back needs. All are
   * (N,H).
   *
   * @param h the state that others see
   * @param c the cell state
   * @param f forget gate, between 0 and 1
   * @param g candidate, between −1 and 1
   * @param i input gate, between 0 and 1
   * @param o output gate, between 0 and 1
   */
  public record Step(Matrix h, Matrix c, Matrix f, Matrix g, Matrix i, Matrix o) {}

  /**
   * One step. The four blocks stand side by side, H columns each: f, g, i, o.
   *
   * @param x input (N,D)
   * @param hPrev state before the step (N,H)
   * @param cPrev cell state before the step (N,H)
   * @param wx weights of the input (D,4H)
   * @param wh weights of the state (H,4H)
   * @param b bias (1,4H)
   * @return the step: h, c and the gates
   */
  public static Step forward(Matrix x, Matrix hPrev, Matrix cPrev, Matrix wx, Matrix wh, Matrix b) {
    throw new Todo();
  }

  /** Given: cuts the gate at a place, 0 to 3, out of the four that stand side by side. */
  static Matrix gate(Matrix a, int place) {
    int h = a.cols() / 4;
    return a.columns(place * h, h).copy();
  }
}
