package io.github.unroll.loss;

import io.github.unroll.tensor.Arithmetic;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;

/**
 * The pinball loss (Koenker and Bassett 1978), which is least where the scores are quantiles of the
 * targets: Q levels for each of K targets, averaged over the elements that count.
 *
 * <pre>{@code
 * u    = t − y                        y scores (N,T,K·Q), t targets (N,T,K), each for its Q scores
 * loss = mean of max(q·u, (q − 1)·u)  over all levels q of all targets that are not IGNORE
 * dy   = −q · dout / count            where the score is too low, u > 0
 *        (1 − q) · dout / count       where it is too high, u < 0
 *        0                            where it is equal, or the target is IGNORE
 * }</pre>
 *
 * <p>The scores of one target stand beside each other: that of target j and level i, both from 0,
 * at j·Q + i. For the level 0.5 the loss is half the absolute error. Where score and target are
 * equal the loss has a kink, and any slope from −q to 1 − q is a subgradient; it is taken as 0.
 */
public final class TimePinballLoss {

  /** The target of an element that does not count: NaN; any NaN works. */
  public static final double IGNORE = Double.NaN;

  private static final String NAME = "TimePinballLoss";

  private final double[] levels; // (Q)
  private final RealTargets targets;
  private Matrix errors; // (1,N·T·K·Q): t − y, 0 where the target is IGNORE
  private Matrix losses; // (1,N·T·K·Q)

  /**
   * A loss with its own buffers and no parameters.
   *
   * @param levels the levels q (Q), at least one, each above 0 and below 1; copied
   * @throws IllegalArgumentException if there is no level, or one is not above 0 and below 1
   */
  public TimePinballLoss(double... levels) {
    if (levels.length == 0) {
      throw new IllegalArgumentException("TimePinballLoss: no levels; give at least one, as 0.5");
    }
    for (double level : levels) {
      if (!(level > 0 && level < 1)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "TimePinballLoss: a level must be above 0 and below 1, not %s",
                level));
      }
    }
    this.levels = levels.clone();
    this.targets = new RealTargets(NAME, levels.length);
  }

  /**
   * {@return the mean pinball loss over all levels of the targets that count}
   *
   * @param ys scores (N,T,K·Q)
   * @param ts what they are quantiles of (N,T,K), finite, or {@link #IGNORE}
   * @throws IllegalArgumentException if a shape does not fit, a target is infinite or none counts
   */
  public double forward(Tensor3 ys, Tensor3 ts) {
    targets.drop(); // until all are checked, so that a refused forward has no gradient
    checkShape(ys, ts);
    int counted = RealTargets.check(NAME, ts, -Double.MAX_VALUE, Double.MAX_VALUE, "finite");
    int size = ys.data().length;
    errors = Room.rows(NAME, "errors", errors, 1, 1, size);
    losses = Room.rows(NAME, "losses", losses, 1, 1, size);
    targets.keep(ts, counted);
    double[] y = ys.data();
    double[] t = targets.values();
    double[] error = errors.data();
    double[] loss = losses.data();
    int each = levels.length;
    Arithmetic.share(
        size,
        Pass.WORTH_THREADS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            double target = t[i / each];
            double u = Double.isNaN(target) ? 0 : target - y[i];
            error[i] = u;
            loss[i] = u > 0 ? levels[i % each] * u : (levels[i % each] - 1) * u;
          }
        });
    return losses.sumOfRow(0) / scoresThatCount();
  }

  private double scoresThatCount() {
    return (double) targets.count() * levels.length;
  }

  private void checkShape(Tensor3 ys, Tensor3 ts) {
    boolean same = ts.d0() == ys.d0() && ts.d1() == ys.d1();
    if (!same || (long) ts.d2() * levels.length != ys.d2()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s.forward: scores %s are %d levels of each target, which targets %s do not fit",
              NAME,
              ys.shape(),
              levels.length,
              ts.shape()));
    }
  }

  /**
   * The gradient of {@code dout · loss} with respect to the scores of the latest forward.
   *
   * @param dout gradient of the final result with respect to this loss; 1 for the loss itself
   * @return (N,T,K·Q)
   * @throws IllegalStateException if there was no forward
   */
  public Tensor3 backward(double dout) {
    targets.checkForwardDone();
    Tensor3 dys = targets.newTensor();
    backwardInto(dout, dys);
    return dys;
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
   * Runs {@link #backward} and writes the gradient to {@code dys}.
   *
   * @param dout gradient of the final result with respect to this loss; 1 for the loss itself
   * @param dys modified: overwritten with the gradient of the scores (N,T,K·Q); may be the scores
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dys does not have the shape of the scores
   */
  public void backwardInto(double dout, Tensor3 dys) {
    targets.checkGradient(dys);
    double scale = dout / scoresThatCount();
    double[] error = errors.data();
    double[] dy = dys.data();
    int each = levels.length;
    Arithmetic.share(
        dy.length,
        Pass.WORTH_THREADS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            double u = error[i];
            double level = levels[i % each];
            double slope = u > 0 ? -level : u < 0 ? 1 - level : u; // u: 0 or NaN
            dy[i] = slope * scale;
          }
        });
  }
}
