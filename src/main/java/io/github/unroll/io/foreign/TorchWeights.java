package io.github.unroll.io.foreign;

import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.ProjectedLstmCell;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.safetensors.SafeTensors;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.Input;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The weights of PyTorch's {@code nn.RNN}, {@code nn.LSTM}, {@code nn.GRU}, {@code nn.Embedding}
 * and {@code nn.Linear}, by their names in a {@code state_dict}. They are read from files of {@code
 * torch.save}, and written for {@code load_state_dict}.
 *
 * <pre>{@code
 * TorchWeights weights = TorchWeights.read(Path.of("model.pt"));
 * TimeEmbedding embedding = weights.embedding("embedding.");
 * RecurrentStack lstm = weights.lstm("encoder.lstm.");
 * TimeAffine head = weights.linear("head.");
 * weights.requireNoneLeft();
 *
 * weights.into(model, "embedding.", "encoder.lstm.", "head.");   // all of a model
 *
 * TorchWeights.read(Path.of("checkpoint.pt")).under("model_state_dict.");   // part of a file
 *
 * new TorchWeights().put(lstm, "encoder.lstm.").put(head, "head.").write(file);
 * }</pre>
 *
 * <p>A prefix is the beginning of the names of a module's weights, the dot included. It is "" for a
 * module that was saved by itself; other names that are there are then left alone.
 *
 * <p>PyTorch's matrices are transposed, its gates are in another order ({@link GateOrder#PYTORCH}),
 * and it has two biases where there is one here: what is written has it as {@code bias_ih}, and
 * zeros as {@code bias_hh}. Only the candidate of a GRU needs both.
 *
 * <p>If names are missing or too many, or shapes do not fit, one error lists them all.
 */
public final class TorchWeights extends NamedWeights {

  private static final GateOrder ORDER = GateOrder.PYTORCH;
  private static final String ADVICE =
      "compare with [(k, v.shape) for k, v in model.state_dict().items()]: the prefix is the"
          + " beginning of the names, up to weight_…; an RNN's weight_ih has H rows, a GRU's 3·H,"
          + " an LSTM's 4·H";
  private static final LayerNames NAMING =
      new LayerNames(
          "nn.Embedding",
          "nn.Linear",
          "(weight|bias)_(ih|hh|hr)_l\\d+(_reverse)?",
          "weight",
          "weight",
          "bias",
          true);

  /** No weights yet. */
  public TorchWeights() {
    this(Map.of());
  }

  /**
   * Given weights.
   *
   * @param tensors by name, such as {@link SafeTensors#tensors()}; copied
   */
  public TorchWeights(Map<String, StoredArray> tensors) {
    this("TorchWeights", tensors);
  }

  private TorchWeights(String source, Map<String, StoredArray> tensors) {
    super(source, tensors, NAMING, ADVICE);
  }

  private TorchWeights(Path file) throws IOException {
    super(file, FileKind.TORCH, NAMING, ADVICE);
  }

  /**
   * Reads the tensors of a file. Nothing in it is run: a .pt or .pth file is read as data, and one
   * that holds more than tensors and plain values, such as a whole module, is refused.
   *
   * @param file of {@code torch.save(model.state_dict(), "….pt")}, a checkpoint with more
   *     dictionaries in it, {@code save_file(model.state_dict(), "….safetensors")} or {@code
   *     np.savez("….npz", **{k: v.numpy() for k, v in model.state_dict().items()})}; its first
   *     bytes determine which
   * @return its weights; those of nested dictionaries and lists have dotted names, such as {@code
   *     model_state_dict.lstm.weight_ih_l0}, see {@link #under}
   * @throws IOException naming the file, if it cannot be read, is of another kind or holds more
   *     than data
   */
  public static TorchWeights read(Path file) throws IOException {
    return new TorchWeights(file);
  }

  /**
   * {@return the weights whose names begin with a prefix, by the rest of their names} So the
   * state_dict inside a checkpoint, or without the {@code module.} of {@code nn.DataParallel}.
   *
   * @param prefix such as {@code model_state_dict.}, with or without the last dot
   * @throws IllegalArgumentException if there are none; the message names the prefixes that there
   *     are
   */
  public TorchWeights under(String prefix) {
    String dotted = prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + ".";
    return new TorchWeights(
        String.format(Locale.ROOT, "%s, under \"%s\"", source(), dotted), named(dotted));
  }

  // ---- new layers ----

  /**
   * The layers of an {@code nn.RNN}, not stateful and without dropout.
   *
   * @param prefix the prefix of its weights
   * @param activation its nonlinearity, which no state_dict tells
   * @return all its layers and directions
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentStack rnn(String prefix, Nonlinearity activation) {
    return stack("RNN", 1, activation, prefix);
  }

  /**
   * The layers of an {@code nn.LSTM}, not stateful and without dropout; with {@code proj_size} of
   * {@link ProjectedLstmCell}.
   *
   * @param prefix the prefix of its weights
   * @return all its layers and directions
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentStack lstm(String prefix) {
    return stack("LSTM", 4, Nonlinearity.TANH, prefix);
  }

  /**
   * The layers of an {@code nn.GRU}, not stateful and without dropout; their cells are of {@link
   * GruCell#resetAfter(Parameter, Parameter, Parameter, Parameter)}.
   *
   * @param prefix the prefix of its weights
   * @return all its layers and directions
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentStack gru(String prefix) {
    return stack("GRU", 3, Nonlinearity.TANH, prefix);
  }

  /**
   * The word vectors of an {@code nn.Embedding}.
   *
   * @param prefix the prefix of its weights
   * @return a new layer
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public TimeEmbedding embedding(String prefix) {
    require("nn.Embedding", prefix, wantedOfEmbedding(prefix, ANY, ANY));
    return new TimeEmbedding(new Parameter(prefix + "w", matrix(prefix + "weight")));
  }

  /**
   * The affine map of an {@code nn.Linear}, with a bias of zero if it has none.
   *
   * @param prefix the prefix of its weights
   * @return a new layer
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public TimeAffine linear(String prefix) {
    long outputs = size(prefix + "weight", 2, 0);
    require("nn.Linear", prefix, wantedOfAffine(prefix, ANY, outputs));
    Matrix w = matrix(prefix + "weight").transposed().copy();
    Matrix b = row(prefix + "bias", w.cols());
    return new TimeAffine(new Parameter(prefix + "w", w), new Parameter(prefix + "b", b));
  }

  private RecurrentStack stack(String kind, int gates, Nonlinearity activation, String prefix) {
    int count = countLayers(prefix);
    boolean both = hasRecurrent(prefix, ".*_reverse");
    boolean projected = gates == 4 && hasRecurrent(prefix, "weight_hr.*");
    String ofState = projected ? "weight_hr_l0" : "weight_hh_l0";
    long hidden = hidden(size(prefix + ofState, 2, 1), size(prefix + "weight_ih_l0", 2, 0), gates);
    long outputs = projected ? size(prefix + "weight_hr_l0", 2, 0) : hidden;
    boolean biases = hasBiases(prefix);
    Map<String, long[]> wanted = new LinkedHashMap<>();
    for (int l = 0; l < count; l++) {
      long inputs = l == 0 ? size(prefix + "weight_ih_l0", 2, 1) : times(both ? 2 : 1, outputs);
      for (String suffix : suffixes(l, both)) {
        want(wanted, biases, prefix, suffix, times(gates, hidden), inputs, outputs);
        if (projected) {
          wanted.put(prefix + "weight_hr" + suffix, new long[] {outputs, hidden});
        }
      }
    }
    require(text(projected ? kind + " with projection" : kind, count, both), prefix, wanted);

    List<RecurrentLayer> layers = new ArrayList<>();
    for (int l = 0; l < count; l++) {
      List<RecurrentLayer> directions = new ArrayList<>();
      for (String suffix : suffixes(l, both)) {
        directions.add(
            weights(prefix, suffix, projected)
                .toLayer(ORDER, gates == 3, activation, prefix, suffix));
      }
      layers.add(
          both ? new Bidirectional(directions.get(0), directions.get(1)) : directions.get(0));
    }
    return new RecurrentStack(layers);
  }

  /** The number of layers up to the first gap, at least 1; what follows a gap is too many. */
  private int countLayers(String prefix) {
    Set<String> numbers =
        recurrentNames(prefix).map(own -> own.replaceAll("\\D", "")).collect(Collectors.toSet());
    int count = 1;
    while (numbers.contains(Integer.toString(count))) {
      count++;
    }
    return count;
  }

  // ---- layers that are there ----

  /**
   * Overwrites the weights of a recurrent layer with those of an {@code nn.RNN}, {@code nn.LSTM} or
   * {@code nn.GRU}. On an error nothing is changed.
   *
   * @param layer modified: a {@link RecurrentStack} or a layer of one; it may be stateful and have
   *     dropout
   * @param prefix the prefix of the module's weights
   * @throws IllegalArgumentException if PyTorch has no such layer, or listing all names that are
   *     missing, too many or of a wrong shape
   */
  public void into(RecurrentLayer layer, String prefix) {
    fill(filling(layer, prefix));
  }

  @Override
  Filling filling(RecurrentLayer layer, String prefix) {
    Map<String, RecurrentLayer> parts = parts(layer);
    boolean biases = hasBiases(prefix);
    Map<String, long[]> wanted = new LinkedHashMap<>();
    parts.forEach(
        (suffix, part) -> {
          int rows = width(part);
          want(wanted, biases, prefix, suffix, rows, part.inputSize(), part.outputSize());
          if (CellWeights.isProjected(part)) {
            wanted.put(prefix + "weight_hr" + suffix, new long[] {part.outputSize(), rows / 4});
          }
        });
    boolean both = parts.containsKey("_l0_reverse");
    RecurrentLayer first = parts.get("_l0");
    return new Filling(
        text(CellWeights.anyKind(first), parts.size() / (both ? 2 : 1), both),
        prefix,
        wanted,
        () ->
            parts.forEach(
                (suffix, part) ->
                    weights(prefix, suffix, CellWeights.isProjected(part)).into(part, ORDER)));
  }

  /**
   * Overwrites the vectors of an embedding with those of an {@code nn.Embedding}.
   *
   * @param layer modified
   * @param prefix the prefix of its weights
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public void into(TimeEmbedding layer, String prefix) {
    fill(filling(layer, prefix));
  }

  /**
   * Overwrites the weights of an affine layer with those of an {@code nn.Linear}; the bias with
   * zeros if it has none.
   *
   * @param layer modified; if it is tied, so are the word vectors
   * @param prefix the prefix of its weights
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public void into(TimeAffine layer, String prefix) {
    fill(filling(layer, prefix));
  }

  /**
   * Overwrites all weights of a model. On an error nothing is changed, and it lists all that is
   * wrong with any layer.
   *
   * <pre>{@code
   * weights.into(model, "embedding.", "lstm.", "head.");   // a model that reads words
   * weights.into(model, "lstm.", "head.");                 // one that reads features
   * }</pre>
   *
   * <p>Of a tied model the two tensors of its word vectors must be equal, or one of them missing.
   *
   * @param model modified: a {@link io.github.unroll.model.SequenceClassifier SequenceClassifier},
   *     {@link io.github.unroll.model.SequenceRegressor SequenceRegressor} or {@link
   *     io.github.unroll.model.RnnLanguageModel RnnLanguageModel}
   * @param prefixes the prefixes of the {@code nn.Embedding}, if it reads words; of the {@code
   *     nn.RNN}, {@code nn.LSTM} or {@code nn.GRU} that has all recurrent layers, or of each if
   *     there is one for each layer; and of the {@code nn.Linear}
   * @throws IllegalArgumentException if PyTorch has no such layers, the prefixes are too few or too
   *     many, or listing all names that are missing, too many, of a wrong shape or of a type that
   *     is not read
   */
  public void into(SequenceModel<?> model, String... prefixes) {
    fill(model, layers(model, prefixes));
  }

  // ---- and back ----

  /**
   * Adds the weights of a recurrent layer as those of an {@code nn.RNN}, {@code nn.LSTM} or {@code
   * nn.GRU} with bias, which gives the same outputs.
   *
   * @param layer not modified: a {@link RecurrentStack} or a layer of one
   * @param prefix the prefix of the module's weights
   * @return these weights
   * @throws IllegalArgumentException if PyTorch has no such layer
   */
  public TorchWeights put(RecurrentLayer layer, String prefix) {
    putRecurrent(layer, prefix, false);
    return this;
  }

  @Override
  void putRecurrent(RecurrentLayer layer, String prefix, boolean gradients) {
    parts(layer)
        .forEach(
            (suffix, part) -> {
              CellWeights weights = CellWeights.of(part, ORDER, gradients);
              putMatrix(prefix + "weight_ih" + suffix, weights.wx().transposed().copy());
              putMatrix(prefix + "weight_hh" + suffix, weights.wh().transposed().copy());
              putRow(prefix + "bias_ih" + suffix, weights.bx());
              putRow(prefix + "bias_hh" + suffix, weights.bh());
              if (weights.wp() != null) {
                putMatrix(prefix + "weight_hr" + suffix, weights.wp().transposed().copy());
              }
            });
  }

  /**
   * Adds word vectors as those of an {@code nn.Embedding}.
   *
   * @param layer not modified
   * @param prefix the prefix of its weights
   * @return these weights
   */
  public TorchWeights put(TimeEmbedding layer, String prefix) {
    putEmbedding(layer, prefix, false);
    return this;
  }

  /**
   * Adds the weights of an affine layer as those of an {@code nn.Linear} with bias.
   *
   * @param layer not modified
   * @param prefix the prefix of its weights
   * @return these weights
   */
  public TorchWeights put(TimeAffine layer, String prefix) {
    putAffine(layer, prefix, false);
    return this;
  }

  /**
   * Adds all weights of a model; of a tied one the word vectors under both names.
   *
   * @param model not modified
   * @param prefixes as for {@link #into(SequenceModel, String...)}
   * @return these weights
   * @throws IllegalArgumentException if PyTorch has no such layers, or the prefixes are too few or
   *     too many
   */
  public TorchWeights put(SequenceModel<?> model, String... prefixes) {
    put(layers(model, prefixes), false);
    return this;
  }

  // ---- gradients ----

  /**
   * Adds the gradients of a recurrent layer, as {@code .grad} of the module's parameters with bias.
   * Both biases of a gate have the same gradient.
   *
   * @param layer not modified: a {@link RecurrentStack} or a layer of one
   * @param prefix the prefix of the module's weights
   * @return these weights
   * @throws IllegalArgumentException if PyTorch has no such layer
   */
  public TorchWeights putGradients(RecurrentLayer layer, String prefix) {
    putRecurrent(layer, prefix, true);
    return this;
  }

  /**
   * Adds the gradients of word vectors, as {@code .grad} of an {@code nn.Embedding}'s weight.
   *
   * @param layer not modified
   * @param prefix the prefix of its weights
   * @return these weights
   */
  public TorchWeights putGradients(TimeEmbedding layer, String prefix) {
    putEmbedding(layer, prefix, true);
    return this;
  }

  /**
   * Adds the gradients of an affine layer, as {@code .grad} of an {@code nn.Linear}'s parameters.
   *
   * @param layer not modified
   * @param prefix the prefix of its weights
   * @return these weights
   */
  public TorchWeights putGradients(TimeAffine layer, String prefix) {
    putAffine(layer, prefix, true);
    return this;
  }

  /**
   * Adds all gradients of a model; of a tied one those of the word vectors, of both their uses,
   * under both names.
   *
   * @param model not modified
   * @param prefixes as for {@link #into(SequenceModel, String...)}
   * @return these weights
   * @throws IllegalArgumentException if PyTorch has no such layers, or the prefixes are too few or
   *     too many
   */
  public TorchWeights putGradients(SequenceModel<?> model, String... prefixes) {
    put(layers(model, prefixes), true);
    return this;
  }

  /** The layers of a model, if PyTorch has such. */
  private static ModelLayers layers(SequenceModel<?> model, String... prefixes) {
    SequenceDescription d = model.description();
    int others = d.input() instanceof Input.Words ? 2 : 1;
    boolean stacked = prefixes.length != d.layers() + others;
    ModelLayers layers = ModelLayers.of("TorchWeights", model, List.of(prefixes), stacked);
    if (d.bothDirections().isPresent() && d.bothDirections().get() != Merge.CONCATENATE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TorchWeights: the model merges its two directions by %s, and PyTorch puts them side"
                  + " by side; describe it inBothDirections(Merge.CONCATENATE)",
              d.bothDirections().get()));
    }
    if (model.cells().get(0).get(0) instanceof GruCell gru && !gru.resetsAfter()) {
      throw new IllegalArgumentException(
          "TorchWeights: the model's cells are GRUs that reset before the product, and PyTorch's"
              + " reset after it; describe it withCell(CellKind.GRU_RESET_AFTER)");
    }
    return layers;
  }

  // ---- how PyTorch names and shapes them ----

  private static String[] suffixes(int layer, boolean both) {
    String ahead = "_l" + layer;
    return both ? new String[] {ahead, ahead + "_reverse"} : new String[] {ahead};
  }

  private static String text(String kind, int layers, boolean both) {
    return String.format(
        Locale.ROOT,
        "%s of %d %s%s",
        kind,
        layers,
        layers == 1 ? "layer" : "layers",
        both ? " in both directions" : "");
  }

  private boolean hasBiases(String prefix) {
    return hasRecurrent(prefix, "bias.*");
  }

  private static void want(
      Map<String, long[]> wanted,
      boolean biases,
      String prefix,
      String suffix,
      long rows,
      long inputs,
      long outputs) {
    wanted.put(prefix + "weight_ih" + suffix, new long[] {rows, inputs});
    wanted.put(prefix + "weight_hh" + suffix, new long[] {rows, outputs});
    if (biases) {
      wanted.put(prefix + "bias_ih" + suffix, new long[] {rows});
      wanted.put(prefix + "bias_hh" + suffix, new long[] {rows});
    }
  }

  private CellWeights weights(String prefix, String suffix, boolean projected) {
    Matrix wx = matrix(prefix + "weight_ih" + suffix).transposed().copy();
    return new CellWeights(
        wx,
        matrix(prefix + "weight_hh" + suffix).transposed().copy(),
        row(prefix + "bias_ih" + suffix, wx.cols()),
        row(prefix + "bias_hh" + suffix, wx.cols()),
        projected ? matrix(prefix + "weight_hr" + suffix).transposed().copy() : null);
  }

  /** Every direction of every layer by PyTorch's suffix, if PyTorch has such layers. */
  private static Map<String, RecurrentLayer> parts(RecurrentLayer layer) {
    List<RecurrentLayer> layers =
        layer instanceof RecurrentStack stack ? stack.layers() : List.of(layer);
    Map<String, RecurrentLayer> parts = new LinkedHashMap<>();
    for (int l = 0; l < layers.size(); l++) {
      List<RecurrentLayer> directions = CellWeights.directions(layers.get(l));
      String[] suffixes = suffixes(l, directions.size() == 2);
      for (int i = 0; i < suffixes.length; i++) {
        parts.put(suffixes[i], directions.get(i));
      }
      requireTorchHas(layers.get(l), layers.get(0), l);
    }
    return parts;
  }

  private static void requireTorchHas(RecurrentLayer layer, RecurrentLayer lowest, int l) {
    List<RecurrentLayer> directions = CellWeights.directions(layer);
    RecurrentLayer first = CellWeights.directions(lowest).get(0);
    for (RecurrentLayer direction : directions) {
      String kind = CellWeights.anyKind(direction);
      if (kind.equals(CellWeights.RESETS_BEFORE)) {
        throw new IllegalArgumentException(
            String.format(
                    Locale.ROOT,
                    "TorchWeights: layer %d is a %s, and PyTorch's GRU resets after it; build it"
                        + " by",
                    l,
                    kind)
                + " GruCell.resetAfter");
      }
      if (!kind.equals(CellWeights.anyKind(first))
          || direction.outputSize() != first.outputSize()
          || width(direction) != width(first)
          || directions.size() != CellWeights.directions(lowest).size()) {
        throw new IllegalArgumentException(
            String.format(
                    Locale.ROOT,
                    "TorchWeights: layer 0 is %s and layer %d %s; a module of PyTorch has layers of"
                        + " one kind",
                    text(lowest),
                    l,
                    text(layer))
                + " and size; take them one by one");
      }
    }
    if (layer instanceof Bidirectional both && both.merge() != Merge.CONCATENATE) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "TorchWeights: layer %d merges its two directions by %s, and PyTorch puts them"
                      + " side by side; take",
                  l,
                  both.merge())
              + " ahead() and back() one by one");
    }
  }

  /** G·H: the output of a layer with a projection does not tell H. */
  private static int width(RecurrentLayer layer) {
    return layer.parameters().get(1).value().cols();
  }

  private static String text(RecurrentLayer layer) {
    List<String> directions = new ArrayList<>();
    for (RecurrentLayer part : CellWeights.directions(layer)) {
      directions.add(
          String.format(
              Locale.ROOT, "%s of %d units", CellWeights.anyKind(part), part.outputSize()));
    }
    return String.join(" and back ", directions);
  }
}
