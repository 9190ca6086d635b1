package io.github.unroll.examples.spark;

import io.github.unroll.data.LabelledSequences;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.GradientShard;
import io.github.unroll.train.ShardedStep;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * What computes gradients, broadcast once: a process has as many models as it has tasks at the same
 * time, and keeps them from step to step.
 */
public class ShardWorker implements Serializable {

  private static final long serialVersionUID = 1;

  private final byte[] begun;
  private final long seed;
  private transient Deque<ShardedStep<LabelledSequences>> idle;

  /**
   * A worker.
   *
   * @param begun the bytes of a classifier as the training begins
   * @param seed from which all masks of dropout follow
   */
  public ShardWorker(byte[] begun, long seed) {
    this.begun = begun;
    this.seed = seed;
  }

  /** The gradients of some shards, with given values of the parameters. */
  List<GradientShard> gradients(double[] values, long step, Iterator<Shard> shards)
      throws IOException {
    ShardedStep<LabelledSequences> own = take();
    own.parameters().setValues(values);
    List<GradientShard> gradients = new ArrayList<>();
    while (shards.hasNext()) {
      Shard shard = shards.next();
      gradients.add(own.gradients(shard.batch(step), step, shard.number()));
    }
    give(own);
    return gradients;
  }

  private synchronized ShardedStep<LabelledSequences> take() throws IOException {
    if (idle == null) {
      idle = new ArrayDeque<>();
    }
    return idle.isEmpty() ? newStep(begun, seed) : idle.pop();
  }

  private synchronized void give(ShardedStep<LabelledSequences> own) {
    idle.push(own);
  }

  /** A step with a model of its own. */
  static ShardedStep<LabelledSequences> newStep(byte[] begun, long seed) throws IOException {
    RandomState masks = new RandomState(0);
    SequenceClassifier model =
        ModelFile.read(
                new ByteArrayInputStream(begun), "the begun model", SequenceClassifier.class, masks)
            .model();
    return new ShardedStep<>(model, masks, seed);
  }
}
