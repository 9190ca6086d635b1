package io.github.unroll.io.checkpoint;

import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A checkpoint of a training of any model in one .safetensors file, from which it continues bit for
 * bit as if it had never stopped. It has the model as in a {@link ModelFile}, gradients that wait
 * for an update, the model's kept state, the states of optimizer, schedule, validation and random
 * generators, the order of the batches, and the progress.
 *
 * <p>The same code starts a training or, if there is a checkpoint, continues it:
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
 * <p>The file does not contain the data, the batch size, and the settings of optimizer, clipping
 * and plan (epochs, schedule, validation, batches per update); give the same ones again. It does
 * contain the optimizer's learning rate, which a schedule changes, and a classifier's {@link
 * io.github.unroll.model.SequenceClassifier#setClassWeights class weights}, which must be set again
 * and are compared. Your own model is saved and restored like those of the library; so is the order
 * of your own batches, if they implement {@link io.github.unroll.data.Batches#order}.
 */
public final class TrainingCheckpoint {

  private final String file;
  private final TrainingFormat format;
  private final Notes notes;

  private TrainingCheckpoint(SafeTensors content, String file) throws IOException {
    this.file = file;
    this.format = new TrainingFormat(content, file);
    this.notes = ModelFormat.notes(format.metadata(), content.metadata(), file);
  }

  /**
   * Saves a training. The file is written completely or not at all: a reader at the same time, and
   * a crash, leave the old file or the new one.
   *
   * @param file created or replaced
   * @param training not modified
   * @param progress the latest progress that a {@link io.github.unroll.train.TrainingListener}
   *     received
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the notes do not fit the model, or a text is not Unicode
   */
  public static void save(Path file, RunningTraining<?> training, TrainingProgress progress)
      throws IOException {
    content(training, progress).write(file);
  }

  /**
   * Writes a training to a stream, the same bytes as to a file.
   *
   * @param out not closed
   * @param training not modified
   * @param progress the latest progress that a {@link io.github.unroll.train.TrainingListener}
   *     received
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if the notes do not fit the model, or a text is not Unicode
   */
  public static void write(OutputStream out, RunningTraining<?> training, TrainingProgress progress)
      throws IOException {
    content(training, progress).write(out);
  }

  private static SafeTensors content(RunningTraining<?> training, TrainingProgress progress) {
    TrainableModel<?> model = training.model();
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new TreeMap<>();
    ModelFormat.put(model, training.notes().get(), tensors, metadata);
    OptimizerMemory.put(training.optimizer(), model.parameters(), tensors, metadata);
    TrainingFormat.putClassWeights(model, metadata);
    TrainingFormat.putState(model.keptState(), tensors, metadata);
    TrainingFormat.putRandom(training.random().state(), tensors, metadata);
    TrainingFormat.putBatches(training.batches(), tensors, metadata);
    TrainingFormat.putProgress(progress, model.parameters(), tensors, metadata);
    TrainingFormat.putSchedule(training.schedule(), metadata);
    return new SafeTensors(tensors, metadata);
  }

  /**
   * Loads a checkpoint, to be inspected or {@linkplain #restore restored}.
   *
   * @param file a file that {@link #save} wrote
   * @return the checkpoint
   * @throws IOException if it cannot be read or holds no training; the message names file and
   *     reason
   */
  public static TrainingCheckpoint load(Path file) throws IOException {
    return new TrainingCheckpoint(SafeTensors.read(file), file.toString());
  }

  /**
   * Reads a checkpoint from a stream, to be inspected or {@linkplain #restore restored}.
   *
   * @param in read to its end, not closed: what {@link #write} or {@link #save} wrote
   * @param name its name in messages
   * @return the checkpoint
   * @throws IOException if it cannot be read or holds no training; the message gives name and
   *     reason
   */
  public static TrainingCheckpoint read(InputStream in, String name) throws IOException {
    return new TrainingCheckpoint(SafeTensors.read(in, name), name);
  }

  /**
   * Restores a checkpoint if there is one, so that the same code can start a training and continue
   * it.
   *
   * @param file a file that {@link #save} wrote, or no file
   * @param training modified, as by {@link #restore}, if there is a file
   * @return the progress, for {@link io.github.unroll.train.Trainer#resume}; empty if there is no
   *     file
   * @throws IOException if it cannot be read or holds another training; the message names file and
   *     reason
   */
  public static Optional<TrainingProgress> restoreIfThere(Path file, RunningTraining<?> training)
      throws IOException {
    return Files.exists(file) ? Optional.of(load(file).restore(training)) : Optional.empty();
  }

  /**
   * Restores everything that was saved in a training that was built in the same way.
   *
   * @param training modified: parameters, waiting gradients and kept state of the model, state and
   *     learning rate of the optimizer, state of the schedule, random numbers, order of the batches
   * @return the progress, for {@link io.github.unroll.train.Trainer#resume}
   * @throws IOException if the file holds another training, such as one of another model, another
   *     optimizer or other batches; then do not use the training
   */
  public TrainingProgress restore(RunningTraining<?> training) throws IOException {
    format.requireClassWeights(training.model());
    format.restoreParameters(training.model());
    format.restoreGradients(training.model().parameters());
    format.restoreState(training.model());
    OptimizerMemory.read(format, training.model().parameters())
        .restore(file, training.optimizer(), training.model().parameters());
    format.restoreSchedule(training.schedule());
    training.random().setState(format.random());
    format.restoreBatches(training.batches());
    return format.progress(training.model().parameters());
  }

  /** {@return the notes of the file} */
  public Notes notes() {
    return notes;
  }

  /** {@return the current epoch, from 1} */
  public int epoch() {
    return format.epoch();
  }

  /** {@return the number of batches of the epoch that are done} */
  public int iteration() {
    return format.iteration();
  }

  /**
   * {@return the progress as text, such as {@code TrainingCheckpoint(epoch 3, 120 batches
   * learned)}}
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "TrainingCheckpoint(epoch %d, %d batches learned)", epoch(), iteration());
  }
}
