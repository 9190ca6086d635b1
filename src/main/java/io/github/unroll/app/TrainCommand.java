package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a language model, tells how well it does, and draws its learning curve. */
@Command(
    name = "train",
    description = "Trains a language model: embedding, recurrent layers, softmax.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {

  @Mixin private TrainingOptions options;

  @Option(
      names = "--chart",
      paramLabel = "FILE",
      description = {
        "Where to draw the learning curve: .png or .svg.",
        "  Without it: no chart with --data; for the embedded",
        "  text learning-curve.png, in target if it exists."
      })
  private Path chart;

  @Spec private CommandSpec spec;

  private final boolean showProgress;

  TrainCommand(boolean showProgress) {
    this.showProgress = showProgress;
  }

  @Override
  public Integer call() throws WrongUse, Failure {
    options.check();
    ChartFile chartFile = chartFile();
    Failure.unlessDone(() -> train(chartFile));
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

  private void train(ChartFile chartFile) throws IOException, Failure {
    if (chartFile != null) {
      chartFile.requireWritable();
    }
    PrintWriter out = spec.commandLine().getOut();
    ModelTraining training =
        new ModelTraining(options, out, showProgress ? Optional.of(out) : Optional.empty());
    ModelTraining.Trained trained = training.train(training.text());
    out.println(heldOutLine(trained));
    if (chartFile != null) {
      String title = options.model().cellName() + " language model: " + options.text().name();
      OptionalDouble best = trained.text().bestPerplexity(trained.text().training());
      new LearningCurve(title, trained.epochs(), best).write(chartFile);
      out.println("learning curve: " + chartFile.path());
    }
    out.flush();
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
