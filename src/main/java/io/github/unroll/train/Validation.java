package io.github.unroll.train;

import io.github.unroll.data.Batches;
import io.github.unroll.model.TrainableModel;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * How a model is judged after each epoch of its training, and what follows from that.
 *
 * <p>While the score is taken the model is not in training: dropout rests. A score must leave the
 * parameters and the state of training as they are, as {@code model.perplexity(tokens)} does.
 *
 * @param score what a training is to make small, such as the perplexity of a held-out text
 * @param stopping when to give up; empty for never
 * @param keepsBest whether the parameters of the epoch with the least score are put back when
 *     training ends, in whatever way it ends
 */
public record Validation(
    DoubleSupplier score, Optional<EarlyStopping> stopping, boolean keepsBest) {

  /**
   * A validation with all its settings.
   *
   * @param score what a training is to make small
   * @param stopping when to give up; empty for never
   * @param keepsBest whether the best epoch's parameters are put back in the end
   * @throws NullPointerException if score or stopping is null
   */
  public Validation {
    Objects.requireNonNull(score, "Validation: score");
    Objects.requireNonNull(stopping, "Validation: stopping; pass Optional.empty() for never");
  }

  /**
   * Validation that only tells: it never stops a training and puts no parameters back.
   *
   * @param score what a training is to make small
   * @return the validation
   */
  public static Validation by(DoubleSupplier score) {
    return new Validation(score, Optional.empty(), false);
  }

  /**
   * Validation by the mean loss of held-out batches, each batch counted alike, as in {@link
   * TrainingListener.EpochEnd#loss}. They are read {@link TrainableModel#withOwnState with a state
   * of their own}, from a reset one on. Their {@link Batches#beginEpoch} is not called: every epoch
   * is judged by the same batches, and no random number is drawn.
   *
   * @param model the model that is trained; its parameters and the state of its training are not
   *     modified, but one without a state of its own is out of training after each score
   * @param heldOut other batches than those of the training
   * @param <B> a batch of the model
   * @return the validation; its score is a {@link TrainingDivergedException} that names batch and
   *     value, where a batch's loss is NaN
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
   * The same with early stopping.
   *
   * @param rule when to give up
   * @return a new validation
   */
  public Validation stopping(EarlyStopping rule) {
    return new Validation(score, Optional.of(rule), keepsBest);
  }

  /**
   * The same, but the best epoch's parameters are put back in the end.
   *
   * @return a new validation
   */
  public Validation keepingBest() {
    return new Validation(score, stopping, true);
  }
}
