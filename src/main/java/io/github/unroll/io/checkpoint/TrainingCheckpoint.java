package io.github.unroll.io.checkpoint;

import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A training of any model in one .safetensors file, from which it goes on bit for bit as if it had
 * never stopped: the model as in a {@link ModelFile}, the state that it carries from batch to
 * batch, what optimizer, schedule and validation remember, where the random numbers stand, the
 * order of the batches, and the place in epoch and batches.
 *
 * <p>The same lines begin a training and, if there is a checkpoint, go on with it:
 *
 * <pre>{@code
 * RandomState random = new RandomState(1);
 * SequenceClassifier model = new SequenceClassifier(description, random);
 * Adam adam = new Adam(0.001);
 * TrainingPlan plan = TrainingPlan.of(40);
 * RunningTraining<LabelledSequences> training =
 *     new RunningTraining<>(model, batches, adam, plan.schedule(), random);
 * Trainer<LabelledSequences> trainer =
 *     new Trainer<>(model, adam, clipping, new CheckpointListener(file, 100, training));
 *
 * Optional<TrainingProgress> begun = TrainingCheckpoint.restoreIfThere(file, training);
 * if (begun.isPresent()) {
 *   trainer.resume(batches, plan, begun.get());
 * } else {
 *   trainer.train(batches, plan);
 * }
 * }</pre>
 *
 * <p>Not in the file, and to be given again as they were: the data, the size of batches, the
 * settings of optimizer, clipping, schedule and validation. The optimizer's learning rate, which a
 * schedule changes, is in it. A model of one's own is saved and restored as the library's are; the
 * order of batches of one's own is, if they tell it by {@link io.github.unroll.data.Batches#order}.
 */
public final class TrainingCheckpoint {

  private final Path file;
  private final TrainingFormat format;
  private final Notes notes;

  private TrainingCheckpoint(Path file) throws IOException {
    SafeTensors content = SafeTensors.read(file);
    this.file = file;
    this.format = new TrainingFormat(content, file);
    this.notes = ModelFormat.notes(format.metadata(), content.metadata(), 0, file);
  }

  /**
   * Saves a training as it stands. The file appears whole or not at all: whoever reads meanwhile,
   * and a crash, find the old file or the new one.
   *
   * @param file made or replaced
   * @param training not modified
   * @param progress what a {@link io.github.unroll.train.TrainingListener} was told last
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the notes do not fit the model, or a text is not Unicode
   */
  public static void save(Path file, RunningTraining<?> training, TrainingProgress progress)
      throws IOException {
    TrainableModel<?> model = training.model();
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new TreeMap<>();
    ModelFormat.put(model, training.notes().get(), tensors, metadata);
    OptimizerMemory.put(training.optimizer(), model.parameters(), tensors, metadata);
    TrainingFormat.putState(model.keptState(), tensors, metadata);
    TrainingFormat.putRandom(training.random().state(), tensors, metadata);
    TrainingFormat.putBatches(training.batches(), tensors, metadata);
    TrainingFormat.putProgress(progress, model.parameters(), tensors, metadata);
    TrainingFormat.putSchedule(training.schedule(), metadata);
    new SafeTensors(tensors, metadata).write(file);
  }

  /**
   * Loads a training, to be looked at or {@linkplain #restore restored}.
   *
   * @param file what {@link #save} wrote
   * @return the training, as it stood
   * @throws IOException if it cannot be read or holds no training; the message names file and
   *     reason
   */
  public static TrainingCheckpoint load(Path file) throws IOException {
    return new TrainingCheckpoint(file);
  }

  /**
   * Goes back to a checkpoint, if there is one: the same lines of a program then begin a training
   * and go on with it.
   *
   * @param file what {@link #save} wrote, or no file
   * @param training modified, as by {@link #restore}, if there is a file
   * @return where the training stands, for {@link io.github.unroll.train.Trainer#resume}; empty if
   *     there is no file
   * @throws IOException if it cannot be read or holds another training; the message names file and
   *     reason
   */
  public static Optional<TrainingProgress> restoreIfThere(Path file, RunningTraining<?> training)
      throws IOException {
    return Files.exists(file) ? Optional.of(load(file).restore(training)) : Optional.empty();
  }

  /**
   * Puts all that was saved into a training that was built in the same way.
   *
   * @param training modified: parameters and carried state of the model, memory and learning rate
   *     of the optimizer, memory of the schedule, random numbers, order of the batches
   * @return where the training stands, for {@link io.github.unroll.train.Trainer#resume}
   * @throws IOException if the file holds another training, such as one of another model, another
   *     optimizer or other batches; the training is then to be thrown away
   */
  public TrainingProgress restore(RunningTraining<?> training) throws IOException {
    format.restoreParameters(training.model());
    format.restoreState(training.model());
    OptimizerMemory.read(format, training.model().parameters())
        .restore(file, training.optimizer(), training.model().parameters());
    format.restoreSchedule(training.schedule());
    training.random().setState(format.random());
    format.restoreBatches(training.batches());
    return format.progress(training.model().parameters());
  }

  /** {@return what was noted in the file} */
  public Notes notes() {
    return notes;
  }

  /** {@return the epoch that is under way, from 1} */
  public int epoch() {
    return format.epoch();
  }

  /** {@return how many batches of it are learned} */
  public int iteration() {
    return format.iteration();
  }

  /**
   * Where the training stands, for a log.
   *
   * @return such as {@code TrainingCheckpoint(epoch 3, 120 batches learned)}
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "TrainingCheckpoint(epoch %d, %d batches learned)", epoch(), iteration());
  }
}
