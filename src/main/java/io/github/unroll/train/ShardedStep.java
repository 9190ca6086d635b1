package io.github.unroll.train;

import io.github.unroll.layer.State;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.optim.UnusableGradientsException;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.FlatParameters;
import io.github.unroll.tensor.Parameter;
import java.util.Locale;
import java.util.Objects;

/**
 * A training step whose batch is divided into shards, so that any number of workers can share it:
 * each has a model of its own with the same parameters, and computes the gradients of some shards;
 * their {@link GradientShard#sum} updates the parameters once.
 *
 * <pre>{@code
 * worker.parameters().setValues(values);                               // on every worker
 * GradientShard shard = worker.gradients(batch, step, i);              // for its shards i
 *
 * leader.update(GradientShard.sum(shards), clipping, optimizer);       // on one machine
 * values = leader.parameters().values();
 * }</pre>
 *
 * <p>The bits of the parameters depend on the shards and their order, never on how many workers
 * there are or which of them computes what. The masks of dropout are drawn from the seed, the step
 * and the number of the shard; a state that a model keeps from batch to batch goes with the shard.
 *
 * <p>For one thread at a time, as its model is.
 *
 * @param <B> a batch of the model
 */
public final class ShardedStep<B> {

  private final TrainableModel<B> model;
  private final FlatParameters parameters;
  private final RandomState masks;
  private final long seed;

  /**
   * The steps of one model.
   *
   * @param model modified: its parameters, gradients and kept state
   * @param masks modified: the random generator that the model was created with, the source of its
   *     dropout; it is set anew for every shard
   * @param seed from which all masks follow; the same for all workers of a training
   */
  public ShardedStep(TrainableModel<B> model, RandomState masks, long seed) {
    this.model = model;
    this.parameters = new FlatParameters(model.parameters());
    this.masks = Objects.requireNonNull(masks, "masks");
    this.seed = seed;
  }

  /** {@return the model's parameters, to be sent and received as flat arrays} */
  public FlatParameters parameters() {
    return parameters;
  }

  /**
   * Computes the gradients of a shard of sequences that begin with it.
   *
   * @param batch the sequences of the shard and their targets, of which one at least counts
   * @param step the number of the training step, at least 0
   * @param shard the number of the shard in the step, from 0
   * @return loss, weight and gradients
   * @throws IllegalArgumentException if a number is negative or the model rejects the batch
   * @throws TrainingDivergedException if the loss is not finite
   */
  public GradientShard gradients(B batch, long step, int shard) {
    return gradients(batch, step, shard, null);
  }

  /**
   * Computes the gradients of a shard of texts that go on, with a model that keeps its state from
   * batch to batch.
   *
   * @param batch the next piece of the shard's texts
   * @param step the number of the training step, at least 0
   * @param shard the number of the shard in the step, from 0
   * @param before the state after the pieces before it, {@code State.ofBytes(previous.state())};
   *     null if the texts begin
   * @return loss, weight and gradients, and the state for the shard's next piece
   * @throws IllegalArgumentException if a number is negative, the state does not fit the model, or
   *     the model rejects the batch
   * @throws TrainingDivergedException if the loss is not finite
   */
  public GradientShard gradients(B batch, long step, int shard, State before) {
    if (step < 0 || shard < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ShardedStep.gradients: steps and shards count from 0, not step %d, shard %d",
              step,
              shard));
    }
    model.setTraining(true);
    masks.setState(new RandomState(words(seed, step, shard)).state());
    if (before == null) {
      model.resetState();
    } else {
      model.setKeptState(before);
    }
    model.parameters().forEach(Parameter::zeroGrad);
    double loss = forward(batch, step, shard);
    double weight = model.lossWeight();
    model.backward();
    return new GradientShard(
        step,
        shard,
        parameters.fingerprint(),
        loss,
        weight,
        parameters.gradients(),
        model.keptState().map(State::toBytes).orElse(new byte[0]));
  }

  /** Numbers as words of 32 bits, the lower one of each first. */
  private static long[] words(long... numbers) {
    long[] words = new long[2 * numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      words[2 * i] = numbers[i] & 0xffffffffL;
      words[2 * i + 1] = numbers[i] >>> 32;
    }
    return words;
  }

  private double forward(B batch, long step, int shard) {
    try {
      double loss = model.forward(batch);
      if (Double.isFinite(loss)) {
        return loss;
      }
      throw TrainingDivergedException.ofShard(loss, step, shard, model, batch);
    } catch (IllegalArgumentException e) { // such as a batch in which no target counts
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "step %d, shard %d: %s", step, shard, e.getMessage()), e);
    }
  }

  /**
   * Updates the parameters by the gradients of all shards, clipped as one.
   *
   * @param sum the {@link GradientShard#sum} of all shards of the step
   * @param clipping the rule for the gradients before the update
   * @param optimizer modified: its state
   * @return the global norm of the gradients before clipping
   * @throws IllegalArgumentException if it is the gradient of one shard, or of other parameters
   *     than the model has
   * @throws TrainingDivergedException if the norm of the gradients is not finite
   */
  public double update(GradientShard sum, GradientClipping clipping, Optimizer optimizer) {
    if (sum.shard() != GradientShard.ALL) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ShardedStep.update: shard %d alone; pass GradientShard.sum of all shards",
              sum.shard()));
    }
    if (sum.parameters() != parameters.fingerprint()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "ShardedStep.update: the gradients of step %d are of parameters %016x, and the model"
                  + " has %016x; give workers and model the same before each step",
              sum.step(),
              sum.parameters(),
              parameters.fingerprint()));
    }
    parameters.setGradients(sum.gradients());
    double norm = clip(clipping, sum.step());
    optimizer.update(model.parameters());
    return norm;
  }

  private double clip(GradientClipping clipping, long step) {
    try {
      double norm = clipping.clip(model.parameters());
      if (Double.isFinite(norm)) {
        return norm;
      }
      throw TrainingDivergedException.ofStep(norm, step, model);
    } catch (UnusableGradientsException e) {
      throw TrainingDivergedException.ofStep(e.norm(), step, model);
    }
  }
}
