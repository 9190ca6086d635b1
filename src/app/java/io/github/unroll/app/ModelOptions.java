package io.github.unroll.app;

import io.github.unroll.cell.CellKind;
import io.github.unroll.model.Input;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.random.RandomState;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** The options of the language model. */
final class ModelOptions {
  private static final int EMBEDDING = 32;

  /** The options that a model in a file has no use for. */
  static final Set<String> OF_A_NEW_MODEL =
      Set.of("--cell", "--layers", "--hidden", "--embedding", "--tie-weights", "--dropout");

  @Option(
      names = "--cell",
      order = 11,
      paramLabel = "NAME",
      completionCandidates = CellNames.class,
      defaultValue = "rnn",
      converter = CellName.class,
      description = {
        "The cell of the recurrent layers: rnn, rnn-relu,",
        "  lstm, gru, gru-reset-after, peephole-lstm."
      })
  private CellKind cell = CellKind.RNN;

  @Option(
      names = "--layers",
      order = 12,
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of stacked recurrent layers.")
  private int layers = 1;

  @Option(
      names = "--hidden",
      order = 13,
      paramLabel = "N",
      defaultValue = "64",
      description = "Size of a hidden state.")
  private int hidden = 64;

  @Option(
      names = "--embedding",
      order = 14,
      paramLabel = "N",
      description = {
        "Size of a word vector. Without it: " + EMBEDDING + ",",
        "  with --tie-weights the size of the hidden state."
      })
  private Integer embedding;

  @Option(
      names = "--tie-weights",
      order = 15,
      description = "Word vectors are the output weights too.")
  private boolean tieWeights;

  @Option(
      names = "--dropout",
      order = 16,
      paramLabel = "P",
      defaultValue = "0",
      description = "Probability that training drops a value.")
  private double dropout;

  @Option(
      names = "--start",
      order = 17,
      paramLabel = "FILE",
      description = {
        "Train the model in FILE further, which train",
        "  --save or --checkpoint saved. It keeps its sizes",
        "  and words, and reads others as its <unk>."
      })
  private Path start;

  /**
   * Checks the options.
   *
   * @param given what stands on the command line
   */
  void check(ParseResult given) throws WrongUse {
    if (start != null) {
      for (String name : new TreeSet<>(OF_A_NEW_MODEL)) {
        WrongUse.unless(
            !given.hasMatchedOption(name),
            name + " is of no use with --start, whose model has its own");
      }
    }
    WrongUse.unlessAtLeastOne("--layers", layers);
    WrongUse.unlessAtLeastOne("--hidden", hidden);
    WrongUse.unlessAtLeastOne("--embedding", embedding());
    WrongUse.unlessFraction("--dropout", dropout);
    WrongUse.unless(
        !tieWeights || embedding() == hidden,
        String.format(
            Locale.ROOT,
            "--tie-weights needs --embedding and --hidden to be equal, not %d and %d",
            embedding(),
            hidden));
  }

  private int embedding() {
    if (embedding != null) {
      return embedding;
    }
    return tieWeights ? hidden : EMBEDDING;
  }

  /** The file of the model that is trained further, if there is one. */
  Optional<Path> start() {
    return Optional.ofNullable(start);
  }

  /** A new model. */
  RnnLanguageModel model(int vocabularySize, RandomState random) throws Failure {
    return Failure.unlessMade("", () -> new RnnLanguageModel(description(vocabularySize), random));
  }

  private SequenceDescription description(int vocabularySize) {
    SequenceDescription description =
        SequenceDescription.languageModel(vocabularySize, embedding(), hidden)
            .withCell(cell)
            .withLayers(layers)
            .withDropout(dropout);
    return tieWeights ? description.withTiedWeights() : description;
  }

  /** Such as {@code embedding 32, hidden 64}, and settings that are not the default. */
  static String inWords(SequenceDescription model) {
    StringBuilder words = new StringBuilder();
    if (model.input() instanceof Input.Words input) {
      words.append("embedding ").append(input.size()).append(", ");
    }
    words.append("hidden ").append(model.hiddenSize());
    if (!model.cell().equals(CellKind.RNN)) {
      words.append(", ").append(model.cell());
    }
    if (model.layers() > 1) {
      words.append(", ").append(model.layers()).append(" layers");
    }
    if (model.dropout() > 0) {
      words.append(", dropout ").append(model.dropout());
    }
    if (model.isTied()) {
      words.append(", tied weights");
    }
    return words.toString();
  }

  private static final class CellName implements ITypeConverter<CellKind> {

    @Override
    public CellKind convert(String name) {
      try {
        return CellKind.of(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  private static final class CellNames implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return CellKind.all().stream().map(CellKind::name).iterator();
    }
  }
}
