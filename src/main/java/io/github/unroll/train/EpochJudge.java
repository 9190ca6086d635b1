package io.github.unroll.train;

import io.github.unroll.model.TrainableModel;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.OptionalDouble;

/** Takes the validation score of each epoch of one training, and remembers the best. */
final class EpochJudge {

  private final Validation validation; // null if there is none
  private final TrainableModel<?> model;
  private double best = Double.POSITIVE_INFINITY;
  private boolean latestIsBest;
  private double[][] bestValues; // null until there is a best epoch to keep

  // What early stopping looks at: a lower score that gains too little is the best, yet no gain.
  private double lastGain = Double.POSITIVE_INFINITY;
  private int epochsWithoutGain;

  EpochJudge(Validation validation, TrainableModel<?> model) {
    this.validation = validation;
    this.model = model;
  }

  /** The score of the model as it stands; empty if there is no validation. */
  OptionalDouble judge(int epoch, int iterations) {
    if (validation == null) {
      return OptionalDouble.empty();
    }
    double score = score();
    if (Double.isNaN(score)) {
      throw TrainingDivergedException.ofValidation(epoch, iterations);
    }
    latestIsBest = score < best;
    if (latestIsBest) {
      best = score;
      keep();
    }
    countGain(score);
    return OptionalDouble.of(score);
  }

  private double score() {
    model.setTraining(false);
    try {
      return validation.score().getAsDouble();
    } finally {
      model.setTraining(true);
    }
  }

  private void keep() {
    if (!validation.keepsBest()) {
      return;
    }
    List<Parameter> parameters = model.parameters();
    if (bestValues == null) {
      bestValues = parameters.stream().map(p -> p.value().data().clone()).toArray(double[][]::new);
    } else {
      for (int i = 0; i < bestValues.length; i++) {
        System.arraycopy(
            parameters.get(i).value().data(), 0, bestValues[i], 0, bestValues[i].length);
      }
    }
  }

  private void countGain(double score) {
    double leastGain = validation.stopping().map(EarlyStopping::leastGain).orElse(0.0);
    if (score < lastGain - leastGain) {
      lastGain = score;
      epochsWithoutGain = 0;
    } else {
      epochsWithoutGain++;
    }
  }

  /** Whether the epoch judged last has the least score so far. */
  boolean latestIsBest() {
    return latestIsBest;
  }

  /** Whether patience is at its end. */
  boolean givesUp() {
    return validation != null
        && validation.stopping().filter(rule -> epochsWithoutGain >= rule.patience()).isPresent();
  }

  /** Puts the best epoch's parameters back, if they were kept; their state cannot be. */
  void restoreBest() {
    if (bestValues == null) {
      return;
    }
    List<Parameter> parameters = model.parameters();
    for (int i = 0; i < bestValues.length; i++) {
      System.arraycopy(bestValues[i], 0, parameters.get(i).value().data(), 0, bestValues[i].length);
    }
    model.resetState();
  }
}
