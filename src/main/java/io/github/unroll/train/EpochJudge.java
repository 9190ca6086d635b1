package io.github.unroll.train;

import io.github.unroll.model.TrainableModel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.TrainingProgress.Judgement;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The validation of one training: it scores each epoch and keeps the best. */
final class EpochJudge {

  private final Validation validation; // null if there is none
  private final TrainableModel<?> model;
  private double best;
  private boolean latestIsBest;
  private List<Matrix> bestParameters; // empty until there is a best epoch to keep

  // For early stopping: a score that is lower by too little is the best, but not a gain.
  private double lastGain;
  private int epochsWithoutGain;

  EpochJudge(Validation validation, TrainableModel<?> model, Judgement before) {
    this.validation = validation;
    this.model = model;
    this.best = before.best();
    this.lastGain = before.lastGain();
    this.epochsWithoutGain = before.epochsWithoutGain();
    this.bestParameters = before.bestParameters().stream().map(Matrix::copy).toList();
    requireShapesOfModel();
  }

  private void requireShapesOfModel() {
    List<Parameter> parameters = model.parameters();
    boolean fits = bestParameters.isEmpty() || bestParameters.size() == parameters.size();
    for (int i = 0; fits && i < bestParameters.size(); i++) {
      fits = bestParameters.get(i).shape().equals(parameters.get(i).value().shape());
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "resume: the best epoch's parameters do not fit the model %s",
              parameters));
    }
  }

  /** The results so far; the parameters are not copied. */
  Judgement judgement() {
    return new Judgement(best, lastGain, epochsWithoutGain, bestParameters);
  }

  /** The score of the current model; empty if there is no validation. */
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
    if (bestParameters.isEmpty()) {
      bestParameters = parameters.stream().map(p -> p.value().copy()).toList();
    } else {
      for (int i = 0; i < bestParameters.size(); i++) {
        bestParameters.get(i).copyFrom(parameters.get(i).value());
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

  /** Whether early stopping ends the training. */
  boolean givesUp() {
    return validation != null
        && validation.stopping().filter(rule -> epochsWithoutGain >= rule.patience()).isPresent();
  }

  /** Restores the best epoch's parameters, if they were kept, and resets the model's state. */
  void restoreBest() {
    if (bestParameters.isEmpty()) {
      return;
    }
    List<Parameter> parameters = model.parameters();
    for (int i = 0; i < bestParameters.size(); i++) {
      parameters.get(i).value().copyFrom(bestParameters.get(i));
    }
    model.resetState();
  }
}
