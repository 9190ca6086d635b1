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
 * The training loop: forward, backward, clip and update for each batch of each epoch. A plan may
 * say that an update takes {@linkplain TrainingPlan#accumulating several batches}.
 *
 * <p>A stateful model keeps its state from batch to batch and from epoch to epoch, unless the
 * batches say that a new text starts; gradients do not cross batches. Batches may have different
 * shapes.
 *
 * <p>If the thread of a training is interrupted, the training stops after the current batch: it
 * calls its listeners, restores the best epoch's parameters if the plan says so, and throws a
 * {@link TrainingInterruptedException}. The interrupt flag stays set.
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
   * @param optimizer modified by training: its state
   * @param clipping the rule for gradients before each update
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
   * Trains for a number of epochs. A further call continues with the current model.
   *
   * @param batches the batches of an epoch
   * @param epochs the number of epochs, at least 1
   * @return the end of each epoch, in order
   * @throws IllegalArgumentException if epochs is below 1, an epoch has no batch, or the model
   *     rejects a batch
   * @throws TrainingDivergedException if a loss, the norm of the gradients or, at the end of an
   *     epoch, a parameter is not finite; the message names epoch, iteration and the first value
   *     that is not finite: a parameter, an input, a score or a gradient
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public List<EpochEnd> train(Batches<B> batches, int epochs) {
    return train(batches, TrainingPlan.of(epochs));
  }

  /**
   * Trains by a plan. A further call continues with the current model; with other batches, or after
   * the best epoch's parameters were restored, it starts from a reset state.
   *
   * @param batches the batches of an epoch
   * @param plan the number of epochs, the schedule and the validation
   * @return the end of each epoch, in order; fewer than planned if the training stopped early
   * @throws IllegalArgumentException if the schedule needs a validation and the plan has none, an
   *     epoch has no batch, or the model rejects a batch
   * @throws TrainingDivergedException if a loss, the norm of the gradients or, at the end of an
   *     epoch, a parameter is not finite, or a validation score is NaN; the message names epoch,
   *     iteration and the first value that is not finite: a parameter, an input, a score or a
   *     gradient
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public List<EpochEnd> train(Batches<B> batches, TrainingPlan plan) {
    plan.requireComplete();
    iterations(batches); // checked before anything changes
    if (latest != null && latest != batches) {
      model.resetState();
    }
    return run(batches, plan, TrainingProgress.START);
  }

  /**
   * Continues a training by a plan, bit for bit as if it had never stopped.
   *
   * <p>Model, optimizer, schedule and batches must be in the state that they had at this progress,
   * gradients that wait for an update included, as after {@code TrainingCheckpoint.restore}.
   * Without it, create shuffled batches with the same seed, and call {@link Batches#beginEpoch}
   * once for each epoch that has begun: it is not called again in the middle of an epoch.
   *
   * @param batches the batches of an epoch, the same as before
   * @param plan the same as before; epochs are counted from the beginning of the training
   * @param from the progress that a {@link TrainingListener} received; not modified
   * @return the end of each epoch that ends after this call, in order
   * @throws IllegalArgumentException if the schedule needs a validation and the plan has none, or
   *     the progress does not fit the batches, the model, or the plan's batches per update
   * @throws TrainingDivergedException as {@link #train(Batches, TrainingPlan)} does
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public List<EpochEnd> resume(Batches<B> batches, TrainingPlan plan, TrainingProgress from) {
    plan.requireComplete();
    if (from.iteration() > iterations(batches)) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "resume: the training has done %d batches of an epoch, but an epoch has %d;"
                      + " pass the",
                  from.iteration(),
                  batches.iterations())
              + " batches that it had");
    }
    int waiting = waiting(plan, from.iteration(), batches.iterations());
    if (from.accumulated() != waiting) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "resume: the gradients of %d batches wait for an update, but by a plan that"
                  + " accumulates %d there are %d after batch %d; pass the plan that it had",
              from.accumulated(),
              plan.batchesPerUpdate(),
              waiting,
              from.iteration()));
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
            underWay ? from : new TrainingProgress(epoch, 0, 0, judge.judgement(), 0);
        stopIfInterrupted(start);
        if (!underWay) {
          schedule.beforeEpoch(epoch, optimizer);
          batches.beginEpoch();
        }
        int started = epoch;
        listeners.forEach(listener -> listener.epochStarted(started));
        double loss = learnEpoch(batches, plan, start);
        double rate = optimizer.learningRate();
        OptionalDouble score = judge.judge(epoch, batches.iterations());
        score.ifPresent(s -> schedule.afterValidation(s, optimizer));
        EpochEnd end =
            new EpochEnd(epoch, loss, StrictMath.exp(loss), rate, score, judge.latestIsBest());
        ends.add(end);
        listeners.forEach(listener -> listener.epochEnded(end));
        TrainingProgress progress = new TrainingProgress(epoch + 1, 0, 0, judge.judgement(), 0);
        listeners.forEach(listener -> listener.progressed(progress));
      }
    } finally {
      judge.restoreBest();
    }
    return List.copyOf(ends);
  }

  /** The number of batches of an epoch, at least 1. */
  private static int iterations(Batches<?> batches) {
    int iterations = batches.iterations();
    if (iterations < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "train: an epoch must have at least 1 batch, not %d; check iterations() of the"
                  + " batches",
              iterations));
    }
    return iterations;
  }

  /** Trains on the rest of an epoch and returns the mean of the losses of all its batches. */
  private double learnEpoch(Batches<B> batches, TrainingPlan plan, TrainingProgress start) {
    int epoch = start.epoch();
    int iterations = iterations(batches); // checked again: a new epoch may have other batches
    double total = start.totalLoss();
    int accumulated = start.accumulated();
    for (int iteration = start.iteration() + 1; iteration <= iterations; iteration++) {
      if (batches.startsNewText(iteration - 1)) {
        model.resetState();
      }
      B batch = batches.read(iteration - 1);
      double loss = addGradients(batch, accumulated, epoch, iteration);
      int waiting = waiting(plan, iteration, iterations);
      double norm =
          waiting > 0
              ? Double.NaN
              : update(plan.schedule(), accumulated + 1, batch, epoch, iteration);
      accumulated = waiting;
      BatchEnd end = new BatchEnd(epoch, iteration, iterations, loss, norm);
      total += loss;
      listeners.forEach(listener -> listener.batchEnded(end));
      TrainingProgress progress =
          new TrainingProgress(epoch, iteration, total, start.judgement(), accumulated);
      listeners.forEach(listener -> listener.progressed(progress));
      if (iteration < iterations) { // otherwise only the end of the epoch is left to do
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

  /** The number of batches that wait for an update after so many of an epoch. */
  private static int waiting(TrainingPlan plan, int iteration, int iterations) {
    return iteration == iterations ? 0 : iteration % plan.batchesPerUpdate();
  }

  /** Adds the gradients of a batch to those of the batches that wait, and returns its loss. */
  private double addGradients(B batch, int accumulated, int epoch, int iteration) {
    if (accumulated == 0) {
      model.parameters().forEach(Parameter::zeroGrad);
    }
    double loss = forward(batch, epoch, iteration);
    model.backward();
    return loss;
  }

  /** Updates by the mean gradients of the latest batches and returns the norm before clipping. */
  private double update(Schedule schedule, int count, B batch, int epoch, int iteration) {
    List<Parameter> parameters = model.parameters();
    if (count > 1) {
      GradientClipping.scale(parameters, 1.0 / count);
    }
    double norm = clip(parameters, batch, epoch, iteration);
    schedule.beforeUpdate(optimizer);
    optimizer.update(parameters);
    return norm;
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
