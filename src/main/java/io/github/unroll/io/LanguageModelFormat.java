package io.github.unroll.io;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.model.CellKind;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.RnnLanguageModel.Configuration;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** How a language model stands in a file: which tensors and which metadata. */
final class LanguageModelFormat {

  private static final String VERSION_KEY = "unroll.checkpoint";
  private static final String VERSION = "1";
  private static final String MODEL_KEY = "model";
  private static final String MODEL = "RnnLanguageModel";
  private static final String VOCABULARY = "vocabulary";

  /** In the name of a tensor: what is not a parameter of the model but state of its training. */
  static final char STATE = '/';

  private LanguageModelFormat() {}

  static void put(
      RnnLanguageModel model,
      Vocabulary vocabulary,
      Map<String, StoredTensor> tensors,
      Map<String, String> metadata) {
    Configuration c = model.configuration();
    if (vocabulary.size() != c.vocabularySize()) {
      throw new IllegalArgumentException(
          "Checkpoint: the vocabulary has %d words and the model knows %d; pass the one it was"
                  .formatted(vocabulary.size(), c.vocabularySize())
              + " trained with");
    }
    for (Parameter parameter : model.parameters()) {
      tensors.put(parameter.name(), StoredTensor.of(parameter.value()));
    }
    metadata.put(VERSION_KEY, VERSION);
    metadata.put(MODEL_KEY, MODEL);
    metadata.put("configuration.vocabularySize", Integer.toString(c.vocabularySize()));
    metadata.put("configuration.embeddingSize", Integer.toString(c.embeddingSize()));
    metadata.put("configuration.hiddenSize", Integer.toString(c.hiddenSize()));
    metadata.put("configuration.cell", Metadata.nameOf(c.cell()));
    metadata.put("configuration.layers", Integer.toString(c.layers()));
    metadata.put("configuration.dropout", Double.toString(c.dropout()));
    metadata.put("configuration.tieWeights", Boolean.toString(c.tieWeights()));
    metadata.put(VOCABULARY, JsonText.array(vocabulary.words()));
  }

  static Checkpoint of(SafeTensors content, Path file, RandomState masks) throws IOException {
    Metadata metadata = new Metadata(content.metadata(), file.toString());
    requireKnown(metadata, file);
    Configuration configuration = configuration(metadata, file);
    Vocabulary vocabulary = vocabulary(metadata, file);
    if (vocabulary.size() != configuration.vocabularySize()) {
      throw new IOException(
          "%s: the vocabulary has %d words and the model's configuration %d"
              .formatted(file, vocabulary.size(), configuration.vocabularySize()));
    }
    RnnLanguageModel model =
        orRefuse(file, () -> new RnnLanguageModel(configuration, parameters(content), masks));
    return new Checkpoint(model, vocabulary);
  }

  private static void requireKnown(Metadata metadata, Path file) throws IOException {
    String version = metadata.text(VERSION_KEY);
    String model = metadata.text(MODEL_KEY);
    if (!version.equals(VERSION) || !model.equals(MODEL)) {
      throw new IOException(
          "%s: a %s of format %s; this version of Unroll reads a %s of format %s"
              .formatted(
                  file, JsonReader.quoted(model), JsonReader.quoted(version), MODEL, VERSION));
    }
  }

  private static Configuration configuration(Metadata metadata, Path file) throws IOException {
    int vocabularySize = metadata.integer("configuration.vocabularySize");
    int embeddingSize = metadata.integer("configuration.embeddingSize");
    int hiddenSize = metadata.integer("configuration.hiddenSize");
    CellKind cell = metadata.constant("configuration.cell", CellKind.class);
    int layers = metadata.integer("configuration.layers");
    double dropout = metadata.number("configuration.dropout");
    boolean tieWeights = metadata.flag("configuration.tieWeights");
    return orRefuse(
        file,
        () ->
            new Configuration(
                vocabularySize, embeddingSize, hiddenSize, cell, layers, dropout, tieWeights));
  }

  private static Vocabulary vocabulary(Metadata metadata, Path file) throws IOException {
    List<String> words = new ArrayList<>();
    JsonReader json = new JsonReader(metadata.text(VOCABULARY), file + ": vocabulary");
    json.array(() -> words.add(json.string()));
    json.end();
    Vocabulary vocabulary = orRefuse(file, () -> Vocabulary.of(words));
    if (vocabulary.size() != words.size()) {
      throw new IOException(file + ": a word of the vocabulary comes twice");
    }
    return vocabulary;
  }

  private static Map<String, Matrix> parameters(SafeTensors content) {
    Map<String, Matrix> parameters = new HashMap<>();
    content
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.indexOf(STATE) < 0) {
                parameters.put(name, tensor.matrix());
              }
            });
    return parameters;
  }

  /** Makes something of what a file says; what the maker refuses is the file's fault. */
  static <T> T orRefuse(Path file, Supplier<T> maker) throws IOException {
    try {
      return maker.get();
    } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
