package io.github.unroll.app;

import io.github.unroll.data.Table;
import io.github.unroll.job.ClassifySettings;
import io.github.unroll.job.TableClassifier;
import io.github.unroll.train.ClassificationMetrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that learns to label the sequences of a CSV file, and judges itself. */
@Command(
    name = "classify",
    description = {
      "Learns to label the sequences of a CSV file, or each of their rows.",
      "First a network learns all but some of the sequences, and how well it labels",
      "those is told; then a network learns all of them."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class ClassifyCommand implements Callable<Integer> {

  private static final int EPOCHS = 100;

  @Mixin private JobOptions job;

  @Option(
      names = "--group",
      required = true,
      order = 1,
      paramLabel = "COLUMN",
      description = "The column that names the sequence of each row.")
  private String group;

  @Option(
      names = "--label",
      required = true,
      order = 2,
      paramLabel = "COLUMN",
      description = "The column of the labels.")
  private String label;

  @Option(
      names = "--features",
      order = 3,
      split = ",",
      paramLabel = "COLUMN",
      description = {
        "The columns of numbers to read, separated by",
        "  commas. Without it: all others."
      })
  private List<String> features = List.of();

  @Option(
      names = "--words",
      order = 4,
      paramLabel = "COLUMN",
      description = "The column of words to read, instead of numbers.")
  private String words;

  @Option(names = "--every-row", order = 5, description = "Each row has a label of its own.")
  private boolean everyRow;

  @Option(
      names = "--balance",
      order = 6,
      description = "Rare labels count as much as frequent ones.")
  private boolean balance;

  @Spec private CommandSpec spec;

  private final IntSupplier columns;

  ClassifyCommand(IntSupplier columns) {
    this.columns = columns;
  }

  @Override
  public Integer call() throws WrongUse, Failure {
    job.check();
    Failure.unlessDone(this::classify);
    return CommandLine.ExitCode.OK;
  }

  private void classify() throws IOException, Failure {
    ClassifySettings settings =
        Failure.unlessMade(
            "",
            () ->
                new ClassifySettings(
                    group,
                    label,
                    features,
                    Optional.ofNullable(words),
                    everyRow,
                    balance,
                    job.hidden(),
                    job.epochs(EPOCHS),
                    job.seed()));
    job.requireWritable();
    PrintWriter out = spec.commandLine().getOut();
    Table table = job.table();
    JobProgress progress = new JobProgress(out, columns, settings.epochs());
    ClassificationMetrics metrics =
        progress.of(listener -> TableClassifier.judge(table, settings, job.heldOut(), listener));
    out.println(
        String.format(
            Locale.ROOT,
            "on %.0f %% of the sequences, which were not learned:",
            100 * job.heldOut()));
    out.println(metrics);
    out.flush();
    if (job.save().isPresent()) {
      TableClassifier classifier =
          progress.of(listener -> TableClassifier.train(table, settings, listener));
      SecondPlace.save("the model", job.save().get(), classifier::save);
      out.println("model: " + job.save().get());
    }
    out.flush();
  }
}
