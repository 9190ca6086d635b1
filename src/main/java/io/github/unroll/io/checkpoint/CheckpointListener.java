package io.github.unroll.io.checkpoint;

import io.github.unroll.io.FileKind;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A listener that saves a {@link TrainingCheckpoint} after a number of batches, at the end of every
 * epoch, and when the training is interrupted.
 */
public final class CheckpointListener implements TrainingListener {

  private final Path file;
  private final int every;
  private final RunningTraining<?> training;

  /**
   * A listener for one training.
   *
   * @param file created, and replaced by each later checkpoint
   * @param every the number of batches between checkpoints of an epoch, at least 1; the end of an
   *     epoch is always saved
   * @param training the training to save
   * @throws IllegalArgumentException if every is below 1, or the file's name promises another kind,
   *     see {@link FileKind#requireName}
   */
  public CheckpointListener(Path file, int every, RunningTraining<?> training) {
    if (every < 1) {
      throw new IllegalArgumentException(
          "CheckpointListener: every must be at least 1 batch, not " + every);
    }
    FileKind.SAFETENSORS.requireName(file);
    this.file = file;
    this.every = every;
    this.training = training;
  }

  /**
   * Saves a checkpoint if it is due.
   *
   * @param progress the current progress
   * @throws UncheckedIOException if the file cannot be written; the training then stops, and the
   *     file still has the last checkpoint
   */
  @Override
  public void progressed(TrainingProgress progress) {
    if (progress.iteration() % every == 0) { // at the end of an epoch it is 0
      save(progress);
    }
  }

  /**
   * Saves a checkpoint, so that no training is lost.
   *
   * @param progress the current progress
   * @throws UncheckedIOException if the file cannot be written; it still has the last checkpoint
   */
  @Override
  public void interrupted(TrainingProgress progress) {
    save(progress);
  }

  private void save(TrainingProgress progress) {
    try {
      TrainingCheckpoint.save(file, training, progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
