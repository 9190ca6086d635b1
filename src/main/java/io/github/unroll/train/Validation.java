package io.github.unroll.train;

import io.github.unroll.data.Batches;
import io.github.unroll.model.TrainableModel;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * The validation of a model after each epoch of its training, and what follows from the score.
 *
 * <p>While the score is computed, dropout is off. A score must not change the parameters or the
 * training state of the model; {@code model.perplexity(tokens)} does not.
 *
 * @param score the score, lower is better, such as the perplexity of a held-out text
 * @param stopping the rule for early stopping; empty for none
 * @param keepsBest whether the parameters of the epoch with the least score are restored when
 *     training ends, in whatever way it ends
 */
public record Validation(
    DoubleSupplier score, Optional<EarlyStopping> stopping, boolean keepsBest) {

  /**
   * A validation with all its settings.
   *
   * @param score the score, lower is better
   * @param stopping the rule for early stopping; empty for none
   * @param keepsBest whether the best epoch's parameters are restored at the end
   * @throws NullPointerException if score or stopping is null
   */
  public Validation {
    Objects.requireNonNull(score, "Validation: score");
    Objects.requireNonNull(stopping, "Validation: stopping; pass Optional.empty() for never");
  }

  /**
   * {@return a validation that only reports the score: it never stops a training and restores no
   * parameters}
   *
   * @param score the score, lower is better
   */
  public static Validation by(DoubleSupplier score) {
    return new Validation(score, Optional.empty(), false);
  }

  /**
   * {@return a validation by the mean loss of held-out batches, all with the same weight, as in
   * {@link TrainingListener.EpochEnd#loss}} They are read {@link TrainableModel#withOwnState with
   * their own state}, starting from a reset state. Their {@link Batches#beginEpoch} is not called:
   * every epoch is scored on the same batches, and no random number is drawn. The score throws a
   * {@link TrainingDivergedException} that names batch and value if the loss of a batch is NaN.
   *
   * @param model the model that is trained; its parameters and its training state are not modified,
   *     but a model that keeps no state is switched out of training by each score
   * @param heldOut other batches than those of the training
   * @param <B> a batch of the model
   * @throws IllegalArgumentException if heldOut has no batch
   */
  public static <B> Validation byLoss(TrainableModel<B> model, Batches<B> heldOut) {
    iterations(heldOut);
    TrainableModel<B> reader = model.withOwnState();
    return by(() -> meanLoss(reader, heldOut));
  }

  private static <B> double meanLoss(TrainableModel<B> reader, Batches<B> batches) {
    reader.setTraining(false);
    reader.resetState();
    double total = 0;
    int iterations = iterations(batches);
    for (int i = 0; i < iterations; i++) {
      if (batches.startsNewText(i)) {
        reader.resetState();
      }
      B batch = batches.read(i);
      double loss = reader.forward(batch);
      if (Double.isNaN(loss)) {
        throw TrainingDivergedException.ofHeldOut(i, reader, batch);
      }
      total += loss;
    }
    return total / iterations;
  }

  private static int iterations(Batches<?> batches) {
    int iterations = batches.iterations();
    if (iterations < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Validation.byLoss: %d held-out batches; the mean loss takes at least 1",
              iterations));
    }
    return iterations;
  }

  /**
   * {@return the same validation with early stopping}
   *
   * @param rule the rule for early stopping
   */
  public Validation stopping(EarlyStopping rule) {
    return new Validation(score, Optional.of(rule), keepsBest);
  }

  /** {@return the same validation, but the best epoch's parameters are restored at the end} */
  public Validation keepingBest() {
    return new Validation(score, stopping, true);
  }
}
