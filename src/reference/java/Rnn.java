// MIT License. Copyright (c) 2026 The Unroll authors
//
// Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
// associated documentation files (the "Software"), to deal in the Software without restriction,
// including without limitation the rights to use, copy, modify, merge, publish, distribute,
// sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
// furnished to do so, subject to the following conditions: The above copyright notice and this
// permission notice shall be included in all copies or substantial portions of the Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
// NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
// NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
// DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
// OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

/**
 * A plain recurrent network (Elman 1990, "Finding Structure in Time"), forward and backward, for a
 * batch of N sequences of T steps, D numbers in and H out. This file needs no other.
 *
 * <pre>
 * x (N,D)   h, hPrev (N,H)   wx (D,H)   wh (H,H)   b (H), added to each row
 *
 * a  = x·wx + hPrev·wh + b
 * h  = tanh(a)
 *
 * da = dh ⊙ (1 − h²)
 * dx = da·wxᵀ     dhPrev = da·whᵀ     dwx += xᵀ·da     dwh += hPrevᵀ·da     db += Σ rows of da
 * </pre>
 *
 * Shapes are not checked. Steps keep what is passed in, not copies of it; only gradients that are
 * added to are ever changed.
 */
public final class Rnn {

  private final double[][] wx; // (D,H)
  private final double[][] wh; // (H,H)
  private final double[] b; // (H)

  public Rnn(double[][] wx, double[][] wh, double[] b) {
    this.wx = wx;
    this.wh = wh;
    this.b = b;
  }

  /** One step: what went in, and the state h that came out. */
  public record Step(double[][] x, double[][] hPrev, double[][] h) {}

  /** The gradients of the loss with respect to the input and the state before a step. */
  public record StepGradients(double[][] dx, double[][] dhPrev) {}

  /** All steps of a batch of sequences: the outputs (N,T,H), and what backward needs. */
  public record Sequence(double[][][] hs, Step[] steps) {}

  /** The gradients with respect to all that went into the sequences: dxs is (N,T,D). */
  public record Gradients(
      double[][][] dxs, double[][] dh0, double[][] dwx, double[][] dwh, double[] db) {}

  /** One step forward, of an input (N,D) and the state before it (N,H). */
  public Step forward(double[][] x, double[][] hPrev) {
    double[][] h = new double[x.length][wh.length];
    for (int n = 0; n < x.length; n++) {
      for (int j = 0; j < wh.length; j++) {
        h[n][j] = Math.tanh(times(x[n], wx, j) + times(hPrev[n], wh, j) + b[j]);
      }
    }
    return new Step(x, hPrev, h);
  }

  /** The same step backward, from the gradient of its h (N,H). Adds to dwx, dwh and db. */
  public StepGradients backward(
      Step s, double[][] dh, double[][] dwx, double[][] dwh, double[] db) {
    double[][] dx = new double[dh.length][wx.length], dhPrev = new double[dh.length][wh.length];
    for (int n = 0; n < dh.length; n++) {
      double[] da = new double[wh.length];
      for (int j = 0; j < wh.length; j++) {
        da[j] = dh[n][j] * (1 - s.h[n][j] * s.h[n][j]);
      }
      for (int k = 0; k < b.length; k++) {
        db[k] += da[k];
        for (int d = 0; d < wx.length; d++) {
          dwx[d][k] += s.x[n][d] * da[k];
          dx[n][d] += da[k] * wx[d][k];
        }
        for (int j = 0; j < wh.length; j++) {
          dwh[j][k] += s.hPrev[n][j] * da[k];
          dhPrev[n][j] += da[k] * wh[j][k];
        }
      }
    }
    return new StepGradients(dx, dhPrev);
  }

  /** All steps forward, of inputs (N,T,D) and the state before the first one (N,H). */
  public Sequence forward(double[][][] xs, double[][] h0) {
    Step[] steps = new Step[xs[0].length];
    double[][][] hs = new double[xs.length][steps.length][];
    for (int t = 0; t < steps.length; t++) {
      steps[t] = forward(at(xs, t), t == 0 ? h0 : steps[t - 1].h);
      for (int n = 0; n < hs.length; n++) {
        hs[n][t] = steps[t].h[n].clone();
      }
    }
    return new Sequence(hs, steps);
  }

  /**
   * All steps backward, from the gradients of the outputs (N,T,H) and what reaches the state after
   * the last step from beyond it (N,H): zeros, unless something else reads that state too.
   */
  public Gradients backward(Sequence s, double[][][] dhs, double[][] dhLast) {
    double[][][] dxs = new double[dhs.length][s.steps.length][];
    double[][] dwx = new double[wx.length][b.length], dwh = new double[wh.length][b.length];
    double[] db = new double[b.length];
    double[][] dh = dhLast;
    for (int t = s.steps.length - 1; t >= 0; t--) {
      StepGradients d = backward(s.steps[t], sum(at(dhs, t), dh), dwx, dwh, db);
      for (int n = 0; n < dxs.length; n++) {
        dxs[n][t] = d.dx[n];
      }
      dh = d.dhPrev;
    }
    return new Gradients(dxs, dh, dwx, dwh, db);
  }

  /** Column k of x·w, for one row x. */
  private static double times(double[] x, double[][] w, int k) {
    double sum = 0;
    for (int d = 0; d < x.length; d++) {
      sum += x[d] * w[d][k];
    }
    return sum;
  }

  /** The rows of step t (N,·) of sequences (N,T,·): the rows themselves, not copies. */
  private static double[][] at(double[][][] sequences, int t) {
    double[][] rows = new double[sequences.length][];
    for (int n = 0; n < rows.length; n++) {
      rows[n] = sequences[n][t];
    }
    return rows;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][b[0].length];
    for (int n = 0; n < sum.length; n++) {
      for (int j = 0; j < sum[n].length; j++) {
        sum[n][j] = a[n][j] + b[n][j];
      }
    }
    return sum;
  }
}
