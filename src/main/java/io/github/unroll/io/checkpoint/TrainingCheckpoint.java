package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A training of a language model in one .safetensors file, from which it goes on bit for bit as if
 * it had never stopped: the model as in a {@link Checkpoint}, the state that it carries through the
 * text, what optimizer, schedule and validation remember, where the random numbers stand, and the
 * place in epoch and text.
 *
 * <pre>{@code
 * RandomState random = new RandomState(1);
 * RnnLanguageModel model = new RnnLanguageModel(configuration, random);
 * Adam adam = new Adam(0.001);
 * TrainingPlan plan = TrainingPlan.of(40);
 * RunningTraining training =
 *     new RunningTraining(model, vocabulary, adam, plan.schedule(), random);
 * new Trainer<>(model, adam, clipping, new CheckpointListener(file, 100, training))
 *     .train(batches, plan);
 *
 * // after a crash
 * TrainingCheckpoint saved = TrainingCheckpoint.load(file);
 * Adam adam = new Adam(0.001);
 * saved.restore(adam);
 * saved.restore(plan.schedule());
 * new Trainer<>(saved.model(), adam, clipping, ...).resume(batches, plan, saved.progress());
 * }</pre>
 *
 * <p>Not in the file, and to be given again as they were: the text, the size of batches, the
 * settings of optimizer, clipping, schedule and validation. The optimizer's learning rate, which a
 * schedule changes, is in it.
 */
public final class TrainingCheckpoint {

  private final Checkpoint checkpoint;
  private final RandomState random;
  private final TrainingProgress progress;
  private final OptimizerMemory optimizer;
  private final OptionalDouble plateauBest;

  TrainingCheckpoint(
      Checkpoint checkpoint,
      RandomState random,
      TrainingProgress progress,
      OptimizerMemory optimizer,
      OptionalDouble plateauBest) {
    this.checkpoint = checkpoint;
    this.random = random;
    this.progress = progress;
    this.optimizer = optimizer;
    this.plateauBest = plateauBest;
  }

  /**
   * Saves a training as it stands. The file appears whole or not at all: whoever reads meanwhile,
   * and a crash, find the old file or the new one.
   *
   * @param file made or replaced
   * @param training not modified
   * @param progress what a {@link io.github.unroll.train.TrainingListener} was told last
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the vocabulary has not as many words as the model, or a
   *     word or note is not Unicode
   */
  public static void save(Path file, RunningTraining training, TrainingProgress progress)
      throws IOException {
    RnnLanguageModel model = training.model();
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new TreeMap<>();
    LanguageModelFormat.put(model, training.vocabulary(), training.notes(), tensors, metadata);
    OptimizerMemory.put(training.optimizer(), model.parameters(), tensors, metadata);
    TrainingFormat.putState(model.rnn().keptState(), tensors, metadata);
    TrainingFormat.putRandom(training.random().state(), tensors, metadata);
    TrainingFormat.putProgress(progress, model.parameters(), tensors, metadata);
    TrainingFormat.putSchedule(training.schedule(), metadata);
    new SafeTensors(tensors, metadata).write(file);
  }

  /**
   * Loads a training.
   *
   * @param file what {@link #save} wrote
   * @param kinds your own kinds of cell, one of which the file may name; the library's are known
   * @return the training, as it stood
   * @throws IOException if it cannot be read or holds no such training; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static TrainingCheckpoint load(Path file, CellKind... kinds) throws IOException {
    SafeTensors content = SafeTensors.read(file);
    RandomState random = new RandomState(0);
    Checkpoint checkpoint = LanguageModelFormat.of(content, file, random, kinds);
    RnnLanguageModel model = checkpoint.model();
    List<Parameter> parameters = model.parameters();
    TrainingFormat format = new TrainingFormat(content, file);
    format.restoreState(model.rnn());
    random.setState(format.random());
    return new TrainingCheckpoint(
        checkpoint,
        random,
        format.progress(parameters),
        OptimizerMemory.read(format, parameters),
        format.plateauBest());
  }

  /**
   * The model: its parameters, and the state that it carries through the text.
   *
   * @return the model, the same in each call
   */
  public RnnLanguageModel model() {
    return checkpoint.model();
  }

  /**
   * The words that the model's ids stand for.
   *
   * @return the vocabulary
   */
  public Vocabulary vocabulary() {
    return checkpoint.vocabulary();
  }

  /**
   * Where the model's dropout draws from, as it stood.
   *
   * @return the model's own, the same in each call
   */
  public RandomState random() {
    return random;
  }

  /**
   * What else was noted in the file.
   *
   * @return texts by name; sorted, unmodifiable
   */
  public Map<String, String> notes() {
    return checkpoint.notes();
  }

  /**
   * Where the training stands.
   *
   * @return for {@link io.github.unroll.train.Trainer#resume}
   */
  public TrainingProgress progress() {
    return progress;
  }

  /**
   * Gives an optimizer the memory and the learning rate that were saved.
   *
   * @param restored modified: what it remembers of {@link #model}'s parameters, the number of its
   *     steps, and its learning rate; made with the settings it had
   * @throws IllegalArgumentException if it is one of another kind
   */
  public void restore(Optimizer restored) {
    optimizer.restore(restored, model().parameters());
  }

  /**
   * Gives a schedule the memory that was saved; most have none.
   *
   * @param schedule modified, if it is one on plateau: its best result
   * @throws IllegalArgumentException if it is one on plateau and the saved one was not
   */
  public void restore(Schedule schedule) {
    if (schedule instanceof Schedule.OnPlateau onPlateau) {
      onPlateau
          .plateau()
          .setBest(
              plateauBest.orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "restore: the training that was saved had no schedule on plateau")));
    }
  }

  /**
   * Where the training stands, for a log.
   *
   * @return such as {@code TrainingCheckpoint(epoch 3, 120 batches learned)}
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "TrainingCheckpoint(epoch %d, %d batches learned)",
        progress.epoch(),
        progress.iteration());
  }
}
