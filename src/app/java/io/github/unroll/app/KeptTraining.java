package io.github.unroll.app;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.checkpoint.CheckpointListener;
import io.github.unroll.io.checkpoint.Notes;
import io.github.unroll.io.checkpoint.RunningTraining;
import io.github.unroll.io.checkpoint.TrainingCheckpoint;
import io.github.unroll.layer.State;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** A training that is saved in a file while it runs, and may have been started before. */
final class KeptTraining {
  private static final String EPOCHS = "epochs";
  private static final String TEXT = "training text";
  private static final String VALIDATION = "validation text";

  private final Path file;
  private final int every;
  private final Map<String, String> notes;
  private final Optional<TrainingCheckpoint> begun;
  private final EpochHistory history;

  /**
   * A training to be saved.
   *
   * @param file the file
   * @param every the number of batches between checkpoints, in addition to the ends of epochs
   * @param settings the options of the training
   * @param begun the checkpoint in the file, if there is one
   * @throws Failure if the notes in the file are wrong
   */
  KeptTraining(
      Path file, int every, Map<String, String> settings, Optional<TrainingCheckpoint> begun)
      throws Failure {
    this.file = file;
    this.every = every;
    this.notes = new TreeMap<>(settings);
    this.begun = begun;
    begun.ifPresent(training -> EpochHistory.copy(training.notes().texts(), notes));
    this.history = Failure.unlessMade(file + ": ", () -> new EpochHistory(notes));
  }

  Optional<TrainingCheckpoint> begun() {
    return begun;
  }

  EpochHistory history() {
    return history;
  }

  /** Rejects options that would change a started training. */
  void requireSame(TrainingText text, TrainingOptions options, int iterations) throws Failure {
    notes.put(TEXT, TrainingText.fingerprint(text.training()));
    notes.put(VALIDATION, text.validation().map(TrainingText::fingerprint).orElse("none"));
    if (begun.isEmpty()) {
      return;
    }
    requireSame(TEXT);
    requireSame(VALIDATION);
    if (begun.get().iteration() > iterations) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "%s: the training stands after %d of %d batches",
              file,
              begun.get().iteration(),
              iterations),
          null);
    }
    TrainingCheckpoint at = begun.get();
    int reached = at.iteration() == 0 ? at.epoch() - 1 : at.epoch();
    if (options.learning().epochs() < reached) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "--epochs %d: the training in %s has come to epoch %d; give at least that",
              options.learning().epochs(),
              file,
              reached),
          null);
    }
    if (options.learning().planIsOfEpochs()) {
      requireSame(EPOCHS); // the learning rate of each epoch depends on their number
    }
    Vocabulary vocabulary = text.training().vocabulary();
    Optional<Vocabulary> before = begun.get().notes().vocabulary();
    if (!before.equals(Optional.of(vocabulary))) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "%s: the training has %s, the text has another, %s",
              file,
              before.map(Vocabulary::toString).orElse("no vocabulary"),
              vocabulary),
          null);
    }
  }

  private void requireSame(String note) throws Failure {
    String before = begun.orElseThrow().notes().texts().get(note);
    if (!notes.get(note).equals(before)) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "%s: the training was begun with %s: %s, not %s; give the same, or begin another",
              file,
              note,
              before,
              notes.get(note)),
          null);
    }
  }

  /** The progress of a started training, as text. */
  String standing(int epochs, int iterations) {
    TrainingCheckpoint progress = begun.orElseThrow();
    String within =
        progress.iteration() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                ", and %d of %d batches of the next",
                progress.iteration(),
                iterations);
    return String.format(
        Locale.ROOT,
        "resumed from %s: %d of %d epochs done%s",
        file,
        progress.epoch() - 1,
        epochs,
        within);
  }

  /** A training with these notes, to which the history of its epochs is added. */
  RunningTraining<BpttBatches.Batch> noting(
      RunningTraining<BpttBatches.Batch> training, Vocabulary vocabulary) {
    return training.with(() -> Notes.of(vocabulary).with(notes));
  }

  /**
   * Restores the training if it was started before.
   *
   * @param batch the batch size
   */
  Optional<TrainingProgress> restore(
      RunningTraining<BpttBatches.Batch> training, RnnLanguageModel model, int batch)
      throws IOException, Failure {
    if (begun.isEmpty()) {
      return Optional.empty();
    }
    TrainingProgress progress = begun.get().restore(training);
    Optional<State> state = model.keptState();
    if (state.isPresent() && state.get().h().rows() != batch) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "%s: the kept state has a batch of %d, its --batch is %d",
              file,
              state.get().h().rows(),
              batch),
          null);
    }
    return Optional.of(progress);
  }

  /** Saves the training or, if that fails, saves it elsewhere before the training ends. */
  TrainingListener saver(RunningTraining<BpttBatches.Batch> training) {
    Function<Path, CheckpointListener> saver = at -> new CheckpointListener(at, every, training);
    return new TrainingListener() {
      @Override
      public void progressed(TrainingProgress progress) {
        save(at -> saver.apply(at).progressed(progress));
      }

      @Override
      public void interrupted(TrainingProgress progress) {
        save(at -> saver.apply(at).interrupted(progress));
      }
    };
  }

  private void save(Consumer<Path> saving) {
    try {
      SecondPlace.save("the training", file, at -> checked(saving, at));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void checked(Consumer<Path> saving, Path file) throws IOException {
    try {
      saving.accept(file);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
