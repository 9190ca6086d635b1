package io.github.unroll.io.checkpoint;

import io.github.unroll.data.Batches;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Schedule;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A running training: everything that changes in it, which a {@link TrainingCheckpoint} saves
 * together with the progress.
 *
 * @param <B> a batch
 * @param model the model that is trained
 * @param batches the batches of an epoch
 * @param optimizer the optimizer
 * @param schedule the schedule of the plan
 * @param random the random generator that the model was created with, the source of its dropout
 * @param notes gives the notes of each checkpoint when it is saved
 */
public record RunningTraining<B>(
    TrainableModel<B> model,
    Batches<B> batches,
    Optimizer optimizer,
    Schedule schedule,
    RandomState random,
    Supplier<Notes> notes) {

  /** Checks that no part is null. */
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

  /** {@return the same with notes that are computed for each checkpoint} */
  public RunningTraining<B> with(Supplier<Notes> others) {
    return new RunningTraining<>(model, batches, optimizer, schedule, random, others);
  }
}
