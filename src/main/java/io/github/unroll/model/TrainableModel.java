package io.github.unroll.model;

import io.github.unroll.tensor.Parameter;
import java.util.List;

/**
 * A network with its loss, as a trainer sees it.
 *
 * @param <B> a batch: inputs and what they should give
 */
public interface TrainableModel<B> {

  /**
   * The loss of a batch.
   *
   * @param batch read, not modified
   * @return the mean loss
   * @throws IllegalArgumentException if the batch does not fit the model
   */
  double forward(B batch);

  /**
   * Adds the gradients of the latest loss to those of the parameters: once for each forward.
   *
   * @throws IllegalStateException if there was no forward, or it had its backward already
   */
  void backward();

  /**
   * What is trained.
   *
   * @return each parameter once, also one that two layers share
   */
  List<Parameter> parameters();

  /**
   * Chooses between training, where dropout acts, and use.
   *
   * @param training whether the model is being trained; a new model is
   */
  default void setTraining(boolean training) {}

  /** Forgets what is carried from batch to batch, if anything: the next batch starts a new text. */
  default void resetState() {}

  /**
   * The same parameters in a model with a state of its own, which looks at held-out batches while
   * this one is being trained.
   *
   * @return this model, unless it carries a state from batch to batch: such a model must override
   */
  default TrainableModel<B> withOwnState() {
    return this;
  }
}
