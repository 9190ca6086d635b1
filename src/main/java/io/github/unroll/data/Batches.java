package io.github.unroll.data;

import io.github.unroll.random.RandomState;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a training reads in an epoch, batch after batch.
 *
 * @param <B> a batch, as the model that is trained takes it
 */
public interface Batches<B> {

  /**
   * The number of batches of an epoch.
   *
   * @return at least 1; a training or a validation on fewer is refused before it begins
   */
  int iterations();

  /**
   * One batch of the present epoch.
   *
   * @param iteration which one, 0 to {@link #iterations} - 1
   * @return the batch; the next call may overwrite what it holds
   * @throws IllegalArgumentException if there is no such batch
   */
  B read(int iteration);

  /**
   * Whether a batch begins other texts than the batch before it went through. A model that carries
   * a state from batch to batch forgets it there.
   *
   * @param iteration which batch of the present epoch, 0 to {@link #iterations} - 1
   * @return false unless an implementation says otherwise: one text runs through all batches
   */
  default boolean startsNewText(int iteration) {
    return false;
  }

  /**
   * Called before each epoch of training, the first included: where samples are shuffled. Batches
   * can be read without it, as held-out ones are.
   */
  default void beginEpoch() {}

  /**
   * {@return what the orders of the epochs to come are drawn from, if any are} It is saved with a
   * training, and what was saved is put back, so that its epochs to come are what they would have
   * been. Batches that draw the order of the present epoch override {@link #order} too.
   */
  default Optional<RandomState> random() {
    return Optional.empty();
  }

  /**
   * {@return the order of the present epoch, or what it is made of} It is saved with a training. A
   * copy; empty if every epoch is the same.
   */
  default int[] order() {
    return new int[0];
  }

  /**
   * Takes the order of the present epoch back, in a training that goes on.
   *
   * @param order what {@link #order} returned; copied
   * @throws IllegalArgumentException if these batches cannot have it; they are then as they were.
   *     So it is of batches that override {@link #order} alone, unless the order is the present one
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
