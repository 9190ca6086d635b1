package io.github.unroll.examples.spark;

import io.github.unroll.data.LabelledSequences;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.train.GradientShard;
import io.github.unroll.train.ShardedStep;
import java.io.IOException;

/**
 * A training whose gradients others compute: each step sends the parameters, sums what comes back
 * in the order of the shards, and updates once.
 */
public final class ShardedTraining {

  private final ShardedStep<LabelledSequences> leader;
  private final Optimizer optimizer = new Adam(0.01);
  private final GradientClipping clipping = GradientClipping.byGlobalNorm(1);
  private long step;

  /**
   * A training at its beginning.
   *
   * @param begun the bytes of a classifier
   * @throws IOException if they are none
   */
  public ShardedTraining(byte[] begun) throws IOException {
    this.leader = ShardWorker.newStep(begun, 0);
  }

  /**
   * Takes a step.
   *
   * @return the mean loss of the step's batch, before the update
   * @throws IOException if a worker cannot make a model of its bytes
   */
  public double step(Workers workers) throws IOException {
    GradientShard sum = GradientShard.sum(workers.gradients(leader.parameters().values(), step++));
    leader.update(sum, clipping, optimizer);
    return sum.loss();
  }

  /** {@return all parameters as they are now} */
  public double[] values() {
    return leader.parameters().values();
  }
}
