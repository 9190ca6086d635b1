package io.github.unroll.optim;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Map;

/**
 * A rule that changes parameters by their gradients, and what it remembers of past gradients.
 *
 * <p>The memory can be taken out and put back, so that training goes on bit for bit: {@link
 * #steps()} once, and {@link #state(Parameter)} of each parameter. A parameter is known by
 * identity: two of equal name and values are still two. The learning rate can be changed between
 * steps, by a {@link LearningRate} or a {@link Plateau}; it and the rule's other settings are not
 * part of the memory.
 */
public interface Optimizer {

  /**
   * One step: changes the value of every parameter by its gradient. Gradients stay as they are.
   *
   * <p>They are not checked: {@link GradientClipping} is what refuses. A value becomes NaN, for the
   * next loss to show it, where its gradient is NaN, or where a rule that remembers squares would
   * have to remember one past the greatest double, as that of 1e200 is.
   *
   * @param parameters modified: their values; one that is listed twice changes once
   */
  void update(List<Parameter> parameters);

  /**
   * The learning rate of the next step.
   *
   * @return at least 0
   */
  double learningRate();

  /**
   * Changes the learning rate from the next step on.
   *
   * @param learningRate 0 or positive
   * @throws IllegalArgumentException if it is negative or not finite
   */
  void setLearningRate(double learningRate);

  /**
   * How many steps were made.
   *
   * @return the number of updates so far
   */
  long steps();

  /**
   * Sets the number of steps made, as when training goes on after a break.
   *
   * @param steps at least 0
   * @throws IllegalArgumentException if it is negative
   */
  void setSteps(long steps);

  /**
   * How the parts of a parameter's state are called.
   *
   * @return e.g. m and v for Adam; none for plain gradient descent
   */
  List<String> stateNames();

  /**
   * What is remembered of a parameter's gradients.
   *
   * @param parameter one of those that are updated, or any other
   * @return a copy, by {@link #stateNames()} and in their order, each part of the parameter's
   *     shape; zeros if the parameter was never updated
   */
  Map<String, Matrix> state(Parameter parameter);

  /**
   * Puts back what {@link #state(Parameter)} gave.
   *
   * @param parameter not modified; whose state it is from now on
   * @param state copied
   * @throws IllegalArgumentException if the names are not {@link #stateNames()} or a part has not
   *     the parameter's shape; nothing has changed then
   */
  void setState(Parameter parameter, Map<String, Matrix> state);
}
