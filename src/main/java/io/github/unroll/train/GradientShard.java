package io.github.unroll.train;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The gradients of one shard of a batch, or the sum of all shards: what workers of a training send.
 * Made by {@link ShardedStep#gradients} and {@link #sum}. Nothing is copied.
 *
 * @param step the number of the training step
 * @param shard the number of the shard, from 0; {@link #ALL} for the sum of all
 * @param parameters the {@link io.github.unroll.tensor.FlatParameters#fingerprint} of the
 *     parameters that the gradients are of
 * @param loss the mean loss of the shard
 * @param weight how much it counts: the {@link io.github.unroll.model.TrainableModel#lossWeight},
 *     in the library's models the number of targets that count
 * @param gradients the gradients of the mean loss, in the order of {@link
 *     io.github.unroll.tensor.FlatParameters}
 * @param state the {@link io.github.unroll.layer.State#toBytes} of the state that the model keeps
 *     for the shard's next batch; empty if it keeps none, and in a sum
 */
public record GradientShard(
    long step,
    int shard,
    long parameters,
    double loss,
    double weight,
    double[] gradients,
    byte[] state)
    implements Serializable {

  /** The number of the shard of a sum. */
  public static final int ALL = -1;

  /**
   * Gradients.
   *
   * @throws IllegalArgumentException if the weight is not positive and finite
   */
  public GradientShard {
    Objects.requireNonNull(gradients, "gradients");
    Objects.requireNonNull(state, "state");
    if (!(weight > 0 && weight <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "GradientShard: the weight of shard %d must be positive and finite, not %s",
              shard,
              weight));
    }
  }

  /**
   * {@return loss and gradients of the whole batch, from those of all its shards} Each is the mean
   * that is weighted by the shards' weights: with w the weights, l the losses and g the gradients,
   *
   * <pre>{@code
   * loss      = Σ l[i] · (w[i] / Σ w)
   * gradients = Σ g[i] · (w[i] / Σ w)
   * weight    = Σ w
   * }</pre>
   *
   * <p>With the library's models this is, but for rounding, the loss of one batch of all sequences:
   * the mean over all targets that count. Every sum is made in double from shard 0 on, in the order
   * of their numbers, whatever the order of the list: the bits depend on the shards alone. Of a
   * single shard they are its own.
   *
   * @param shards all shards of one step, in any order
   * @throws IllegalArgumentException if there is none, their numbers are not 0, 1, 2 and so on, or
   *     they are of different steps, parameters or models
   */
  public static GradientShard sum(List<GradientShard> shards) {
    List<GradientShard> inOrder =
        shards.stream().sorted(Comparator.comparingInt(GradientShard::shard)).toList();
    if (inOrder.isEmpty()) {
      throw new IllegalArgumentException("GradientShard.sum: no shards; pass all of the step");
    }
    GradientShard first = inOrder.get(0);
    double weight = 0;
    for (int i = 0; i < inOrder.size(); i++) {
      inOrder.get(i).check(i, first);
      weight += inOrder.get(i).weight;
    }
    double loss = 0;
    double[] gradients = new double[first.gradients.length];
    for (int k = 0; k < inOrder.size(); k++) {
      GradientShard shard = inOrder.get(k);
      double share = shard.weight / weight;
      loss += shard.loss * share;
      for (int i = 0; i < gradients.length; i++) {
        double part = shard.gradients[i] * share;
        gradients[i] = k == 0 ? part : gradients[i] + part; // 0 + -0.0 would lose the sign
      }
    }
    return new GradientShard(
        first.step, ALL, first.parameters, loss, weight, gradients, new byte[0]);
  }

  /** Throws unless this is shard i of the same step as another. */
  private void check(int i, GradientShard other) {
    if (shard != i) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "GradientShard.sum: there is %s where shard %d should be; pass every shard once",
              shard == ALL ? "a sum" : "shard " + shard,
              i));
    }
    if (step != other.step || parameters != other.parameters) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "GradientShard.sum: shard %d is of step %d and parameters %016x, shard 0 of step %d"
                  + " and %016x; give all workers the same parameters before each step",
              shard,
              step,
              parameters,
              other.step,
              other.parameters));
    }
    if (gradients.length != other.gradients.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "GradientShard.sum: shard %d has %d gradients, shard 0 has %d; they are of different"
                  + " models",
              shard,
              gradients.length,
              other.gradients.length));
    }
  }

  /** {@return step, shard, loss and weight as text, without the gradients} */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "GradientShard(step %d, %s, loss %s, weight %s)",
        step,
        shard == ALL ? "all shards" : "shard " + shard,
        loss,
        weight);
  }
}
