package io.github.unroll.io.keras;

import io.github.unroll.cell.Activation;
import io.github.unroll.cell.Cell;
import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.GeneralGruCell;
import io.github.unroll.cell.GeneralLstmCell;
import io.github.unroll.cell.GeneralRnnCell;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.KerasWeights;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Mask;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.Recurrent.SkippedOutput;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.Reversed;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A layer of a model, made of its settings and weights, each checked against the other; and how it
 * is run.
 */
final class KerasLayer {

  static final long ANY = -1;

  /** The layers that pass on what they get when a model answers. */
  private static final String WITHOUT_EFFECT =
      "(Spatial|Gaussian|Alpha)?Dropout(1D)?|GaussianNoise|ActivityRegularization|Identity";

  private static final String RECURRENT = "SimpleRNN|LSTM|GRU";
  private static final String WITH_STEPS = "Bidirectional|TimeDistributed|Masking|" + RECURRENT;
  private static final String KNOWN =
      "Embedding|Dense|Flatten|RepeatVector|"
          + WITHOUT_EFFECT
          + "|"
          + KerasActivations.LAYERS
          + "|"
          + WITH_STEPS;

  private static final int MOST_REPEATS = 1_000_000;

  final Settings settings;
  private final boolean keras2;
  private final List<StoredArray> weights = new ArrayList<>();

  /** What it is set to, in words. */
  String summary = "";

  /** The number of its weights. */
  long parameters;

  // The shape of its output: whether there is an axis of steps, and T and D, or ANY.
  boolean axis;
  long steps;
  long features;

  /** A RecurrentLayer, TimeEmbedding or TimeAffine; null if none computes it. */
  Object part;

  /** The activation at its end; null if it is a layer of another kind. */
  Activation end;

  /** The input of a model. */
  KerasLayer(Settings settings, long steps, long features) {
    this.settings = settings;
    this.keras2 = false;
    this.axis = true;
    this.steps = steps;
    this.features = features;
  }

  /**
   * A layer.
   *
   * @param before the layer whose output it reads
   * @param arrays the weights of all layers by name
   * @param keras2 whether Keras 2 wrote it
   * @throws IllegalArgumentException if a setting is wrong or not known, or a weight is missing,
   *     too many or of another shape than the settings say
   */
  KerasLayer(
      Settings settings, KerasLayer before, Map<String, StoredArray> arrays, boolean keras2) {
    this.settings = settings;
    this.keras2 = keras2;
    this.axis = before.axis;
    this.steps = before.steps;
    this.features = before.features;
    String prefix = settings.name() + ".";
    for (StoredArray next = arrays.get(prefix + 0);
        next != null;
        next = arrays.get(prefix + weights.size())) {
      weights.add(next);
    }
    try {
      read(settings);
    } catch (IllegalArgumentException e) {
      throw e.getMessage().startsWith("layer ") ? e : settings.wrong("%s", e.getMessage());
    }
    for (StoredArray weight : weights) {
      parameters += weight.size();
    }
    weights.clear(); // the part has their values
  }

  static boolean knows(String className) {
    return className.matches(KNOWN);
  }

  /** By the settings of the layer or, if it wraps another, of that. */
  private void read(Settings s) {
    String name = s.className();
    if (name.equals("Embedding") != (features == 0)) {
      throw s.wrong("an Embedding, and it alone, reads words, here as the first layer");
    }
    if (name.matches(WITH_STEPS)) {
      requireAxis(true);
    }
    if (name.matches(WITHOUT_EFFECT)) {
      requireWeights(s, weights);
      end = Activation.LINEAR;
      summary = "no effect here";
      return;
    }
    if (name.matches(KerasActivations.LAYERS)) {
      requireWeights(s, weights);
      end = KerasActivations.ofLayer(s, keras2);
      summary = end.name();
      return;
    }
    switch (name) {
      case "Embedding" -> {
        long[] wanted = {s.size("input_dim"), s.size("output_dim")};
        requireWeights(s, weights, wanted);
        part = named(s.name() + ".", weights).embedding(s.name() + ".");
        features = wanted[1];
        summary = wanted[0] + " words" + (s.is("mask_zero", false) ? ", word 0 masked" : "");
      }
      case "Dense" -> {
        features = requireWeights(s, weights, features, s.size("units"), 1);
        part = named(settings.name() + ".", weights).dense(settings.name() + ".");
        end = KerasActivations.of(s.get("activation"), keras2);
        summary = features + " units, " + end.name();
      }
      case "TimeDistributed" -> {
        Settings inner = new Settings(s.get("layer"));
        if (!inner.className().matches("Dense|" + KerasActivations.LAYERS)) {
          throw s.wrong("only Dense and activations are read in it");
        }
        read(inner);
      }
      case "Masking" -> {
        requireWeights(s, weights);
        summary = "steps of " + s.number("mask_value", 0);
      }
      case "Flatten" -> {
        requireWeights(s, weights);
        if (!String.valueOf(s.get("data_format")).matches("null|channels_last")) {
          throw s.wrong("its data_format is not channels_last");
        }
        features = !axis ? features : steps == ANY || features == ANY ? ANY : steps * features;
        axis = false;
      }
      case "RepeatVector" -> {
        requireWeights(s, weights);
        requireAxis(false);
        steps = s.size("n");
        axis = true;
        if (steps > MOST_REPEATS) {
          throw s.wrong("%d repeats are more than the %d that are read", steps, MOST_REPEATS);
        }
      }
      case "Bidirectional" -> readBoth(s);
      default -> readRecurrent(s);
    }
    s.requireNoOther();
  }

  private void requireAxis(boolean wanted) {
    if (axis != wanted) {
      throw settings.wrong("reads (N,T,D) where there is (N,D), or the other way round");
    }
  }

  // ---- weights ----

  private static void requireWeights(Settings s, List<StoredArray> weights, long[]... wanted) {
    List<String> shapes = new ArrayList<>();
    for (long[] shape : wanted) {
      shapes.add(StoredArray.shapeText(shape));
    }
    boolean fits = weights.size() == wanted.length;
    for (int i = 0; fits && i < wanted.length; i++) {
      StoredArray weight = weights.get(i);
      long[] shape = weight.shape();
      fits =
          weight.isReadable()
              && weight.elementType().isFloating()
              && weight.size() > 0
              && shape.length == wanted[i].length;
      for (int axis = 0; fits && axis < shape.length; axis++) {
        fits = wanted[i][axis] == ANY || wanted[i][axis] == shape[axis];
      }
    }
    if (!fits) {
      throw s.wrong(
          "its weights in the file are %s, must be floating-point numbers of %s", weights, shapes);
    }
  }

  /**
   * Requires a kernel, perhaps recurrent weights, and a bias of one row or two, all as wide.
   *
   * @return the width
   */
  private static long requireWeights(
      Settings s, List<StoredArray> weights, long inputs, long width, int biases, long... states) {
    List<long[]> wanted = new ArrayList<>();
    wanted.add(new long[] {inputs, width});
    for (long size : states) {
      wanted.add(new long[] {size, width});
    }
    if (s.is("use_bias", true)) {
      wanted.add(biases == 1 ? new long[] {width} : new long[] {biases, width});
    }
    requireWeights(s, weights, wanted.toArray(new long[0][]));
    return width;
  }

  private static KerasWeights named(String prefix, List<StoredArray> weights) {
    Map<String, StoredArray> named = new LinkedHashMap<>();
    for (StoredArray weight : weights) {
      named.put(prefix + named.size(), weight);
    }
    return new KerasWeights(named);
  }

  // ---- recurrent layers ----

  private void readRecurrent(Settings s) {
    boolean stateful = s.is("stateful", false);
    if (stateful && isBackward(s)) {
      throw s.wrong("stateful and go_backwards together are not read");
    }
    Recurrent<Cell> layer = new Recurrent<>(cell(s, s.name() + ".", weights), stateful);
    layer.setSkippedOutput(
        s.is("zero_output_for_mask", false) ? SkippedOutput.ZERO : SkippedOutput.LAST);
    part = layer;
    features = layer.outputSize();
    axis = s.is("return_sequences", false);
    summary = summary(s) + (stateful ? ", stateful" : "") + (isBackward(s) ? ", backward" : "");
  }

  static boolean isBackward(Settings s) {
    return s.is("go_backwards", false);
  }

  private void readBoth(Settings s) {
    Settings first = new Settings(s.get("layer"));
    Object given = s.get("backward_layer");
    Settings second = given == null ? first : new Settings(given);
    axis = first.is("return_sequences", false);
    int half = Math.min(first.is("use_bias", true) ? 3 : 2, weights.size());
    Recurrent<Cell> ahead = direction(first, ".ahead.", weights.subList(0, half), false);
    Recurrent<Cell> back =
        direction(second, ".back.", weights.subList(half, weights.size()), given != null);
    String mode = String.valueOf(s.get("merge_mode"));
    int merge = List.of("concat", "sum", "ave", "mul").indexOf(mode);
    if (merge < 0) {
      throw s.wrong("merge_mode is %s; concat, sum, ave and mul are read", mode);
    }
    Bidirectional both = new Bidirectional(ahead, back, Merge.values()[merge]);
    part = both;
    features = both.outputSize();
    summary = first.className() + ", " + mode + ", " + summary(first);
  }

  private Recurrent<Cell> direction(
      Settings s, String suffix, List<StoredArray> weights, boolean backward) {
    if (!s.className().matches(RECURRENT)
        || s.is("stateful", false)
        || isBackward(s) != backward
        || s.is("return_sequences", false) != axis) {
      throw settings.wrong(
          "%s is not a SimpleRNN, LSTM or GRU, is stateful, reads in the wrong direction, or does"
              + " not return what the other does",
          s);
    }
    Recurrent<Cell> layer = new Recurrent<>(cell(s, settings.name() + suffix, weights));
    s.get("zero_output_for_mask"); // in both directions Keras sets it to return_sequences
    layer.setSkippedOutput(axis ? SkippedOutput.ZERO : SkippedOutput.LAST);
    s.requireNoOther();
    return layer;
  }

  /** The cell of one direction. */
  private Cell cell(Settings s, String prefix, List<StoredArray> weights) {
    String kind = s.className();
    long units = s.size("units");
    int gates = kind.equals("LSTM") ? 4 : kind.equals("GRU") ? 3 : 1;
    boolean resetAfter = gates == 3 && s.is("reset_after", false);
    if (s.is("return_state", false)) {
      throw s.wrong("return_state is true; a model that gives its states is not read");
    }
    requireWeights(s, weights, features, gates * units, resetAfter ? 2 : 1, units);
    Activation f = KerasActivations.of(s.get("activation"), keras2);
    KerasWeights own = named(prefix, weights);
    if (gates == 1) {
      Nonlinearity usual = f == Activation.RELU ? Nonlinearity.RELU : Nonlinearity.TANH;
      RnnCell cell = (RnnCell) own.simpleRnn(prefix, usual).cells().get(0);
      return f == Activation.TANH || f == Activation.RELU
          ? cell
          : new GeneralRnnCell(cell.wx(), cell.wh(), cell.b(), f);
    }
    Activation gate = KerasActivations.of(s.get("recurrent_activation"), keras2);
    boolean usual = f == Activation.TANH && gate == Activation.SIGMOID;
    if (gates == 4) {
      LstmCell cell = (LstmCell) own.lstm(prefix).cells().get(0);
      GeneralLstmCell.Options options = new GeneralLstmCell.Options(gate, f, f, false);
      return usual ? cell : new GeneralLstmCell(cell.wx(), cell.wh(), cell.b(), null, options);
    }
    GruCell cell = (GruCell) own.gru(prefix, resetAfter).cells().get(0);
    return usual
        ? cell
        : new GeneralGruCell(
            inKerasSense(cell.wx()),
            inKerasSense(cell.wh()),
            inKerasSense(cell.b()),
            cell.bhn(),
            gate,
            f);
  }

  /** z weighs the old state, as in {@link GeneralGruCell}. */
  private static Parameter inKerasSense(Parameter columns) {
    return new Parameter(columns.name(), GateOrder.KERAS.gruFromUnroll(columns.value()));
  }

  private String summary(Settings s) {
    String text = s.size("units") + " units, " + s.get("activation");
    Object gate = s.get("recurrent_activation");
    return text + (gate == null ? "" : ", gates " + gate) + (axis ? ", every step" : "");
  }

  // ---- running it ----

  Flow run(Flow in) {
    Tensor3 xs = in.values;
    Flow out = in;
    if (part instanceof Bidirectional both) {
      Flow ahead = new Flow(both.ahead().forward(xs, in.mask, null), null);
      Flow back = new Flow(new Reversed(both.back()).forward(xs, in.mask, null), null);
      return merged(
          both.merge(),
          axis ? ahead.values : ahead.atStep(xs.d1() - 1).values,
          axis ? back.values : back.atStep(0).values,
          axis ? in.mask : null);
    } else if (part instanceof RecurrentLayer layer) {
      RecurrentLayer asRead =
          isBackward(settings) ? new Reversed(layer, Reversed.Order.AS_READ) : layer;
      out = new Flow(asRead.forward(xs, in.mask, null), in.mask);
      return axis ? out : out.atStep(xs.d1() - 1);
    } else if (part instanceof TimeAffine affine) {
      out = new Flow(affine.forward(xs), in.mask);
    }
    if (end != null && end != Activation.LINEAR) {
      Tensor3 ys = new Tensor3(xs.d0(), xs.d1(), out.values.d2());
      end.forward(out.values.asRows(), ys.asRows());
      out = new Flow(ys, in.mask);
    }
    return switch (settings.className()) {
      case "Masking" -> masked(xs, (float) settings.number("mask_value", 0));
      case "Flatten" -> new Flow(Tensor3.of(xs.d0(), 1, xs.d1() * xs.d2(), xs.data()), null);
      case "RepeatVector" -> repeated(xs);
      default -> out;
    };
  }

  private Flow merged(Merge merge, Tensor3 ahead, Tensor3 back, Mask mask) {
    Tensor3 merged = new Tensor3(ahead.d0(), ahead.d1(), (int) features);
    merge.merge(ahead.asRows(), back.asRows(), merged.asRows());
    return new Flow(merged, mask);
  }

  private Flow repeated(Tensor3 xs) {
    Tensor3 all = new Tensor3(xs.d0(), (int) steps, xs.d2());
    for (int t = 0; t < steps; t++) {
      all.setStep(t, xs.step(0));
    }
    return new Flow(all, null);
  }

  /** Steps of which all features are the value, as float32, do not count, and become zeros. */
  private static Flow masked(Tensor3 xs, float value) {
    Tensor3 counted = new Tensor3(xs.d0(), xs.d1(), xs.d2());
    boolean[][] counts = new boolean[xs.d0()][xs.d1()];
    MatrixView rows = xs.asRows();
    for (int i = 0; i < rows.rows(); i++) {
      boolean other = false;
      for (int j = 0; j < rows.cols(); j++) {
        other |= (float) rows.get(i, j) != value;
      }
      counts[i / xs.d1()][i % xs.d1()] = other;
      if (other) {
        counted.asRows().copyRow(i, rows, i);
      }
    }
    return new Flow(counted, Mask.of(counts));
  }

  /** The shape of its output. */
  @Override
  public String toString() {
    String sizes = axis ? "N," + (steps == ANY ? "T" : steps) : "N";
    return "("
        + sizes
        + (features == 0 ? ") words" : features == ANY ? ",D)" : "," + features + ")");
  }
}
