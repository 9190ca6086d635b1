package io.github.unroll.app;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

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

  void check() throws WrongUse {
    text.check();
    model.check();
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
