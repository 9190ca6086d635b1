package io.github.unroll.layer;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;

/**
 * Inverted dropout: in training each value is zero with probability {@code rate} and otherwise
 * divided by {@code 1 − rate}, so that the mean stays the same; outside training the values do not
 * change.
 *
 * <p>The variational form (Gal and Ghahramani 2016) draws one mask for each sequence and keeps it
 * for all steps.
 */
public final class TimeDropout implements TimeLayer {

  private final int size;
  private final double rate;
  private final boolean variational;
  private final RandomState random;

  private boolean training = true;
  private int n;
  private int steps;
  private boolean masked; // whether the latest forward dropped values
  private double[] mask = {}; // (N,T,D)

  /**
   * A dropout layer that draws a new mask for every step.
   *
   * @param size the number of features of its inputs and outputs
   * @param rate probability that a value is dropped, in [0, 1)
   * @param random modified: the source of the masks
   * @throws IllegalArgumentException if the rate is not in [0, 1) or the size below 1
   */
  public TimeDropout(int size, double rate, RandomState random) {
    this(size, rate, random, false);
  }

  /**
   * A dropout layer.
   *
   * @param size the number of features of its inputs and outputs
   * @param rate probability that a value is dropped, in [0, 1)
   * @param random modified: the source of the masks
   * @param variational whether one mask is used for all steps of a sequence
   * @throws IllegalArgumentException if the rate is not in [0, 1) or the size below 1
   */
  public TimeDropout(int size, double rate, RandomState random, boolean variational) {
    checkRate("TimeDropout: rate", rate);
    if (size < 1) {
      throw new IllegalArgumentException("TimeDropout: size must be at least 1, not " + size);
    }
    this.size = size;
    this.rate = rate;
    this.random = random;
    this.variational = variational;
  }

  /**
   * Refuses what is no rate.
   *
   * @param what what the message calls it
   * @param rate probability that a value is dropped
   * @throws IllegalArgumentException if it is not in [0, 1)
   */
  public static void checkRate(String what, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be in [0, 1), not %s", what, rate));
    }
  }

  @Override
  public void setTraining(boolean training) {
    this.training = training;
  }

  /**
   * {@inheritDoc}
   *
   * @param ys modified: overwritten with the outputs (N,T,D); may be xs itself
   */
  @Override
  public void forwardInto(Tensor3 xs, Tensor3 ys) {
    Shapes.checkFeatures("TimeDropout.forward: xs", xs, size);
    Shapes.check("TimeDropout.forward: ys", ys, xs.d0(), xs.d1(), size);
    steps = 0; // no forward is valid if its mask does not fit
    masked = training && rate > 0;
    if (masked) {
      mask = Room.of("TimeDropout", "mask", mask, xs.d0(), xs.d1(), size);
    }
    n = xs.d0();
    steps = xs.d1();
    if (masked) {
      drawMask();
    }
    apply(xs.data(), ys.data());
  }

  private void apply(double[] from, double[] to) {
    if (!masked) {
      System.arraycopy(from, 0, to, 0, to.length);
      return;
    }
    for (int i = 0; i < to.length; i++) {
      to[i] = from[i] * mask[i];
    }
  }

  private void drawMask() {
    int sequence = steps * size;
    for (int i = 0; i < n; i++) {
      int drawn = variational ? size : sequence;
      for (int j = 0; j < drawn; j++) {
        mask[i * sequence + j] = random.rand() > rate ? 1 / (1 - rate) : 0;
      }
      for (int at = drawn; at < sequence; at += size) {
        System.arraycopy(mask, i * sequence, mask, i * sequence + at, size);
      }
    }
  }

  @Override
  public Tensor3 backward(Tensor3 dys) {
    Shapes.checkForwardDone("TimeDropout.backward", steps > 0);
    Tensor3 dxs = new Tensor3(n, steps, size);
    backwardInto(dys, dxs);
    return dxs;
  }

  /**
   * {@inheritDoc}
   *
   * @param dxs modified: overwritten with the gradient of the inputs (N,T,D); may be dys itself
   */
  @Override
  public void backwardInto(Tensor3 dys, Tensor3 dxs) {
    Shapes.checkForwardDone("TimeDropout.backward", steps > 0);
    Shapes.check("TimeDropout.backward: dys", dys, n, steps, size);
    Shapes.check("TimeDropout.backward: dxs", dxs, n, steps, size);
    apply(dys.data(), dxs.data());
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public int inputSize() {
    return size;
  }

  @Override
  public int outputSize() {
    return size;
  }
}
