package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;
import java.util.Optional;

/**
 * Windows of a long series, for training a forecast: each reads T values, and the target of each
 * value is the next one. An epoch goes through all windows in a new order; up to N - 1 windows that
 * do not fill a batch are left out.
 *
 * <p>{@link Windows} has inputs and targets apart, several series, and answers several steps ahead.
 *
 * <p>The target of one window is the input of another, so all values must be finite: fill the gaps
 * (NaN) of a series first, or cut it there.
 */
public final class SeriesWindows implements Batches<SequenceTargets> {

  private final double[] values; // (count,D)
  private final int features;
  private final int steps;
  private final int batchSize;
  private final RandomState random;
  private final EpochOrder order; // of the first steps of the windows

  /**
   * Windows of a series of single values.
   *
   * @param series the values in order of time, all finite; copied
   * @param steps T, the steps of a window, at least 1
   * @param batchSize N, at least 1
   * @param random modified: the source of the order, drawn now and in each epoch
   * @throws IllegalArgumentException if T or N is below 1, the series is shorter than a batch,
   *     which takes T + N values, a value is NaN or infinite, or a batch has more than {@code
   *     Integer.MAX_VALUE} values
   */
  public SeriesWindows(double[] series, int steps, int batchSize, RandomState random) {
    this(series.clone(), 1, steps, batchSize, random);
  }

  /**
   * Windows of a series of vectors.
   *
   * @param series the vectors in order of time, (count,D), all finite; copied
   * @param steps T, the steps of a window, at least 1
   * @param batchSize N, at least 1
   * @param random modified: the source of the order, drawn now and in each epoch
   * @throws IllegalArgumentException if T or N is below 1, the series is shorter than a batch,
   *     which takes T + N values, a value is NaN or infinite, or a batch has more than {@code
   *     Integer.MAX_VALUE} values
   */
  public SeriesWindows(Matrix series, int steps, int batchSize, RandomState random) {
    this(series.data().clone(), series.cols(), steps, batchSize, random);
  }

  private SeriesWindows(
      double[] values, int features, int steps, int batchSize, RandomState random) {
    if (steps < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "batch size %d and steps %d: both must be at least 1",
              batchSize,
              steps));
    }
    int count = values.length / features;
    if (count < (long) steps + batchSize) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a series of %d steps is shorter than one batch: %d windows of %d steps, and one more"
                  + " to predict, are %d; take a smaller batch, fewer steps or a longer series",
              count,
              batchSize,
              steps,
              (long) steps + batchSize));
    }
    requireFinite(values, features);
    Room.size("SeriesWindows", "batches", batchSize, steps, features); // windows overlap
    this.values = values;
    this.features = features;
    this.steps = steps;
    this.batchSize = batchSize;
    this.random = random;
    this.order = EpochOrder.drawn(count - steps, random);
  }

  private static void requireFinite(double[] values, int features) {
    int bad = NotFinite.first(values, 0, values.length);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the series is %s at step %d, feature %d; fill such gaps, or cut the series where"
                  + " they are",
              values[bad],
              bad / features,
              bad % features));
    }
  }

  /**
   * {@return the number of batches of an epoch, at least 1: the number of windows divided by N,
   * rounded down}
   */
  @Override
  public int iterations() {
    return order.size() / batchSize;
  }

  @Override
  public void beginEpoch() {
    order.shuffle(random);
  }

  @Override
  public SequenceTargets read(int iteration) {
    Iteration.check(iteration, iterations());
    int from = iteration * batchSize;
    return windows(order.part(from, from + batchSize));
  }

  private SequenceTargets windows(int[] begins) {
    int size = steps * features;
    Tensor3 xs = new Tensor3(begins.length, steps, features);
    Tensor3 targets = new Tensor3(begins.length, steps, features);
    for (int i = 0; i < begins.length; i++) {
      int at = begins[i] * features;
      System.arraycopy(values, at, xs.data(), i * size, size);
      System.arraycopy(values, at + features, targets.data(), i * size, size);
    }
    return new SequenceTargets(xs, null, targets);
  }

  @Override
  public Optional<RandomState> random() {
    return Optional.of(random);
  }

  /** {@return the order of the windows in the current epoch: the first step of each} */
  @Override
  public int[] order() {
    return order.copy();
  }

  @Override
  public void setOrder(int[] other) {
    order.set(other);
  }
}
