package io.github.unroll.loss;

import io.github.unroll.tensor.Arithmetic;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;

/**
 * Sigmoid and binary cross-entropy of every score, averaged over the elements that count: K
 * independent yes-or-no questions at every step.
 *
 * <pre>{@code
 * y    = sigmoid(x)                              x scores (N,T,K), y probabilities
 * loss = mean of −t·log y − (1 − t)·log(1 − y)   over all targets that are not IGNORE
 * dx   = (y − t) · dout / count                  0 where the target is IGNORE
 * }</pre>
 *
 * <p>Computed as {@code max(x, 0) − x·t + log(1 + exp(−|x|))}, so that no score is too large and no
 * probability too small. The loss is in nats. A score whose target is {@link #IGNORE} is ignored,
 * whatever its value.
 */
public final class TimeSigmoidWithLoss {

  /** The target of an element that does not count: NaN; any NaN works. */
  public static final double IGNORE = Double.NaN;

  private static final String NAME = "TimeSigmoidWithLoss";

  private final RealTargets targets = new RealTargets(NAME, 1);
  private Matrix probabilities; // (1,N·T·K)
  private Matrix powers; // (1,N·T·K): exp(−|x|)
  private Matrix losses; // (1,N·T·K)

  /** A loss with its own buffers and no parameters. */
  public TimeSigmoidWithLoss() {}

  /**
   * {@return the mean of the cross-entropies of the targets that count, in nats}
   *
   * @param xs scores (N,T,K)
   * @param ts what each probability should be (N,T,K), in 0..1, or {@link #IGNORE}
   * @throws IllegalArgumentException if the shapes differ, a target is out of range or none counts
   */
  public double forward(Tensor3 xs, Tensor3 ts) {
    targets.drop(); // until all are checked, so that a refused forward has no gradient
    int counted = checkTargets(xs, ts);
    int size = xs.data().length;
    probabilities = Room.rows(NAME, "probabilities", probabilities, 1, 1, size);
    powers = Room.rows(NAME, "powers", powers, 1, 1, size);
    losses = Room.rows(NAME, "losses", losses, 1, 1, size);
    targets.keep(ts, counted);
    MatrixView x = xs.asRow();
    double[] t = targets.values();
    Arithmetic.share(size, Pass.WORTH_THREADS, (from, to) -> crossEntropy(x, t, from, to));
    return losses.sumOfRow(0) / targets.count();
  }

  private void crossEntropy(MatrixView x, double[] t, int from, int to) {
    int count = to - from;
    probabilities.columns(from, count).setSigmoid(x.columns(from, count));
    for (int i = from; i < to; i++) {
      powers.set(0, i, -Math.abs(x.get(0, i)));
    }
    MatrixView e = powers.columns(from, count);
    e.setExp(e);
    for (int i = from; i < to; i++) {
      losses.set(0, i, 1 + powers.get(0, i));
    }
    MatrixView log = losses.columns(from, count);
    log.setLog(log);
    for (int i = from; i < to; i++) {
      double xi = x.get(0, i);
      double rest = withRounding(losses.get(0, i), powers.get(0, i));
      losses.set(0, i, Double.isNaN(t[i]) ? 0 : Math.max(xi, 0) - xi * t[i] + rest);
    }
  }

  /** log(1 + e), from the logarithm of 1 + e rounded to a double, so that a small e is not lost. */
  private static double withRounding(double log, double e) {
    double kept = (1 + e) - 1;
    return kept == 0 ? e : log * (e / kept);
  }

  /**
   * {@return how many targets the latest loss is the mean of}
   *
   * @throws IllegalStateException if there was no forward
   */
  public double weight() {
    targets.checkForwardDone();
    return targets.count();
  }

  /**
   * {@return a copy of the probabilities of the latest forward (N,T,K)}
   *
   * @throws IllegalStateException if there was no forward
   */
  public Tensor3 probabilities() {
    targets.checkForwardDone();
    Tensor3 copy = targets.newTensor();
    copy.asRow().copyFrom(probabilities);
    return copy;
  }

  /**
   * The gradient of {@code dout · loss} with respect to the scores of the latest forward.
   *
   * @param dout gradient of the final result with respect to this loss; 1 for the loss itself
   * @return (N,T,K)
   * @throws IllegalStateException if there was no forward
   */
  public Tensor3 backward(double dout) {
    targets.checkForwardDone();
    Tensor3 dxs = targets.newTensor();
    backwardInto(dout, dxs);
    return dxs;
  }

  /**
   * Runs {@link #backward} and writes the gradient to {@code dxs}.
   *
   * @param dout gradient of the final result with respect to this loss; 1 for the loss itself
   * @param dxs modified: overwritten with the gradient of the scores (N,T,K); may be the scores
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dxs does not have the shape of the scores
   */
  public void backwardInto(double dout, Tensor3 dxs) {
    targets.checkGradient(dxs);
    double scale = dout / targets.count();
    double[] y = probabilities.data();
    double[] t = targets.values();
    double[] dx = dxs.data();
    Arithmetic.share(
        targets.size(),
        Pass.WORTH_THREADS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            dx[i] = Double.isNaN(t[i]) ? 0 : (y[i] - t[i]) * scale;
          }
        });
  }

  /**
   * Checks targets as {@link #forward} does, before a model computes its scores and changes its
   * state.
   *
   * @param xs scores (N,T,K), of which only the shape is read
   * @param ts what each probability should be (N,T,K), in 0..1, or {@link #IGNORE}
   * @return how many targets count, at least 1
   * @throws IllegalArgumentException if the shapes differ, a target is out of range or none counts
   */
  public static int checkTargets(Tensor3 xs, Tensor3 ts) {
    return RealTargets.check(NAME, xs, ts, 0, 1, "in 0..1");
  }
}
