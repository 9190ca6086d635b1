package io.github.unroll.column;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The LSTM of the step-by-step NumPy notebook, forward and backward, in column layout. The weights
 * of a gate act on {@code s = [a<t−1>; x<t>]}, state above input (n_a + n_x, m):
 *
 * <pre>{@code
 * f = σ(Wf·s + bf)    i = σ(Wi·s + bi)    o = σ(Wo·s + bo)    cc = tanh(Wc·s + bc)
 * c<t> = f ⊙ c<t−1> + i ⊙ cc
 * a<t> = o ⊙ tanh(c<t>)
 * y<t> = softmax(Wy·a<t> + by)                         over axis 0
 *
 * dc  += da ⊙ o ⊙ (1 − tanh²(c))                       the gradient of c, from the next step and through a
 * dzf  = dc ⊙ c<t−1> ⊙ f(1 − f)    dzi = dc ⊙ cc ⊙ i(1 − i)
 * dzc  = dc ⊙ i ⊙ (1 − cc²)        dzo = da ⊙ tanh(c) ⊙ o(1 − o)
 * ds   = Wfᵀ·dzf + Wiᵀ·dzi + Wcᵀ·dzc + Woᵀ·dzo         da<t−1> above dx<t>
 * dc<t−1> = dc ⊙ f
 * dWf += dzf·sᵀ    dbf += Σ over the columns of dzf    the same for i, c, o
 * }</pre>
 *
 * <p>Every function is stateless; caches carry what backward needs. The notebook contains only the
 * forward pass.
 */
public final class ColumnLstm {

  private ColumnLstm() {}

  /**
   * The parameters, under the notebook's names.
   *
   * @param wf weights of the forget gate (n_a, n_a+n_x)
   * @param bf its bias (n_a,1)
   * @param wi weights of the input, or update, gate (n_a, n_a+n_x)
   * @param bi its bias (n_a,1)
   * @param wc weights of the candidate (n_a, n_a+n_x)
   * @param bc its bias (n_a,1)
   * @param wo weights of the output gate (n_a, n_a+n_x)
   * @param bo its bias (n_a,1)
   * @param wy weights of the output (n_y,n_a)
   * @param by its bias (n_y,1)
   */
  public record Parameters(
      Matrix wf,
      Matrix bf,
      Matrix wi,
      Matrix bi,
      Matrix wc,
      Matrix bc,
      Matrix wo,
      Matrix bo,
      Matrix wy,
      Matrix by) {}

  /**
   * What backward needs from one step.
   *
   * @param aNext hidden state after the step (n_a,m)
   * @param cNext cell state after it (n_a,m)
   * @param aPrev hidden state before it (n_a,m)
   * @param cPrev cell state before it (n_a,m)
   * @param ft forget gate (n_a,m)
   * @param it input gate (n_a,m)
   * @param cct candidate (n_a,m)
   * @param ot output gate (n_a,m)
   * @param xt input (n_x,m)
   * @param yPred prediction (n_y,m)
   * @param parameters the parameters used
   */
  public record Cache(
      Matrix aNext,
      Matrix cNext,
      Matrix aPrev,
      Matrix cPrev,
      Matrix ft,
      Matrix it,
      Matrix cct,
      Matrix ot,
      Matrix xt,
      Matrix yPred,
      Parameters parameters) {}

  /**
   * The result of one step.
   *
   * @param aNext new hidden state (n_a,m)
   * @param cNext new cell state (n_a,m)
   * @param yPred prediction (n_y,m)
   * @param cache what backward needs
   */
  public record Step(Matrix aNext, Matrix cNext, Matrix yPred, Cache cache) {}

  /**
   * The result of a whole sequence.
   *
   * @param a hidden states (n_a,m,T_x)
   * @param yPred predictions (n_y,m,T_x)
   * @param c cell states (n_a,m,T_x)
   * @param caches what backward needs, one for each step
   */
  public record Sequence(Tensor3 a, Tensor3 yPred, Tensor3 c, List<Cache> caches) {}

  /**
   * The gradients of the gates' weights and biases.
   *
   * @param dWf of the forget gate's weights (n_a, n_a+n_x)
   * @param dbf of its bias (n_a,1)
   * @param dWi of the input gate's weights (n_a, n_a+n_x)
   * @param dbi of its bias (n_a,1)
   * @param dWc of the candidate's weights (n_a, n_a+n_x)
   * @param dbc of its bias (n_a,1)
   * @param dWo of the output gate's weights (n_a, n_a+n_x)
   * @param dbo of its bias (n_a,1)
   */
  public record GateGradients(
      Matrix dWf,
      Matrix dbf,
      Matrix dWi,
      Matrix dbi,
      Matrix dWc,
      Matrix dbc,
      Matrix dWo,
      Matrix dbo) {

    private void add(GateGradients other) {
      dWf.add(other.dWf);
      dbf.add(other.dbf);
      dWi.add(other.dWi);
      dbi.add(other.dbi);
      dWc.add(other.dWc);
      dbc.add(other.dbc);
      dWo.add(other.dWo);
      dbo.add(other.dbo);
    }
  }

  /**
   * The gradients of one step.
   *
   * @param dxt of the input (n_x,m)
   * @param daPrev of the hidden state before the step (n_a,m)
   * @param dcPrev of the cell state before the step (n_a,m)
   * @param gates of the gates' weights and biases
   */
  public record StepGradients(Matrix dxt, Matrix daPrev, Matrix dcPrev, GateGradients gates) {}

  /**
   * The gradients of a whole sequence.
   *
   * @param dx of the inputs (n_x,m,T_x)
   * @param da0 of the initial hidden state (n_a,m)
   * @param dc0 of the initial cell state (n_a,m)
   * @param gates of the gates' weights and biases
   * @param dWy of the output's weights (n_y,n_a)
   * @param dby of the output's bias (n_y,1)
   */
  public record Gradients(
      Tensor3 dx, Matrix da0, Matrix dc0, GateGradients gates, Matrix dWy, Matrix dby) {}

  /**
   * One step: {@code lstm_cell_forward}.
   *
   * @param xt input (n_x,m)
   * @param aPrev hidden state before the step (n_a,m)
   * @param cPrev cell state before the step (n_a,m)
   * @param parameters the parameters
   * @return new states, prediction and cache
   * @throws IllegalArgumentException if shapes do not fit
   */
  public static Step cellForward(Matrix xt, Matrix aPrev, Matrix cPrev, Parameters parameters) {
    Parameters p = parameters;
    if (aPrev.rows() != p.wf.rows()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ColumnLstm: state %s, wf %s: a state has %d rows",
              aPrev.shape(),
              p.wf.shape(),
              p.wf.rows()));
    }
    Matrix s = stacked(aPrev, xt);
    Matrix ft = affine(p.wf, s, p.bf).sigmoid();
    Matrix it = affine(p.wi, s, p.bi).sigmoid();
    Matrix cct = affine(p.wc, s, p.bc).tanh();
    Matrix ot = affine(p.wo, s, p.bo).sigmoid();
    Matrix cNext = ft.times(cPrev).plus(it.times(cct));
    Matrix aNext = ot.times(cNext.tanh());

    Matrix yPred = Softmax.forward(affine(p.wy, aNext, p.by));
    Cache cache = new Cache(aNext, cNext, aPrev, cPrev, ft, it, cct, ot, xt, yPred, p);
    return new Step(aNext, cNext, yPred, cache);
  }

  /**
   * A whole sequence from a cell state of zeros: {@code lstm_forward}.
   *
   * @param x inputs (n_x,m,T_x)
   * @param a0 initial hidden state (n_a,m)
   * @param parameters the parameters
   * @return states, predictions and caches
   * @throws IllegalArgumentException if shapes do not fit
   */
  public static Sequence forward(Tensor3 x, Matrix a0, Parameters parameters) {
    return forward(x, a0, new Matrix(a0.rows(), a0.cols()), parameters);
  }

  /**
   * A whole sequence.
   *
   * @param x inputs (n_x,m,T_x)
   * @param a0 initial hidden state (n_a,m)
   * @param c0 initial cell state (n_a,m)
   * @param parameters the parameters
   * @return states, predictions and caches
   * @throws IllegalArgumentException if shapes do not fit
   */
  public static Sequence forward(Tensor3 x, Matrix a0, Matrix c0, Parameters parameters) {
    int steps = x.d2();
    Tensor3 a = new Tensor3(parameters.wf.rows(), x.d1(), steps);
    Tensor3 c = new Tensor3(parameters.wf.rows(), x.d1(), steps);
    Tensor3 yPred = new Tensor3(parameters.wy.rows(), x.d1(), steps);
    List<Cache> caches = new ArrayList<>();
    Matrix aNext = a0;
    Matrix cNext = c0;
    for (int t = 0; t < steps; t++) {
      Step step = cellForward(x.slice(t), aNext, cNext, parameters);
      aNext = step.aNext;
      cNext = step.cNext;
      a.setSlice(t, aNext);
      c.setSlice(t, cNext);
      yPred.setSlice(t, step.yPred);
      caches.add(step.cache);
    }
    return new Sequence(a, yPred, c, List.copyOf(caches));
  }

  /**
   * One step backward: {@code lstm_cell_backward}.
   *
   * @param daNext gradient of the loss with respect to the new hidden state (n_a,m)
   * @param dcNext gradient of the loss with respect to the new cell state, without the part through
   *     the hidden state (n_a,m)
   * @param cache of the step
   * @return the gradients of this step alone
   * @throws IllegalArgumentException if daNext or dcNext does not have the shape of the state
   */
  public static StepGradients cellBackward(Matrix daNext, Matrix dcNext, Cache cache) {
    Parameters p = cache.parameters;
    Matrix tanhC = cache.cNext.tanh();
    Matrix dc = dcNext.plus(daNext.times(cache.ot).times(Slopes.ofTanh(tanhC)));
    Matrix dzf = dc.times(cache.cPrev).times(Slopes.ofSigmoid(cache.ft));
    Matrix dzi = dc.times(cache.cct).times(Slopes.ofSigmoid(cache.it));
    Matrix dzc = dc.times(cache.it).times(Slopes.ofTanh(cache.cct));
    Matrix dzo = daNext.times(tanhC).times(Slopes.ofSigmoid(cache.ot));

    Matrix ds = p.wf.transposed().matmul(dzf);
    ds.addMatmul(p.wi.transposed(), dzi);
    ds.addMatmul(p.wc.transposed(), dzc);
    ds.addMatmul(p.wo.transposed(), dzo);
    int na = daNext.rows();
    Matrix s = stacked(cache.aPrev, cache.xt);
    return new StepGradients(
        rows(ds, na, ds.rows()),
        rows(ds, 0, na),
        dc.times(cache.ft),
        new GateGradients(
            dzf.matmul(s.transposed()),
            dzf.rowSums(),
            dzi.matmul(s.transposed()),
            dzi.rowSums(),
            dzc.matmul(s.transposed()),
            dzc.rowSums(),
            dzo.matmul(s.transposed()),
            dzo.rowSums()));
  }

  /**
   * A whole sequence backward, for a loss that depends on the hidden states only: {@code
   * lstm_backward}.
   *
   * @param da gradient of the loss with respect to each hidden state (n_a,m,T_x)
   * @param caches of {@link #forward}
   * @return the gradients; those of the output head are zero
   * @throws IllegalArgumentException if da does not have the shape of the states, or there are no
   *     caches
   */
  public static Gradients backward(Tensor3 da, List<Cache> caches) {
    checkNotEmpty(caches);
    Matrix by = caches.get(0).parameters.by;
    Tensor3 dy = new Tensor3(by.rows(), da.d1(), da.d2());
    return backward(da, dy, new Matrix(da.d0(), da.d1()), caches);
  }

  /**
   * A whole sequence backward, for a loss that depends on the hidden states, the predictions and
   * the last cell state.
   *
   * @param da gradient of the loss with respect to each hidden state, without the part through the
   *     predictions (n_a,m,T_x)
   * @param dy gradient of the loss with respect to each prediction (n_y,m,T_x)
   * @param dcLast gradient of the loss with respect to the last cell state (n_a,m)
   * @param caches of {@link #forward}
   * @return the gradients
   * @throws IllegalArgumentException if da, dy or dcLast does not have the shape of its values, or
   *     there are no caches
   */
  public static Gradients backward(Tensor3 da, Tensor3 dy, Matrix dcLast, List<Cache> caches) {
    checkNotEmpty(caches);
    int steps = caches.size();
    if (da.d2() != steps || dy.d2() != steps) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ColumnLstm.backward: forward had %d steps, da %s has %d and dy %s has %d",
              steps,
              da.shape(),
              da.d2(),
              dy.shape(),
              dy.d2()));
    }
    Parameters p = caches.get(0).parameters;
    GateGradients gates =
        new GateGradients(
            zerosLike(p.wf),
            zerosLike(p.bf),
            zerosLike(p.wi),
            zerosLike(p.bi),
            zerosLike(p.wc),
            zerosLike(p.bc),
            zerosLike(p.wo),
            zerosLike(p.bo));
    Matrix dWy = zerosLike(p.wy);
    Matrix dby = zerosLike(p.by);
    Tensor3 dx = new Tensor3(p.wf.cols() - p.wf.rows(), da.d1(), steps);
    Matrix daPrev = new Matrix(da.d0(), da.d1());
    Matrix dcPrev = dcLast;
    for (int t = steps - 1; t >= 0; t--) {
      Cache cache = caches.get(t);
      Matrix dScores = Softmax.backward(dy.slice(t), cache.yPred);
      dWy.addMatmul(dScores, cache.aNext.transposed());
      dby.add(dScores.rowSums());

      Matrix daNext = da.slice(t).plus(daPrev);
      daNext.addMatmul(p.wy.transposed(), dScores);
      StepGradients step = cellBackward(daNext, dcPrev, cache);
      daPrev = step.daPrev;
      dcPrev = step.dcPrev;
      dx.setSlice(t, step.dxt);
      gates.add(step.gates);
    }
    return new Gradients(dx, daPrev, dcPrev, gates, dWy, dby);
  }

  private static void checkNotEmpty(List<Cache> caches) {
    if (caches.isEmpty()) {
      throw new IllegalArgumentException(
          "ColumnLstm.backward: no caches; pass those that forward returned");
    }
  }

  /** {@code W·s + b}. */
  private static Matrix affine(Matrix w, Matrix s, Matrix b) {
    Matrix z = w.matmul(s);
    z.addColumn(b);
    return z;
  }

  /** a above x: {@code np.concatenate((a, x))}. */
  private static Matrix stacked(Matrix a, Matrix x) {
    if (a.cols() != x.cols()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ColumnLstm: state %s and input %s: batches of %d and %d",
              a.shape(),
              x.shape(),
              a.cols(),
              x.cols()));
    }
    Matrix s = new Matrix(a.rows() + x.rows(), a.cols());
    System.arraycopy(a.data(), 0, s.data(), 0, a.data().length);
    System.arraycopy(x.data(), 0, s.data(), a.data().length, x.data().length);
    return s;
  }

  private static Matrix rows(Matrix m, int from, int to) {
    Matrix some = new Matrix(to - from, m.cols());
    System.arraycopy(m.data(), from * m.cols(), some.data(), 0, some.data().length);
    return some;
  }

  private static Matrix zerosLike(Matrix m) {
    return new Matrix(m.rows(), m.cols());
  }
}
