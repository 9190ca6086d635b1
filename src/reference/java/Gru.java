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
 * A GRU (Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder"), forward and
 * backward, for a batch of N sequences of T steps, D numbers in and H out. Two gates z, r and a
 * candidate ĥ, which z weighs; the paper's and PyTorch's z weighs hPrev. This file needs no other.
 *
 * <pre>
 * x (N,D)   h (N,H)   wx (D,3H)   wh (H,3H)   b (3H): blocks of H columns in the order z, r, ĥ
 *
 * z = σ(x·wx_z + hPrev·wh_z + b_z)              r = σ(x·wx_r + hPrev·wh_r + b_r)
 * reset before the product (the paper):         u = r ⊙ hPrev          a = x·wx_ĥ + u·wh_ĥ + b_ĥ
 * reset after it (PyTorch, Keras; bhn (H)):     u = hPrev·wh_ĥ + bhn   a = x·wx_ĥ + r ⊙ u + b_ĥ
 * ĥ = tanh(a)                                   h = (1 − z) ⊙ hPrev + z ⊙ ĥ
 *
 * da_z = dh ⊙ (ĥ − hPrev) ⊙ z(1 − z)            da_ĥ = dh ⊙ z ⊙ (1 − ĥ²)
 * before:  du = da_ĥ·wh_ĥᵀ    da_r = du ⊙ hPrev ⊙ r(1 − r)    dwh_ĥ += uᵀ·da_ĥ
 * after:   du = da_ĥ ⊙ r      da_r = da_ĥ ⊙ u ⊙ r(1 − r)      dwh_ĥ += hPrevᵀ·du    dbhn += Σ du
 * dhPrev = dh ⊙ (1 − z) + da_z·wh_zᵀ + da_r·wh_rᵀ + (before: du ⊙ r, after: du·wh_ĥᵀ)
 * </pre>
 *
 * Shapes are not checked. Steps keep what is passed in, not copies of it; only gradients that are
 * added to are ever changed.
 */
public final class Gru {

  private final double[][] wx; // (D,3H)
  private final double[][] wh; // (H,3H)
  private final double[] b; // (3H)
  private final double[] bhn; // (H); null if the reset gate acts before the product

  /** With a bhn the reset gate acts after the product; bhn null: before it. */
  public Gru(double[][] wx, double[][] wh, double[] b, double[] bhn) {
    this.wx = wx;
    this.wh = wh;
    this.b = b;
    this.bhn = bhn;
  }

  /** One step: what went in, the gates, u and the candidate, and the state that came out. */
  public record Step(
      double[][] x, double[][] hPrev,
      double[][] z, double[][] r, double[][] u, double[][] candidate, double[][] h) {}

  /** The gradients of the loss with respect to the input and the state before a step. */
  public record StepGradients(double[][] dx, double[][] dhPrev) {}

  /** All steps of a batch of sequences: the outputs (N,T,H), and what backward needs. */
  public record Sequence(double[][][] hs, Step[] steps) {}

  /** The gradients with respect to all that went into the sequences: dxs is (N,T,D). */
  public record Gradients(
      double[][][] dxs, double[][] dh0,
      double[][] dwx, double[][] dwh, double[] db, double[] dbhn) {}

  /** One step forward, of an input (N,D) and the state before it (N,H). */
  public Step forward(double[][] x, double[][] hPrev) {
    int hidden = wh.length;
    double[][][] m = new double[5][x.length][hidden];
    Step s = new Step(x, hPrev, m[0], m[1], m[2], m[3], m[4]);
    for (int n = 0; n < x.length; n++) {
      for (int j = 0; j < hidden; j++) {
        int k = hidden + j;
        s.z[n][j] = sigmoid(times(x[n], wx, j) + times(hPrev[n], wh, j) + b[j]);
        s.r[n][j] = sigmoid(times(x[n], wx, k) + times(hPrev[n], wh, k) + b[k]);
        s.u[n][j] =
            bhn == null ? s.r[n][j] * hPrev[n][j] : times(hPrev[n], wh, hidden + k) + bhn[j];
      }
      for (int j = 0; j < hidden; j++) {
        int k = 2 * hidden + j;
        double ofState = bhn == null ? times(s.u[n], wh, k) : s.r[n][j] * s.u[n][j];
        s.candidate[n][j] = Math.tanh(times(x[n], wx, k) + ofState + b[k]);
        s.h[n][j] = (1 - s.z[n][j]) * hPrev[n][j] + s.z[n][j] * s.candidate[n][j];
      }
    }
    return s;
  }

  /** The same step backward, from the gradient of its h (N,H). Adds to dwx, dwh, db and dbhn. */
  public StepGradients backward(
      Step s, double[][] dh, double[][] dwx, double[][] dwh, double[] db, double[] dbhn) {
    int hidden = wh.length;
    double[][] dx = new double[dh.length][wx.length], dhPrev = new double[dh.length][hidden];
    for (int n = 0; n < dh.length; n++) {
      double[] da = new double[3 * hidden], dp = new double[3 * hidden]; // dp: of hPrev·wh
      for (int j = 0; j < hidden; j++) {
        double z = s.z[n][j], candidate = s.candidate[n][j];
        dp[j] = da[j] = dh[n][j] * (candidate - s.hPrev[n][j]) * z * (1 - z);
        da[2 * hidden + j] = dh[n][j] * z * (1 - candidate * candidate);
        dhPrev[n][j] = dh[n][j] * (1 - z);
      }
      for (int j = 0; j < hidden; j++) {
        double r = s.r[n][j], du = 0;
        if (bhn == null) {
          for (int k = 2 * hidden; k < 3 * hidden; k++) {
            du += da[k] * wh[j][k];
            dwh[j][k] += s.u[n][j] * da[k];
          }
          dhPrev[n][j] += du * r;
        } else {
          dp[2 * hidden + j] = du = da[2 * hidden + j] * r;
          dbhn[j] += du;
        }
        double dr = bhn == null ? du * s.hPrev[n][j] : da[2 * hidden + j] * s.u[n][j];
        dp[hidden + j] = da[hidden + j] = dr * r * (1 - r);
      }
      for (int k = 0; k < 3 * hidden; k++) {
        db[k] += da[k];
        for (int d = 0; d < wx.length; d++) {
          dwx[d][k] += s.x[n][d] * da[k];
          dx[n][d] += da[k] * wx[d][k];
        }
        for (int j = 0; j < hidden; j++) {
          dwh[j][k] += s.hPrev[n][j] * dp[k];
          dhPrev[n][j] += dp[k] * wh[j][k];
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
    double[] db = new double[b.length], dbhn = bhn == null ? null : new double[bhn.length];
    double[][] dh = dhLast;
    for (int t = s.steps.length - 1; t >= 0; t--) {
      StepGradients d = backward(s.steps[t], sum(at(dhs, t), dh), dwx, dwh, db, dbhn);
      for (int n = 0; n < dxs.length; n++) {
        dxs[n][t] = d.dx[n];
      }
      dh = d.dhPrev;
    }
    return new Gradients(dxs, dh, dwx, dwh, db, dbhn);
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
