package io.github.unroll.train;

import io.github.unroll.data.Batches;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.UnusableGradientsException;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.TrainingListener.BatchEnd;
import io.github.unroll.train.TrainingListener.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The loop that trains: for each batch of each epoch forward, backward, clip, update.
 *
 * <p>A stateful model's state is carried from batch to batch and from epoch to epoch, unless the
 * batches say that a new text starts; only gradients stop at the edge of a batch. Batches may be of
 * different shapes.
 *
 * <p>A training whose thread is interrupted stops after the batch that is under way: its listeners
 * are told, the best epoch's parameters are put back if the plan says so, and a {@link
 * TrainingInterruptedException} is thrown. The interrupt flag stays set.
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
   * @throws IllegalArgumentException if epochs is below 1, an epoch has no batch, or the model
   *     refuses one
   * @throws TrainingDivergedException if a loss, the norm of the gradients or, at the end of an
   *     epoch, a parameter is not finite; it names epoch, iteration and what is not finite first: a
   *     parameter, an input, a score or a gradient
   * @throws TrainingInterruptedException if the thread is interrupted
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
   * @throws IllegalArgumentException if the schedule needs a validation and the plan has none, an
   *     epoch has no batch, or the model refuses one
   * @throws TrainingDivergedException if a loss, the norm of the gradients or, at the end of an
   *     epoch, a parameter is not finite, or a validation score is NaN; it names epoch, iteration
   *     and what is not finite first: a parameter, an input, a score or a gradient
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public List<EpochEnd> train(Batches<B> batches, TrainingPlan plan) {
    plan.requireComplete();
    iterations(batches); // before anything changes
    if (latest != null && latest != batches) {
      model.resetState();
    }
    return run(batches, plan, TrainingProgress.START);
  }

  /**
   * Goes on with a training by a plan, bit for bit as if it had never stopped.
   *
   * <p>Model, optimizer, schedule and batches must stand as they did when the progress was told, as
   * after {@code TrainingCheckpoint.restore}. Without it, make batches that are shuffled anew of
   * the same seed, and call {@link Batches#beginEpoch} once for each epoch that has begun: in the
   * middle of an epoch it is not called again.
   *
   * @param batches what an epoch goes through, the same as before
   * @param plan the same as before; epochs counts from the training's beginning
   * @param from what a {@link TrainingListener} was told; not modified
   * @return the end of each epoch that ends from now on, in order
   * @throws IllegalArgumentException if the schedule needs a validation and the plan has none, or
   *     the progress does not fit the batches or the model
   * @throws TrainingDivergedException as {@link #train(Batches, TrainingPlan)} does
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public List<EpochEnd> resume(Batches<B> batches, TrainingPlan plan, TrainingProgress from) {
    plan.requireComplete();
    if (from.iteration() > iterations(batches)) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "resume: the training stands after %d batches of an epoch, and an epoch has %d;"
                      + " pass the",
                  from.iteration(),
                  batches.iterations())
              + " batches that it had");
    }
    return run(batches, plan, from);
  }

  private List<EpochEnd> run(Batches<B> batches, TrainingPlan plan, TrainingProgress from) {
    model.setTraining(true);
    latest = batches;
    Schedule schedule = plan.schedule();
    EpochJudge judge = new EpochJudge(plan.validation().orElse(null), model, from.judgement());
    List<EpochEnd> ends = new ArrayList<>();
    try {
      for (int epoch = from.epoch(); epoch <= plan.epochs() && !judge.givesUp(); epoch++) {
        boolean underWay = epoch == from.epoch() && from.iteration() > 0;
        TrainingProgress start =
            underWay ? from : new TrainingProgress(epoch, 0, 0, judge.judgement());
        stopIfInterrupted(start);
        if (!underWay) {
          schedule.beforeEpoch(epoch, optimizer);
          batches.beginEpoch();
        }
        double loss = learnEpoch(batches, schedule, start);
        double rate = optimizer.learningRate();
        OptionalDouble score = judge.judge(epoch, batches.iterations());
        score.ifPresent(s -> schedule.afterValidation(s, optimizer));
        EpochEnd end =
            new EpochEnd(epoch, loss, StrictMath.exp(loss), rate, score, judge.latestIsBest());
        ends.add(end);
        listeners.forEach(listener -> listener.epochEnded(end));
        TrainingProgress progress = new TrainingProgress(epoch + 1, 0, 0, judge.judgement());
        listeners.forEach(listener -> listener.progressed(progress));
      }
    } finally {
      judge.restoreBest();
    }
    return List.copyOf(ends);
  }

  /** How many batches an epoch has; the mean over none is no number. */
  private static int iterations(Batches<?> batches) {
    int iterations = batches.iterations();
    if (iterations < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "train: an epoch of %d batches teaches nothing; pass batches of at least one"
                  + " iteration",
              iterations));
    }
    return iterations;
  }

  /** Learns the rest of an epoch; returns the mean of all its batches' losses. */
  private double learnEpoch(Batches<B> batches, Schedule schedule, TrainingProgress start) {
    int epoch = start.epoch();
    int iterations = iterations(batches); // again: a new epoch may have other batches
    double total = start.totalLoss();
    for (int iteration = start.iteration() + 1; iteration <= iterations; iteration++) {
      if (batches.startsNewText(iteration - 1)) {
        model.resetState();
      }
      B batch = batches.read(iteration - 1);
      schedule.beforeUpdate(optimizer);
      BatchEnd end = learn(batch, epoch, iteration, iterations);
      total += end.loss();
      listeners.forEach(listener -> listener.batchEnded(end));
      TrainingProgress progress = new TrainingProgress(epoch, iteration, total, start.judgement());
      listeners.forEach(listener -> listener.progressed(progress));
      if (iteration < iterations) { // an epoch whose batches are all learned is brought to its end
        stopIfInterrupted(progress);
      }
    }
    TrainingDivergedException.throwIfNotFinite(epoch, model.parameters());
    return total / iterations;
  }

  private void stopIfInterrupted(TrainingProgress progress) {
    if (Thread.currentThread().isInterrupted()) {
      listeners.forEach(listener -> listener.interrupted(progress));
      throw new TrainingInterruptedException(progress);
    }
  }

  private BatchEnd learn(B batch, int epoch, int iteration, int iterations) {
    List<Parameter> parameters = model.parameters();
    parameters.forEach(Parameter::zeroGrad);
    double loss = forward(batch, epoch, iteration);
    model.backward();
    double norm = clip(parameters, batch, epoch, iteration);
    optimizer.update(parameters);
    return new BatchEnd(epoch, iteration, iterations, loss, norm);
  }

  private double forward(B batch, int epoch, int iteration) {
    try {
      double loss = model.forward(batch);
      if (Double.isFinite(loss)) {
        return loss;
      }
      throw TrainingDivergedException.ofLoss(loss, epoch, iteration, model, batch);
    } catch (IllegalArgumentException e) { // such as a batch in which no target counts
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "epoch %d, iteration %d: %s", epoch, iteration, e.getMessage()),
          e);
    }
  }

  private double clip(List<Parameter> parameters, B batch, int epoch, int iteration) {
    try {
      double norm = clipping.clip(parameters);
      if (Double.isFinite(norm)) {
        return norm;
      }
      throw TrainingDivergedException.ofNorm(norm, epoch, iteration, model, batch);
    } catch (UnusableGradientsException e) {
      throw TrainingDivergedException.ofNorm(e.norm(), epoch, iteration, model, batch);
    }
  }
}
