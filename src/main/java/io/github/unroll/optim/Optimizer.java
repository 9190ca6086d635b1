package io.github.unroll.optim;

import io.github.unroll.tensor.Parameter;
import java.util.List;

/** A rule that changes parameters by their gradients. */
public interface Optimizer {

  /**
   * One step: changes the value of every parameter by its gradient. Gradients stay as they are.
   *
   * @param parameters modified: their values
   */
  void update(List<Parameter> parameters);
}
