package io.github.unroll.app;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.optim.Optimizer;
import io.github.unroll.tensor.Room;
import io.github.unroll.train.EarlyStopping;
import io.github.unroll.train.TrainingPlan;
import io.github.unroll.train.Validation;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of the training. */
final class LearningOptions {
  private static final long MAX_SEED = 0xffffffffL;

  @Option(
      names = "--epochs",
      order = 21,
      paramLabel = "N",
      defaultValue = "10",
      description = "How often the text is gone through.")
  private int epochs = 10;

  @Option(
      names = "--batch",
      order = 22,
      paramLabel = "N",
      defaultValue = "20",
      description = "Places of the text read at once.")
  private int batch = 20;

  @Option(
      names = "--steps",
      order = 23,
      paramLabel = "N",
      defaultValue = "20",
      description = "Time steps that gradients go back.")
  private int steps = 20;

  @Option(
      names = "--optimizer",
      order = 24,
      paramLabel = "NAME",
      defaultValue = "adam",
      description = {"sgd, momentum, nesterov, adagrad, rmsprop, adam", "  or adamw."})
  private OptimizerChoice optimizer = OptimizerChoice.ADAM;

  @Option(
      names = "--learning-rate",
      order = 25,
      paramLabel = "X",
      description = {"Without it: sgd 1; momentum, nesterov 0.1;", "  adagrad 0.03; others 0.003."})
  private Double learningRate;

  @Option(
      names = "--schedule",
      order = 26,
      paramLabel = "NAME",
      defaultValue = "constant",
      description = {
        "How the learning rate changes: constant; step,",
        "  halved after each quarter of the epochs; cosine,",
        "  down to 0 in half a cosine; plateau, divided by 4",
        "  after an epoch whose validation is no better."
      })
  private ScheduleChoice schedule = ScheduleChoice.CONSTANT;

  @Option(
      names = "--clip",
      order = 27,
      paramLabel = "X",
      defaultValue = "5",
      description = "Greatest global norm of the gradients; 0: no limit.")
  private double clip = 5;

  @Option(
      names = "--patience",
      order = 28,
      paramLabel = "N",
      description = {
        "Stop after N epochs in a row whose validation is",
        "  not the best so far. Without it: never."
      })
  private Integer patience;

  @Option(
      names = "--seed",
      order = 29,
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of all random numbers, as in NumPy.")
  private long seed;

  void check(TextOptions text) throws WrongUse {
    WrongUse.unlessAtLeastOne("--epochs", epochs);
    WrongUse.unlessAtLeastOne("--batch", batch);
    WrongUse.unlessAtLeastOne("--steps", steps);
    WrongUse.unlessPositive("--learning-rate", learningRate());
    WrongUse.unless(
        clip >= 0 && Double.isFinite(clip),
        "--clip must be positive, or 0 for no clipping, not " + clip);
    WrongUse.unless(
        seed >= 0 && seed <= MAX_SEED, "--seed must be 0 to " + MAX_SEED + ", not " + seed);
    if (patience != null) {
      WrongUse.unlessAtLeastOne("--patience", patience);
    }
    boolean canValidate = text.embedded() || text.hasValid();
    WrongUse.unless(
        canValidate || patience == null, "--patience needs --valid, a text to judge each epoch by");
    WrongUse.unless(
        canValidate || schedule != ScheduleChoice.PLATEAU,
        "--schedule plateau needs --valid, a text to judge each epoch by");
  }

  int batch() {
    return batch;
  }

  int epochs() {
    return epochs;
  }

  long seed() {
    return seed;
  }

  private double learningRate() {
    return learningRate == null ? optimizer.defaultRate() : learningRate;
  }

  /** Whether the learning rates depend on the number of epochs. */
  boolean planIsOfEpochs() {
    return schedule == ScheduleChoice.STEP || schedule == ScheduleChoice.COSINE;
  }

  /** Whether the learning rate changes between epochs. */
  boolean rateChanges() {
    return schedule != ScheduleChoice.CONSTANT;
  }

  /** Whether an option needs validation. */
  boolean asksForValidation() {
    return patience != null || schedule == ScheduleChoice.PLATEAU;
  }

  /** The text in batches. */
  BpttBatches batches(Corpus training) throws Failure {
    return Failure.unlessMade("", () -> new BpttBatches(training, batch, steps));
  }

  /** Throws unless the gates and scores of a batch fit in an array. */
  void requireRoom(RnnLanguageModel model) throws Failure {
    int widest = model.parameters().stream().mapToInt(p -> p.value().cols()).max().orElseThrow();
    Failure.unlessMade(
        "--batch " + batch + ", --steps " + steps + ": ",
        () -> Room.size("a batch", "gates or scores", batch, steps, widest));
  }

  Optimizer optimizer() {
    return optimizer.optimizer(learningRate());
  }

  GradientClipping clipping() {
    return clip == 0 ? GradientClipping.none() : GradientClipping.byGlobalNorm(clip);
  }

  /** The plan for a model; with validation if the text has a part for it. */
  TrainingPlan plan(RnnLanguageModel model, TrainingText text, int iterations) {
    TrainingPlan plan =
        TrainingPlan.of(epochs).with(schedule.schedule(learningRate(), epochs, iterations));
    return text.validation().map(valid -> plan.with(validation(model, valid))).orElse(plan);
  }

  private Validation validation(RnnLanguageModel model, Corpus valid) {
    return new Validation(
        () -> model.perplexity(valid),
        Optional.ofNullable(patience).map(EarlyStopping::after),
        true);
  }
}
