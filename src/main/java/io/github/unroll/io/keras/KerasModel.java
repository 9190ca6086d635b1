package io.github.unroll.io.keras;

import io.github.unroll.cell.Activation;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.ImportedLayers;
import io.github.unroll.io.hdf5.KerasFile;
import io.github.unroll.layer.Mask;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.Readout;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model of Keras with its layers, settings and weights, to be run: what {@code model.save} wrote
 * as .keras or .h5, by Keras 3 or 2. It answers as Keras' {@code predict} does, in double
 * precision.
 *
 * <pre>{@code
 * KerasModel model = KerasModel.read(Path.of("model.keras"));
 * StoredArray y = model.predict(xs);          // (N,K), or (N,T,K) if it answers every step
 * }</pre>
 *
 * <p>Read are Sequential models, and functional ones in which each layer reads the one before, of
 * Embedding, SimpleRNN, LSTM, GRU, Bidirectional, Dense, TimeDistributed of it, Masking, Flatten,
 * RepeatVector, activations, and layers that act in training alone, such as Dropout. All other
 * layers are refused by name. Nothing in a file is executed.
 *
 * <p>HDF5 is read by the library io.jhdf:jhdf:0.13.0, which is not part of this one: add it to your
 * dependencies. A model must not be used by several threads at once.
 */
public final class KerasModel {

  private final String source;
  private final KerasLayer input;
  private final List<KerasLayer> layers = new ArrayList<>();

  private KerasModel(Path file, KerasFile found) {
    source = file.toString();
    if (found.config().isEmpty()) {
      throw new IllegalArgumentException(
          "has weights without an architecture; read them by KerasWeights, or save the whole model"
              + " by model.save");
    }
    Chain chain = new Chain(found);
    input = chain.input;
    KerasLayer last = input;
    boolean keras2 = found.version().matches("|[12]\\..*"); // the first files tell no version
    for (Settings settings : chain.layers) {
      last = new KerasLayer(settings, last, found.arrays(), keras2);
      layers.add(last);
    }
  }

  /**
   * Reads a model. Everything is checked here: layers, settings, and weights against them.
   *
   * @param file a .keras or .h5 file, whatever its name; it is read whole into memory
   * @return the model
   * @throws IOException naming the file, if it cannot be read, is damaged, holds weights without an
   *     architecture, has layers, settings or activations that are not known, whose names it lists,
   *     or if jhdf is missing
   */
  public static KerasModel read(Path file) throws IOException {
    KerasFile found = KerasFile.read(file);
    try {
      return new KerasModel(file, found);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  // ---- answers ----

  /**
   * The answers to sequences of features. A stateful model goes on from the states of the call
   * before.
   *
   * @param xs inputs (N,T,D), not modified
   * @return outputs as float64, (N,K), or (N,T,K) if the model answers every step
   * @throws IllegalArgumentException if the model reads words, D is another, T does not fit a
   *     Flatten, or a stateful model gets another N than before
   */
  public StoredArray predict(Tensor3 xs) {
    if (input.features == 0 || (input.features > 0 && input.features != xs.d2())) {
      throw new IllegalArgumentException(
          source + " reads " + input + ", not features " + xs.shape());
    }
    return answer(new Flow(xs, null), 0);
  }

  /**
   * The answers to sequences of words. A stateful model goes on from the states of the call before.
   *
   * @param ids ids of words (N,T), rows of one length; not modified
   * @return outputs as float64, (N,K), or (N,T,K) if the model answers every step
   * @throws IllegalArgumentException if the model reads no words, an id is none of its words, rows
   *     differ in length, T does not fit a Flatten, or a stateful model gets another N than before
   */
  public StoredArray predict(int[][] ids) {
    if (!(layers.get(0).part instanceof TimeEmbedding embedding)) {
      throw new IllegalArgumentException(source + " reads " + input + ", not words");
    }
    Tensor3 xs = embedding.forward(ids);
    boolean[][] counts = new boolean[ids.length][xs.d1()];
    boolean masks = layers.get(0).settings.is("mask_zero", false);
    for (int n = 0; n < ids.length; n++) {
      for (int t = 0; t < xs.d1(); t++) {
        counts[n][t] = ids[n][t] != 0;
      }
    }
    return answer(new Flow(xs, masks ? Mask.of(counts) : null), 1);
  }

  private StoredArray answer(Flow inputs, int from) {
    Flow flow = inputs;
    for (KerasLayer layer : layers.subList(from, layers.size())) {
      flow = layer.run(flow);
    }
    Tensor3 ys = flow.values;
    return layers.get(layers.size() - 1).axis
        ? StoredArray.of(ys)
        : StoredArray.of(Matrix.of(ys.d0(), ys.d2(), ys.data()));
  }

  /** Clears the states of a stateful model: the next answer starts anew. Others have none. */
  public void reset() {
    for (KerasLayer layer : layers) {
      if (layer.part instanceof RecurrentLayer recurrent) {
        recurrent.resetState();
      }
    }
  }

  // ---- what it is ----

  /**
   * {@return the shape of the inputs without the batch, -1 for any size: {T,D}, or {T} if the model
   * reads words}
   */
  public long[] inputShape() {
    return input.features == 0
        ? new long[] {input.steps}
        : new long[] {input.steps, input.features};
  }

  /**
   * The model's layers, over the same weights, if it is a plain stack: perhaps an Embedding,
   * recurrent layers, perhaps a Dense, perhaps a softmax. So it can be trained further, run step by
   * step, and saved ({@link ImportedLayers#toModel()}). Dropout is left out. Where the Embedding
   * has mask_zero, say by lengths which words do not count.
   *
   * @return the layers, none of them stateful
   * @throws IllegalArgumentException naming the first layer that does not fit, and why
   */
  public ImportedLayers layers() {
    TimeEmbedding embedding = null;
    List<RecurrentLayer> recurrent = new ArrayList<>();
    TimeAffine head = null;
    boolean softmax = false;
    boolean every = true;
    for (KerasLayer layer : layers) {
      String why = layer.end == null && layer.part == null ? "there is no such layer in one" : "";
      if (layer.part instanceof TimeEmbedding words) {
        embedding = words;
      } else if (layer.part instanceof RecurrentLayer states) {
        why =
            head != null
                ? "it is not in its place"
                : KerasLayer.isBackward(layer.settings) ? "it reads from the end" : "";
        recurrent.add(states.stateful() ? new Recurrent<>(states.cells().get(0)) : states);
        every = layer.axis;
      } else if (layer.part instanceof TimeAffine affine) {
        why = head != null || recurrent.isEmpty() ? "it is not in its place" : "";
        head = affine;
      }
      if (layer.end != null && layer.end != Activation.LINEAR) {
        boolean last = head != null && !softmax && layer.end.name().equals("softmax");
        why = last ? why : "its activation is " + layer.end.name();
        softmax = true;
      }
      if (!why.isEmpty()) {
        throw layer.settings.wrong("does not fit into a plain stack: %s (%s)", why, source);
      }
    }
    if (recurrent.isEmpty()) {
      throw new IllegalArgumentException(source + " has no recurrent layer");
    }
    return new ImportedLayers(
        Optional.ofNullable(embedding),
        recurrent,
        every ? Readout.EVERY : Readout.LAST,
        Optional.ofNullable(head),
        softmax);
  }

  /** {@return a table of the layers: name, class, output shape, parameters, settings} */
  @Override
  public String toString() {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"layer", "class", "output", "parameters", "settings"});
    rows.add(new String[] {"input", "", input.toString(), "", ""});
    long sum = 0;
    for (KerasLayer layer : layers) {
      Settings settings = layer.settings;
      sum += layer.parameters;
      String parameters = Long.toString(layer.parameters);
      rows.add(
          new String[] {
            settings.name(), settings.className(), layer.toString(), parameters, layer.summary
          });
    }
    rows.add(new String[] {"all", "", "", Long.toString(sum), ""});
    StringBuilder table = new StringBuilder();
    for (String[] row : rows) {
      for (int column = 0; column < row.length; column++) {
        int width = 0;
        for (String[] other : rows) {
          width = Math.max(width, other[column].length());
        }
        table.append(row[column]).append(" ".repeat(width + 2 - row[column].length()));
      }
      table.setLength(table.toString().stripTrailing().length());
      table.append('\n');
    }
    return table.toString();
  }
}
