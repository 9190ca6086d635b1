package io.github.unroll.app;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.io.checkpoint.RunningTraining;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Arithmetic;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingListener.EpochEnd;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.TrainingProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Trains a model as the options say, and prints what is trained and its progress. */
final class ModelTraining {

  /** The result of a training. */
  record Trained(RnnLanguageModel model, TrainingText text, List<EpochEnd> epochs) {

    /** The epoch of the model's parameters: the best or, without validation, the last. */
    int epoch() {
      return best(epochs).map(EpochEnd::epoch).orElse(epochs.size());
    }
  }

  /**
   * The place of a progress bar.
   *
   * @param columns the width of the terminal; 0 if there is none to draw on
   */
  record Screen(PrintWriter out, IntSupplier columns) {

    boolean isThere() {
      return columns.getAsInt() > 0;
    }
  }

  private final TrainingOptions options;
  private final TrainingNotes notes;
  private final Screen screen;
  private final RandomState random;
  private Optional<TextModel> start = Optional.empty();

  /**
   * A training that has not started.
   *
   * @param options the options of model, text and training
   * @param notes the output for its messages
   * @param screen the place of a progress bar
   */
  ModelTraining(TrainingOptions options, TrainingNotes notes, Screen screen) {
    this.options = options;
    this.notes = notes;
    this.screen = screen;
    this.random = new RandomState(options.learning().seed());
  }

  /**
   * Reads or makes the text, and the model that is trained further.
   *
   * @param asked the level of the command line, if given
   */
  TrainingText text(Optional<TextOptions.Level> asked) throws IOException, Failure {
    if (options.model().start().isPresent()) {
      start = Optional.of(TextModel.of(options.model().start().get(), asked, random));
    }
    return options.text().text(options.learning().asksForValidation(), start);
  }

  /** The kind of token of the text, once it is there. */
  TextOptions.Level level() {
    return start.map(TextModel::level).orElse(options.text().level());
  }

  /**
   * Trains from the beginning or from a checkpoint.
   *
   * @param text the result of {@link #text}
   * @param kept the training in a file, if it is saved
   */
  Trained train(TrainingText text, Optional<KeptTraining> kept) throws IOException, Failure {
    LearningOptions learning = options.learning();
    BpttBatches batches = learning.batches(text.training());
    if (kept.isPresent()) {
      kept.get().requireSame(text, options, batches.iterations());
    }
    RnnLanguageModel model =
        start.isPresent()
            ? start.get().model()
            : options.model().model(text.training().vocabulary().size(), random);
    learning.requireRoom(model);
    notes.line(header(text, model));
    String kernel = options.verbose() ? Arithmetic.description() : "";
    if (options.verbose()) {
      notes.line(kernelLine(kernel));
    }
    if (kept.flatMap(KeptTraining::begun).isPresent()) {
      notes.line(kept.orElseThrow().standing(learning.epochs(), batches.iterations()));
    }
    TrainingPlan plan = learning.plan(model, text, batches.iterations());
    Optimizer optimizer = learning.optimizer();
    EpochHistory history =
        kept.map(KeptTraining::history).orElseGet(() -> new EpochHistory(new HashMap<>()));
    List<TrainingListener> listeners = new ArrayList<>();
    listeners.add(new EpochReporter(notes, learning.rateChanges()));
    listeners.add(history);
    RunningTraining<BpttBatches.Batch> training =
        new RunningTraining<>(model, batches, optimizer, plan.schedule(), random);
    Optional<TrainingProgress> begun = Optional.empty();
    if (kept.isPresent()) {
      training = kept.get().noting(training, text.training().vocabulary());
      begun = kept.get().restore(training, model, learning.batch());
      listeners.add(kept.get().saver(training));
    }
    train(training, plan, begun, listeners);
    if (options.verbose() && !Arithmetic.description().equals(kernel)) {
      notes.line("kernel at the end: " + Arithmetic.description());
    }
    List<EpochEnd> epochs = history.ends();
    if (text.validation().isPresent()) {
      notes.line(bestLine(epochs));
    }
    return new Trained(model, text, epochs);
  }

  private void train(
      RunningTraining<BpttBatches.Batch> training,
      TrainingPlan plan,
      Optional<TrainingProgress> begun,
      List<TrainingListener> listeners) {
    // first of all listeners: it wipes its bar before a line is printed
    Optional<EpochProgress> progress =
        screen.isThere()
            ? Optional.of(EpochProgress.ofEachEpoch(plan.epochs(), screen))
            : Optional.empty();
    progress.ifPresent(bar -> listeners.add(0, bar));
    Trainer<BpttBatches.Batch> trainer =
        new Trainer<>(
            training.model(),
            training.optimizer(),
            options.learning().clipping(),
            listeners.toArray(TrainingListener[]::new));
    try {
      if (begun.isEmpty()) {
        trainer.train(training.batches(), plan);
      } else {
        trainer.resume(training.batches(), plan, begun.get());
      }
    } finally {
      progress.ifPresent(EpochProgress::close);
    }
  }

  private String header(TrainingText text, RnnLanguageModel model) {
    long parameters = model.parameters().stream().mapToLong(p -> p.value().data().length).sum();
    return String.format(
        Locale.ROOT,
        "%s: %d tokens, vocabulary %d, %s, %d parameters, seed %d",
        options.text().name(),
        text.training().size(),
        text.training().vocabulary().size(),
        ModelOptions.inWords(model.description()),
        parameters,
        options.learning().seed());
  }

  static String kernelLine(String kernel) {
    boolean wantsVectors = !kernel.contains("vectors");
    return "kernel: "
        + kernel
        + (wantsVectors ? "; faster with java --add-modules jdk.incubator.vector" : "");
  }

  private String bestLine(List<EpochEnd> epochs) {
    String stopped = epochs.size() < options.learning().epochs() ? "stopped early; " : "";
    return best(epochs)
        .map(best -> stopped + bestLine(best))
        .orElse(stopped + "best epoch: none; no validation perplexity was finite");
  }

  private static Optional<EpochEnd> best(List<EpochEnd> epochs) {
    return epochs.stream().filter(EpochEnd::best).reduce((earlier, later) -> later);
  }

  private static String bestLine(EpochEnd best) {
    return String.format(
        Locale.ROOT,
        "best epoch: %d, validation perplexity %.4f; its parameters are kept",
        best.epoch(),
        best.validation().orElseThrow());
  }
}
