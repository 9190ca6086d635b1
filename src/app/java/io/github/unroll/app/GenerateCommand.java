package io.github.unroll.app;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.TextSampler;
import io.github.unroll.model.WordChoice;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.NotFinite;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command that writes text with a language model: the text on stdout, everything else on
 * stderr.
 */
@Command(
    name = "generate",
    description = {
      "Writes text with a language model, a saved one or a new one.",
      "A new one it trains first, as train does. The text goes to standard output,",
      "what is told of the training to standard error."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class GenerateCommand implements Callable<Integer> {

  /** The training options that also have a meaning without a training. */
  private static final Set<String> OF_A_SAVED_MODEL = Set.of("--level", "--seed");

  private static final long SENT_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = {
        "Write with the model that train --save or",
        "  --checkpoint saved. Of the options on text, model",
        "  and training only --seed is then of use."
      })
  private Path file;

  @ArgGroup(validate = false, heading = "%nWriting:%n", order = 0)
  private final SamplingOptions sampling = new SamplingOptions();

  @Mixin private TrainingOptions options;

  @Spec private CommandSpec spec;

  private final IntSupplier columns;

  GenerateCommand(IntSupplier columns) {
    this.columns = columns;
  }

  @Override
  public Integer call() throws WrongUse, Failure {
    sampling.check();
    if (file != null) {
      checkNothingIsTrained();
      options.learning().check(options.text()); // the seed
    } else {
      options.check(spec.commandLine().getParseResult());
    }
    Failure.unlessDone(file != null ? this::writeWithSavedModel : this::writeWithNewModel);
    return CommandLine.ExitCode.OK;
  }

  private void checkNothingIsTrained() throws WrongUse {
    for (OptionSpec option : TrainingSettings.options(spec)) {
      String name = option.longestName();
      WrongUse.unless(
          !isGiven(name) || OF_A_SAVED_MODEL.contains(name),
          name + " is of no use with --model, which is trained already");
    }
  }

  private boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  private void writeWithSavedModel() throws IOException, Failure {
    TextModel saved = TextModel.of(file, options.text().askedLevel(spec));
    WordChoice choice = sampling.choice(saved.vocabulary());
    int[] prompt = sampling.promptIds(saved.level(), saved.vocabulary());
    write(saved.model(), choice, prompt, saved.vocabulary(), saved.level());
  }

  private void writeWithNewModel() throws IOException, Failure {
    CommandLine command = spec.commandLine();
    // Only stdout is known to be a terminal; the bar disappears before the text is written.
    ModelTraining.Screen screen = new ModelTraining.Screen(command.getOut(), columns);
    ModelTraining training =
        new ModelTraining(options, TrainingNotes.beside(command.getErr()), screen);
    TrainingText text = training.text(options.text().askedLevel(spec));
    TextOptions.Level level = training.level();
    Vocabulary vocabulary = text.training().vocabulary();
    WordChoice choice = sampling.choice(vocabulary); // checked before the training
    int[] prompt = sampling.promptIds(level, vocabulary);
    write(training.train(text, Optional.empty()).model(), choice, prompt, vocabulary, level);
  }

  private void write(
      RnnLanguageModel model,
      WordChoice choice,
      int[] prompt,
      Vocabulary vocabulary,
      TextOptions.Level level)
      throws Failure {
    PrintWriter out = spec.commandLine().getOut();
    WrittenText text = new WrittenText(out, level);
    if (sampling.hasPrompt()) {
      vocabulary.decode(prompt).forEach(text::append);
    }
    TextSampler sampler =
        new TextSampler(model, choice, new RandomState(options.learning().seed()));
    sampler.start(prompt);
    long sent = System.nanoTime();
    for (int i = 0; i < sampling.length(); i++) {
      text.append(vocabulary.word(next(sampler, model)));
      long now = System.nanoTime();
      if (now - sent > SENT_EVERY_NANOS) {
        OutputLost.unlessArrived(out);
        sent = now;
      }
    }
    text.end();
    out.flush();
  }

  private static int next(TextSampler sampler, RnnLanguageModel model) throws Failure {
    try {
      return sampler.next();
    } catch (IllegalArgumentException e) { // a score is not finite
      String why =
          NotFinite.parameter(model.parameters())
              .orElse("all parameters are finite, so the scores overflowed");
      throw new Failure("no word can be chosen: " + why, e);
    }
  }
}
