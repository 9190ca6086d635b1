package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import io.github.unroll.io.Checkpoint;
import io.github.unroll.io.TrainingCheckpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a language model, tells how well it does, and draws its learning curve. */
@Command(
    name = "train",
    description = {
      "Trains a language model: embedding, recurrent layers, softmax.",
      "The model can be saved, and the training too, to be gone on with."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {

  @Mixin private TrainingOptions options;

  @ArgGroup(validate = false, heading = "%nSaving:%n", order = 4)
  private final SavingOptions saving = new SavingOptions();

  @Option(
      names = "--chart",
      paramLabel = "FILE",
      description = {
        "Where to draw the learning curve: .png or .svg.",
        "  Without it: no chart with --data; for the",
        "  embedded text learning-curve.png, in target if",
        "  that exists."
      })
  private Path chart;

  @Spec private CommandSpec spec;

  private final boolean showProgress;

  TrainCommand(boolean showProgress) {
    this.showProgress = showProgress;
  }

  @Override
  public Integer call() throws WrongUse, Failure {
    saving.check();
    Failure.unlessDone(this::train);
    return CommandLine.ExitCode.OK;
  }

  /** Null for no chart. */
  private ChartFile chartFile() throws WrongUse {
    if (chart == null && options.text().embedded()) {
      Path target = Path.of("target");
      Path name = Path.of("learning-curve.png");
      return ChartFile.of(Files.isDirectory(target) ? target.resolve(name) : name);
    }
    return chart == null ? null : ChartFile.of(chart);
  }

  private void train() throws IOException, WrongUse, Failure {
    TrainingSettings settings = new TrainingSettings(spec);
    Optional<TrainingCheckpoint> begun = saving.begun();
    if (begun.isPresent()) {
      settings.takeFrom(begun.get().notes(), saving.checkpoint().orElseThrow());
    }
    options.check();
    ChartFile chartFile = chartFile();
    if (chartFile != null) {
      chartFile.requireWritable();
    }
    saving.requireOther("--chart", chartFile == null ? null : chartFile.path());
    saving.requireOther("--data", options.text().data());
    saving.requireOther("--valid", options.text().valid());
    saving.requireWritable();
    PrintWriter out = spec.commandLine().getOut();
    ModelTraining training =
        new ModelTraining(options, out, showProgress ? Optional.of(out) : Optional.empty());
    TrainingText text = training.text();
    Optional<KeptTraining> kept = Optional.empty();
    if (saving.checkpoint().isPresent()) {
      Path file = saving.checkpoint().get();
      kept = Optional.of(new KeptTraining(file, saving.every(), settings.notes(), begun));
      if (saving.resumesNothing()) {
        out.println(String.format(Locale.ROOT, "no %s yet: the training begins", file));
      }
    }
    ModelTraining.Trained trained = training.train(text, kept);
    out.println(heldOutLine(trained));
    if (saving.model().isPresent()) {
      save(trained, saving.model().get());
      out.println("model: " + saving.model().get());
    }
    if (chartFile != null) {
      String title = options.model().cellName() + " language model: " + options.text().name();
      OptionalDouble best = trained.text().bestPerplexity(trained.text().training());
      new LearningCurve(title, trained.epochs(), best).write(chartFile);
      out.println("learning curve: " + chartFile.path());
    }
    out.flush();
  }

  private void save(ModelTraining.Trained trained, Path file) throws IOException {
    Map<String, String> notes =
        SavedModel.notes(
            options.text().level(),
            options.text().name(),
            trained.epoch(),
            options.learning().seed());
    Checkpoint.save(file, trained.model(), trained.text().training().vocabulary(), notes);
  }

  private static String heldOutLine(ModelTraining.Trained trained) {
    if (!trained.text().hasHeldOut()) {
      return "held out: nothing";
    }
    Corpus heldOut = trained.text().heldOut();
    String line =
        String.format(
            Locale.ROOT,
            "held out: %d tokens, perplexity %.4f",
            heldOut.size(),
            trained.model().perplexity(heldOut.tokens()));
    OptionalDouble best = trained.text().bestPerplexity(heldOut);
    return best.isEmpty()
        ? line
        : line
            + String.format(
                Locale.ROOT, "; the grammar's own, the best possible: %.4f", best.getAsDouble());
  }
}
