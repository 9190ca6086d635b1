package io.github.unroll.app;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Corpus;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.optim.Adam;
import io.github.unroll.optim.Adam.EpsilonConvention;
import io.github.unroll.optim.GradientClipping;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Kernel;
import io.github.unroll.train.Trainer;
import io.github.unroll.train.TrainingDivergedException;
import io.github.unroll.train.TrainingListener.EpochEnd;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a language model, tells how well it does, and draws its learning curve. */
@Command(
    name = "train",
    description = "Trains an RNN language model: embedding, tanh RNN, softmax; Adam.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  private static final long MAX_SEED = 0xffffffffL;

  /** What counts as a token of a file. */
  enum Level {
    WORD,
    CHAR
  }

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = {
        "Text in UTF-8, such as a Penn Treebank file.",
        "  Without it: the embedded text, " + TrainingText.EMBEDDED_SENTENCES + " sentences",
        "  of a small grammar, whose own perplexity",
        "  is the best possible."
      })
  private Path data;

  @Option(
      names = "--level",
      paramLabel = "word|char",
      defaultValue = "word",
      description = "What a token of FILE is.")
  private Level level;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = {
        "Train on the first N tokens, with the vocabulary",
        "  of the whole file. Up to N/10 tokens that follow",
        "  are held out. Without it: the last tenth of FILE",
        "  is held out."
      })
  private Integer tokens;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "How often the text is gone through.")
  private int epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "20",
      description = "Places of the text read at once.")
  private int batch;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Time steps that gradients go back.")
  private int steps;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      defaultValue = "64",
      description = "Size of the hidden state.")
  private int hidden;

  @Option(
      names = "--embedding",
      paramLabel = "N",
      defaultValue = "32",
      description = "Size of a word vector.")
  private int embedding;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      defaultValue = "0.003",
      description = "Adam's learning rate.")
  private double learningRate;

  @Option(
      names = "--clip",
      paramLabel = "X",
      defaultValue = "5",
      description = "Greatest global norm of the gradients; 0: any.")
  private double clip;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the first weights, as in NumPy's RandomState.")
  private long seed;

  @Option(
      names = "--chart",
      paramLabel = "FILE",
      description = {
        "Where to draw the learning curve: .png or .svg.",
        "  Without it: no chart with --data; for the embedded",
        "  text learning-curve.png, in target if there is one."
      })
  private Path chart;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say which kernel does the arithmetic.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  private final boolean showProgress;

  TrainCommand(boolean showProgress) {
    this.showProgress = showProgress;
  }

  @Override
  public Integer call() throws TrainingFailure {
    requireSensibleOptions();
    ChartFile chartFile = chartFile();
    try {
      if (chartFile != null) {
        chartFile.requireWritable();
      }
      train(text(), chartFile);
      return CommandLine.ExitCode.OK;
    } catch (IOException | IllegalArgumentException | TrainingDivergedException e) {
      throw new TrainingFailure(e);
    } catch (ExceptionInInitializerError e) { // the kernel that was asked for is not there
      throw new TrainingFailure(String.valueOf(e.getCause().getMessage()), e);
    } catch (OutOfMemoryError e) {
      throw new TrainingFailure(
          "out of memory (%s); take smaller sizes or a larger heap, java -Xmx"
              .formatted(e.getMessage()),
          e);
    }
  }

  private void requireSensibleOptions() {
    requireAtLeastOne("--epochs", epochs);
    requireAtLeastOne("--batch", batch);
    requireAtLeastOne("--steps", steps);
    requireAtLeastOne("--hidden", hidden);
    requireAtLeastOne("--embedding", embedding);
    if (tokens != null) {
      requireAtLeastOne("--tokens", tokens);
    }
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "--learning-rate must be positive, not " + learningRate);
    require(
        clip >= 0 && Double.isFinite(clip),
        "--clip must be positive, or 0 for no clipping, not " + clip);
    require(seed >= 0 && seed <= MAX_SEED, "--seed must be 0 to " + MAX_SEED + ", not " + seed);
    require(
        data != null || level == Level.WORD,
        "--level char needs --data: the embedded text is one of words");
  }

  private void requireAtLeastOne(String option, int value) {
    require(value >= 1, option + " must be at least 1, not " + value);
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  private ChartFile chartFile() {
    if (chart == null && data == null) {
      Path target = Path.of("target");
      Path name = Path.of("learning-curve.png");
      return ChartFile.of(Files.isDirectory(target) ? target.resolve(name) : name);
    }
    try {
      return chart == null ? null : ChartFile.of(chart);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--chart: " + e.getMessage(), e);
    }
  }

  private TrainingText text() throws IOException {
    if (data == null) {
      TrainingText embedded = TrainingText.embedded();
      return tokens == null ? embedded : embedded.first(enough(embedded.training()));
    }
    Corpus all = level == Level.WORD ? Corpus.words(data) : Corpus.characters(data);
    return tokens == null ? TrainingText.of(all) : TrainingText.ofFirst(enough(all), all);
  }

  private int enough(Corpus all) {
    if (tokens > all.size()) {
      throw new IllegalArgumentException(
          "--tokens %d: the text has only %d tokens".formatted(tokens, all.size()));
    }
    return tokens;
  }

  private void train(TrainingText text, ChartFile chartFile) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    BpttBatches batches = new BpttBatches(text.training().tokens(), batch, steps);
    int vocabulary = text.training().vocabulary().size();
    RnnLanguageModel model =
        new RnnLanguageModel(vocabulary, embedding, hidden, new RandomState(seed));
    out.println(header(text, model));
    if (verbose) {
      out.println(kernelLine(Kernel.active().toString()));
    }
    out.flush();

    List<EpochEnd> ends = train(model, batches, out);

    out.println(heldOutLine(text, model));
    if (chartFile != null) {
      String title = "RNN language model: " + textName();
      new LearningCurve(title, ends, text.bestPerplexity(text.training())).write(chartFile);
      out.println("learning curve: " + chartFile.path());
    }
    out.flush();
  }

  private List<EpochEnd> train(RnnLanguageModel model, BpttBatches batches, PrintWriter out) {
    Adam adam = new Adam(learningRate, EpsilonConvention.BOOK);
    GradientClipping clipping =
        clip == 0 ? GradientClipping.none() : GradientClipping.byGlobalNorm(clip);
    EpochReporter reporter = new EpochReporter(out);
    if (!showProgress) {
      return new Trainer<>(model, adam, clipping, reporter).train(batches, epochs);
    }
    try (EpochProgress progress = new EpochProgress(epochs, out)) {
      return new Trainer<>(model, adam, clipping, progress, reporter).train(batches, epochs);
    }
  }

  private String textName() {
    return data == null ? "embedded text" : data.getFileName().toString();
  }

  private String header(TrainingText text, RnnLanguageModel model) {
    long parameters = model.parameters().stream().mapToLong(p -> p.value().data().length).sum();
    return String.format(
        Locale.ROOT,
        "%s: %d tokens, vocabulary %d, embedding %d, hidden %d, %d parameters, seed %d",
        textName(),
        text.training().size(),
        text.training().vocabulary().size(),
        embedding,
        hidden,
        parameters,
        seed);
  }

  static String kernelLine(String kernel) {
    return kernel.startsWith("vectors")
        ? "kernel: " + kernel
        : "kernel: " + kernel + "; faster with java --add-modules jdk.incubator.vector";
  }

  private static String heldOutLine(TrainingText text, RnnLanguageModel model) {
    if (!text.hasHeldOut()) {
      return "held out: nothing";
    }
    Corpus heldOut = text.heldOut();
    String line =
        String.format(
            Locale.ROOT,
            "held out: %d tokens, perplexity %.4f",
            heldOut.size(),
            model.perplexity(heldOut.tokens()));
    OptionalDouble best = text.bestPerplexity(heldOut);
    return best.isEmpty()
        ? line
        : line
            + String.format(
                Locale.ROOT, "; the grammar's own, the best possible: %.4f", best.getAsDouble());
  }
}
