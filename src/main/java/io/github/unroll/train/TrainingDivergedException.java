package io.github.unroll.train;

import io.github.unroll.tensor.Parameter;
import java.util.List;

/** The loss is no longer a finite number: training has stopped before it spoils more. */
public final class TrainingDivergedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TrainingDivergedException(double loss, int epoch, int iteration, List<Parameter> parameters) {
    super(
        "the loss is %s at epoch %d, iteration %d: %s; lower the learning rate or clip the gradients"
            .formatted(loss, epoch, iteration, firstBadEntry(parameters)));
  }

  private static String firstBadEntry(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      double[] values = parameter.value().data();
      int cols = parameter.value().cols();
      for (int i = 0; i < values.length; i++) {
        if (!Double.isFinite(values[i])) {
          return "the first bad parameter is %s[%d,%d] = %s"
              .formatted(parameter.name(), i / cols, i % cols, values[i]);
        }
      }
    }
    return "all parameters are finite, so the scores overflowed";
  }
}
