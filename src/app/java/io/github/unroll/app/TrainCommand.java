package io.github.unroll.app;

import io.github.unroll.data.Corpus;
import io.github.unroll.io.checkpoint.ModelFile;
import io.github.unroll.io.checkpoint.Notes;
import io.github.unroll.io.checkpoint.TrainingCheckpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that trains a language model, prints its results, and draws its learning curve. */
@Command(
    name = "train",
    description = {
      "Trains a language model: embedding, recurrent layers, softmax.",
      "The model can be saved, and the training too, to be resumed later."
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

  private final IntSupplier columns;

  TrainCommand(IntSupplier columns) {
    this.columns = columns;
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
      settings.takeFrom(begun.get().notes().texts(), saving.checkpoint().orElseThrow());
    }
    options.check(spec.commandLine().getParseResult());
    ChartFile chartFile = chartFile();
    saving.requireOther("--chart", chartFile == null ? null : chartFile.path());
    saving.requireOther("--data", options.text().data());
    saving.requireOther("--valid", options.text().valid());
    saving.requireWritable();
    PrintWriter out = spec.commandLine().getOut();
    TrainingNotes notes = keepsNothing() ? TrainingNotes.alone(out) : TrainingNotes.beside(out);
    if (chartFile != null && !canBeDrawn(chartFile, notes)) {
      chartFile = null;
    }
    ModelTraining training =
        new ModelTraining(options, notes, new ModelTraining.Screen(out, columns));
    TrainingText text = training.text(options.text().askedLevel(spec));
    Optional<KeptTraining> kept = Optional.empty();
    if (saving.checkpoint().isPresent()) {
      Path file = saving.checkpoint().get();
      kept =
          Optional.of(
              new KeptTraining(file, saving.every(), settings.notes(training.level()), begun));
      if (saving.resumesNothing()) {
        notes.line(String.format(Locale.ROOT, "no %s yet: the training begins", file));
      }
    }
    ModelTraining.Trained trained = training.train(text, kept);
    if (saving.model().isPresent()) { // before anything else that could fail
      save(trained, training.level(), saving.model().get());
    }
    notes.line(heldOutLine(trained));
    if (saving.model().isPresent()) {
      notes.line("model: " + saving.model().get());
    }
    if (chartFile != null) {
      draw(trained, chartFile, notes);
    }
  }

  /** Whether the printed lines are the only result of the training. */
  private boolean keepsNothing() {
    return chart == null && saving.model().isEmpty() && saving.checkpoint().isEmpty();
  }

  /**
   * Tries to draw and to write. If that fails for a chart that was not requested, prints a line and
   * continues without it.
   */
  private boolean canBeDrawn(ChartFile file, TrainingNotes notes) throws IOException {
    try {
      file.requireWritable();
      ChartDrawing.require(file);
      return true;
    } catch (IOException e) {
      doWithoutUnlessAsked(e, notes);
      return false;
    }
  }

  private void draw(ModelTraining.Trained trained, ChartFile file, TrainingNotes notes)
      throws IOException {
    String title =
        trained.model().description().cell() + " language model: " + options.text().name();
    OptionalDouble best = trained.text().bestPerplexity(trained.text().training());
    try {
      ChartDrawing.write(file, () -> new LearningCurve(title, trained.epochs(), best));
    } catch (IOException e) {
      doWithoutUnlessAsked(e, notes);
      return;
    }
    notes.line("learning curve: " + file.path());
  }

  private void doWithoutUnlessAsked(IOException e, TrainingNotes notes) throws IOException {
    if (chart != null) {
      throw e;
    }
    notes.line("learning curve: none; " + e.getMessage());
  }

  private void save(ModelTraining.Trained trained, TextOptions.Level level, Path file)
      throws IOException {
    Map<String, String> notes =
        TextModel.notes(level, options.text().name(), trained.epoch(), options.learning().seed());
    Notes all = Notes.of(trained.text().training().vocabulary()).with(notes);
    SecondPlace.save("the model", file, at -> ModelFile.save(at, trained.model(), all));
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
            trained.model().perplexity(heldOut));
    OptionalDouble best = trained.text().bestPerplexity(heldOut);
    return best.isEmpty()
        ? line
        : line
            + String.format(
                Locale.ROOT, "; the grammar's own, the best possible: %.4f", best.getAsDouble());
  }
}
