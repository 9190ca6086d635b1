package io.github.unroll.app;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.TextSampler;
import io.github.unroll.model.WordChoice;
import io.github.unroll.random.RandomState;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains a language model and lets it write: the text on stdout, all else on stderr. */
@Command(
    name = "generate",
    description = {
      "Trains a language model, as train does, and writes text with it.",
      "The text goes to standard output, what is told of the training to standard",
      "error."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class GenerateCommand implements Callable<Integer> {

  @ArgGroup(validate = false, heading = "%nWriting:%n", order = 0)
  private final SamplingOptions sampling = new SamplingOptions();

  @Mixin private TrainingOptions options;

  @Spec private CommandSpec spec;

  private final boolean showProgress;

  GenerateCommand(boolean showProgress) {
    this.showProgress = showProgress;
  }

  @Override
  public Integer call() throws WrongUse, Failure {
    sampling.check();
    options.check();
    Failure.unlessDone(this::generate);
    return CommandLine.ExitCode.OK;
  }

  private void generate() throws IOException, Failure {
    CommandLine command = spec.commandLine();
    // Only of stdout is it known that it is a terminal; the bar is gone before the text comes.
    Optional<PrintWriter> terminal =
        showProgress ? Optional.of(command.getOut()) : Optional.empty();
    ModelTraining training = new ModelTraining(options, command.getErr(), terminal);
    TrainingText text = training.text();
    Vocabulary vocabulary = text.training().vocabulary();
    WordChoice choice = sampling.choice(vocabulary); // before an hour of training is spent on it
    int[] prompt = sampling.promptIds(options.text().level(), text.training());
    TextSampler sampler =
        new TextSampler(
            training.train(text).model(), choice, new RandomState(options.learning().seed()));
    List<String> tokens = new ArrayList<>();
    if (sampling.hasPrompt()) {
      tokens.addAll(vocabulary.decode(prompt));
    }
    tokens.addAll(vocabulary.decode(sampler.sample(prompt, sampling.length())));
    command.getOut().println(options.text().level().written(tokens).stripTrailing());
    command.getOut().flush();
  }
}
