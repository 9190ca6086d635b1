package io.github.unroll.io;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.train.Schedule;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Saves a {@link TrainingCheckpoint} after so many batches, at the end of every epoch, and when the
 * training is interrupted.
 */
public final class CheckpointListener implements TrainingListener {

  private final Path file;
  private final int every;
  private final RnnLanguageModel model;
  private final Vocabulary vocabulary;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final RandomState random;
  private final Map<String, String> notes;

  /**
   * A listener for one training.
   *
   * @param file made, and replaced by each further checkpoint
   * @param every after how many batches of an epoch, at least 1; the end of an epoch is added
   * @param model what is trained
   * @param vocabulary the words that its ids stand for
   * @param optimizer what trains it
   * @param schedule the plan's
   * @param random what the model was made with, where its dropout draws from
   * @throws IllegalArgumentException if every is below 1, or the file's name promises another kind,
   *     see {@link FileKind#requireName}
   */
  public CheckpointListener(
      Path file,
      int every,
      RnnLanguageModel model,
      Vocabulary vocabulary,
      Optimizer optimizer,
      Schedule schedule,
      RandomState random) {
    this(file, every, model, vocabulary, optimizer, schedule, random, Map.of());
  }

  /**
   * A listener that saves notes, too, such as the training's settings.
   *
   * @param file made, and replaced by each further checkpoint
   * @param every after how many batches of an epoch, at least 1; the end of an epoch is added
   * @param model what is trained
   * @param vocabulary the words that its ids stand for
   * @param optimizer what trains it
   * @param schedule the plan's
   * @param random what the model was made with, where its dropout draws from
   * @param notes texts by name; not copied: each checkpoint has what is in it at that time
   * @throws IllegalArgumentException if every is below 1, or the file's name promises another kind,
   *     see {@link FileKind#requireName}
   */
  public CheckpointListener(
      Path file,
      int every,
      RnnLanguageModel model,
      Vocabulary vocabulary,
      Optimizer optimizer,
      Schedule schedule,
      RandomState random,
      Map<String, String> notes) {
    if (every < 1) {
      throw new IllegalArgumentException(
          "CheckpointListener: every must be at least 1 batch, not " + every);
    }
    FileKind.SAFETENSORS.requireName(file);
    this.file = file;
    this.every = every;
    this.model = model;
    this.vocabulary = vocabulary;
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.random = random;
    this.notes = notes;
  }

  /**
   * Saves, if it is time.
   *
   * @param progress where the training stands
   * @throws UncheckedIOException if the file cannot be written; the training then stops, and the
   *     file is the last that was
   */
  @Override
  public void progressed(TrainingProgress progress) {
    if (progress.iteration() % every == 0) { // at the end of an epoch it is 0
      save(progress);
    }
  }

  /**
   * Saves, so that nothing is lost that was learned.
   *
   * @param progress where the training stands
   * @throws UncheckedIOException if the file cannot be written; it is the last that was
   */
  @Override
  public void interrupted(TrainingProgress progress) {
    save(progress);
  }

  private void save(TrainingProgress progress) {
    try {
      TrainingCheckpoint.save(
          file, model, vocabulary, optimizer, schedule, random, progress, notes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
