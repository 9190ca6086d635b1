package io.github.unroll.train;

import java.util.Objects;
import java.util.Optional;

/**
 * The plan of a training: the number of epochs, the learning rate schedule and the validation.
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
 */
public record TrainingPlan(int epochs, Schedule schedule, Optional<Validation> validation) {

  /**
   * A plan with all its settings.
   *
   * @param epochs the greatest number of epochs
   * @param schedule the learning rate schedule
   * @param validation the validation after each epoch; empty for none
   * @throws IllegalArgumentException if epochs is below 1
   * @throws NullPointerException if schedule or validation is null
   */
  public TrainingPlan {
    if (epochs < 1) {
      throw new IllegalArgumentException("train: epochs must be at least 1, not " + epochs);
    }
    Objects.requireNonNull(schedule, "TrainingPlan: schedule; pass new Schedule.Fixed() for none");
    Objects.requireNonNull(validation, "TrainingPlan: validation; pass Optional.empty() for none");
  }

  /**
   * {@return a plan with a fixed learning rate and without validation}
   *
   * @param epochs the number of epochs, at least 1
   * @throws IllegalArgumentException if epochs is below 1
   */
  public static TrainingPlan of(int epochs) {
    return new TrainingPlan(epochs, new Schedule.Fixed(), Optional.empty());
  }

  /**
   * {@return the same plan with another schedule}
   *
   * @param other the learning rate schedule
   */
  public TrainingPlan with(Schedule other) {
    return new TrainingPlan(epochs, other, validation);
  }

  /**
   * {@return the same plan with validation}
   *
   * @param rule the validation after each epoch
   */
  public TrainingPlan with(Validation rule) {
    return new TrainingPlan(epochs, schedule, Optional.of(rule));
  }

  /** Throws if the schedule needs a validation and there is none. */
  void requireComplete() {
    if (schedule instanceof Schedule.OnPlateau && validation.isEmpty()) {
      throw new IllegalArgumentException(
          "train: a schedule on plateau needs validation scores; give the plan a Validation");
    }
  }
}
