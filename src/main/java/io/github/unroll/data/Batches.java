package io.github.unroll.data;

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
}
