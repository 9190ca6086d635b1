package io.github.unroll.train;

import java.util.Objects;
import java.util.Optional;

/**
 * The plan of a training: the number of epochs, the learning rate schedule, the validation and the
 * number of batches of each update.
 *
 * <pre>{@code
 * TrainingPlan.of(40)
 *     .with(new Schedule.OnPlateau(new Plateau()))
 *     .with(Validation.by(() -> model.perplexity(valid)).stopping(EarlyStopping.after(5)).keepingBest())
 * }</pre>
 *
 * @param epochs the greatest number of epochs, at least 1
 * @param schedule the learning rate schedule
 * @param validation the validation after each epoch; empty for none
 * @param batchesPerUpdate the number of batches whose gradients are averaged for each update, see
 *     {@link #accumulating}
 */
public record TrainingPlan(
    int epochs, Schedule schedule, Optional<Validation> validation, int batchesPerUpdate) {

  /**
   * A plan with all its settings.
   *
   * @param epochs the greatest number of epochs
   * @param schedule the learning rate schedule
   * @param validation the validation after each epoch; empty for none
   * @param batchesPerUpdate the number of batches of each update
   * @throws IllegalArgumentException if epochs or batchesPerUpdate is below 1
   * @throws NullPointerException if schedule or validation is null
   */
  public TrainingPlan {
    if (epochs < 1) {
      throw new IllegalArgumentException("train: epochs must be at least 1, not " + epochs);
    }
    if (batchesPerUpdate < 1) {
      throw new IllegalArgumentException(
          "train: an update takes at least 1 batch, not " + batchesPerUpdate);
    }
    Objects.requireNonNull(schedule, "TrainingPlan: schedule; pass new Schedule.Fixed() for none");
    Objects.requireNonNull(validation, "TrainingPlan: validation; pass Optional.empty() for none");
  }

  /** A plan with an update after every batch. */
  public TrainingPlan(int epochs, Schedule schedule, Optional<Validation> validation) {
    this(epochs, schedule, validation, 1);
  }

  /**
   * {@return a plan with a fixed learning rate and without validation}
   *
   * @param epochs the number of epochs, at least 1
   * @throws IllegalArgumentException if epochs is below 1
   */
  public static TrainingPlan of(int epochs) {
    return new TrainingPlan(epochs, new Schedule.Fixed(), Optional.empty(), 1);
  }

  /**
   * {@return the same plan with another schedule}
   *
   * @param other the learning rate schedule
   */
  public TrainingPlan with(Schedule other) {
    return new TrainingPlan(epochs, other, validation, batchesPerUpdate);
  }

  /**
   * {@return the same plan with validation}
   *
   * @param rule the validation after each epoch
   */
  public TrainingPlan with(Validation rule) {
    return new TrainingPlan(epochs, schedule, Optional.of(rule), batchesPerUpdate);
  }

  /**
   * {@return the same plan with an update after every k batches, by the mean of their gradients,
   * and after the last batches of an epoch by the mean of those that are left} So large batches can
   * be learned in parts that fit the memory.
   *
   * <p>With 1 it is the training without this setting, bit for bit. Where the k batches have as
   * many targets that count, of the same weights, and neither dropout nor a kept state makes a
   * difference, their mean is the gradient of one batch of all their sequences, except for
   * rounding: sums are made in another order. Where the numbers differ, a target of a smaller batch
   * weighs more. Clipping and a schedule by updates act once for each update.
   *
   * @param batches k, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public TrainingPlan accumulating(int batches) {
    return new TrainingPlan(epochs, schedule, validation, batches);
  }

  /** Throws if the schedule needs a validation and there is none. */
  void requireComplete() {
    if (schedule instanceof Schedule.OnPlateau && validation.isEmpty()) {
      throw new IllegalArgumentException(
          "train: a schedule on plateau needs validation scores; give the plan a Validation");
    }
  }
}
