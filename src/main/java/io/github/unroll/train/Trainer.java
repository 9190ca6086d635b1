package io.github.unroll.train;

import io.github.unroll.data.Batches;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * The loop that trains: for each batch of each epoch forward, backward, clip, update.
 *
 * <p>A stateful model's state is carried from batch to batch and from epoch to epoch; only
 * gradients stop at the edge of a batch.
 *
 * @param <B> a batch of the model
 */
public final class Trainer<B> {

  private final TrainableModel<B> model;
  private final Optimizer optimizer;
  private final GradientClipping clipping;
  private final List<TrainingListener> listeners;

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
  public List<TrainingListener.EpochEnd> train(Batches<B> batches, int epochs) {
    if (epochs < 1) {
      throw new IllegalArgumentException("train: epochs must be at least 1, not " + epochs);
    }
    List<TrainingListener.EpochEnd> ends = new ArrayList<>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      ends.add(trainEpoch(batches, epoch));
    }
    return List.copyOf(ends);
  }

  private TrainingListener.EpochEnd trainEpoch(Batches<B> batches, int epoch) {
    int iterations = batches.iterations();
    batches.beginEpoch();
    double total = 0;
    for (int iteration = 1; iteration <= iterations; iteration++) {
      B batch = batches.read(iteration - 1);
      TrainingListener.BatchEnd end = learn(batch, epoch, iteration, iterations);
      total += end.loss();
      listeners.forEach(listener -> listener.batchEnded(end));
    }
    TrainingDivergedException.throwIfNotFinite(epoch, iterations, model.parameters());
    double mean = total / iterations;
    TrainingListener.EpochEnd end =
        new TrainingListener.EpochEnd(epoch, mean, StrictMath.exp(mean));
    listeners.forEach(listener -> listener.epochEnded(end));
    return end;
  }

  private TrainingListener.BatchEnd learn(B batch, int epoch, int iteration, int iterations) {
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
    return new TrainingListener.BatchEnd(epoch, iteration, iterations, loss, norm);
  }
}
