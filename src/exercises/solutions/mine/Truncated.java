package mine;

import io.github.unroll.tensor.Matrix;

/**
 * Truncated backpropagation: a long text is read in blocks of a few steps. The state goes on from
 * block to block; the gradient stops at the edge.
 */
public final class Truncated {

  private Truncated() {}

  /**
   * What is read at a step. The text without its last letter is cut into N parts of one length, as
   * long as possible; row n of the batch reads part n, one letter a step.
   *
   * @param text letters, as numbers; the last one has none after it, so it is never read
   * @param places N, how many parts
   * @param t the step, 0 at the beginning of each part
   * @return the letter at each place (N)
   */
  public static int[] inputs(int[] text, int places, int t) {
    int jump = (text.length - 1) / places;
    int[] ids = new int[places];
    for (int n = 0; n < places; n++) {
      ids[n] = text[n * jump + t];
    }
    return ids;
  }

  /**
   * What is to be predicted at a step: at each place the letter that comes next.
   *
   * @param text letters, as numbers
   * @param places N, how many parts
   * @param t the step
   * @return the right answer at each place (N)
   */
  public static int[] targets(int[] text, int places, int t) {
    int jump = (text.length - 1) / places;
    int[] ids = new int[places];
    for (int n = 0; n < places; n++) {
      ids[n] = text[n * jump + t + 1];
    }
    return ids;
  }

  /**
   * The state with which each block begins.
   *
   * @param xs inputs of all steps, (N,D) each
   * @param h0 state before the first step (N,H)
   * @param wx weights of the input (D,H)
   * @param wh weights of the state (H,H)
   * @param b bias (1,H)
   * @param steps steps of a block; the last block may have fewer
   * @return one state a block, (N,H) each
   */
  public static Matrix[] starts(Matrix[] xs, Matrix h0, Matrix wx, Matrix wh, Matrix b, int steps) {
    Matrix[] starts = new Matrix[(xs.length + steps - 1) / steps];
    Matrix h = h0;
    for (int t = 0; t < xs.length; t++) {
      if (t % steps == 0) {
        starts[t / steps] = h;
      }
      h = Rnn.forward(xs[t], h, wx, wh, b);
    }
    return starts;
  }

  /**
   * The gradients of the states, from all losses of the same block that a state acts on.
   *
   * @param hs states after each step (N,H)
   * @param dhs gradient of each state by the loss of its own step (N,H)
   * @param wh weights of the state (H,H)
   * @param steps steps of a block; the last block may have fewer
   * @return the gradient of each state (N,H)
   */
  public static Matrix[] backward(Matrix[] hs, Matrix[] dhs, Matrix wh, int steps) {
    Matrix[] all = new Matrix[hs.length];
    for (int t = hs.length - 1; t >= 0; t--) {
      all[t] = dhs[t].copy();
      boolean lastOfBlock = t == hs.length - 1 || (t + 1) % steps == 0;
      if (!lastOfBlock) {
        Matrix dh = all[t + 1];
        Matrix h = hs[t + 1];
        Matrix da = dh.minus(dh.times(h).times(h));
        all[t].add(da.matmul(wh.transposed()));
      }
    }
    return all;
  }
}
