package io.github.unroll.loss;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;

/**
 * The squared error of every score, averaged over the elements that count; without the ½ that some
 * books put before it:
 *
 * <pre>{@code
 * loss = mean of (y − t)²            over all targets t that are not IGNORE; y scores (N,T,K)
 * dy   = 2·(y − t) · dout / count    0 where the target is IGNORE
 * }</pre>
 *
 * <p>A score whose target is {@link #IGNORE} is not looked at, whatever stands there: to learn from
 * the last step alone, set all other targets to it.
 */
public final class TimeMeanSquaredError {

  /** The target of an element that does not count: NaN, and so is every NaN. */
  public static final double IGNORE = Double.NaN;

  private static final String NAME = "TimeMeanSquaredError";
  private static final Kernel KERNEL = Kernel.active();

  private final RealTargets targets = new RealTargets(NAME);
  private double[] errors = {}; // (N·T·K): y − t, 0 where the target is IGNORE

  /** A loss of its own buffers; it has no parameters. */
  public TimeMeanSquaredError() {}

  /**
   * The mean squared error.
   *
   * @param ys scores (N,T,K)
   * @param ts what each score should be (N,T,K), finite, or {@link #IGNORE}
   * @return the mean of (y − t)² over the targets that count
   * @throws IllegalArgumentException if the shapes differ, a target is infinite or none counts
   */
  public double forward(Tensor3 ys, Tensor3 ts) {
    targets.drop(); // until all are checked, so that a refused forward has no gradient
    int counted = checkTargets(ys, ts);
    errors = Room.of(NAME, "errors", errors, ys.d0(), ys.d1(), ys.d2());
    targets.keep(ts, counted);
    double[] y = ys.data();
    double[] t = targets.values();
    double[] error = errors;
    KERNEL.forRanges(
        targets.size(),
        Pass.WORTH_THREADS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            error[i] = Double.isNaN(t[i]) ? 0 : y[i] - t[i];
          }
        });
    return KERNEL.sumOfSquares(targets.size(), errors, 0) / targets.count();
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
    Tensor3 dys = targets.newTensor();
    backwardInto(dout, dys);
    return dys;
  }

  /**
   * {@link #backward} into a tensor of the caller's.
   *
   * @param dout gradient of what is made of the loss; 1 for the loss itself
   * @param dys modified: overwritten with the gradient of the scores (N,T,K); may be the scores
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dys has not the shape of the scores
   */
  public void backwardInto(double dout, Tensor3 dys) {
    targets.checkGradient(dys);
    double scale = 2 * dout / targets.count();
    double[] error = errors;
    double[] t = targets.values();
    double[] dy = dys.data();
    KERNEL.forRanges(
        targets.size(),
        Pass.WORTH_THREADS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            dy[i] = Double.isNaN(t[i]) ? 0 : error[i] * scale;
          }
        });
  }

  /**
   * Refuses targets that {@link #forward} would refuse, before a model spends work or changes its
   * state on the way there.
   *
   * @param ys scores (N,T,K), of which only the shape is read
   * @param ts what each score should be (N,T,K), finite, or {@link #IGNORE}
   * @return how many targets count, at least 1
   * @throws IllegalArgumentException if the shapes differ, a target is infinite or none counts
   */
  public static int checkTargets(Tensor3 ys, Tensor3 ts) {
    return RealTargets.check(NAME, ys, ts, -Double.MAX_VALUE, Double.MAX_VALUE, "finite");
  }
}
