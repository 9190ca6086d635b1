package io.github.unroll.optim;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Map;

/**
 * An optimizer: a rule that updates parameters from their gradients, and its state.
 *
 * <p>The state can be read and restored, so that training continues bit for bit: {@link #steps()}
 * once, and {@link #state(Parameter)} of each parameter. Parameters are told apart by identity: two
 * with equal names and values are still different. The learning rate can be changed between steps,
 * by a {@link LearningRate} or a {@link Plateau}; it and the other settings of the rule are not
 * part of the state.
 */
public interface Optimizer {

  /**
   * Makes one step: changes the value of every parameter by its gradient. Gradients do not change.
   *
   * <p>Gradients are not checked here; {@link GradientClipping} rejects unusable ones. A value
   * becomes NaN, which the next loss shows, if its gradient is NaN, or if the rule keeps squares
   * and the square is too large for a double, such as that of 1e200.
   *
   * @param parameters modified: their values; one that is listed twice changes once
   */
  void update(List<Parameter> parameters);

  /** {@return the learning rate of the next step, at least 0} */
  double learningRate();

  /**
   * Changes the learning rate from the next step on.
   *
   * @param learningRate 0 or positive
   * @throws IllegalArgumentException if it is negative or not finite
   */
  void setLearningRate(double learningRate);

  /** {@return the number of updates so far} */
  long steps();

  /**
   * Sets the number of updates so far, to continue a saved training.
   *
   * @param steps at least 0
   * @throws IllegalArgumentException if it is negative
   */
  void setSteps(long steps);

  /**
   * {@return the names of the parts of a parameter's state, e.g. m and v for Adam; none for plain
   * gradient descent}
   */
  List<String> stateNames();

  /**
   * {@return a copy of the state of a parameter: for each of the {@link #stateNames()}, in their
   * order, a matrix of the parameter's shape; zeros if the parameter was never updated}
   *
   * @param parameter any parameter
   */
  Map<String, Matrix> state(Parameter parameter);

  /**
   * Restores what {@link #state(Parameter)} returned.
   *
   * @param parameter the parameter with this state; not modified
   * @param state copied
   * @throws IllegalArgumentException if the names are not {@link #stateNames()} or a part does not
   *     have the parameter's shape; then nothing has changed
   */
  void setState(Parameter parameter, Map<String, Matrix> state);
}
