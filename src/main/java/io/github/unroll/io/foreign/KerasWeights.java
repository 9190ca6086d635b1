package io.github.unroll.io.foreign;

import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.StoredArray;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeGru;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights of Keras' {@code SimpleRNN}, {@code LSTM}, {@code GRU}, {@code Bidirectional} of
 * them, {@code Embedding} and {@code Dense}: what {@code get_weights()} gives, numbered from 0;
 * read, also from whole models, and written for {@code set_weights}.
 *
 * <pre>{@code
 * RecurrentLayer lstm = KerasWeights.read(Path.of("lstm.npz")).lstm("arr_");
 * KerasWeights.read(Path.of("model.npz")).into(model, "lstm.", "dense.");   // all of a model
 *
 * new KerasWeights().put(lstm, "arr_").write(file);
 * }</pre>
 *
 * <p>A prefix is all that stands before the numbers: {@code arr_} in a file of {@code
 * np.savez("lstm.npz", *layer.get_weights())}. Several layers in one file have a prefix each, such
 * as {@code lstm_1.} In what Keras itself saves, .keras, .h5 and .weights.h5, it is the layer's
 * name and a dot; those need the library io.jhdf:jhdf:0.13.0. A whole .keras or .h5 model, with its
 * settings, is read by {@link io.github.unroll.io.keras.KerasModel KerasModel}.
 *
 * <p>The gates are in another order ({@link GateOrder#KERAS}). A GRU has two rows of biases if it
 * resets after the product ({@code reset_after=True}, the default), else one. Keras' default
 * activations are taken for granted but for that of {@code SimpleRNN}.
 *
 * <p>Names that are missing or too many and shapes that do not fit are one error that lists them
 * all.
 */
public final class KerasWeights extends NamedWeights {

  private static final GateOrder ORDER = GateOrder.KERAS;

  /** What np.savez puts before the number of an array without a name. */
  private static final String UNNAMED = "arr_";

  private static final String ADVICE =
      "compare with [w.shape for w in layer.get_weights()]: kernel (D,G·H), recurrent_kernel"
          + " (H,G·H), bias (G·H), of a GRU with reset_after (2,3·H); G is 1 of a SimpleRNN, 4 of"
          + " an LSTM, 3 of a GRU; a Bidirectional has them twice";
  private static final LayerNames NAMING =
      new LayerNames("Embedding", "Dense", "\\d+", "0", "0", "1", false);

  /** No weights yet. */
  public KerasWeights() {
    this(Map.of());
  }

  /**
   * Weights that have been read.
   *
   * @param tensors by name; copied
   */
  public KerasWeights(Map<String, StoredArray> tensors) {
    super("KerasWeights", tensors, NAMING, ADVICE);
  }

  private KerasWeights(Path file) throws IOException {
    super(file, FileKind.KERAS, NAMING, ADVICE);
  }

  /**
   * Reads the weights of one or more layers.
   *
   * @param file of {@code np.savez("….npz", *layer.get_weights())}, a .safetensors file with such
   *     names, or a file of Keras, .keras, .h5 or .weights.h5, whose optimizer is left out
   * @return its weights
   * @throws IOException naming the file, if it cannot be read or is none of these
   */
  public static KerasWeights read(Path file) throws IOException {
    return new KerasWeights(file);
  }

  // ---- new layers ----

  /**
   * A {@code SimpleRNN}, not stateful.
   *
   * @param prefix what stands before the numbers
   * @param activation its activation
   * @return a {@link TimeRnn}, or {@link Bidirectional} if there are the weights of two
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentLayer simpleRnn(String prefix, Nonlinearity activation) {
    return layer("SimpleRNN", 1, false, activation, prefix);
  }

  /**
   * An {@code LSTM}, not stateful.
   *
   * @param prefix what stands before the numbers
   * @return a {@link TimeLstm}, or {@link Bidirectional} if there are the weights of two
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentLayer lstm(String prefix) {
    return layer("LSTM", 4, false, Nonlinearity.TANH, prefix);
  }

  /**
   * A {@code GRU}, not stateful.
   *
   * @param prefix what stands before the numbers
   * @param resetAfter its {@code reset_after}, true unless the layer was made otherwise
   * @return a {@link TimeGru}, or {@link Bidirectional} if there are the weights of two
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public RecurrentLayer gru(String prefix, boolean resetAfter) {
    return layer(
        resetAfter ? "GRU with reset_after" : "GRU without reset_after",
        3,
        resetAfter,
        Nonlinearity.TANH,
        prefix);
  }

  /**
   * The word vectors of an {@code Embedding}.
   *
   * @param prefix what stands before the number
   * @return a new layer
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public TimeEmbedding embedding(String prefix) {
    require("Embedding", prefix, wantedOfEmbedding(prefix, ANY, ANY));
    return new TimeEmbedding(new Parameter(prefix + "w", matrix(prefix + 0)));
  }

  /**
   * The affine map of a {@code Dense}, without its activation; with a bias of zero if it has none.
   *
   * @param prefix what stands before the numbers
   * @return a new layer
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public TimeAffine dense(String prefix) {
    require("Dense", prefix, wantedOfAffine(prefix, ANY, size(prefix + 0, 2, 1)));
    Matrix w = matrix(prefix + 0);
    Matrix b = row(prefix + 1, w.cols());
    return new TimeAffine(new Parameter(prefix + "w", w), new Parameter(prefix + "b", b));
  }

  private RecurrentLayer layer(
      String kind, int gates, boolean resetAfter, Nonlinearity activation, String prefix) {
    boolean both = has(prefix + 3);
    int each = each(prefix, both);
    long inputs = size(prefix + 0, 2, 0);
    long hidden = hidden(size(prefix + 1, 2, 0), size(prefix + 0, 2, 1), gates);
    Map<String, long[]> wanted = new LinkedHashMap<>();
    for (int first = 0; first <= (both ? each : 0); first += each) {
      want(wanted, prefix, first, each, gates, resetAfter, inputs, hidden);
    }
    String what = both ? "Bidirectional " + kind : kind;
    String also = severalLayers(prefix, both ? 2 : 1);
    if (both && inputs == hidden && prefix.equals(UNNAMED)) {
      also +=
          "\n  unclear: these may be the two directions of one layer, or two layers one upon the"
              + " other; make the layer that they are, and use into";
    }
    fill(new Filling(what, prefix, wanted, () -> {}).withWrong(also));
    RecurrentLayer ahead =
        weights(prefix, 0, each).toLayer(ORDER, resetAfter, activation, prefix, "");
    if (!both) {
      return ahead;
    }
    return new Bidirectional(
        ahead, weights(prefix, each, each).toLayer(ORDER, resetAfter, activation, prefix, "_back"));
  }

  // ---- layers that are there ----

  /**
   * Overwrites the weights of a recurrent layer. On an error nothing is changed.
   *
   * @param layer modified: a {@link TimeRnn}, {@link TimeLstm}, {@link TimeGru} or {@link
   *     Bidirectional} of them
   * @param prefix what stands before the numbers
   * @throws IllegalArgumentException if Keras has no such layer, or listing all names that are
   *     missing, too many or of a wrong shape
   */
  public void into(RecurrentLayer layer, String prefix) {
    fill(filling(layer, prefix));
  }

  @Override
  Filling filling(RecurrentLayer layer, String prefix) {
    List<RecurrentLayer> directions = CellWeights.directions(layer);
    int each = each(prefix, directions.size() == 2);
    List<String> kinds = new ArrayList<>();
    Map<String, long[]> wanted = new LinkedHashMap<>();
    for (int i = 0; i < directions.size(); i++) {
      RecurrentLayer part = directions.get(i);
      kinds.add(CellWeights.kind(part));
      want(
          wanted,
          prefix,
          i * each,
          each,
          CellWeights.gates(part),
          CellWeights.resetsAfter(part),
          part.inputSize(),
          part.outputSize());
    }
    return new Filling(
            String.join(" and back ", kinds),
            prefix,
            wanted,
            () -> {
              for (int i = 0; i < directions.size(); i++) {
                weights(prefix, i * each, each).into(directions.get(i), ORDER);
              }
            })
        .withWrong(severalLayers(prefix, directions.size()));
  }

  /**
   * Overwrites the vectors of an embedding.
   *
   * @param layer modified
   * @param prefix what stands before the number
   * @throws IllegalArgumentException listing all names that are missing, too many or of a wrong
   *     shape
   */
  public void into(TimeEmbedding layer, String prefix) {
    fill(filling(layer, prefix));
  }

  /**
   * Overwrites the weights of an affine layer with those of a {@code Dense}; the bias with zeros if
   * it has none.
   *
   * @param layer modified; if it is tied, so are the word vectors
   * @param prefix what stands before the numbers
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
   * weights.into(model, "embedding.", "lstm.", "lstm_1.", "dense.");   // words, two layers
   * weights.into(model, "bidirectional.", "dense.");                   // features, one layer
   * }</pre>
   *
   * <p>Of a tied model the kernel of the {@code Dense} must be the word vectors, transposed; where
   * one layer is both, as {@code ReversibleEmbedding}, its prefix is given twice.
   *
   * @param model modified: a {@link io.github.unroll.model.SequenceClassifier SequenceClassifier},
   *     {@link io.github.unroll.model.SequenceRegressor SequenceRegressor} or {@link
   *     io.github.unroll.model.RnnLanguageModel RnnLanguageModel}
   * @param prefixes what stands before the numbers of the {@code Embedding}, if it reads words; of
   *     each recurrent layer from the lowest up, of both directions its {@code Bidirectional}; and
   *     of the {@code Dense}
   * @throws IllegalArgumentException if Keras has no such layers, the prefixes are too few or too
   *     many, or listing all names that are missing, too many, of a wrong shape or of a type that
   *     is not read
   */
  public void into(SequenceModel<?> model, String... prefixes) {
    fill(model, ModelLayers.of("KerasWeights", model, List.of(prefixes), false));
  }

  // ---- and back ----

  /**
   * Adds the weights of a recurrent layer in the order of {@code set_weights}.
   *
   * @param layer not modified: a {@link TimeRnn}, {@link TimeLstm}, {@link TimeGru} or {@link
   *     Bidirectional} of them
   * @param prefix what is to stand before the numbers
   * @return these weights
   * @throws IllegalArgumentException if Keras has no such layer
   */
  public KerasWeights put(RecurrentLayer layer, String prefix) {
    putRecurrent(layer, prefix, false);
    return this;
  }

  @Override
  void putRecurrent(RecurrentLayer layer, String prefix, boolean gradients) {
    int number = 0;
    for (RecurrentLayer part : CellWeights.directions(layer)) {
      CellWeights weights = CellWeights.of(part, ORDER, gradients);
      putMatrix(prefix + number++, weights.wx());
      putMatrix(prefix + number++, weights.wh());
      if (CellWeights.resetsAfter(part)) {
        putMatrix(prefix + number++, Matrix.ofRows(weights.bx().data(), weights.bh().data()));
      } else {
        putRow(prefix + number++, weights.bx());
      }
    }
  }

  /**
   * Adds word vectors as those of an {@code Embedding}.
   *
   * @param layer not modified
   * @param prefix what is to stand before the number
   * @return these weights
   */
  public KerasWeights put(TimeEmbedding layer, String prefix) {
    putEmbedding(layer, prefix, false);
    return this;
  }

  /**
   * Adds the weights of an affine layer as those of a {@code Dense}.
   *
   * @param layer not modified
   * @param prefix what is to stand before the numbers
   * @return these weights
   */
  public KerasWeights put(TimeAffine layer, String prefix) {
    putAffine(layer, prefix, false);
    return this;
  }

  /**
   * Adds all weights of a model; of a tied one the word vectors twice, those of the {@code Dense}
   * transposed.
   *
   * @param model not modified
   * @param prefixes what is to stand before the numbers, as for {@link #into(SequenceModel,
   *     String...)}
   * @return these weights
   * @throws IllegalArgumentException if Keras has no such layers, or the prefixes are too few or
   *     too many
   */
  public KerasWeights put(SequenceModel<?> model, String... prefixes) {
    put(ModelLayers.of("KerasWeights", model, List.of(prefixes), false), false);
    return this;
  }

  // ---- gradients ----

  /**
   * Adds the gradients of a recurrent layer in the form of its weights. Both rows of biases of a
   * GRU have the same gradient, but for the candidate's.
   *
   * @param layer not modified: a {@link TimeRnn}, {@link TimeLstm}, {@link TimeGru} or {@link
   *     Bidirectional} of them
   * @param prefix what stands before the numbers
   * @return these weights
   * @throws IllegalArgumentException if Keras has no such layer
   */
  public KerasWeights putGradients(RecurrentLayer layer, String prefix) {
    putRecurrent(layer, prefix, true);
    return this;
  }

  /**
   * Adds the gradients of word vectors as those of an {@code Embedding}.
   *
   * @param layer not modified
   * @param prefix what stands before the number
   * @return these weights
   */
  public KerasWeights putGradients(TimeEmbedding layer, String prefix) {
    putEmbedding(layer, prefix, true);
    return this;
  }

  /**
   * Adds the gradients of an affine layer as those of a {@code Dense}.
   *
   * @param layer not modified
   * @param prefix what stands before the numbers
   * @return these weights
   */
  public KerasWeights putGradients(TimeAffine layer, String prefix) {
    putAffine(layer, prefix, true);
    return this;
  }

  /**
   * Adds all gradients of a model in the form of its weights; of a tied one those of the word
   * vectors, of both their uses, twice.
   *
   * @param model not modified
   * @param prefixes as for {@link #into(SequenceModel, String...)}
   * @return these weights
   * @throws IllegalArgumentException if Keras has no such layers, or the prefixes are too few or
   *     too many
   */
  public KerasWeights putGradients(SequenceModel<?> model, String... prefixes) {
    put(ModelLayers.of("KerasWeights", model, List.of(prefixes), false), true);
    return this;
  }

  // ---- how Keras numbers and shapes them ----

  /** A line of an error, unless the shapes are those of one layer in so many directions. */
  private String severalLayers(String prefix, int directions) {
    boolean biases = each(prefix, has(prefix + 3)) == 3;
    List<String> layers = new ArrayList<>();
    for (int at = 0; has(prefix + at); at++) {
      long width = size(prefix + at, 2, 1);
      long hidden = size(prefix + (at + 1), 2, 0);
      boolean recurrent =
          hidden > 0 && width == size(prefix + (at + 1), 2, 1) && width % hidden == 0;
      int gates = recurrent ? (int) (width / hidden) : 0;
      String kind = gates == 1 ? "SimpleRNN" : gates == 3 ? "GRU" : gates == 4 ? "LSTM" : "";
      at += kind.isEmpty() ? 0 : 1;
      String bias = prefix + (at + 1);
      if (size(bias, 1, 0) == width || (gates == 3 && biases && size(bias, 2, 0) == 2)) {
        kind = kind.isEmpty() ? "Dense" : kind;
        at++;
      }
      layers.add(kind.isEmpty() ? "Embedding" : kind);
    }
    Set<String> kinds = new HashSet<>(layers);
    return layers.size() <= 1 || (layers.size() == directions && kinds.size() == 1)
        ? ""
        : "\n  several: these look like all weights of a model, "
            + String.join(", ", layers)
            + "; save those of each layer under a name of its own";
  }

  /** Two arrays a direction without biases, else three. */
  private int each(String prefix, boolean both) {
    return has(prefix + (both ? 4 : 2)) || !has(prefix + 1) ? 3 : 2;
  }

  private static void want(
      Map<String, long[]> wanted,
      String prefix,
      int first,
      int each,
      int gates,
      boolean resetAfter,
      long inputs,
      long hidden) {
    long cols = times(gates, hidden);
    wanted.put(prefix + first, new long[] {inputs, cols});
    wanted.put(prefix + (first + 1), new long[] {hidden, cols});
    if (each == 3) {
      wanted.put(prefix + (first + 2), resetAfter ? new long[] {2, cols} : new long[] {cols});
    }
  }

  private CellWeights weights(String prefix, int first, int each) {
    Matrix wx = matrix(prefix + first);
    Matrix wh = matrix(prefix + (first + 1));
    String bias = prefix + (first + 2);
    Matrix none = new Matrix(1, wx.cols());
    if (each == 2) {
      return new CellWeights(wx, wh, none, none);
    }
    return size(bias, 2, 0) == 2
        ? new CellWeights(wx, wh, plane(bias, 0), plane(bias, 1))
        : new CellWeights(wx, wh, matrix(bias), none);
  }
}
