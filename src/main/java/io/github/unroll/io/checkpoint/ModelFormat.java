package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.Vocabulary;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.bytes.JsonReader;
import io.github.unroll.io.bytes.JsonText;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.Input;
import io.github.unroll.model.Output;
import io.github.unroll.model.RnnLanguageModel;
import io.github.unroll.model.Seq2Seq;
import io.github.unroll.model.Seq2SeqDescription;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.model.TrainableModel;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The format of a model and its notes in a file. */
final class ModelFormat {

  private static final String VERSION_KEY = "unroll.checkpoint";
  private static final String VERSION = "2";
  private static final String MODEL = "model";
  private static final String VOCABULARY = "vocabulary";
  private static final String LABELS = "labels";
  private static final String NOTE = "note.";

  private static final String CLASSIFIER = "SequenceClassifier";
  private static final String REGRESSOR = "SequenceRegressor";
  private static final String LANGUAGE_MODEL = "RnnLanguageModel";
  private static final String SEQ2SEQ = "Seq2Seq";

  /** Marks the name of a tensor that is not a model parameter but state of its training. */
  static final char STATE = '/';

  private ModelFormat() {}

  // ---- writing ----

  /** Rejects a model that could not be loaded from a file. */
  static void requireDescribed(TrainableModel<?> model) {
    if (!(model instanceof SequenceModel || model instanceof Seq2Seq)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "save: a %s is no model of the library's, so that no file could be loaded as one;"
                  + " save its parameters by SafeTensors, or its training by TrainingCheckpoint",
              model.getClass().getName()));
    }
  }

  static void put(
      TrainableModel<?> model,
      Notes notes,
      Map<String, StoredArray> tensors,
      Map<String, String> metadata) {
    for (Parameter parameter : model.parameters()) {
      boolean taken = tensors.put(parameter.name(), StoredArray.of(parameter.value())) != null;
      if (taken || parameter.name().indexOf(STATE) >= 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                taken
                    ? "save: two parameters are called %s; give each a name of its own"
                    : "save: a parameter is called %s; its name must not hold a /, by which files"
                        + " keep the state of a training",
                parameter.name()));
      }
    }
    metadata.put(VERSION_KEY, VERSION);
    putDescription(model, metadata);
    checkNotes(model, notes);
    notes.vocabulary().ifPresent(words -> metadata.put(VOCABULARY, JsonText.array(words.words())));
    if (!notes.labels().isEmpty()) {
      metadata.put(LABELS, JsonText.array(notes.labels()));
    }
    notes.texts().forEach((name, text) -> metadata.put(NOTE + name, text));
  }

  /** Writes the class of the model and, for a model of the library, its description. */
  private static void putDescription(TrainableModel<?> model, Map<String, String> metadata) {
    metadata.put(MODEL, model.getClass().getSimpleName());
    if (model instanceof SequenceModel<?> sequences) {
      DescriptionFormat.put(sequences.description(), metadata);
    } else if (model instanceof Seq2Seq seq2seq) {
      DescriptionFormat.put(seq2seq.description(), metadata);
    }
  }

  /** Refuses a vocabulary or labels that are not as many as the model's words or classes. */
  private static void checkNotes(TrainableModel<?> model, Notes notes) {
    if (model instanceof Seq2Seq seq2seq) {
      checkVocabulary(notes, seq2seq.description().vocabularySize());
      checkLabels(notes, 0);
    } else if (model instanceof SequenceModel<?> sequences) {
      SequenceDescription d = sequences.description();
      if (d.input() instanceof Input.Words words) {
        checkVocabulary(notes, words.vocabularySize());
      }
      checkLabels(notes, d.output() instanceof Output.Classes classes ? classes.count() : 0);
    }
  }

  private static void checkVocabulary(Notes notes, int size) {
    Optional<Vocabulary> vocabulary = notes.vocabulary();
    if (vocabulary.isPresent() && vocabulary.get().size() != size) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the vocabulary has %d words and the model knows %d; pass the one it was trained"
                  + " with",
              vocabulary.get().size(),
              size));
    }
  }

  private static void checkLabels(Notes notes, int classes) {
    if (!notes.labels().isEmpty() && notes.labels().size() != classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "there are %d labels, and the model tells %s",
              notes.labels().size(),
              classes == 0 ? "no classes" : classes + " classes"));
    }
  }

  // ---- reading ----

  static SavedModel<TrainableModel<?>> read(
      SafeTensors content, String file, RandomState masks, CellKind... kinds) throws IOException {
    Metadata metadata = new Metadata(content.metadata(), file);
    boolean first = isFirstFormat(metadata, file);
    String name = metadata.text(MODEL);
    Map<String, Matrix> weights = parameters(content, file);
    TrainableModel<?> model;
    switch (name) {
      case CLASSIFIER, REGRESSOR, LANGUAGE_MODEL -> {
        SequenceDescription d =
            first
                ? FirstFormat.sequence(name.equals(REGRESSOR), metadata, file, kinds)
                : DescriptionFormat.sequence(metadata, file, kinds);
        model = orRefuse(file, () -> model(name, d, weights, masks));
      }
      case SEQ2SEQ, FirstFormat.PEEKY, FirstFormat.ATTENTION -> {
        Seq2SeqDescription d =
            first
                ? FirstFormat.seq2Seq(name, metadata, file)
                : DescriptionFormat.seq2Seq(metadata, file, kinds);
        model = orRefuse(file, () -> new Seq2Seq(d, weights, masks));
      }
      default ->
          throw new IOException(
              String.format(
                  Locale.ROOT,
                  "%s: holds a %s, which is no model of the library's; if it is your own, make it"
                      + " and give it the training by TrainingCheckpoint.restore",
                  file,
                  JsonReader.quoted(name)));
    }
    Notes notes = notes(metadata, content.metadata(), file);
    return orRefuse(
        file,
        () -> {
          checkNotes(model, notes);
          return new SavedModel<>(model, notes);
        });
  }

  private static SequenceModel<?> model(
      String name, SequenceDescription d, Map<String, Matrix> weights, RandomState masks) {
    return switch (name) {
      case CLASSIFIER -> new SequenceClassifier(d, weights, masks);
      case REGRESSOR -> new SequenceRegressor(d, weights, masks);
      default -> new RnnLanguageModel(d, weights, masks);
    };
  }

  /** Rejects the file unless its model has the same class and description. */
  static void requireSame(TrainableModel<?> model, Metadata metadata, String file)
      throws IOException {
    Map<String, String> own = new TreeMap<>();
    putDescription(model, own);
    Map<String, String> saved = new TreeMap<>();
    if (isFirstFormat(metadata, file)) {
      FirstFormat.putDescription(model, metadata, file, saved);
    } else {
      metadata.putAll(own.keySet(), saved);
    }
    for (Map.Entry<String, String> setting : own.entrySet()) {
      String before = saved.get(setting.getKey());
      if (!setting.getValue().equals(before)) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "%s: the training is of a model whose %s is %s, and the one to go on with has %s;"
                    + " build it as it was",
                file,
                setting.getKey(),
                before == null ? "not told" : JsonReader.quoted(before),
                JsonReader.quoted(setting.getValue())));
      }
    }
  }

  /** Whether it is a file of version 0.1. */
  private static boolean isFirstFormat(Metadata metadata, String file) throws IOException {
    String version = metadata.text(VERSION_KEY);
    if (!version.equals(VERSION) && !version.equals(FirstFormat.VERSION)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: a model of format %s; this version of Unroll reads formats %s and %s",
              file,
              JsonReader.quoted(version),
              FirstFormat.VERSION,
              VERSION));
    }
    return version.equals(FirstFormat.VERSION);
  }

  private static Map<String, Matrix> parameters(SafeTensors content, String file)
      throws IOException {
    Map<String, Matrix> parameters = new HashMap<>();
    for (Map.Entry<String, StoredArray> named : content.tensors().entrySet()) {
      if (named.getKey().indexOf(STATE) < 0) {
        parameters.put(named.getKey(), orRefuse(file, named.getValue()::matrix));
      }
    }
    return parameters;
  }

  static Notes notes(Metadata metadata, Map<String, String> texts, String file) throws IOException {
    Optional<Vocabulary> vocabulary =
        texts.containsKey(VOCABULARY) ? Optional.of(vocabulary(metadata, file)) : Optional.empty();
    List<String> labels = texts.containsKey(LABELS) ? list(metadata, LABELS, file) : List.of();
    Map<String, String> notes = new TreeMap<>();
    texts.forEach(
        (key, text) -> {
          if (key.startsWith(NOTE)) {
            notes.put(key.substring(NOTE.length()), text);
          }
        });
    return new Notes(vocabulary, labels, notes);
  }

  private static List<String> list(Metadata metadata, String key, String file) throws IOException {
    List<String> texts = new ArrayList<>();
    JsonReader json = new JsonReader(metadata.text(key), file + ": " + key);
    json.array(() -> texts.add(json.string()));
    json.end();
    return texts;
  }

  private static Vocabulary vocabulary(Metadata metadata, String file) throws IOException {
    List<String> words = list(metadata, VOCABULARY, file);
    Vocabulary vocabulary = orRefuse(file, () -> Vocabulary.of(words));
    if (vocabulary.size() != words.size()) {
      throw new IOException(file + ": a word of the vocabulary comes twice");
    }
    return vocabulary;
  }

  /** Builds an object from a file; an exception of the builder means that the file is wrong. */
  static <T> T orRefuse(String file, Supplier<T> maker) throws IOException {
    try {
      return maker.get();
    } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
