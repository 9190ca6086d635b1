package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Batches that are generated when they are read, so that no sequence is used twice. Each batch of
 * each epoch has its own random numbers; reading it again in the same epoch gives the same batch.
 * The generated values are not checked, not even for NaN.
 *
 * @param <B> a batch
 */
public final class DrawnBatches<B> implements Batches<B> {

  private final int iterations;
  private final RandomState random;
  private final Function<RandomState, B> draw;

  private int epoch;

  /**
   * Batches from a generator function.
   *
   * @param iterations the number of batches of an epoch, at least 1
   * @param random modified: one number is drawn now and one at the beginning of each epoch
   * @param draw generates a batch from the given random generator
   * @throws IllegalArgumentException if iterations is below 1
   */
  public DrawnBatches(int iterations, RandomState random, Function<RandomState, B> draw) {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "DrawnBatches: an epoch must have at least 1 batch, not %d",
              iterations));
    }
    this.iterations = iterations;
    this.random = random;
    this.draw = draw;
    this.epoch = random.randint(0, Integer.MAX_VALUE);
  }

  @Override
  public int iterations() {
    return iterations;
  }

  @Override
  public void beginEpoch() {
    epoch = random.randint(0, Integer.MAX_VALUE);
  }

  @Override
  public B read(int iteration) {
    Iteration.check(iteration, iterations);
    return draw.apply(new RandomState(new int[] {epoch, iteration}));
  }

  @Override
  public Optional<RandomState> random() {
    return Optional.of(random);
  }

  /** {@return the seed of the current epoch} */
  @Override
  public int[] order() {
    return new int[] {epoch};
  }

  @Override
  public void setOrder(int[] seed) {
    if (seed.length != 1 || seed[0] < 0) {
      throw new IllegalArgumentException(
          "DrawnBatches.setOrder: the order is one seed, not below 0; pass the batches that the"
              + " training had");
    }
    epoch = seed[0];
  }
}
