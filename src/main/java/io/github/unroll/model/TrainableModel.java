package io.github.unroll.model;

import io.github.unroll.layer.State;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Optional;

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

  /**
   * Tells what of a batch, or of what came of it, is not finite: asked when the loss, or after
   * {@link #backward} the norm of the gradients, was not, though every parameter is. What computes
   * need not check anything; a training that stops says what is told here.
   *
   * @param batch that of the latest {@link #forward}
   * @return what is wrong and what to do, in words, such as {@code the input is NaN at sequence 3,
   *     step 7, feature 0; fill such gaps, or leave the sequence out}; empty if the model cannot
   *     tell
   */
  default Optional<String> notFinite(B batch) {
    return Optional.empty();
  }

  /** {@return the state that is carried to the next batch, if one is; saved with a training} */
  default Optional<State> keptState() {
    return Optional.empty();
  }

  /**
   * Takes back the state that is carried to the next batch, in a training that goes on.
   *
   * @param state what {@link #keptState} returned; copied
   * @throws IllegalArgumentException if the model cannot have it, or carries none
   */
  default void setKeptState(State state) {
    throw new IllegalArgumentException(
        getClass().getSimpleName() + ": carries no state from batch to batch");
  }

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
