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
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A model of Keras with its layers, settings and weights, to be run: what {@code model.save} wrote
 * as .keras or .h5, by Keras 3 or 2. It answers as Keras' {@code predict} does, in double precision.
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
  private final Shape input;
  private final List<KerasLayer> layers;

  private KerasModel(String source, Shape input, List<KerasLayer> layers) {
    this.source = source;
    this.input = input;
    this.layers = layers;
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
      if (found.config().isEmpty()) {
        throw new IllegalArgumentException(
            "has weights without an architecture; read it by KerasWeights, or save the whole model"
                + " by model.save");
      }
      Chain chain = Chain.of(found.config());
      boolean keras2 = found.version().matches("[12]\\..*");
      LayerReader reader = new LayerReader(found.arrays(), keras2);
      List<KerasLayer> layers = new ArrayList<>();
      Shape shape = chain.input();
      for (Settings settings : chain.layers()) {
        layers.add(reader.read(settings, shape));
        shape = layers.get(layers.size() - 1).output();
      }
      return new KerasModel(file.toString(), chain.input(), List.copyOf(layers));
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
    if (input.features() == Shape.WORDS) {
      throw new IllegalArgumentException(
          source + " reads words; pass their ids (N,T), as an int[][], to predict");
    }
    if (input.features() != Shape.ANY && input.features() != xs.d2()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s reads %s, not %s; pass such inputs", source, input, xs.shape()));
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
    if (!(layers.get(0).part() instanceof TimeEmbedding embedding)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s reads %s, no words; pass a Tensor3 to predict", source, input));
    }
    Tensor3 xs = embedding.forward(ids);
    return answer(new Flow(xs, masksWords() ? notZero(ids) : null), 1);
  }

  private boolean masksWords() {
    return layers.get(0).settings().flag("mask_zero", false);
  }

  private static Mask notZero(int[][] ids) {
    boolean[][] counts = new boolean[ids.length][];
    for (int n = 0; n < ids.length; n++) {
      counts[n] = new boolean[ids[n].length];
      for (int t = 0; t < ids[n].length; t++) {
        counts[n][t] = ids[n][t] != 0;
      }
    }
    return Mask.of(counts);
  }

  private StoredArray answer(Flow inputs, int from) {
    Flow flow = inputs;
    for (KerasLayer layer : layers.subList(from, layers.size())) {
      flow = layer.run().apply(flow);
    }
    StoredArray all = StoredArray.of(flow.values());
    boolean axis = layers.get(layers.size() - 1).output().axis();
    long[] shape = all.shape();
    return axis
        ? all
        : StoredArray.ofDoubles(
            all.elementType(), new long[] {shape[0], shape[2]}, flow.values().data());
  }

  /** Clears the states of a stateful model: the next answer starts anew. Others have none. */
  public void reset() {
    for (KerasLayer layer : layers) {
      if (layer.part() instanceof RecurrentLayer recurrent) {
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
    return input.features() == Shape.WORDS
        ? new long[] {input.steps()}
        : new long[] {input.steps(), input.features()};
  }

  /**
   * The model's layers, over the same weights, if it is a plain stack: perhaps an Embedding,
   * recurrent layers, perhaps a Dense, perhaps a softmax. So it can be trained further, run step by
   * step, and saved ({@link ImportedLayers#toModel()}). Dropout is left out. Where the Embedding has
   * mask_zero, say by lengths which words do not count.
   *
   * @return the layers, none of them stateful
   * @throws IllegalArgumentException naming the first layer that does not fit, and why
   */
  public ImportedLayers layers() {
    Optional<TimeEmbedding> embedding = Optional.empty();
    List<RecurrentLayer> recurrent = new ArrayList<>();
    Optional<TimeAffine> head = Optional.empty();
    boolean softmax = false;
    Readout readout = Readout.EVERY;
    for (KerasLayer layer : layers) {
      Object part = layer.part();
      boolean ends = layer.end() != null && layer.end() != Activation.LINEAR;
      if (part instanceof TimeEmbedding words) {
        embedding = Optional.of(words);
      } else if (part instanceof RecurrentLayer states && head.isEmpty()) {
        recurrent.add(notStateful(layer, states));
        readout = layer.output().axis() ? Readout.EVERY : Readout.LAST;
      } else if (part instanceof TimeAffine affine && head.isEmpty() && !recurrent.isEmpty()) {
        head = Optional.of(affine);
      } else if (part != null || layer.end() == null) {
        throw unfit(layer, "it is no part of a plain stack, or not in its place");
      }
      if (ends && (head.isEmpty() || softmax || !layer.end().name().equals("softmax"))) {
        throw unfit(layer, "its activation is " + layer.end().name());
      }
      softmax |= ends;
    }
    if (recurrent.isEmpty()) {
      throw new IllegalArgumentException(source + " is no plain stack: it has no recurrent layer");
    }
    return new ImportedLayers(embedding, recurrent, readout, head, softmax);
  }

  private RecurrentLayer notStateful(KerasLayer layer, RecurrentLayer states) {
    if (layer.settings().flag("go_backwards", false)) {
      throw unfit(layer, "it reads from the end");
    }
    return states.stateful() ? new Recurrent<>(states.cells().get(0)) : states;
  }

  private IllegalArgumentException unfit(KerasLayer layer, String why) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT, "%s is no plain stack: %s: %s", source, layer.settings().label(), why));
  }

  /** {@return a table of the layers: name, class, settings, output shape, parameters} */
  @Override
  public String toString() {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"layer", "class", "settings", "output", "parameters"});
    rows.add(new String[] {"input", "", "", input.toString(), ""});
    long sum = 0;
    for (KerasLayer layer : layers) {
      rows.add(
          new String[] {
            layer.settings().name(),
            layer.settings().className(),
            layer.summary(),
            layer.output().toString(),
            String.format(Locale.ROOT, "%,d", layer.parameters())
          });
      sum += layer.parameters();
    }
    rows.add(new String[] {"all", "", "", "", String.format(Locale.ROOT, "%,d", sum)});
    return table(rows);
  }

  private static String table(List<String[]> rows) {
    StringBuilder table = new StringBuilder();
    for (String[] row : rows) {
      for (int column = 0; column < row.length; column++) {
        int width = 0;
        for (String[] other : rows) {
          width = Math.max(width, other[column].length());
        }
        boolean number = column == row.length - 1;
        table.append(String.format(Locale.ROOT, "%" + (number ? "" : "-") + width + "s", row[column]));
        table.append(number ? "\n" : "  ");
      }
    }
    return table.toString();
  }
}
