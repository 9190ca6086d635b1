package io.github.unroll.app;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Kernel;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingListener;
import io.github.unroll.train.TrainingListener.EpochEnd;
import io.github.unroll.train.TrainingPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** From options to a trained model, telling on the way what is trained and how it goes. */
final class ModelTraining {

  /** What came of a training. */
  record Trained(RnnLanguageModel model, TrainingText text, List<EpochEnd> epochs) {}

  private final TrainingOptions options;
  private final PrintWriter out;
  private final Optional<PrintWriter> terminal;

  /**
   * A training to come.
   *
   * @param options what is trained on what
   * @param out where it is told of
   * @param terminal where a progress bar is drawn, if a person looks on
   */
  ModelTraining(TrainingOptions options, PrintWriter out, Optional<PrintWriter> terminal) {
    this.options = options;
    this.out = out;
    this.terminal = terminal;
  }

  TrainingText text() throws IOException, Failure {
    return options.text().text(options.learning().asksForValidation());
  }

  Trained train(TrainingText text) throws Failure {
    LearningOptions learning = options.learning();
    BpttBatches batches = learning.batches(text.training());
    RnnLanguageModel model =
        options
            .model()
            .model(text.training().vocabulary().size(), new RandomState(learning.seed()));
    out.println(header(text, model));
    if (options.verbose()) {
      out.println(kernelLine(Kernel.active().toString()));
    }
    out.flush();
    List<EpochEnd> epochs = train(model, batches, learning.plan(model, text, batches.iterations()));
    if (text.validation().isPresent()) {
      out.println(bestLine(epochs));
      out.flush();
    }
    return new Trained(model, text, epochs);
  }

  private List<EpochEnd> train(RnnLanguageModel model, BpttBatches batches, TrainingPlan plan) {
    EpochReporter reporter = new EpochReporter(out, options.learning().rateChanges());
    if (terminal.isEmpty()) {
      return trainer(model, reporter).train(batches, plan);
    }
    try (EpochProgress progress = new EpochProgress(plan.epochs(), terminal.get())) {
      return trainer(model, progress, reporter).train(batches, plan);
    }
  }

  private Trainer<BpttBatches.Batch> trainer(
      RnnLanguageModel model, TrainingListener... listeners) {
    LearningOptions learning = options.learning();
    return new Trainer<>(model, learning.optimizer(), learning.clipping(), listeners);
  }

  private String header(TrainingText text, RnnLanguageModel model) {
    long parameters = model.parameters().stream().mapToLong(p -> p.value().data().length).sum();
    return String.format(
        Locale.ROOT,
        "%s: %d tokens, vocabulary %d, %s, %d parameters, seed %d",
        options.text().name(),
        text.training().size(),
        text.training().vocabulary().size(),
        options.model().inWords(),
        parameters,
        options.learning().seed());
  }

  static String kernelLine(String kernel) {
    return kernel.startsWith("vectors")
        ? "kernel: " + kernel
        : "kernel: " + kernel + "; faster with java --add-modules jdk.incubator.vector";
  }

  private String bestLine(List<EpochEnd> epochs) {
    String stopped = epochs.size() < options.learning().epochs() ? "stopped early; " : "";
    return epochs.stream()
        .filter(EpochEnd::best)
        .reduce((earlier, later) -> later)
        .map(best -> stopped + bestLine(best))
        .orElse(stopped + "best epoch: none; no validation perplexity was finite");
  }

  private static String bestLine(EpochEnd best) {
    return String.format(
        Locale.ROOT,
        "best epoch: %d, validation perplexity %.4f; its parameters are kept",
        best.epoch(),
        best.validation().orElseThrow());
  }
}
