package io.github.unroll.train;

import io.github.unroll.data.Batches;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.TrainingListener.BatchEnd;
import io.github.unroll.train.TrainingListener.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The loop that trains: for each batch of each epoch forward, backward, clip, update.
 *
 * <p>A stateful model's state is carried from batch to batch and from epoch to epoch, unless the
 * batches say that a new text starts; only gradients stop at the edge of a batch. Batches may be of
 * different shapes.
 *
 * @param <B> a batch of the model
 */
public final class Trainer<B> {

  private final TrainableModel<B> model;
  private final Optimizer optimizer;
  private final GradientClipping clipping;
  private final List<TrainingListener> listeners;
  private Batches<B> latest; // null before the first training

  /**
   * A trainer of one model.
   *
   * @param model modified by training: its parameters and state
   * @param optimizer modified by training: what it remembers of past gradients
   * @param clipping what is done to gradients before each update
   * @param listeners called in this order
   */
  public Trainer(
      TrainableModel<B> model,
      Optimizer optimizer,
      GradientClipping clipping,
      TrainingListener... listeners) {
    this.model = model;
    this.optimizer = optimizer;
    this.clipping = clipping;
    this.listeners = List.of(listeners);
  }

  /**
   * Trains for a number of epochs. Called again, it goes on with the model as it stands.
   *
   * @param batches what an epoch goes through
   * @param epochs how often to go through it, at least 1
   * @return the end of each epoch, in order
   * @throws IllegalArgumentException if epochs is below 1
   * @throws TrainingDivergedException if a loss, the norm of the gradients or, after the last
   *     update, a parameter is not finite; it names epoch, iteration and the first bad parameter
   */
  public List<EpochEnd> train(Batches<B> batches, int epochs) {
    return train(batches, TrainingPlan.of(epochs));
  }

  /**
   * Trains by a plan. Called again, it goes on with the model as it stands; with other batches, or
   * after the best epoch's parameters were put back, from a reset state.
   *
   * @param batches what an epoch goes through
   * @param plan for how long, with what learning rates and what validation
   * @return the end of each epoch, in order; fewer than planned if the training was given up
   * @throws IllegalArgumentException if the schedule needs a validation and the plan has none
   * @throws TrainingDivergedException if a loss, the norm of the gradients or, at the end of an
   *     epoch, a parameter is not finite, or a validation score is NaN; it names epoch, iteration
   *     and the first bad parameter
   */
  public List<EpochEnd> train(Batches<B> batches, TrainingPlan plan) {
    plan.requireComplete();
    model.setTraining(true);
    if (latest != null && latest != batches) {
      model.resetState();
    }
    latest = batches;
    Schedule schedule = plan.schedule();
    EpochJudge judge = new EpochJudge(plan.validation().orElse(null), model);
    List<EpochEnd> ends = new ArrayList<>();
    try {
      for (int epoch = 1; epoch <= plan.epochs() && !judge.givesUp(); epoch++) {
        schedule.beforeEpoch(epoch, optimizer);
        double loss = learnEpoch(batches, schedule, epoch);
        double rate = optimizer.learningRate();
        OptionalDouble score = judge.judge(epoch, batches.iterations());
        score.ifPresent(s -> schedule.afterValidation(s, optimizer));
        EpochEnd end =
            new EpochEnd(epoch, loss, StrictMath.exp(loss), rate, score, judge.latestIsBest());
        ends.add(end);
        listeners.forEach(listener -> listener.epochEnded(end));
      }
    } finally {
      judge.restoreBest();
    }
    return List.copyOf(ends);
  }

  /** Returns the mean of the batches' losses. */
  private double learnEpoch(Batches<B> batches, Schedule schedule, int epoch) {
    batches.beginEpoch();
    int iterations = batches.iterations();
    double total = 0;
    for (int iteration = 1; iteration <= iterations; iteration++) {
      if (batches.startsNewText(iteration - 1)) {
        model.resetState();
      }
      B batch = batches.read(iteration - 1);
      schedule.beforeUpdate(optimizer);
      BatchEnd end = learn(batch, epoch, iteration, iterations);
      total += end.loss();
      listeners.forEach(listener -> listener.batchEnded(end));
    }
    TrainingDivergedException.throwIfNotFinite(epoch, iterations, model.parameters());
    return total / iterations;
  }

  private BatchEnd learn(B batch, int epoch, int iteration, int iterations) {
    List<Parameter> parameters = model.parameters();
    parameters.forEach(Parameter::zeroGrad);
    double loss = model.forward(batch);
    if (!Double.isFinite(loss)) {
      throw TrainingDivergedException.ofLoss(loss, epoch, iteration, parameters);
    }
    model.backward();
    double norm = clipping.clip(parameters);
    if (!Double.isFinite(norm)) {
      throw TrainingDivergedException.ofGradients(norm, epoch, iteration, parameters);
    }
    optimizer.update(parameters);
    return new BatchEnd(epoch, iteration, iterations, loss, norm);
  }
}
