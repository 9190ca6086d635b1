package io.github.unroll.train;

import java.util.Objects;
import java.util.Optional;

/**
 * How long to train, and how the model is judged on the way.
 *
 * @param epochs how often to go through the batches at most, at least 1
 * @param validation how the model is judged after each epoch; empty for not at all
 */
public record TrainingPlan(int epochs, Optional<Validation> validation) {

  /**
   * A plan with all its settings.
   *
   * @throws IllegalArgumentException if epochs is below 1
   * @throws NullPointerException if validation is null
   */
  public TrainingPlan {
    if (epochs < 1) {
      throw new IllegalArgumentException("train: epochs must be at least 1, not " + epochs);
    }
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
    return new TrainingPlan(epochs, Optional.empty());
  }

  /**
   * The same plan with validation.
   *
   * @param rule how the model is judged after each epoch
   * @return a new plan
   */
  public TrainingPlan with(Validation rule) {
    return new TrainingPlan(epochs, Optional.of(rule));
  }
}
