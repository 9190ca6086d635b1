package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.model.Input;
import io.github.unroll.model.Output;
import io.github.unroll.model.Readout;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.Seq2SeqDescription.Form;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The format of descriptions in files of version 0.1, which are still read. */
final class FirstFormat {

  static final String VERSION = "1";
  static final String PEEKY = "PeekySeq2Seq";
  static final String ATTENTION = "AttentionSeq2Seq";

  private FirstFormat() {}

  /** A classifier or a regressor, or, if it has a vocabulary, a language model. */
  static SequenceDescription sequence(
      boolean values, Metadata metadata, String file, CellKind... kinds) throws IOException {
    CellKind cell = metadata.cellKind("configuration.cell", kinds);
    int hiddenSize = metadata.integer("configuration.hiddenSize");
    int layers = metadata.integer("configuration.layers");
    double dropout = metadata.number("configuration.dropout");
    if (metadata.has("configuration.vocabularySize")) {
      int vocabularySize = metadata.integer("configuration.vocabularySize");
      int embeddingSize = metadata.integer("configuration.embeddingSize");
      boolean tied = metadata.flag("configuration.tieWeights");
      return ModelFormat.orRefuse(
          file,
          () ->
              new SequenceDescription(
                  Input.words(vocabularySize, embeddingSize),
                  cell,
                  hiddenSize,
                  layers,
                  Optional.empty(),
                  dropout,
                  InitialBias.zero(),
                  Readout.EVERY,
                  new Output.NextWord(tied)));
    }
    int inputSize = metadata.integer("configuration.inputSize");
    int outputSize = metadata.integer("configuration.outputSize");
    Readout readout = metadata.constant("configuration.readout", Readout.class);
    int lag = metadata.integer("configuration.longestLag");
    return ModelFormat.orRefuse(
        file,
        () ->
            new SequenceDescription(
                Input.features(inputSize),
                cell,
                hiddenSize,
                layers,
                Optional.empty(),
                dropout,
                lag == 0 ? InitialBias.zero() : InitialBias.chrono(lag),
                readout,
                values ? new Output.Values(outputSize) : new Output.Classes(outputSize)));
  }

  static Seq2SeqDescription seq2Seq(String name, Metadata metadata, String file)
      throws IOException {
    int vocabularySize = metadata.integer("configuration.vocabularySize");
    int embeddingSize = metadata.integer("configuration.embeddingSize");
    int hiddenSize = metadata.integer("configuration.hiddenSize");
    InputOrder order = metadata.constant("configuration.inputOrder", InputOrder.class);
    Form form =
        switch (name) {
          case PEEKY -> Form.PEEKY;
          case ATTENTION -> Form.ATTENTION;
          default -> Form.PLAIN;
        };
    return ModelFormat.orRefuse(
        file,
        () ->
            new Seq2SeqDescription(vocabularySize, embeddingSize, hiddenSize)
                .withForm(form)
                .withInputOrder(order));
  }

  /** Converts the description of a model in a file of version 0.1 to the current format. */
  static void putDescription(
      TrainableModel<?> model, Metadata metadata, String file, Map<String, String> saved)
      throws IOException {
    String name = metadata.text("model");
    if (model instanceof SequenceModel<?> sequences) {
      saved.put("model", name);
      boolean values = sequences instanceof SequenceRegressor;
      DescriptionFormat.put(
          sequence(values, metadata, file, sequences.description().cell()), saved);
    } else if (model instanceof Seq2Seq) {
      saved.put("model", "Seq2Seq");
      DescriptionFormat.put(seq2Seq(name, metadata, file), saved);
    }
  }
}
