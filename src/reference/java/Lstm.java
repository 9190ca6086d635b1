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
 * An LSTM (Hochreiter and Schmidhuber 1997, "Long Short-Term Memory"; with the forget gate of Gers,
 * Schmidhuber and Cummins 2000), forward and backward, for a batch of N sequences of T steps, D
 * numbers in and H out. Three gates f, i, o and a candidate g. This file needs no other.
 *
 * <pre>
 * x (N,D)  h, c (N,H)  wx (D,4H)  wh (H,4H)  b (4H): blocks of H columns in the order f, g, i, o
 *
 * a  = x·wx + hPrev·wh + b      f = σ(a_f)     g = tanh(a_g)     i = σ(a_i)     o = σ(a_o)
 * c  = f ⊙ cPrev + g ⊙ i
 * h  = o ⊙ tanh(c)
 *
 * dc += dh ⊙ o ⊙ (1 − tanh²(c))       what comes through h, added to what comes from ahead
 * da_f = dc ⊙ cPrev ⊙ f(1 − f)        da_g = dc ⊙ i ⊙ (1 − g²)
 * da_i = dc ⊙ g ⊙ i(1 − i)            da_o = dh ⊙ tanh(c) ⊙ o(1 − o)         dcPrev = dc ⊙ f
 * dx = da·wxᵀ     dhPrev = da·whᵀ     dwx += xᵀ·da     dwh += hPrevᵀ·da     db += Σ rows of da
 * </pre>
 *
 * Shapes are not checked. Steps keep what is passed in, not copies of it; only gradients that are
 * added to are ever changed.
 */
public final class Lstm {

  private final double[][] wx; // (D,4H)
  private final double[][] wh; // (H,4H)
  private final double[] b; // (4H)

  public Lstm(double[][] wx, double[][] wh, double[] b) {
    this.wx = wx;
    this.wh = wh;
    this.b = b;
  }

  /** One step: what went in, the gates and the candidate, and the states that came out. */
  public record Step(
      double[][] x, double[][] hPrev, double[][] cPrev,
      double[][] f, double[][] g, double[][] i, double[][] o,
      double[][] c, double[][] h) {}

  /** The gradients of the loss with respect to the input and the states before a step. */
  public record StepGradients(double[][] dx, double[][] dhPrev, double[][] dcPrev) {}

  /** All steps of a batch of sequences: the outputs (N,T,H), and what backward needs. */
  public record Sequence(double[][][] hs, Step[] steps) {}

  /** The gradients with respect to all that went into the sequences: dxs is (N,T,D). */
  public record Gradients(
      double[][][] dxs, double[][] dh0, double[][] dc0,
      double[][] dwx, double[][] dwh, double[] db) {}

  /** One step forward, of an input (N,D) and the states before it (N,H). */
  public Step forward(double[][] x, double[][] hPrev, double[][] cPrev) {
    int hidden = wh.length;
    double[][][] m = new double[6][x.length][hidden];
    Step s = new Step(x, hPrev, cPrev, m[0], m[1], m[2], m[3], m[4], m[5]);
    for (int n = 0; n < x.length; n++) {
      double[] a = new double[4 * hidden];
      for (int k = 0; k < a.length; k++) {
        a[k] = times(x[n], wx, k) + times(hPrev[n], wh, k) + b[k];
      }
      for (int j = 0; j < hidden; j++) {
        s.f[n][j] = sigmoid(a[j]);
        s.g[n][j] = Math.tanh(a[hidden + j]);
        s.i[n][j] = sigmoid(a[2 * hidden + j]);
        s.o[n][j] = sigmoid(a[3 * hidden + j]);
        s.c[n][j] = s.f[n][j] * cPrev[n][j] + s.g[n][j] * s.i[n][j];
        s.h[n][j] = s.o[n][j] * Math.tanh(s.c[n][j]);
      }
    }
    return s;
  }

  /**
   * The same step backward, from the gradient of its h and what reaches its c from ahead (N,H).
   * Adds to dwx, dwh and db.
   */
  public StepGradients backward(
      Step s, double[][] dh, double[][] dcAhead, double[][] dwx, double[][] dwh, double[] db) {
    int hidden = wh.length;
    double[][] dx = new double[dh.length][wx.length], dhPrev = new double[dh.length][hidden];
    double[][] dcPrev = new double[dh.length][hidden];
    for (int n = 0; n < dh.length; n++) {
      double[] da = new double[4 * hidden];
      for (int j = 0; j < hidden; j++) {
        double f = s.f[n][j], g = s.g[n][j], i = s.i[n][j], o = s.o[n][j];
        double tanhC = Math.tanh(s.c[n][j]);
        double dc = dcAhead[n][j] + dh[n][j] * o * (1 - tanhC * tanhC);
        da[j] = dc * s.cPrev[n][j] * f * (1 - f);
        da[hidden + j] = dc * i * (1 - g * g);
        da[2 * hidden + j] = dc * g * i * (1 - i);
        da[3 * hidden + j] = dh[n][j] * tanhC * o * (1 - o);
        dcPrev[n][j] = dc * f;
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
    return new StepGradients(dx, dhPrev, dcPrev);
  }

  /** All steps forward, of inputs (N,T,D) and the states before the first one (N,H). */
  public Sequence forward(double[][][] xs, double[][] h0, double[][] c0) {
    Step[] steps = new Step[xs[0].length];
    double[][][] hs = new double[xs.length][steps.length][];
    for (int t = 0; t < steps.length; t++) {
      steps[t] = forward(at(xs, t), t == 0 ? h0 : steps[t - 1].h, t == 0 ? c0 : steps[t - 1].c);
      for (int n = 0; n < hs.length; n++) {
        hs[n][t] = steps[t].h[n].clone();
      }
    }
    return new Sequence(hs, steps);
  }

  /**
   * All steps backward, from the gradients of the outputs (N,T,H) and what reaches the states after
   * the last step from beyond it (N,H): zeros, unless something else reads those states too.
   */
  public Gradients backward(Sequence s, double[][][] dhs, double[][] dhLast, double[][] dcLast) {
    double[][][] dxs = new double[dhs.length][s.steps.length][];
    double[][] dwx = new double[wx.length][b.length], dwh = new double[wh.length][b.length];
    double[] db = new double[b.length];
    double[][] dh = dhLast, dc = dcLast;
    for (int t = s.steps.length - 1; t >= 0; t--) {
      StepGradients d = backward(s.steps[t], sum(at(dhs, t), dh), dc, dwx, dwh, db);
      for (int n = 0; n < dxs.length; n++) {
        dxs[n][t] = d.dx[n];
      }
      dh = d.dhPrev;
      dc = d.dcPrev;
    }
    return new Gradients(dxs, dh, dc, dwx, dwh, db);
  }

  /** Column k of x·w, for one row x. */
  private static double times(double[] x, double[][] w, int k) {
    double sum = 0;
    for (int d = 0; d < x.length; d++) {
      sum += x[d] * w[d][k];
    }
    return sum;
  }

  private static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
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
