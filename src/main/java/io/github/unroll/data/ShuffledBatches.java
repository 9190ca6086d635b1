package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * Batches of examples of any kind, in a new order in every epoch. The last batch of an epoch is
 * smaller if the examples do not fill it.
 *
 * <pre>{@code
 * // which: the indices of the examples of a batch
 * var batches = new ShuffledBatches<>(examples.size(), 32, random, which -> batchOf(which));
 * }</pre>
 *
 * <p>Sequences of very different lengths are padded to the longest of their batch: {@link
 * #ofSimilarLengths} puts such of similar length into one batch.
 *
 * @param <B> a batch
 */
public final class ShuffledBatches<B> implements Batches<B> {

  private final int batchSize;
  private final RandomState random;
  private final Function<int[], B> batch;
  private final int[] lengths; // null if the order does not depend on them
  private final EpochOrder order;

  /**
   * Batches of examples.
   *
   * @param count the number of examples, at least 1
   * @param batchSize N, at least 1
   * @param random modified: the source of the order, drawn when an epoch begins
   * @param batch makes a batch of the examples with the given indices, at most N
   * @throws IllegalArgumentException if count or N is below 1
   */
  public ShuffledBatches(int count, int batchSize, RandomState random, Function<int[], B> batch) {
    this(count, batchSize, random, batch, null);
  }

  private ShuffledBatches(
      int count, int batchSize, RandomState random, Function<int[], B> batch, int[] lengths) {
    if (count < 1 || batchSize < 1) {
      throw Fault.of(
          "ShuffledBatches: %d examples in batches of %d; both must be at least 1",
          count, batchSize);
    }
    this.batchSize = batchSize;
    this.random = random;
    this.batch = batch;
    this.lengths = lengths;
    this.order = EpochOrder.ascending(count);
  }

  /**
   * {@return batches in which the examples are of similar length; the order of the batches and of
   * examples of one length is drawn}
   *
   * @param lengths the length of each example; copied
   * @param batchSize N, at least 1
   * @param random modified: the source of the order, drawn when an epoch begins
   * @param batch makes a batch of the examples with the given indices, at most N
   * @throws IllegalArgumentException if there is no example, or N is below 1
   */
  public static <B> ShuffledBatches<B> ofSimilarLengths(
      int[] lengths, int batchSize, RandomState random, Function<int[], B> batch) {
    return new ShuffledBatches<>(lengths.length, batchSize, random, batch, lengths.clone());
  }

  @Override
  public int iterations() {
    return (order.size() - 1) / batchSize + 1;
  }

  @Override
  public void beginEpoch() {
    order.shuffle(random);
    if (lengths != null) {
      sortByLength();
    }
  }

  /**
   * Whole batches of similar lengths in a drawn order; what fills no batch stays last, unsorted.
   */
  private void sortByLength() {
    int[] shuffled = order.copy();
    int whole = shuffled.length / batchSize;
    long[] places = new long[whole * batchSize]; // sorted by length, then by the drawn order
    for (int i = 0; i < places.length; i++) {
      places[i] = (long) lengths[shuffled[i]] << Integer.SIZE | i;
    }
    Arrays.sort(places);
    int[] sorted = shuffled.clone();
    int[] batches = random.permutation(whole);
    for (int i = 0; i < places.length; i++) {
      int from = batches[i / batchSize] * batchSize + i % batchSize;
      sorted[i] = shuffled[(int) places[from]];
    }
    order.set(sorted);
  }

  @Override
  public B read(int iteration) {
    Iteration.check(iteration, iterations());
    return batch.apply(order.part(iteration * batchSize, (iteration + 1) * batchSize));
  }

  @Override
  public Optional<RandomState> random() {
    return Optional.of(random);
  }

  /** {@return the order of the examples in the current epoch} */
  @Override
  public int[] order() {
    return order.copy();
  }

  @Override
  public void setOrder(int[] other) {
    order.set(other);
  }
}
