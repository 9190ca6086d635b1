package io.github.unroll.io.checkpoint;

import io.github.unroll.data.Batches;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Schedule;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A training that is under way: all that changes in it, and so all that a {@link
 * TrainingCheckpoint} saves but the place in epoch and batches.
 *
 * @param <B> a batch
 * @param model what is trained
 * @param batches what an epoch goes through
 * @param optimizer what trains it
 * @param schedule the plan's
 * @param random what the model was made with, where its dropout draws from
 * @param notes what is noted in each checkpoint, asked for when it is saved
 */
public record RunningTraining<B>(
    TrainableModel<B> model,
    Batches<B> batches,
    Optimizer optimizer,
    Schedule schedule,
    RandomState random,
    Supplier<Notes> notes) {

  /** A training, none of whose parts may be null. */
  public RunningTraining {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(batches, "batches");
    Objects.requireNonNull(optimizer, "optimizer");
    Objects.requireNonNull(schedule, "schedule");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(notes, "notes");
  }

  /** A training without notes. */
  public RunningTraining(
      TrainableModel<B> model,
      Batches<B> batches,
      Optimizer optimizer,
      Schedule schedule,
      RandomState random) {
    this(model, batches, optimizer, schedule, random, Notes::none);
  }

  /** {@return the same with notes that do not change} */
  public RunningTraining<B> with(Notes others) {
    return with(() -> others);
  }

  /** {@return the same with notes that are asked for at each checkpoint} */
  public RunningTraining<B> with(Supplier<Notes> others) {
    return new RunningTraining<>(model, batches, optimizer, schedule, random, others);
  }
}
