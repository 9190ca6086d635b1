package io.github.unroll.io.foreign;

import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeGru;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The weights of an ONNX model, into layers and back: the inputs W, R and B of the operators RNN,
 * LSTM and GRU, of a Gather its data, of a MatMul or Gemm B and C.
 *
 * <pre>{@code
 * W (directions,G·H,D)   R (directions,G·H,H)   B (directions,2·G·H), of the two products, optional
 *
 * OnnxWeights weights = OnnxWeights.read(Path.of("model.onnx"));
 * RecurrentLayer lstm = weights.lstm("/lstm/LSTM.");
 * weights.into(model, "/lstm/LSTM.", "/head/MatMul.");   // all of a model
 *
 * new OnnxWeights().put(lstm, "lstm.").write(Path.of("model.npz"));
 * }</pre>
 *
 * <p>A prefix is all that stands before {@code W}, {@code R} and {@code B}: in a .onnx file the
 * name of the node and a dot. A node without a name is called by its operator and its place among
 * the nodes, such as {@code LSTM_3}. A .onnx file has each initializer also by its own name, the B
 * of a Gemm with transB=1 transposed to (H,K), the C of a MatMul from the Add that follows. The
 * options of a GRU and of an RNN stand there too, {@code linear_before_reset} and {@code relu}, as
 * 0 or 1; a layer of another kind is refused.
 *
 * <p>An operator is one layer. Its matrices are transposed, its gates in another order ({@link
 * GateOrder#ONNX}). One direction is the forward one. What the layers do not have is refused by
 * name: peepholes, clip, input_forget, other activations than the default ones, a direction from
 * the end alone, a start from another state than zeros; class {@code OnnxModel} of package {@code
 * io.onnx} runs all of it.
 *
 * <p>Names that are missing or too many and shapes that do not fit are one error that lists them
 * all.
 */
public final class OnnxWeights extends NamedWeights {

  private static final GateOrder ORDER = GateOrder.ONNX;
  private static final String ADVICE =
      "W is (directions,G·H,D), R (directions,G·H,H), B (directions,2·G·H) or left out; G is 1 of"
          + " an RNN, 4 of an LSTM, 3 of a GRU; peepholes (P) are for OnnxModel alone";
  private static final LayerNames NAMING =
      new LayerNames(
          "Gather of data (V,D)",
          "MatMul or Gemm of B (H,K) and C (K)",
          "[WRBP]",
          "data",
          "B",
          "C",
          false);

  /** No weights yet. */
  public OnnxWeights() {
    this(Map.of());
  }

  /**
   * Weights that have been read.
   *
   * @param tensors by name; copied
   */
  public OnnxWeights(Map<String, StoredArray> tensors) {
    super("OnnxWeights", tensors, NAMING, ADVICE);
  }

  private OnnxWeights(Path file) throws IOException {
    super(file, FileKind.ONNX, NAMING, ADVICE);
  }

  /**
   * Reads the weights of one or more operators.
   *
   * @param file a .onnx file; or a .npz or .safetensors file of arrays named W, R and B, each
   *     behind its operator's prefix
   * @return its weights
   * @throws IOException naming the file, if it cannot be read or is none of these
   */
  public static OnnxWeights read(Path file) throws IOException {
    return new OnnxWeights(file);
  }

  // ---- new layers ----

  /**
   * An RNN, not stateful.
   *
   * @param prefix what stands before the names
   * @param activation its activation
   * @return a {@link TimeRnn}, or {@link Bidirectional} if there are two directions
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentLayer rnn(String prefix, Nonlinearity activation) {
    return layer("RNN", 1, false, activation, prefix);
  }

  /**
   * An LSTM, not stateful.
   *
   * @param prefix what stands before the names
   * @return a {@link TimeLstm}, or {@link Bidirectional} if there are two directions
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentLayer lstm(String prefix) {
    return layer("LSTM", 4, false, Nonlinearity.TANH, prefix);
  }

  /**
   * A GRU, not stateful.
   *
   * @param prefix what stands before the names
   * @param linearBeforeReset its attribute {@code linear_before_reset}: 0 if it has none; 1 in what
   *     PyTorch exports
   * @return a {@link TimeGru}, or {@link Bidirectional} if there are two directions
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentLayer gru(String prefix, boolean linearBeforeReset) {
    return layer("GRU", 3, linearBeforeReset, Nonlinearity.TANH, prefix);
  }

  private RecurrentLayer layer(
      String kind, int gates, boolean resetAfter, Nonlinearity activation, String prefix) {
    boolean both = size(prefix + "W", 3, 0) == 2;
    long hidden = hidden(size(prefix + "R", 3, 2), size(prefix + "W", 3, 1), gates);
    Map<String, long[]> wanted = wanted(prefix, both, gates, size(prefix + "W", 3, 2), hidden);
    boolean relu = activation == Nonlinearity.RELU;
    fill(
        new Filling(text(kind, both), prefix, wanted, () -> {})
            .withWrong(otherOption(prefix, gates, gates == 1 ? relu : resetAfter)));
    RecurrentLayer ahead = weights(prefix, 0).toLayer(ORDER, resetAfter, activation, prefix, "");
    if (!both) {
      return ahead;
    }
    return new Bidirectional(
        ahead, weights(prefix, 1).toLayer(ORDER, resetAfter, activation, prefix, "_back"));
  }

  // ---- layers that are there, and back ----

  /**
   * Overwrites the weights of a recurrent layer. On an error nothing is changed. A GRU must be of
   * the operator's linear_before_reset, which the arrays of a .npz file do not tell.
   *
   * @param layer modified: a {@link TimeRnn}, {@link TimeLstm}, {@link TimeGru} or {@link
   *     Bidirectional} of them
   * @param prefix what stands before the names
   * @throws IllegalArgumentException if ONNX has no such layer, or listing all names that are
   *     missing, too many or of a wrong shape
   */
  public void into(RecurrentLayer layer, String prefix) {
    fill(filling(layer, prefix));
  }

  @Override
  Filling filling(RecurrentLayer layer, String prefix) {
    List<RecurrentLayer> directions = directions(layer);
    RecurrentLayer first = directions.get(0);
    boolean both = directions.size() == 2;
    int gates = CellWeights.gates(first);
    boolean option = CellWeights.kind(first).endsWith("relu") || CellWeights.resetsAfter(first);
    return new Filling(
            text(CellWeights.kind(first), both),
            prefix,
            wanted(prefix, both, gates, first.inputSize(), first.outputSize()),
            () -> {
              for (int i = 0; i < directions.size(); i++) {
                weights(prefix, i).into(directions.get(i), ORDER);
              }
            })
        .withWrong(otherOption(prefix, gates, option));
  }

  /**
   * Overwrites all weights of a model. On an error nothing is changed, and it lists all that is
   * wrong with any layer. The directions must be merged as the graph does, which is not checked; a
   * GRU must be of the operators' linear_before_reset, which only a .onnx file tells.
   *
   * <pre>{@code
   * embedding.data (V,D)   0.W, 0.R, 0.B   1.W, 1.R, 1.B   head.B (H,K)   head.C (K), optional
   *
   * weights.into(model, "embedding.", "0.", "1.", "head.");   // words, two layers
   * weights.into(model, "0.", "head.");                       // features, one layer
   * }</pre>
   *
   * <p>Of a tied model the head's B must be the word vectors, transposed; where the graph has them
   * once, the prefix of the embedding is given for the head too.
   *
   * @param model modified: a {@link io.github.unroll.model.SequenceClassifier SequenceClassifier},
   *     {@link io.github.unroll.model.SequenceRegressor SequenceRegressor} or {@link
   *     io.github.unroll.model.RnnLanguageModel RnnLanguageModel}
   * @param prefixes what stands before {@code data} of the Gather that looks words up, if it reads
   *     words; before {@code W}, {@code R} and {@code B} of each recurrent operator from the lowest
   *     up; and before {@code B} and {@code C} of the MatMul and its Add, or of the Gemm
   * @throws IllegalArgumentException if ONNX has no such layers, the prefixes are too few or too
   *     many, or listing all names that are missing, too many, of a wrong shape or of a type that
   *     is not read
   */
  public void into(SequenceModel<?> model, String... prefixes) {
    fill(model, ModelLayers.of("OnnxWeights", model, List.of(prefixes), false));
  }

  /**
   * Adds the weights of a recurrent layer as inputs of its operator: of a GRU with {@code
   * linear_before_reset} 1 if its cell resets after the product, else 0.
   *
   * @param layer not modified: a {@link TimeRnn}, {@link TimeLstm}, {@link TimeGru} or {@link
   *     Bidirectional} of them
   * @param prefix what is to stand before the names
   * @return these weights
   * @throws IllegalArgumentException if ONNX has no such layer
   */
  public OnnxWeights put(RecurrentLayer layer, String prefix) {
    putRecurrent(layer, prefix, false);
    return this;
  }

  @Override
  void putRecurrent(RecurrentLayer layer, String prefix, boolean gradients) {
    List<Matrix> w = new ArrayList<>();
    List<Matrix> r = new ArrayList<>();
    List<Matrix> b = new ArrayList<>();
    for (RecurrentLayer part : directions(layer)) {
      CellWeights weights = CellWeights.of(part, ORDER, gradients);
      w.add(weights.wx().transposed().copy());
      r.add(weights.wh().transposed().copy());
      b.add(Matrix.ofRows(weights.bx().data(), weights.bh().data()));
    }
    putPlanes(prefix + "W", w);
    putPlanes(prefix + "R", r);
    putRows(prefix + "B", b);
  }

  /**
   * Adds all weights of a model; of a tied one the word vectors twice, those of the head
   * transposed.
   *
   * @param model not modified
   * @param prefixes what is to stand before the names, as for {@link #into(SequenceModel,
   *     String...)}
   * @return these weights
   * @throws IllegalArgumentException if ONNX has no such layers, or the prefixes are too few or too
   *     many
   */
  public OnnxWeights put(SequenceModel<?> model, String... prefixes) {
    put(ModelLayers.of("OnnxWeights", model, List.of(prefixes), false), false);
    return this;
  }

  // ---- gradients ----

  /**
   * Adds the gradients of a recurrent layer in the form of its weights. Both biases of a gate have
   * the same gradient.
   *
   * @param layer not modified: a {@link TimeRnn}, {@link TimeLstm}, {@link TimeGru} or {@link
   *     Bidirectional} of them
   * @param prefix what stands before the names
   * @return these weights
   * @throws IllegalArgumentException if ONNX has no such layer
   */
  public OnnxWeights putGradients(RecurrentLayer layer, String prefix) {
    putRecurrent(layer, prefix, true);
    return this;
  }

  /**
   * Adds all gradients of a model in the form of its weights; of a tied one those of the word
   * vectors, of both their uses, twice.
   *
   * @param model not modified
   * @param prefixes as for {@link #into(SequenceModel, String...)}
   * @return these weights
   * @throws IllegalArgumentException if ONNX has no such layers, or the prefixes are too few or too
   *     many
   */
  public OnnxWeights putGradients(SequenceModel<?> model, String... prefixes) {
    put(ModelLayers.of("OnnxWeights", model, List.of(prefixes), false), true);
    return this;
  }

  // ---- how ONNX shapes them ----

  private static String text(String kind, boolean both) {
    return both ? kind + " in both directions" : kind;
  }

  private Map<String, long[]> wanted(
      String prefix, boolean both, int gates, long inputs, long hidden) {
    int directions = both ? 2 : 1;
    long rows = times(gates, hidden);
    Map<String, long[]> wanted = new LinkedHashMap<>();
    wanted.put(prefix + "W", new long[] {directions, rows, inputs});
    wanted.put(prefix + "R", new long[] {directions, rows, hidden});
    if (has(prefix + "B")) {
      wanted.put(prefix + "B", new long[] {directions, times(2, rows)});
    }
    if (gates != 4 && has(prefix + option(gates))) {
      wanted.put(prefix + option(gates), new long[0]);
    }
    return wanted;
  }

  /** The option that a .onnx file tells of an operator with so many gates; none of an LSTM. */
  private static String option(int gates) {
    return gates == 3 ? "linear_before_reset" : gates == 1 ? "relu" : "";
  }

  /** What is wrong if the option is another than that of the layer; empty if nothing is known. */
  private String otherOption(String prefix, int gates, boolean wanted) {
    String name = prefix + option(gates);
    StoredArray told = gates == 4 ? null : tensors().get(name);
    boolean known = told != null && told.isReadable() && told.size() == 1;
    if (!known || (told.doubles()[0] != 0) == wanted) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "\n  option: %s of the operator is %d, and the layer is one of %d",
        name,
        wanted ? 0 : 1,
        wanted ? 1 : 0);
  }

  private CellWeights weights(String prefix, int direction) {
    Matrix wx = plane(prefix + "W", direction).transposed().copy();
    Matrix wh = plane(prefix + "R", direction).transposed().copy();
    Matrix bx = new Matrix(1, wx.cols());
    Matrix bh = new Matrix(1, wx.cols());
    if (has(prefix + "B")) {
      double[] both = plane(prefix + "B", direction).data();
      System.arraycopy(both, 0, bx.data(), 0, bx.cols());
      System.arraycopy(both, bx.cols(), bh.data(), 0, bh.cols());
    }
    return new CellWeights(wx, wh, bx, bh);
  }

  /** One operator has both directions: they must be of one kind and size. */
  private static List<RecurrentLayer> directions(RecurrentLayer layer) {
    List<RecurrentLayer> directions = CellWeights.directions(layer);
    RecurrentLayer first = directions.get(0);
    for (RecurrentLayer other : directions) {
      if (!CellWeights.kind(other).equals(CellWeights.kind(first))
          || other.outputSize() != first.outputSize()) {
        throw new IllegalArgumentException(
            String.format(
                    Locale.ROOT,
                    "OnnxWeights: %s of %d units ahead and %s of %d back are no one operator; take"
                        + " ahead()",
                    CellWeights.kind(first),
                    first.outputSize(),
                    CellWeights.kind(other),
                    other.outputSize())
                + " and back() one by one");
      }
    }
    return directions;
  }
}
