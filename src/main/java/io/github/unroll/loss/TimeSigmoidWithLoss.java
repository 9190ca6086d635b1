package io.github.unroll.loss;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;

/**
 * Sigmoid and binary cross-entropy of every score, averaged over the elements that count: K yes or
 * no questions at every step, each answered for itself.
 *
 * <pre>{@code
 * y    = sigmoid(x)                              x scores (N,T,K), y probabilities
 * loss = mean of −t·log y − (1 − t)·log(1 − y)   over all targets that are not IGNORE
 * dx   = (y − t) · dout / count                  0 where the target is IGNORE
 * }</pre>
 *
 * <p>Computed as {@code max(x, 0) − x·t + log(1 + exp(−|x|))}, so that no score is too large and no
 * probability too small. The loss is in nats. A score whose target is {@link #IGNORE} is not looked
 * at, whatever stands there.
 */
public final class TimeSigmoidWithLoss {

  /** The target of an element that does not count: NaN, and so is every NaN. */
  public static final double IGNORE = Double.NaN;

  private static final String NAME = "TimeSigmoidWithLoss";
  private static final Kernel KERNEL = Kernel.active();

  private final RealTargets targets = new RealTargets(NAME);
  private double[] probabilities = {}; // (N·T·K)
  private double[] powers = {}; // (N·T·K): exp(−|x|)
  private double[] losses = {}; // (N·T·K)

  /** A loss of its own buffers; it has no parameters. */
  public TimeSigmoidWithLoss() {}

  /**
   * The mean loss of the targets.
   *
   * @param xs scores (N,T,K)
   * @param ts what each probability should be (N,T,K), in 0..1, or {@link #IGNORE}
   * @return the mean of the cross-entropies of the targets that count, in nats
   * @throws IllegalArgumentException if the shapes differ, a target is out of range or none counts
   */
  public double forward(Tensor3 xs, Tensor3 ts) {
    targets.drop(); // until all are checked, so that a refused forward has no gradient
    int counted = checkTargets(xs, ts);
    probabilities = room("probabilities", probabilities, xs);
    powers = room("powers", powers, xs);
    losses = room("losses", losses, xs);
    targets.keep(ts, counted);
    int size = targets.size();
    double[] x = xs.data();
    double[] t = targets.values();
    KERNEL.forRanges(size, Pass.WORTH_THREADS, (from, to) -> crossEntropy(x, t, from, to));
    return KERNEL.sum(size, losses, 0) / targets.count();
  }

  private static double[] room(String array, double[] kept, Tensor3 like) {
    return Room.of(NAME, array, kept, like.d0(), like.d1(), like.d2());
  }

  private void crossEntropy(double[] x, double[] t, int from, int to) {
    KERNEL.sigmoid(to - from, x, from, probabilities, from);
    for (int i = from; i < to; i++) {
      powers[i] = -Math.abs(x[i]);
    }
    KERNEL.exp(to - from, powers, from, powers, from);
    for (int i = from; i < to; i++) {
      losses[i] = 1 + powers[i];
    }
    KERNEL.log(to - from, losses, from, losses, from);
    for (int i = from; i < to; i++) {
      losses[i] =
          Double.isNaN(t[i])
              ? 0
              : Math.max(x[i], 0) - x[i] * t[i] + withRounding(losses[i], powers[i]);
    }
  }

  /** log(1 + e) of the logarithm of 1 + e as a double holds it: a small e is not lost. */
  private static double withRounding(double log, double e) {
    double kept = (1 + e) - 1;
    return kept == 0 ? e : log * (e / kept);
  }

  /**
   * The probabilities of the latest forward.
   *
   * @return a copy (N,T,K)
   * @throws IllegalStateException if there was no forward
   */
  public Tensor3 probabilities() {
    targets.checkForwardDone();
    Tensor3 copy = targets.newTensor();
    System.arraycopy(probabilities, 0, copy.data(), 0, targets.size());
    return copy;
  }

  /**
   * The gradient of {@code dout · loss} with respect to the scores of the latest forward.
   *
   * @param dout gradient of what is made of the loss; 1 for the loss itself
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
   * {@link #backward} into a tensor of the caller's.
   *
   * @param dout gradient of what is made of the loss; 1 for the loss itself
   * @param dxs modified: overwritten with the gradient of the scores (N,T,K); may be the scores
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dxs has not the shape of the scores
   */
  public void backwardInto(double dout, Tensor3 dxs) {
    targets.checkGradient(dxs);
    double scale = dout / targets.count();
    double[] y = probabilities;
    double[] t = targets.values();
    double[] dx = dxs.data();
    KERNEL.forRanges(
        targets.size(),
        Pass.WORTH_THREADS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            dx[i] = Double.isNaN(t[i]) ? 0 : (y[i] - t[i]) * scale;
          }
        });
  }

  /**
   * Refuses targets that {@link #forward} would refuse, before a model spends work or changes its
   * state on the way there.
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
