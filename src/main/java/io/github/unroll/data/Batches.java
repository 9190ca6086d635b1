package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import java.util.Arrays;
import java.util.Optional;

/**
 * The batches that a training reads in each epoch. Of examples of one's own {@link ShuffledBatches}
 * makes them.
 *
 * @param <B> a batch, as the trained model takes it
 */
public interface Batches<B> {

  /**
   * {@return the number of batches of an epoch, at least 1; otherwise a training or a validation
   * does not start}
   */
  int iterations();

  /**
   * {@return a batch of the current epoch; the next call may overwrite its contents}
   *
   * @param iteration its index, 0 to {@link #iterations} - 1
   * @throws IllegalArgumentException if there is no such batch
   */
  B read(int iteration);

  /**
   * {@return whether a batch begins new texts instead of continuing those of the batch before;
   * false by default} A model that keeps its state from batch to batch resets it there.
   *
   * @param iteration the index of a batch of the current epoch, 0 to {@link #iterations} - 1
   */
  default boolean startsNewText(int iteration) {
    return false;
  }

  /**
   * Begins an epoch, e.g. by shuffling. A training calls this before each epoch, the first
   * included; held-out batches are read without it.
   */
  default void beginEpoch() {}

  /**
   * {@return the random generator of the orders of later epochs, if there is one} It is saved with
   * a training and restored, so that a resumed training has the same epochs. Batches that draw the
   * order of the current epoch must override {@link #order} too.
   */
  default Optional<RandomState> random() {
    return Optional.empty();
  }

  /**
   * {@return a copy of the order of the current epoch, or of what determines it; empty if every
   * epoch is the same} It is saved with a training.
   */
  default int[] order() {
    return new int[0];
  }

  /**
   * Restores the order of the current epoch, in a resumed training.
   *
   * @param order what {@link #order} returned; copied
   * @throws IllegalArgumentException if these batches cannot have it; they are then unchanged.
   *     Batches that override {@link #order} but not this method cannot have another order
   */
  default void setOrder(int[] order) {
    if (!Arrays.equals(order, order())) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ".setOrder: these batches have another order and cannot take one; override setOrder"
              + " where order is overridden");
    }
  }
}
