package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.layer.Merge;
import io.github.unroll.model.Input;
import io.github.unroll.model.Output;
import io.github.unroll.model.Readout;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.Seq2SeqDescription.DecoderStart;
import io.github.unroll.model.Seq2SeqDescription.Form;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.model.SequenceDescription;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The format of a model's description in the metadata of its file. */
final class DescriptionFormat {

  private static final String INPUT = "description.input";
  private static final String FEATURES = "description.features";
  private static final String VOCABULARY_SIZE = "description.vocabularySize";
  private static final String EMBEDDING_SIZE = "description.embeddingSize";
  private static final String HIDDEN_SIZE = "description.hiddenSize";
  private static final String CELL = "description.cell";
  private static final String LAYERS = "description.layers";
  private static final String BOTH_DIRECTIONS = "description.bothDirections";
  private static final String DROPOUT = "description.dropout";
  private static final String INITIAL_BIAS = "description.initialBias";
  private static final String LONGEST_LAG = "description.longestLag";
  private static final String READOUT = "description.readout";
  private static final String OUTPUT = "description.output";
  private static final String OUTPUT_SIZE = "description.outputSize";
  private static final String LEVELS = "description.levels";
  private static final String TIED = "description.tied";
  private static final String FORM = "description.form";
  private static final String INPUT_ORDER = "description.inputOrder";
  private static final String START = "description.decoderStart";

  private static final String NONE = "none";

  private DescriptionFormat() {}

  // ---- sequence models ----

  static void put(SequenceDescription d, Map<String, String> metadata) {
    if (d.input() instanceof Input.Words words) {
      metadata.put(INPUT, "words");
      metadata.put(VOCABULARY_SIZE, Integer.toString(words.vocabularySize()));
      metadata.put(EMBEDDING_SIZE, Integer.toString(words.size()));
    } else {
      metadata.put(INPUT, "features");
      metadata.put(FEATURES, Integer.toString(d.input().size()));
    }
    putLayers(d.cell(), d.hiddenSize(), d.layers(), d.dropout(), metadata);
    putBias(d.initialBias(), metadata);
    metadata.put(BOTH_DIRECTIONS, d.bothDirections().map(Metadata::nameOf).orElse(NONE));
    metadata.put(READOUT, Metadata.nameOf(d.readout()));
    if (d.output() instanceof Output.NextWord next) {
      metadata.put(OUTPUT, "next_word");
      metadata.put(TIED, Boolean.toString(next.tied()));
    } else if (d.output() instanceof Output.Quantiles quantiles) {
      metadata.put(OUTPUT, "quantiles");
      metadata.put(OUTPUT_SIZE, Integer.toString(quantiles.count()));
      metadata.put(LEVELS, Metadata.text(quantiles.levels()));
    } else {
      metadata.put(OUTPUT, d.output() instanceof Output.Classes ? "classes" : "values");
      metadata.put(OUTPUT_SIZE, Integer.toString(d.outputSize()));
    }
  }

  static SequenceDescription sequence(Metadata metadata, String file, CellKind... kinds)
      throws IOException {
    Input input = input(metadata, file);
    CellKind cell = metadata.cellKind(CELL, kinds);
    int hiddenSize = metadata.integer(HIDDEN_SIZE);
    int layers = metadata.integer(LAYERS);
    Optional<Merge> both =
        metadata.text(BOTH_DIRECTIONS).equals(NONE)
            ? Optional.empty()
            : Optional.of(metadata.constant(BOTH_DIRECTIONS, Merge.class));
    double dropout = metadata.number(DROPOUT);
    InitialBias bias = bias(metadata, file);
    Readout readout = metadata.constant(READOUT, Readout.class);
    Output output = output(metadata, file);
    return ModelFormat.orRefuse(
        file,
        () ->
            new SequenceDescription(
                input, cell, hiddenSize, layers, both, dropout, bias, readout, output));
  }

  private static Input input(Metadata metadata, String file) throws IOException {
    if (metadata.oneOf(INPUT, "features", "words").equals("features")) {
      int features = metadata.integer(FEATURES);
      return ModelFormat.orRefuse(file, () -> Input.features(features));
    }
    int vocabularySize = metadata.integer(VOCABULARY_SIZE);
    int embeddingSize = metadata.integer(EMBEDDING_SIZE);
    return ModelFormat.orRefuse(file, () -> Input.words(vocabularySize, embeddingSize));
  }

  private static Output output(Metadata metadata, String file) throws IOException {
    String output = metadata.oneOf(OUTPUT, "classes", "values", "quantiles", "next_word");
    if (output.equals("next_word")) {
      return new Output.NextWord(metadata.flag(TIED));
    }
    int size = metadata.integer(OUTPUT_SIZE);
    if (output.equals("quantiles")) {
      List<Double> levels = metadata.numbers(LEVELS);
      return ModelFormat.orRefuse(file, () -> new Output.Quantiles(size, levels));
    }
    return ModelFormat.orRefuse(
        file, () -> output.equals("classes") ? new Output.Classes(size) : new Output.Values(size));
  }

  // ---- encoder and decoder ----

  static void put(Seq2SeqDescription d, Map<String, String> metadata) {
    metadata.put(VOCABULARY_SIZE, Integer.toString(d.vocabularySize()));
    metadata.put(EMBEDDING_SIZE, Integer.toString(d.embeddingSize()));
    putLayers(d.cell(), d.hiddenSize(), d.layers(), d.dropout(), metadata);
    putBias(d.initialBias(), metadata);
    metadata.put(FORM, Metadata.nameOf(d.form()));
    metadata.put(INPUT_ORDER, Metadata.nameOf(d.inputOrder()));
    metadata.put(START, Metadata.nameOf(d.start()));
  }

  static Seq2SeqDescription seq2Seq(Metadata metadata, String file, CellKind... kinds)
      throws IOException {
    int vocabularySize = metadata.integer(VOCABULARY_SIZE);
    int embeddingSize = metadata.integer(EMBEDDING_SIZE);
    int hiddenSize = metadata.integer(HIDDEN_SIZE);
    CellKind cell = metadata.cellKind(CELL, kinds);
    int layers = metadata.integer(LAYERS);
    double dropout = metadata.number(DROPOUT);
    InitialBias bias = bias(metadata, file);
    Form form = metadata.constant(FORM, Form.class);
    InputOrder order = metadata.constant(INPUT_ORDER, InputOrder.class);
    DecoderStart start = metadata.constant(START, DecoderStart.class);
    return ModelFormat.orRefuse(
        file,
        () ->
            new Seq2SeqDescription(
                vocabularySize,
                embeddingSize,
                hiddenSize,
                cell,
                layers,
                dropout,
                bias,
                form,
                order,
                start));
  }

  // ---- what both have ----

  private static void putLayers(
      CellKind cell, int hiddenSize, int layers, double dropout, Map<String, String> metadata) {
    metadata.put(CELL, cell.name());
    metadata.put(HIDDEN_SIZE, Integer.toString(hiddenSize));
    metadata.put(LAYERS, Integer.toString(layers));
    metadata.put(DROPOUT, Double.toString(dropout));
  }

  private static void putBias(InitialBias bias, Map<String, String> metadata) {
    if (bias instanceof InitialBias.Chrono chrono) {
      metadata.put(INITIAL_BIAS, "chrono");
      metadata.put(LONGEST_LAG, Integer.toString(chrono.longestLag()));
    } else {
      metadata.put(INITIAL_BIAS, bias instanceof InitialBias.Zero ? "zero" : "forget_one");
    }
  }

  private static InitialBias bias(Metadata metadata, String file) throws IOException {
    switch (metadata.oneOf(INITIAL_BIAS, "zero", "forget_one", "chrono")) {
      case "zero" -> {
        return InitialBias.zero();
      }
      case "forget_one" -> {
        return InitialBias.forgetOne();
      }
      default -> {
        int lag = metadata.integer(LONGEST_LAG);
        return ModelFormat.orRefuse(file, () -> InitialBias.chrono(lag));
      }
    }
  }
}
