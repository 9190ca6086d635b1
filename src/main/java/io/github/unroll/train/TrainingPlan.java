package io.github.unroll.train;

import java.util.Objects;
import java.util.Optional;

/**
 * How long to train, with what learning rates, and how the model is judged on the way.
 *
 * <pre>{@code
 * TrainingPlan.of(40)
 *     .with(new Schedule.OnPlateau(new Plateau()))
 *     .with(Validation.by(() -> model.perplexity(valid)).stopping(EarlyStopping.after(5)).keepingBest())
 * }</pre>
 *
 * @param epochs how often to go through the batches at most, at least 1
 * @param schedule when the learning rate changes, and to what
 * @param validation how the model is judged after each epoch; empty for not at all
 */
public record TrainingPlan(int epochs, Schedule schedule, Optional<Validation> validation) {

  /**
   * A plan with all its settings.
   *
   * @param epochs how often to go through the batches at most
   * @param schedule when the learning rate changes, and to what
   * @param validation how the model is judged after each epoch; empty for not at all
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
   * The plan of so many epochs, and nothing else.
   *
   * @param epochs how often to go through the batches, at least 1
   * @return the plan
   * @throws IllegalArgumentException if epochs is below 1
   */
  public static TrainingPlan of(int epochs) {
    return new TrainingPlan(epochs, new Schedule.Fixed(), Optional.empty());
  }

  /**
   * The same plan with another schedule.
   *
   * @param other when the learning rate changes, and to what
   * @return a new plan
   */
  public TrainingPlan with(Schedule other) {
    return new TrainingPlan(epochs, other, validation);
  }

  /**
   * The same plan with validation.
   *
   * @param rule how the model is judged after each epoch
   * @return a new plan
   */
  public TrainingPlan with(Validation rule) {
    return new TrainingPlan(epochs, schedule, Optional.of(rule));
  }

  /** Throws if the schedule waits for scores that never come. */
  void requireComplete() {
    if (schedule instanceof Schedule.OnPlateau && validation.isEmpty()) {
      throw new IllegalArgumentException(
          "train: a schedule on plateau looks at validation scores; give the plan a Validation");
    }
  }
}
