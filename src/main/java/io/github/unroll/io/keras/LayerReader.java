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
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Makes layers of their settings and weights, each checked against the other. */
final class LayerReader {

  /** The layers that pass on what they get when a model answers. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "Dropout",
          "SpatialDropout1D",
          "GaussianDropout",
          "GaussianNoise",
          "AlphaDropout",
          "ActivityRegularization",
          "Identity");

  private static final Set<String> OTHERS =
      Set.of(
          "Embedding",
          "SimpleRNN",
          "LSTM",
          "GRU",
          "Bidirectional",
          "TimeDistributed",
          "Dense",
          "Masking",
          "Flatten",
          "RepeatVector");

  private static final int MOST_REPEATS = 1_000_000;

  private final Map<String, StoredArray> arrays;
  private final boolean keras2;

  LayerReader(Map<String, StoredArray> arrays, boolean keras2) {
    this.arrays = arrays;
    this.keras2 = keras2;
  }

  static boolean knows(String className) {
    return OTHERS.contains(className)
        || WITHOUT_EFFECT.contains(className)
        || KerasActivations.LAYERS.contains(className);
  }

  /**
   * A layer.
   *
   * @param in the shape of what it reads
   * @throws IllegalArgumentException if a setting is wrong or not known, or a weight is missing, too
   *     many or of another shape than the settings say
   */
  KerasLayer read(Settings s, Shape in) {
    try {
      KerasLayer layer = layer(s, in, ownWeights(s));
      if (!WITHOUT_EFFECT.contains(s.className())) {
        s.requireNoOther();
      }
      return layer;
    } catch (IllegalArgumentException e) {
      String message = e.getMessage();
      throw message.startsWith(s.label()) ? e : s.wrong(message);
    }
  }

  private List<StoredArray> ownWeights(Settings s) {
    List<StoredArray> own = new ArrayList<>();
    for (StoredArray next = weight(s, 0); next != null; next = weight(s, own.size())) {
      own.add(next);
    }
    return own;
  }

  private StoredArray weight(Settings s, int number) {
    return arrays.get(s.name() + "." + number);
  }

  private KerasLayer layer(Settings s, Shape in, List<StoredArray> weights) {
    String name = s.className();
    if (in.features() == Shape.WORDS) {
      if (name.equals("Embedding")) {
        return embedding(s, in, weights);
      }
      throw s.wrong("reads words; only an Embedding does here");
    }
    if (WITHOUT_EFFECT.contains(name)) {
      requireShapes(s, weights);
      return new KerasLayer(s, "no effect here", in, 0, null, Activation.LINEAR, flow -> flow);
    }
    if (KerasActivations.LAYERS.contains(name)) {
      requireShapes(s, weights);
      Activation f = KerasActivations.ofLayer(s, keras2);
      return new KerasLayer(s, f.name(), in, 0, null, f, flow -> applied(f, flow));
    }
    return switch (name) {
      case "SimpleRNN", "LSTM", "GRU" -> recurrent(s, in, weights);
      case "Bidirectional" -> bidirectional(s, in, weights);
      case "Dense" -> dense(s, s, in, weights);
      case "TimeDistributed" -> atEachStep(s, in, weights);
      case "Masking" -> masking(s, in, weights);
      case "Flatten" -> flatten(s, in, weights);
      case "RepeatVector" -> repeat(s, in, weights);
      default -> throw s.wrong("stands after values; only words are embedded");
    };
  }

  // ---- weights ----

  /** Refuses weights of other shapes than these, which may have sizes that are not known. */
  private static void requireShapes(Settings s, List<StoredArray> weights, long[]... wanted) {
    boolean fits = weights.size() == wanted.length;
    for (int i = 0; fits && i < wanted.length; i++) {
      StoredArray weight = weights.get(i);
      if (!weight.isReadable()) {
        throw s.wrong(weight.unread());
      }
      if (!weight.elementType().isFloating()) {
        throw s.wrong(
            String.format(
                Locale.ROOT, "weight %d is %s, must be floating-point numbers", i, weight));
      }
      long[] shape = weight.shape();
      fits = shape.length == wanted[i].length && weight.size() > 0;
      for (int axis = 0; fits && axis < shape.length; axis++) {
        fits = wanted[i][axis] == Shape.ANY || wanted[i][axis] == shape[axis];
      }
    }
    if (!fits) {
      throw s.wrong(
          String.format(
              Locale.ROOT,
              "its weights in the file are %s, its settings say %s",
              weights,
              Arrays.stream(wanted)
                  .map(shape -> StoredArray.shapeText(shape).replace("-1", "?"))
                  .toList()));
    }
  }

  private static KerasWeights named(String prefix, List<StoredArray> weights) {
    Map<String, StoredArray> named = new LinkedHashMap<>();
    for (StoredArray weight : weights) {
      named.put(prefix + named.size(), weight);
    }
    return new KerasWeights(named);
  }

  private static long count(List<StoredArray> weights) {
    return weights.stream().mapToLong(StoredArray::size).sum();
  }

  // ---- words ----

  private static KerasLayer embedding(Settings s, Shape in, List<StoredArray> weights) {
    int words = s.size("input_dim");
    int size = s.size("output_dim");
    boolean masks = s.flag("mask_zero", false);
    requireShapes(s, weights, new long[] {words, size});
    TimeEmbedding layer = named(s.name() + ".", weights).embedding(s.name() + ".");
    return new KerasLayer(
        s,
        words + " words" + (masks ? ", word 0 does not count" : ""),
        in.withFeatures(size),
        count(weights),
        layer,
        null,
        null);
  }

  // ---- recurrent layers ----

  private KerasLayer recurrent(Settings s, Shape in, List<StoredArray> weights) {
    requireSteps(s, in);
    boolean stateful = s.flag("stateful", false);
    boolean backward = s.flag("go_backwards", false);
    boolean every = s.flag("return_sequences", false);
    if (stateful && backward) {
      throw s.wrong("stateful and go_backwards together are not read");
    }
    Recurrent<Cell> layer = new Recurrent<>(cell(s, s.name() + ".", in, weights), stateful);
    layer.setSkippedOutput(
        s.flag("zero_output_for_mask", false) ? SkippedOutput.ZERO : SkippedOutput.LAST);
    RecurrentLayer asRead = backward ? new Reversed(layer, Reversed.Order.AS_READ) : layer;
    Shape out = in.withFeatures(layer.outputSize());
    return new KerasLayer(
        s,
        summary(s)
            + (stateful ? ", stateful" : "")
            + (backward ? ", from the end" : "")
            + (every ? ", every step" : ""),
        every ? out : out.withoutSteps(),
        count(weights),
        layer,
        null,
        flow -> {
          Tensor3 hs = asRead.forward(flow.values(), flow.mask(), null);
          Flow all = new Flow(hs, flow.mask());
          return every ? all : all.atStep(hs.d1() - 1);
        });
  }

  private static void requireSteps(Settings s, Shape in) {
    if (!in.axis()) {
      throw s.wrong("reads " + in + ", which has no axis of steps");
    }
  }

  /** The cell of one direction. */
  private Cell cell(Settings s, String prefix, Shape in, List<StoredArray> weights) {
    if (s.flag("return_state", false)) {
      throw s.wrong("return_state is true; a model that gives its states is not read");
    }
    String kind = s.className();
    long units = s.size("units");
    long gates = kind.equals("LSTM") ? 4 : kind.equals("GRU") ? 3 : 1;
    boolean resetAfter = gates == 3 && s.flag("reset_after", false);
    long[][] wanted = {
      {in.features(), gates * units},
      {units, gates * units},
      resetAfter ? new long[] {2, gates * units} : new long[] {gates * units}
    };
    requireShapes(
        s, weights, Arrays.copyOf(wanted, s.flag("use_bias", true) ? 3 : 2));
    Activation f = KerasActivations.of(s.get("activation"), keras2);
    KerasWeights own = named(prefix, weights);
    if (gates == 1) {
      return simple(own.simpleRnn(prefix, Nonlinearity.TANH), f);
    }
    Activation gate = KerasActivations.of(s.get("recurrent_activation"), keras2);
    boolean usual = f == Activation.TANH && gate == Activation.SIGMOID;
    if (gates == 4) {
      LstmCell cell = (LstmCell) own.lstm(prefix).cells().get(0);
      GeneralLstmCell.Options options = new GeneralLstmCell.Options(gate, f, f, false);
      return usual ? cell : new GeneralLstmCell(cell.wx(), cell.wh(), cell.b(), null, options);
    }
    if (KerasActivations.isOfRows(gate)) {
      throw s.wrong("recurrent_activation is " + gate.name() + ", which no gate of a GRU can be");
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

  private static Cell simple(RecurrentLayer layer, Activation f) {
    RnnCell cell = (RnnCell) layer.cells().get(0);
    if (f == Activation.TANH) {
      return cell;
    }
    return f == Activation.RELU
        ? new RnnCell(cell.wx(), cell.wh(), cell.b(), Nonlinearity.RELU)
        : new GeneralRnnCell(cell.wx(), cell.wh(), cell.b(), f);
  }

  /** z weighs the old state, as in {@link GeneralGruCell}. */
  private static Parameter inKerasSense(Parameter columns) {
    return new Parameter(columns.name(), GateOrder.KERAS.gruFromUnroll(columns.value()));
  }

  private String summary(Settings s) {
    String text = s.size("units") + " units, " + name(s, "activation");
    if (!s.className().equals("SimpleRNN")) {
      text += ", gates " + name(s, "recurrent_activation");
    }
    return text + (s.flag("reset_after", false) ? ", reset_after" : "");
  }

  private String name(Settings s, String activation) {
    return KerasActivations.of(s.get(activation), keras2).name();
  }

  private KerasLayer bidirectional(Settings s, Shape in, List<StoredArray> weights) {
    requireSteps(s, in);
    Settings first = new Settings(s.get("layer"));
    Object given = s.get("backward_layer");
    Settings second = given == null ? first : new Settings(given);
    boolean every = first.flag("return_sequences", false);
    int half = Math.min(first.flag("use_bias", true) ? 3 : 2, weights.size());
    List<RecurrentLayer> directions = new ArrayList<>();
    for (Settings one : List.of(first, second)) {
      boolean ahead = directions.isEmpty();
      requireDirection(s, one, every, !ahead && given != null);
      List<StoredArray> part =
          ahead ? weights.subList(0, half) : weights.subList(half, weights.size());
      String prefix = s.name() + (ahead ? ".ahead." : ".back.");
      Recurrent<Cell> layer = new Recurrent<>(cell(one, prefix, in, part));
      layer.setSkippedOutput(every ? SkippedOutput.ZERO : SkippedOutput.LAST);
      one.requireNoOther();
      directions.add(layer);
    }
    Merge merge = merge(s);
    Bidirectional both = new Bidirectional(directions.get(0), directions.get(1), merge);
    Reversed back = new Reversed(directions.get(1));
    Shape out = in.withFeatures(both.outputSize());
    return new KerasLayer(
        s,
        first.className() + " of " + summary(first) + ", " + merge + (every ? ", every step" : ""),
        every ? out : out.withoutSteps(),
        count(weights),
        both,
        null,
        flow -> {
          Flow ahead = new Flow(both.ahead().forward(flow.values(), flow.mask(), null), null);
          Flow behind = new Flow(back.forward(flow.values(), flow.mask(), null), null);
          Flow end = every ? ahead : ahead.atStep(ahead.values().d1() - 1);
          Flow start = every ? behind : behind.atStep(0);
          Tensor3 merged = new Tensor3(end.values().d0(), end.values().d1(), both.outputSize());
          merge.merge(end.values().asRows(), start.values().asRows(), merged.asRows());
          return new Flow(merged, every ? flow.mask() : null);
        });
  }

  private static void requireDirection(
      Settings s, Settings one, boolean every, boolean backward) {
    if (!Set.of("SimpleRNN", "LSTM", "GRU").contains(one.className())) {
      throw s.wrong("holds a " + one.className() + "; SimpleRNN, LSTM and GRU are read");
    }
    one.get("zero_output_for_mask"); // Keras sets it to return_sequences
    if (one.flag("stateful", false)
        || one.flag("go_backwards", false) != backward
        || one.flag("return_sequences", false) != every) {
      throw s.wrong(
          "its layers are stateful, read in the same direction or return different sequences,"
              + " which is not read");
    }
  }

  private static Merge merge(Settings s) {
    Object mode = s.get("merge_mode");
    return switch (String.valueOf(mode)) {
      case "concat" -> Merge.CONCATENATE;
      case "sum" -> Merge.ADD;
      case "ave" -> Merge.AVERAGE;
      case "mul" -> Merge.MULTIPLY;
      default -> throw s.wrong("merge_mode is " + mode + "; concat, sum, ave and mul are read");
    };
  }

  // ---- layers of single steps ----

  /** A Dense, whose weights may be those of a wrapper. */
  private KerasLayer dense(Settings own, Settings s, Shape in, List<StoredArray> weights) {
    long units = s.size("units");
    boolean bias = s.flag("use_bias", true);
    long[][] wanted = {{in.features(), units}, {units}};
    requireShapes(own, weights, Arrays.copyOf(wanted, bias ? 2 : 1));
    TimeAffine affine = named(own.name() + ".", weights).dense(own.name() + ".");
    Activation f = KerasActivations.of(s.get("activation"), keras2);
    return new KerasLayer(
        own,
        units + " units, " + f.name(),
        in.withFeatures(units),
        count(weights),
        affine,
        f,
        flow -> applied(f, new Flow(affine.forward(flow.values()), flow.mask())));
  }

  private static Flow applied(Activation f, Flow flow) {
    Tensor3 ys = new Tensor3(flow.values().d0(), flow.values().d1(), flow.values().d2());
    f.forward(flow.values().asRows(), ys.asRows());
    return new Flow(ys, flow.mask());
  }

  private KerasLayer atEachStep(Settings s, Shape in, List<StoredArray> weights) {
    requireSteps(s, in);
    Settings inner = new Settings(s.get("layer"));
    String kind = inner.className();
    KerasLayer layer;
    if (kind.equals("Dense")) {
      layer = dense(s, inner, in, weights);
    } else if (WITHOUT_EFFECT.contains(kind) || KerasActivations.LAYERS.contains(kind)) {
      layer = layer(inner, in, weights);
    } else {
      throw s.wrong("holds a " + kind + "; Dense, activations and dropout are read");
    }
    if (!WITHOUT_EFFECT.contains(kind)) {
      inner.requireNoOther();
    }
    return new KerasLayer(
        s,
        kind + " of " + layer.summary(),
        layer.output(),
        layer.parameters(),
        layer.part(),
        layer.end(),
        layer.run());
  }

  // ---- layers without weights ----

  /** The values where not all of a step are the value of the mask, compared as float32. */
  private static KerasLayer masking(Settings s, Shape in, List<StoredArray> weights) {
    requireSteps(s, in);
    requireShapes(s, weights);
    float value = (float) s.number("mask_value", 0);
    return new KerasLayer(
        s,
        "steps of " + value + " do not count",
        in,
        0,
        null,
        null,
        flow -> {
          Tensor3 xs = flow.values();
          Tensor3 counted = new Tensor3(xs.d0(), xs.d1(), xs.d2());
          boolean[][] counts = new boolean[xs.d0()][xs.d1()];
          MatrixView rows = xs.asRows();
          for (int i = 0; i < rows.rows(); i++) {
            boolean counting = false;
            for (int j = 0; j < rows.cols(); j++) {
              counting |= (float) rows.get(i, j) != value;
            }
            counts[i / xs.d1()][i % xs.d1()] = counting;
            if (counting) {
              counted.asRows().copyRow(i, rows, i);
            }
          }
          return new Flow(counted, Mask.of(counts));
        });
  }

  private static KerasLayer flatten(Settings s, Shape in, List<StoredArray> weights) {
    requireShapes(s, weights);
    Object order = s.get("data_format");
    if (order != null && !order.equals("channels_last")) {
      throw s.wrong("data_format is " + order + "; channels_last is read");
    }
    boolean known = in.steps() != Shape.ANY && in.features() != Shape.ANY;
    long features = !in.axis() ? in.features() : known ? in.steps() * in.features() : Shape.ANY;
    UnaryOperator<Flow> run =
        flow -> {
          Tensor3 xs = flow.values();
          return new Flow(Tensor3.of(xs.d0(), 1, xs.d1() * xs.d2(), xs.data().clone()), null);
        };
    return new KerasLayer(
        s, "", new Shape(false, Shape.ANY, features), 0, null, null, run);
  }

  private static KerasLayer repeat(Settings s, Shape in, List<StoredArray> weights) {
    requireShapes(s, weights);
    int times = s.size("n");
    if (in.axis() || times > MOST_REPEATS) {
      throw s.wrong(
          String.format(
              Locale.ROOT,
              "repeats %s %d times; one vector is repeated up to %d times",
              in,
              times,
              MOST_REPEATS));
    }
    return new KerasLayer(
        s,
        times + " times",
        new Shape(true, times, in.features()),
        0,
        null,
        null,
        flow -> {
          Matrix vector = flow.values().step(0);
          Tensor3 all = new Tensor3(vector.rows(), times, vector.cols());
          for (int t = 0; t < times; t++) {
            all.setStep(t, vector);
          }
          return new Flow(all, null);
        });
  }
}
