package io.github.unroll.train;

import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Loss, gradients or parameters are no longer finite: training has stopped before it spoils more.
 */
public final class TrainingDivergedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private TrainingDivergedException(String what, int epoch, int iteration, String bad) {
    super(
        String.format(
            Locale.ROOT,
            "%s at epoch %d, iteration %d: %s; lower the learning rate or clip the gradients",
            what,
            epoch,
            iteration,
            bad));
  }

  static TrainingDivergedException ofLoss(
      double loss, int epoch, int iteration, List<Parameter> parameters) {
    return new TrainingDivergedException(
        "the loss is " + loss,
        epoch,
        iteration,
        firstBadValue(parameters).orElse("all parameters are finite, so the scores overflowed"));
  }

  static TrainingDivergedException ofGradients(
      double norm, int epoch, int iteration, List<Parameter> parameters) {
    return new TrainingDivergedException(
        "the norm of the gradients is " + norm,
        epoch,
        iteration,
        firstBad(parameters, "gradient", Parameter::gradOfTouchedRows)
            .orElse("each is finite, but their squares overflow"));
  }

  static TrainingDivergedException ofValidation(int epoch, int iterations) {
    return new TrainingDivergedException(
        "the validation score is NaN",
        epoch,
        iterations,
        "all parameters are finite, so the scores overflowed or there was nothing to score");
  }

  static void throwIfNotFinite(int epoch, int iteration, List<Parameter> parameters) {
    Optional<String> bad = firstBadValue(parameters);
    if (bad.isPresent()) {
      throw new TrainingDivergedException(
          "the update spoiled the parameters", epoch, iteration, bad.get());
    }
  }

  private static Optional<String> firstBadValue(List<Parameter> parameters) {
    return firstBad(parameters, "parameter", p -> p.value().data());
  }

  private static Optional<String> firstBad(
      List<Parameter> parameters, String what, Function<Parameter, double[]> array) {
    for (Parameter parameter : parameters) {
      double[] values = array.apply(parameter);
      int cols = parameter.value().cols();
      for (int i = 0; i < values.length; i++) {
        if (!Double.isFinite(values[i])) {
          return Optional.of(
              String.format(
                  Locale.ROOT,
                  "the first bad %s is %s[%d,%d] = %s",
                  what,
                  parameter.name(),
                  i / cols,
                  i % cols,
                  values[i]));
        }
      }
    }
    return Optional.empty();
  }
}
