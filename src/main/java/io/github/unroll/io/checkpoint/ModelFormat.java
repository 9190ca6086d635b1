package io.github.unroll.io.checkpoint;

import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.JsonText;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** How a model of any kind stands in a file: what all kinds have in common. */
final class ModelFormat {

  private static final String VERSION_KEY = "unroll.checkpoint";
  private static final String VERSION = "1";
  private static final String KIND_KEY = "model";
  private static final String VOCABULARY = "vocabulary";

  /** In the name of a tensor: what is not a parameter of the model but state of its training. */
  static final char STATE = '/';

  private ModelFormat() {}

  // ---- writing ----

  static void put(
      String kind,
      List<Parameter> parameters,
      Map<String, StoredArray> tensors,
      Map<String, String> metadata) {
    for (Parameter parameter : parameters) {
      tensors.put(parameter.name(), StoredArray.of(parameter.value()));
    }
    metadata.put(VERSION_KEY, VERSION);
    metadata.put(KIND_KEY, kind);
  }

  static void putVocabulary(Vocabulary vocabulary, int size, Map<String, String> metadata) {
    if (vocabulary.size() != size) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "Checkpoint: the vocabulary has %d words and the model knows %d; pass the one it"
                      + " was",
                  vocabulary.size(),
                  size)
              + " trained with");
    }
    metadata.put("configuration.vocabularySize", Integer.toString(size));
    metadata.put(VOCABULARY, JsonText.array(vocabulary.words()));
  }

  // ---- reading ----

  /** The kind of the model, which must be one of those known. */
  static String kind(Metadata metadata, Path file, List<String> known) throws IOException {
    String version = metadata.text(VERSION_KEY);
    if (!version.equals(VERSION)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: a model of format %s; this version of Unroll reads format %s",
              file,
              JsonReader.quoted(version),
              VERSION));
    }
    String kind = metadata.text(KIND_KEY);
    if (!known.contains(kind)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: holds a %s, and what is wanted is a %s",
              file,
              JsonReader.quoted(kind),
              String.join(" or ", known)));
    }
    return kind;
  }

  static Map<String, Matrix> parameters(SafeTensors content, Path file) throws IOException {
    Map<String, Matrix> parameters = new HashMap<>();
    for (Map.Entry<String, StoredArray> named : content.tensors().entrySet()) {
      if (named.getKey().indexOf(STATE) < 0) {
        parameters.put(named.getKey(), orRefuse(file, named.getValue()::matrix));
      }
    }
    return parameters;
  }

  static Vocabulary vocabulary(Metadata metadata, Path file) throws IOException {
    int size = metadata.integer("configuration.vocabularySize");
    List<String> words = new ArrayList<>();
    JsonReader json = new JsonReader(metadata.text(VOCABULARY), file + ": vocabulary");
    json.array(() -> words.add(json.string()));
    json.end();
    Vocabulary vocabulary = orRefuse(file, () -> Vocabulary.of(words));
    if (vocabulary.size() != words.size()) {
      throw new IOException(file + ": a word of the vocabulary comes twice");
    }
    if (vocabulary.size() != size) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: the vocabulary has %d words and the model's configuration %d",
              file,
              vocabulary.size(),
              size));
    }
    return vocabulary;
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
