package io.github.unroll.io.checkpoint;

import io.github.unroll.cell.CellKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceConfiguration;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@link SequenceClassifier} or {@link SequenceRegressor} in one .safetensors file: its
 * parameters by name, and as metadata the configuration.
 *
 * <pre>{@code
 * SequenceCheckpoint.save(file, classifier);
 * SequenceClassifier saved = SequenceCheckpoint.loadClassifier(file);
 * }</pre>
 */
public final class SequenceCheckpoint {

  private static final String CLASSIFIER = "SequenceClassifier";
  private static final String REGRESSOR = "SequenceRegressor";

  private SequenceCheckpoint() {}

  /**
   * Saves a classifier. The file appears whole or not at all: whoever reads meanwhile, and a crash,
   * find the old file or the new one.
   *
   * @param file made or replaced
   * @param model not modified; its parameters and configuration are saved
   * @throws IOException if the file cannot be written
   */
  public static void save(Path file, SequenceClassifier model) throws IOException {
    save(file, CLASSIFIER, model.configuration(), model.parameters());
  }

  /**
   * Saves a regressor. The file appears whole or not at all: whoever reads meanwhile, and a crash,
   * find the old file or the new one.
   *
   * @param file made or replaced
   * @param model not modified; its parameters and configuration are saved
   * @throws IOException if the file cannot be written
   */
  public static void save(Path file, SequenceRegressor model) throws IOException {
    save(file, REGRESSOR, model.configuration(), model.parameters());
  }

  private static void save(
      Path file, String kind, SequenceConfiguration c, List<Parameter> parameters)
      throws IOException {
    Map<String, StoredArray> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new TreeMap<>();
    ModelFormat.put(kind, parameters, tensors, metadata);
    metadata.put("configuration.inputSize", Integer.toString(c.inputSize()));
    metadata.put("configuration.hiddenSize", Integer.toString(c.hiddenSize()));
    metadata.put("configuration.outputSize", Integer.toString(c.outputSize()));
    metadata.put("configuration.cell", c.cell().name());
    metadata.put("configuration.layers", Integer.toString(c.layers()));
    metadata.put("configuration.readout", Metadata.nameOf(c.readout()));
    metadata.put("configuration.dropout", Double.toString(c.dropout()));
    metadata.put("configuration.longestLag", Integer.toString(c.longestLag()));
    new SafeTensors(tensors, metadata).write(file);
  }

  /**
   * Loads a classifier for use; trained on, its dropout draws as from {@code new RandomState(0)}.
   *
   * @param file what {@link #save(Path, SequenceClassifier)} wrote
   * @param kinds your own kinds of cell, one of which the file may name; the library's are known
   * @return the model
   * @throws IOException if it cannot be read or holds no such model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static SequenceClassifier loadClassifier(Path file, CellKind... kinds) throws IOException {
    return loadClassifier(file, new RandomState(0), kinds);
  }

  /**
   * Loads a classifier to be trained on.
   *
   * @param file what {@link #save(Path, SequenceClassifier)} wrote
   * @param masks modified by training: where dropout draws from
   * @param kinds your own kinds of cell, one of which the file may name; the library's are known
   * @return the model
   * @throws IOException if it cannot be read or holds no such model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static SequenceClassifier loadClassifier(Path file, RandomState masks, CellKind... kinds)
      throws IOException {
    SafeTensors content = SafeTensors.read(file);
    SequenceConfiguration configuration = configuration(content, file, CLASSIFIER, kinds);
    Map<String, Matrix> weights = ModelFormat.parameters(content, file);
    return ModelFormat.orRefuse(file, () -> new SequenceClassifier(configuration, weights, masks));
  }

  /**
   * Loads a regressor for use; trained on, its dropout draws as from {@code new RandomState(0)}.
   *
   * @param file what {@link #save(Path, SequenceRegressor)} wrote
   * @param kinds your own kinds of cell, one of which the file may name; the library's are known
   * @return the model
   * @throws IOException if it cannot be read or holds no such model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static SequenceRegressor loadRegressor(Path file, CellKind... kinds) throws IOException {
    return loadRegressor(file, new RandomState(0), kinds);
  }

  /**
   * Loads a regressor to be trained on.
   *
   * @param file what {@link #save(Path, SequenceRegressor)} wrote
   * @param masks modified by training: where dropout draws from
   * @param kinds your own kinds of cell, one of which the file may name; the library's are known
   * @return the model
   * @throws IOException if it cannot be read or holds no such model; the message names file and
   *     reason
   * @throws IllegalArgumentException if two kinds have one name
   */
  public static SequenceRegressor loadRegressor(Path file, RandomState masks, CellKind... kinds)
      throws IOException {
    SafeTensors content = SafeTensors.read(file);
    SequenceConfiguration configuration = configuration(content, file, REGRESSOR, kinds);
    Map<String, Matrix> weights = ModelFormat.parameters(content, file);
    return ModelFormat.orRefuse(file, () -> new SequenceRegressor(configuration, weights, masks));
  }

  private static SequenceConfiguration configuration(
      SafeTensors content, Path file, String kind, CellKind... kinds) throws IOException {
    Metadata metadata = new Metadata(content.metadata(), file.toString());
    ModelFormat.kind(metadata, file, List.of(kind));
    int inputSize = metadata.integer("configuration.inputSize");
    int hiddenSize = metadata.integer("configuration.hiddenSize");
    int outputSize = metadata.integer("configuration.outputSize");
    CellKind cell = metadata.cellKind("configuration.cell", kinds);
    int layers = metadata.integer("configuration.layers");
    Readout readout = metadata.constant("configuration.readout", Readout.class);
    double dropout = metadata.number("configuration.dropout");
    int longestLag = metadata.integer("configuration.longestLag");
    return ModelFormat.orRefuse(
        file,
        () ->
            new SequenceConfiguration(
                inputSize, hiddenSize, outputSize, cell, layers, readout, dropout, longestLag));
  }
}
