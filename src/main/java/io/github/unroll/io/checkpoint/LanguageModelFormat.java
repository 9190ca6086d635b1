package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.RnnLanguageModel.Configuration;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a language model stands in a file: its configuration, and notes beside it. */
final class LanguageModelFormat {

  private static final String KIND = "RnnLanguageModel";
  private static final String NOTE = "note.";

  private LanguageModelFormat() {}

  static void put(
      RnnLanguageModel model,
      Vocabulary vocabulary,
      Map<String, String> notes,
      Map<String, StoredArray> tensors,
      Map<String, String> metadata) {
    Configuration c = model.configuration();
    ModelFormat.putVocabulary(vocabulary, c.vocabularySize(), metadata);
    ModelFormat.put(KIND, model.parameters(), tensors, metadata);
    metadata.put("configuration.embeddingSize", Integer.toString(c.embeddingSize()));
    metadata.put("configuration.hiddenSize", Integer.toString(c.hiddenSize()));
    metadata.put("configuration.cell", c.cell().name());
    metadata.put("configuration.layers", Integer.toString(c.layers()));
    metadata.put("configuration.dropout", Double.toString(c.dropout()));
    metadata.put("configuration.tieWeights", Boolean.toString(c.tieWeights()));
    for (Map.Entry<String, String> note : notes.entrySet()) {
      metadata.put(NOTE + note.getKey(), note.getValue());
    }
  }

  static Checkpoint of(SafeTensors content, Path file, RandomState masks, CellKind... kinds)
      throws IOException {
    Metadata metadata = new Metadata(content.metadata(), file.toString());
    ModelFormat.kind(metadata, file, List.of(KIND));
    Vocabulary vocabulary = ModelFormat.vocabulary(metadata, file);
    Configuration configuration = configuration(metadata, vocabulary.size(), file, kinds);
    Map<String, Matrix> weights = ModelFormat.parameters(content, file);
    RnnLanguageModel model =
        ModelFormat.orRefuse(file, () -> new RnnLanguageModel(configuration, weights, masks));
    return new Checkpoint(model, vocabulary, notes(content.metadata()));
  }

  private static Configuration configuration(
      Metadata metadata, int vocabularySize, Path file, CellKind... kinds) throws IOException {
    int embeddingSize = metadata.integer("configuration.embeddingSize");
    int hiddenSize = metadata.integer("configuration.hiddenSize");
    CellKind cell = metadata.cellKind("configuration.cell", kinds);
    int layers = metadata.integer("configuration.layers");
    double dropout = metadata.number("configuration.dropout");
    boolean tieWeights = metadata.flag("configuration.tieWeights");
    return ModelFormat.orRefuse(
        file,
        () ->
            new Configuration(
                vocabularySize, embeddingSize, hiddenSize, cell, layers, dropout, tieWeights));
  }

  private static Map<String, String> notes(Map<String, String> metadata) {
    Map<String, String> notes = new TreeMap<>();
    for (Map.Entry<String, String> text : metadata.entrySet()) {
      if (text.getKey().startsWith(NOTE)) {
        notes.put(text.getKey().substring(NOTE.length()), text.getValue());
      }
    }
    return notes;
  }
}
