package io.github.unroll.model;

import io.github.unroll.layer.State;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Optional;

/**
 * A model with its loss that a trainer can train.
 *
 * @param <B> a batch: inputs and targets
 */
public interface TrainableModel<B> {

  /**
   * Computes the loss of a batch.
   *
   * @param batch not modified
   * @return the mean loss
   * @throws IllegalArgumentException if the batch does not fit the model
   */
  double forward(B batch);

  /**
   * Adds the gradients of the latest loss to those of the parameters: once for each forward.
   *
   * @throws IllegalStateException if there was no forward, or its backward was already called
   */
  void backward();

  /**
   * {@return how much the latest loss counts beside those of other batches: the number of targets
   * that it is the mean of, in the library's models; 1 unless overridden, so that all batches count
   * alike} A training step that is divided into shards weighs them by it.
   */
  default double lossWeight() {
    return 1;
  }

  /** {@return the trainable parameters, each once, also one that two layers share} */
  List<Parameter> parameters();

  /**
   * Turns dropout on for training and off for other use.
   *
   * @param training whether the model is in training; a new model is
   */
  default void setTraining(boolean training) {}

  /**
   * {@return a message that says which value of a batch or its results is not finite and what to
   * do, such as {@code the input is NaN at sequence 3, step 7, feature 0; fill such gaps, or leave
   * the sequence out}; empty if the model cannot tell} A training calls this if the loss or, after
   * {@link #backward}, the norm of the gradients is not finite although every parameter is; so the
   * computations need no checks.
   *
   * @param batch the batch of the latest {@link #forward}
   */
  default Optional<String> notFinite(B batch) {
    return Optional.empty();
  }

  /** {@return the state that is kept for the next batch, if any; saved with a training} */
  default Optional<State> keptState() {
    return Optional.empty();
  }

  /**
   * Restores the state that is kept for the next batch, in a resumed training.
   *
   * @param state what {@link #keptState} returned; copied
   * @throws IllegalArgumentException if it does not fit the model, or the model keeps no state
   */
  default void setKeptState(State state) {
    throw new IllegalArgumentException(
        getClass().getSimpleName() + ": carries no state from batch to batch");
  }

  /**
   * Resets the state that is kept from batch to batch, if any: the next batch starts a new text.
   */
  default void resetState() {}

  /**
   * {@return a model with the same parameters and its own state, for held-out batches during
   * training; this model itself, unless overridden} A model that keeps a state from batch to batch
   * must override this.
   */
  default TrainableModel<B> withOwnState() {
    return this;
  }
}
