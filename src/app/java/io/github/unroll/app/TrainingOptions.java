package io.github.unroll.app;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The options of every command that trains, in the groups of its help. */
final class TrainingOptions {
  @ArgGroup(validate = false, heading = "%nText:%n", order = 1)
  private final TextOptions text = new TextOptions();

  @ArgGroup(validate = false, heading = "%nModel:%n", order = 2)
  private final ModelOptions model = new ModelOptions();

  @ArgGroup(validate = false, heading = "%nTraining:%n", order = 3)
  private final LearningOptions learning = new LearningOptions();

  @Option(
      names = {"-v", "--verbose"},
      description = "Say which kernel does the arithmetic.")
  private boolean verbose;

  /**
   * Checks the options.
   *
   * @param given what stands on the command line
   */
  void check(ParseResult given) throws WrongUse {
    text.check();
    model.check(given);
    WrongUse.unless(
        model.start().isEmpty() || !text.embedded(),
        "--start needs --data: a text for the model to learn");
    WrongUse.unless(
        model.start().isEmpty() || text.vocabulary().isEmpty(),
        "--vocabulary is of no use with --start: the model keeps its own words");
    learning.check(text);
  }

  TextOptions text() {
    return text;
  }

  ModelOptions model() {
    return model;
  }

  LearningOptions learning() {
    return learning;
  }

  boolean verbose() {
    return verbose;
  }
}
