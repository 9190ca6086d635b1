package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import java.util.Locale;
import java.util.Optional;

/**
 * Mini-batches of questions and answers, in a new order in every epoch. Pairs that do not fill the
 * last batch are left out of that epoch; they differ from epoch to epoch.
 */
public final class PairBatches implements Batches<PairBatch> {
  private final SequencePairs pairs;
  private final RandomState random;
  private final EpochOrder order;
  private final PairBatch kept;

  /**
   * Batches of pairs.
   *
   * @param pairs the pairs of an epoch
   * @param batchSize N, 1 to the number of pairs
   * @param random modified: the source of the order of each epoch, drawn when the epoch begins
   * @throws IllegalArgumentException if N is below 1 or there are fewer pairs
   */
  public PairBatches(SequencePairs pairs, int batchSize, RandomState random) {
    if (batchSize < 1 || batchSize > pairs.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "batch size %d: it must be in 1..%d, the number of pairs",
              batchSize,
              pairs.size()));
    }
    this.pairs = pairs;
    this.random = random;
    this.order = EpochOrder.ascending(pairs.size());
    this.kept = pairs.newBatch(batchSize);
  }

  @Override
  public int iterations() {
    return order.size() / kept.xs().length;
  }

  /** Shuffles the pairs. */
  @Override
  public void beginEpoch() {
    order.shuffle(random);
  }

  @Override
  public PairBatch read(int iteration) {
    Iteration.check(iteration, iterations());
    int n = kept.xs().length;
    for (int row = 0; row < n; row++) {
      pairs.copyInto(order.at(iteration * n + row), kept, row);
    }
    return kept;
  }

  @Override
  public Optional<RandomState> random() {
    return Optional.of(random);
  }

  /** {@return the order of the pairs in the current epoch} */
  @Override
  public int[] order() {
    return order.copy();
  }

  @Override
  public void setOrder(int[] other) {
    order.set(other);
  }
}
