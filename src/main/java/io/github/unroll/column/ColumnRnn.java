package io.github.unroll.column;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The recurrent network of the step-by-step NumPy notebook, forward and backward, in column layout:
 *
 * <pre>{@code
 * a<t> = tanh(Wax·x<t> + Waa·a<t−1> + ba)      x<t> (n_x,m)   a<t> (n_a,m)
 * y<t> = softmax(Wya·a<t> + by)                y<t> (n_y,m), over axis 0
 *
 * dz   = (1 − a<t>²) ⊙ da<t>
 * dx<t> = Waxᵀ·dz     da<t−1> = Waaᵀ·dz
 * dWax += dz·x<t>ᵀ    dWaa += dz·a<t−1>ᵀ    dba += Σ over the columns of dz
 * }</pre>
 *
 * <p>Every function is stateless; caches carry what backward needs. The notebook leaves out dx, the
 * gradient of a0 and the gradients of the output head; they are here.
 */
public final class ColumnRnn {

  private ColumnRnn() {}

  /**
   * The parameters, under the notebook's names.
   *
   * @param waa weights of the state (n_a,n_a)
   * @param wax weights of the input (n_a,n_x)
   * @param wya weights of the output (n_y,n_a)
   * @param ba bias of the state (n_a,1)
   * @param by bias of the output (n_y,1)
   */
  public record Parameters(Matrix waa, Matrix wax, Matrix wya, Matrix ba, Matrix by) {}

  /**
   * What backward needs from one step. It holds the caller's matrices, not copies: do not change
   * them before backward.
   *
   * @param aNext state after the step (n_a,m)
   * @param aPrev state before it (n_a,m)
   * @param xt input (n_x,m)
   * @param yPred prediction (n_y,m)
   * @param parameters the parameters used
   */
  public record Cache(Matrix aNext, Matrix aPrev, Matrix xt, Matrix yPred, Parameters parameters) {}

  /**
   * The result of one step.
   *
   * @param aNext new state (n_a,m)
   * @param yPred prediction (n_y,m)
   * @param cache what backward needs
   */
  public record Step(Matrix aNext, Matrix yPred, Cache cache) {}

  /**
   * The result of a whole sequence.
   *
   * @param a states (n_a,m,T_x)
   * @param yPred predictions (n_y,m,T_x)
   * @param caches what backward needs, one for each step
   */
  public record Sequence(Tensor3 a, Tensor3 yPred, List<Cache> caches) {}

  /**
   * The gradients of one step.
   *
   * @param dxt of the input (n_x,m)
   * @param daPrev of the state before the step (n_a,m)
   * @param dWax of the input's weights (n_a,n_x)
   * @param dWaa of the state's weights (n_a,n_a)
   * @param dba of the state's bias (n_a,1)
   */
  public record StepGradients(Matrix dxt, Matrix daPrev, Matrix dWax, Matrix dWaa, Matrix dba) {}

  /**
   * The gradients of a whole sequence.
   *
   * @param dx of the inputs (n_x,m,T_x)
   * @param da0 of the initial state (n_a,m)
   * @param dWax of the input's weights (n_a,n_x)
   * @param dWaa of the state's weights (n_a,n_a)
   * @param dba of the state's bias (n_a,1)
   * @param dWya of the output's weights (n_y,n_a)
   * @param dby of the output's bias (n_y,1)
   */
  public record Gradients(
      Tensor3 dx, Matrix da0, Matrix dWax, Matrix dWaa, Matrix dba, Matrix dWya, Matrix dby) {}

  /**
   * One step: {@code rnn_cell_forward}.
   *
   * @param xt input (n_x,m)
   * @param aPrev state before the step (n_a,m)
   * @param parameters the parameters
   * @return new state, prediction and cache
   * @throws IllegalArgumentException if shapes do not fit
   */
  public static Step cellForward(Matrix xt, Matrix aPrev, Parameters parameters) {
    Parameters p = parameters;
    Matrix z = p.wax.matmul(xt);
    z.addMatmul(p.waa, aPrev);
    z.addColumn(p.ba);
    Matrix aNext = z.tanh();

    Matrix scores = p.wya.matmul(aNext);
    scores.addColumn(p.by);
    Matrix yPred = Softmax.forward(scores);
    return new Step(aNext, yPred, new Cache(aNext, aPrev, xt, yPred, p));
  }

  /**
   * A whole sequence: {@code rnn_forward}.
   *
   * @param x inputs (n_x,m,T_x)
   * @param a0 initial state (n_a,m)
   * @param parameters the parameters
   * @return states, predictions and caches
   * @throws IllegalArgumentException if shapes do not fit
   */
  public static Sequence forward(Tensor3 x, Matrix a0, Parameters parameters) {
    int steps = x.d2();
    Tensor3 a = new Tensor3(parameters.waa.rows(), x.d1(), steps);
    Tensor3 yPred = new Tensor3(parameters.wya.rows(), x.d1(), steps);
    List<Cache> caches = new ArrayList<>();
    Matrix aNext = a0;
    for (int t = 0; t < steps; t++) {
      Step step = cellForward(x.slice(t), aNext, parameters);
      aNext = step.aNext;
      a.setSlice(t, aNext);
      yPred.setSlice(t, step.yPred);
      caches.add(step.cache);
    }
    return new Sequence(a, yPred, List.copyOf(caches));
  }

  /**
   * One step backward: {@code rnn_cell_backward}.
   *
   * @param daNext gradient of the loss with respect to the new state (n_a,m)
   * @param cache of the step
   * @return the gradients of this step alone
   * @throws IllegalArgumentException if daNext does not have the shape of the state
   */
  public static StepGradients cellBackward(Matrix daNext, Cache cache) {
    Parameters p = cache.parameters;
    Matrix dz = Slopes.ofTanh(cache.aNext).times(daNext);
    return new StepGradients(
        p.wax.transposed().matmul(dz),
        p.waa.transposed().matmul(dz),
        dz.matmul(cache.xt.transposed()),
        dz.matmul(cache.aPrev.transposed()),
        dz.rowSums());
  }

  /**
   * A whole sequence backward, for a loss that depends on the states only: {@code rnn_backward}.
   *
   * @param da gradient of the loss with respect to each state (n_a,m,T_x)
   * @param caches of {@link #forward}
   * @return the gradients; those of the output head are zero
   * @throws IllegalArgumentException if da does not have the shape of the states, or there are no
   *     caches
   */
  public static Gradients backward(Tensor3 da, List<Cache> caches) {
    checkNotEmpty(caches);
    Matrix by = caches.get(0).parameters.by;
    return backward(da, new Tensor3(by.rows(), da.d1(), da.d2()), caches);
  }

  /**
   * A whole sequence backward, for a loss that depends on the states and the predictions.
   *
   * @param da gradient of the loss with respect to each state, without the part through the
   *     predictions (n_a,m,T_x)
   * @param dy gradient of the loss with respect to each prediction (n_y,m,T_x)
   * @param caches of {@link #forward}
   * @return the gradients
   * @throws IllegalArgumentException if da or dy has another shape than states or predictions, or
   *     there are no caches
   */
  public static Gradients backward(Tensor3 da, Tensor3 dy, List<Cache> caches) {
    checkNotEmpty(caches);
    int steps = caches.size();
    if (da.d2() != steps || dy.d2() != steps) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ColumnRnn.backward: forward had %d steps, da %s has %d and dy %s has %d",
              steps,
              da.shape(),
              da.d2(),
              dy.shape(),
              dy.d2()));
    }
    Parameters p = caches.get(0).parameters;
    Matrix dWax = new Matrix(p.wax.rows(), p.wax.cols());
    Matrix dWaa = new Matrix(p.waa.rows(), p.waa.cols());
    Matrix dba = new Matrix(p.ba.rows(), 1);
    Matrix dWya = new Matrix(p.wya.rows(), p.wya.cols());
    Matrix dby = new Matrix(p.by.rows(), 1);
    Tensor3 dx = new Tensor3(p.wax.cols(), da.d1(), steps);
    Matrix daPrev = new Matrix(p.waa.rows(), da.d1());
    for (int t = steps - 1; t >= 0; t--) {
      Cache cache = caches.get(t);
      Matrix dScores = Softmax.backward(dy.slice(t), cache.yPred);
      dWya.addMatmul(dScores, cache.aNext.transposed());
      dby.add(dScores.rowSums());

      Matrix daNext = da.slice(t).plus(daPrev);
      daNext.addMatmul(p.wya.transposed(), dScores);
      StepGradients step = cellBackward(daNext, cache);
      daPrev = step.daPrev;
      dx.setSlice(t, step.dxt);
      dWax.add(step.dWax);
      dWaa.add(step.dWaa);
      dba.add(step.dba);
    }
    return new Gradients(dx, daPrev, dWax, dWaa, dba, dWya, dby);
  }

  private static void checkNotEmpty(List<Cache> caches) {
    if (caches.isEmpty()) {
      throw new IllegalArgumentException(
          "ColumnRnn.backward: no caches; pass those that forward returned");
    }
  }
}
