package io.github.unroll.loss;

import io.github.unroll.tensor.Arithmetic;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;

/**
 * The mean squared error over the elements that count, without the factor ½ of some books:
 *
 * <pre>{@code
 * loss = mean of (y − t)²            over all targets t that are not IGNORE; y scores (N,T,K)
 * dy   = 2·(y − t) · dout / count    0 where the target is IGNORE
 * }</pre>
 *
 * <p>A score whose target is {@link #IGNORE} is ignored, whatever its value: to learn from the last
 * step only, set all other targets to it.
 */
public final class TimeMeanSquaredError {

  /** The target of an element that does not count: NaN; any NaN works. */
  public static final double IGNORE = Double.NaN;

  private static final String NAME = "TimeMeanSquaredError";

  private final RealTargets targets = new RealTargets(NAME, 1);
  private Matrix errors; // (1,N·T·K): y − t, 0 where the target is IGNORE

  /** A loss with its own buffers and no parameters. */
  public TimeMeanSquaredError() {}

  /**
   * {@return the mean of (y − t)² over the targets that count}
   *
   * @param ys scores (N,T,K)
   * @param ts what each score should be (N,T,K), finite, or {@link #IGNORE}
   * @throws IllegalArgumentException if the shapes differ, a target is infinite or none counts
   */
  public double forward(Tensor3 ys, Tensor3 ts) {
    targets.drop(); // until all are checked, so that a refused forward has no gradient
    int counted = checkTargets(ys, ts);
    errors = Room.rows(NAME, "errors", errors, 1, 1, ys.data().length);
    targets.keep(ts, counted);
    double[] y = ys.data();
    double[] t = targets.values();
    double[] error = errors.data();
    Arithmetic.share(
        targets.size(),
        Pass.WORTH_THREADS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            error[i] = Double.isNaN(t[i]) ? 0 : y[i] - t[i];
          }
        });
    return errors.sumOfSquares(0, targets.size()) / targets.count();
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
    Tensor3 dys = targets.newTensor();
    backwardInto(dout, dys);
    return dys;
  }

  /**
   * Runs {@link #backward} and writes the gradient to {@code dys}.
   *
   * @param dout gradient of the final result with respect to this loss; 1 for the loss itself
   * @param dys modified: overwritten with the gradient of the scores (N,T,K); may be the scores
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dys does not have the shape of the scores
   */
  public void backwardInto(double dout, Tensor3 dys) {
    targets.checkGradient(dys);
    double scale = 2 * dout / targets.count();
    double[] error = errors.data();
    double[] t = targets.values();
    double[] dy = dys.data();
    Arithmetic.share(
        targets.size(),
        Pass.WORTH_THREADS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            dy[i] = Double.isNaN(t[i]) ? 0 : error[i] * scale;
          }
        });
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
   * Checks targets as {@link #forward} does, before a model computes its scores and changes its
   * state.
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
