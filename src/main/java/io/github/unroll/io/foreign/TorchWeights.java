package io.github.unroll.io.foreign;

import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.RnnCell.Nonlinearity;
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

/**
 * The weights of PyTorch's {@code nn.RNN}, {@code nn.LSTM}, {@code nn.GRU}, {@code nn.Embedding}
 * and {@code nn.Linear}, named as in a {@code state_dict}; read, and written for {@code
 * load_state_dict}.
 *
 * <pre>{@code
 * TorchWeights weights = TorchWeights.read(Path.of("model.safetensors"));
 * TimeEmbedding embedding = weights.embedding("embedding.");
 * RecurrentStack lstm = weights.lstm("encoder.lstm.");
 * TimeAffine head = weights.linear("head.");
 * weights.requireNoneLeft();
 *
 * weights.into(model, "embedding.", "encoder.lstm.", "head.");   // all of a model
 *
 * new TorchWeights().put(lstm, "encoder.lstm.").put(head, "head.").write(file);
 * }</pre>
 *
 * <p>A prefix is all that stands before a module's own names, dot included; "" for a module saved
 * by itself. PyTorch's matrices are transposed, its gates in another order ({@link
 * GateOrder#PYTORCH}), and it has two biases, here one: what is written has it as {@code bias_ih}
 * and zeros as {@code bias_hh}. Only the candidate of a GRU needs both.
 *
 * <p>Names that are missing or too many and shapes that do not fit are one error that lists them
 * all.
 */
public final class TorchWeights extends NamedWeights {

  private static final GateOrder ORDER = GateOrder.PYTORCH;
  private static final String ADVICE =
      "compare with [(k, v.shape) for k, v in model.state_dict().items()]: the prefix is what"
          + " stands before weight_…; an RNN's weight_ih has H rows, a GRU's 3·H, an LSTM's 4·H;"
          + " projections (proj_size, weight_hr) are not supported";
  private static final LayerNames NAMING =
      new LayerNames("nn.Embedding", "nn.Linear", "weight", "weight", "bias", true);

  /** No weights yet. */
  public TorchWeights() {
    this(Map.of());
  }

  /**
   * Weights that have been read.
   *
   * @param tensors by name, such as {@link SafeTensors#tensors()}; copied
   */
  public TorchWeights(Map<String, StoredArray> tensors) {
    super("TorchWeights", tensors, NAMING, ADVICE);
  }

  private TorchWeights(Path file) throws IOException {
    super(file, NAMING, ADVICE);
  }

  /**
   * Reads a state_dict.
   *
   * @param file of {@code save_file(model.state_dict(), "….safetensors")} or {@code
   *     np.savez("….npz", **{k: v.numpy() for k, v in model.state_dict().items()})}
   * @return its weights
   * @throws IOException naming the file, if it cannot be read or is neither
   */
  public static TorchWeights read(Path file) throws IOException {
    return new TorchWeights(file);
  }

  // ---- new layers ----

  /**
   * The layers of an {@code nn.RNN}, not stateful and without dropout.
   *
   * @param prefix what stands before its names
   * @param activation its nonlinearity, which no state_dict tells
   * @return all layers and directions that there are
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentStack rnn(String prefix, Nonlinearity activation) {
    return stack("RNN", 1, activation, prefix);
  }

  /**
   * The layers of an {@code nn.LSTM}, not stateful and without dropout.
   *
   * @param prefix what stands before its names
   * @return all layers and directions that there are
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentStack lstm(String prefix) {
    return stack("LSTM", 4, Nonlinearity.TANH, prefix);
  }

  /**
   * The layers of an {@code nn.GRU}, not stateful and without dropout: of {@link
   * GruCell#resetAfter(Parameter, Parameter, Parameter, Parameter)}.
   *
   * @param prefix what stands before its names
   * @return all layers and directions that there are
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentStack gru(String prefix) {
    return stack("GRU", 3, Nonlinearity.TANH, prefix);
  }

  /**
   * The word vectors of an {@code nn.Embedding}.
   *
   * @param prefix what stands before {@code weight}
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
   * @param prefix what stands before {@code weight}
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
    boolean both = has(prefix, "_reverse");
    long hidden =
        hidden(size(prefix + "weight_hh_l0", 2, 1), size(prefix + "weight_ih_l0", 2, 0), gates);
    Map<String, long[]> wanted = new LinkedHashMap<>();
    for (int l = 0; l < count; l++) {
      long inputs = l == 0 ? size(prefix + "weight_ih_l0", 2, 1) : times(both ? 2 : 1, hidden);
      for (String suffix : suffixes(l, both)) {
        want(wanted, prefix, suffix, gates, inputs, hidden);
      }
    }
    require(text(kind, count, both), prefix, wanted);

    List<RecurrentLayer> layers = new ArrayList<>();
    for (int l = 0; l < count; l++) {
      List<RecurrentLayer> directions = new ArrayList<>();
      for (String suffix : suffixes(l, both)) {
        directions.add(
            weights(prefix, suffix).toLayer(ORDER, gates == 3, activation, prefix, suffix));
      }
      layers.add(
          both ? new Bidirectional(directions.get(0), directions.get(1)) : directions.get(0));
    }
    return new RecurrentStack(layers);
  }

  /** Layers without a gap, the first even if nothing is there: the others are too many. */
  private int countLayers(String prefix) {
    int count = 1;
    while (has(prefix, "_l" + count) || has(prefix, "_l" + count + "_reverse")) {
      count++;
    }
    return count;
  }

  // ---- layers that are there ----

  /**
   * Overwrites the weights of a recurrent layer with those of an {@code nn.RNN}, {@code nn.LSTM} or
   * {@code nn.GRU}. On an error nothing is changed.
   *
   * @param layer modified: a {@link RecurrentStack} or a layer of one; stateful or with dropout, as
   *     it pleases
   * @param prefix what stands before the module's names
   * @throws IllegalArgumentException if PyTorch has no such layer, or listing all names that are
   *     missing, too many or of a wrong shape
   */
  public void into(RecurrentLayer layer, String prefix) {
    fill(filling(layer, prefix));
  }

  @Override
  Filling filling(RecurrentLayer layer, String prefix) {
    Map<String, RecurrentLayer> parts = parts(layer);
    Map<String, long[]> wanted = new LinkedHashMap<>();
    parts.forEach(
        (suffix, part) ->
            want(
                wanted,
                prefix,
                suffix,
                CellWeights.gates(part),
                part.inputSize(),
                part.outputSize()));
    boolean both = parts.containsKey("_l0_reverse");
    String kind = CellWeights.kind(parts.get("_l0"));
    return new Filling(
        text(kind, parts.size() / (both ? 2 : 1), both),
        prefix,
        wanted,
        () -> parts.forEach((suffix, part) -> weights(prefix, suffix).into(part, ORDER)));
  }

  /**
   * Overwrites the vectors of an embedding with those of an {@code nn.Embedding}.
   *
   * @param layer modified
   * @param prefix what stands before {@code weight}
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
   * @param prefix what stands before {@code weight}
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
   * <p>Of a tied model the two tensors of its word vectors must be equal, or one of them is left
   * out.
   *
   * @param model modified: a {@link io.github.unroll.model.SequenceClassifier SequenceClassifier},
   *     {@link io.github.unroll.model.SequenceRegressor SequenceRegressor} or {@link
   *     io.github.unroll.model.RnnLanguageModel RnnLanguageModel}
   * @param prefixes what stands before the names of the {@code nn.Embedding}, if it reads words; of
   *     the {@code nn.RNN}, {@code nn.LSTM} or {@code nn.GRU} that has all recurrent layers, or of
   *     each if there is one for each layer; and of the {@code nn.Linear}
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
   * @param prefix what is to stand before the module's names
   * @return these weights
   * @throws IllegalArgumentException if PyTorch has no such layer
   */
  public TorchWeights put(RecurrentLayer layer, String prefix) {
    parts(layer)
        .forEach(
            (suffix, part) -> {
              CellWeights weights = CellWeights.of(part, ORDER);
              putMatrix(prefix + "weight_ih" + suffix, weights.wx().transposed().copy());
              putMatrix(prefix + "weight_hh" + suffix, weights.wh().transposed().copy());
              putRow(prefix + "bias_ih" + suffix, weights.bx());
              putRow(prefix + "bias_hh" + suffix, weights.bh());
            });
    return this;
  }

  /**
   * Adds word vectors as those of an {@code nn.Embedding}.
   *
   * @param layer not modified
   * @param prefix what is to stand before {@code weight}
   * @return these weights
   */
  public TorchWeights put(TimeEmbedding layer, String prefix) {
    putEmbedding(layer, prefix);
    return this;
  }

  /**
   * Adds the weights of an affine layer as those of an {@code nn.Linear} with bias.
   *
   * @param layer not modified
   * @param prefix what is to stand before {@code weight}
   * @return these weights
   */
  public TorchWeights put(TimeAffine layer, String prefix) {
    putAffine(layer, prefix);
    return this;
  }

  /**
   * Adds all weights of a model; of a tied one the word vectors under both names.
   *
   * @param model not modified
   * @param prefixes what is to stand before the names, as for {@link #into(SequenceModel,
   *     String...)}
   * @return these weights
   * @throws IllegalArgumentException if PyTorch has no such layers, or the prefixes are too few or
   *     too many
   */
  public TorchWeights put(SequenceModel<?> model, String... prefixes) {
    ModelLayers layers = layers(model, prefixes).toBeWritten("TorchWeights");
    layers.embedding().ifPresent(at -> put(at.layer(), at.prefix()));
    layers.recurrent().forEach(at -> put(at.layer(), at.prefix()));
    return put(layers.head().layer(), layers.head().prefix());
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

  private void want(
      Map<String, long[]> wanted,
      String prefix,
      String suffix,
      int gates,
      long inputs,
      long hidden) {
    long rows = times(gates, hidden);
    wanted.put(prefix + "weight_ih" + suffix, new long[] {rows, inputs});
    wanted.put(prefix + "weight_hh" + suffix, new long[] {rows, hidden});
    if (has(prefix + "bias_", "")) {
      wanted.put(prefix + "bias_ih" + suffix, new long[] {rows});
      wanted.put(prefix + "bias_hh" + suffix, new long[] {rows});
    }
  }

  private CellWeights weights(String prefix, String suffix) {
    Matrix wx = matrix(prefix + "weight_ih" + suffix).transposed().copy();
    return new CellWeights(
        wx,
        matrix(prefix + "weight_hh" + suffix).transposed().copy(),
        row(prefix + "bias_ih" + suffix, wx.cols()),
        row(prefix + "bias_hh" + suffix, wx.cols()));
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
      String kind = CellWeights.kind(direction);
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
      if (!kind.equals(CellWeights.kind(first))
          || direction.outputSize() != first.outputSize()
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

  private static String text(RecurrentLayer layer) {
    List<String> directions = new ArrayList<>();
    for (RecurrentLayer part : CellWeights.directions(layer)) {
      directions.add(
          String.format(Locale.ROOT, "%s of %d units", CellWeights.kind(part), part.outputSize()));
    }
    return String.join(" and back ", directions);
  }
}
