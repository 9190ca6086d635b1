package io.github.unroll.io.onnx;

import io.github.unroll.cell.Activation;
import io.github.unroll.cell.Cell;
import io.github.unroll.cell.GateOrder;
import io.github.unroll.cell.GeneralGruCell;
import io.github.unroll.cell.GeneralLstmCell;
import io.github.unroll.cell.GeneralRnnCell;
import io.github.unroll.cell.RnnCell.Nonlinearity;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.OnnxWeights;
import io.github.unroll.io.onnx.file.OnnxNode;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Mask;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.Reversed;
import io.github.unroll.layer.State;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A node RNN, GRU or LSTM: its options, checked, and how it is run by layers over cells. With the
 * default options these are the cells of every model, else the general ones.
 */
final class RecurrentNode {

  // The inputs, by their places.
  private static final int W = 1;
  private static final int R = 2;
  private static final int B = 3;
  static final int LENGTHS = 4;
  static final int INITIAL_H = 5;
  static final int INITIAL_C = 6;
  static final int P = 7;

  /** The places of the weights. */
  static final List<Integer> WEIGHTS = List.of(W, R, B, P);

  private static final String NAMES = "XWRB   P";

  private final OnnxNode node;
  private final int gates;
  private final int directions;
  private final boolean reverse;
  private final boolean batchFirst;
  private final boolean resetAfter;
  private final boolean coupled;
  private final boolean usual; // the cells of every model do it
  private final Nonlinearity nonlinearity; // of a usual RNN
  private final List<Activation> activations; // of the first direction, then of the second

  /** Reads and checks the options. */
  RecurrentNode(OnnxNode node) {
    this.node = node;
    this.gates =
        switch (node.operator()) {
          case "LSTM" -> 4;
          case "GRU" -> 3;
          default -> 1;
        };
    String direction = node.text("direction", "forward");
    if (!List.of("forward", "reverse", "bidirectional").contains(direction)) {
      throw NodeCall.misfit(
          "direction is \"%s\", not forward, reverse or bidirectional", direction);
    }
    this.directions = direction.equals("bidirectional") ? 2 : 1;
    this.reverse = direction.equals("reverse");
    this.batchFirst = flag("layout");
    this.resetAfter = flag("linear_before_reset");
    this.coupled = flag("input_forget");
    List<String> names = names();
    boolean clipped = node.has("clip");
    List<String> lower = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    boolean relu = gates == 1 && lower.stream().allMatch(name -> name.equals("relu"));
    this.usual = (relu || lower.equals(defaults())) && !clipped && !coupled;
    this.nonlinearity = relu ? Nonlinearity.RELU : Nonlinearity.TANH;
    this.activations = activations(names, clipped ? clip() : Double.POSITIVE_INFINITY);
  }

  private boolean flag(String option) {
    long value = node.integer(option, 0);
    if (value != 0 && value != 1) {
      throw NodeCall.misfit("%s is %d, not 0 or 1", option, value);
    }
    return value == 1;
  }

  private double clip() {
    double clip = node.real("clip", 0);
    if (!(clip > 0)) {
      throw NodeCall.misfit("clip is %s; it must be above 0", clip);
    }
    return clip;
  }

  private List<String> defaults() {
    List<String> one =
        switch (gates) {
          case 4 -> List.of("sigmoid", "tanh", "tanh");
          case 3 -> List.of("sigmoid", "tanh");
          default -> List.of("tanh");
        };
    List<String> all = new ArrayList<>(one);
    if (directions == 2) {
      all.addAll(one);
    }
    return all;
  }

  private List<String> names() {
    String[] given = node.get("activations", String[].class);
    List<String> defaults = defaults();
    if (given == null) {
      return defaults;
    }
    if (given.length != defaults.size()) {
      throw NodeCall.misfit(
          "activations are %s; there must be %d", String.join(", ", given), defaults.size());
    }
    return List.of(given);
  }

  /** Each function takes its alpha and beta, if it has such, from the lists in their order. */
  private List<Activation> activations(List<String> names, double clip) {
    List<Activation> functions = new ArrayList<>();
    int[] taken = new int[2];
    double[][] given = {reals("activation_alpha"), reals("activation_beta")};
    for (String name : names) {
      double[] settings = Activations.defaults(name);
      for (int i = 0; i < settings.length; i++) {
        if (taken[i] < given[i].length) {
          settings[i] = given[i][taken[i]++];
        }
      }
      Activation function = Activations.of(name, settings);
      boolean output = gates == 4 && functions.size() % 3 == 2; // that of the cell state
      functions.add(output || Double.isInfinite(clip) ? function : function.clipped(clip));
    }
    if (taken[0] < given[0].length || taken[1] < given[1].length) {
      throw NodeCall.misfit(
          "there are %d values of activation_alpha and %d of activation_beta; the activations %s"
              + " take %d and %d",
          given[0].length, given[1].length, String.join(", ", names), taken[0], taken[1]);
    }
    return functions;
  }

  private double[] reals(String option) {
    double[] given = node.get(option, double[].class);
    return given == null ? new double[0] : given;
  }

  boolean isReverse() {
    return reverse;
  }

  boolean isBatchFirst() {
    return batchFirst;
  }

  int directions() {
    return directions;
  }

  // ---- weights to cells ----

  /**
   * The cells of both directions, or of the only one.
   *
   * @param weights W, R, B and P at their places; null where one is left out
   */
  List<Cell> cells(StoredArray[] weights) {
    checkShapes(weights);
    Map<String, StoredArray> named = new HashMap<>();
    for (int i = W; i <= B; i++) {
      if (weights[i] != null) {
        named.put(NAMES.substring(i, i + 1), weights[i]);
      }
    }
    OnnxWeights taken = new OnnxWeights(named);
    RecurrentLayer layer =
        switch (gates) {
          case 4 -> taken.lstm("");
          case 3 -> taken.gru("", resetAfter);
          default -> taken.rnn("", nonlinearity);
        };
    List<Cell> cells = new ArrayList<>();
    if (layer instanceof Bidirectional both) {
      cells.addAll(both.ahead().cells());
      cells.addAll(both.back().cells());
    } else {
      cells.addAll(layer.cells());
    }
    if (!usual || weights[P] != null) {
      for (int i = 0; i < directions; i++) {
        cells.set(i, general(cells.get(i).parameters(), peepholes(weights[P], i), i));
      }
    }
    return cells;
  }

  private void checkShapes(StoredArray... weights) {
    long hidden = weights[R].shape().length == 3 ? weights[R].shape()[2] : -1;
    long asked = node.integer("hidden_size", hidden);
    if (hidden < 1 || asked != hidden) {
      throw NodeCall.misfit(
          "R is %s and hidden_size is %d; R must be (directions, gates·hidden_size, hidden_size)",
          weights[R], asked);
    }
    check(weights, W, directions, gates * hidden, -1);
    check(weights, R, directions, gates * hidden, hidden);
    check(weights, B, directions, 2L * gates * hidden);
    check(weights, P, directions, 3 * hidden);
  }

  private static void check(StoredArray[] weights, int place, long... wanted) {
    StoredArray array = weights[place];
    if (array == null) {
      return;
    }
    long[] shape = array.shape();
    boolean fits = shape.length == wanted.length && array.elementType().isFloating();
    for (int axis = 0; fits && axis < wanted.length; axis++) {
      fits = wanted[axis] < 0 ? shape[axis] > 0 : shape[axis] == wanted[axis];
    }
    if (!fits) {
      throw NodeCall.misfit(
          "%s is %s; it must be floating-point numbers %s",
          NAMES.charAt(place), array, StoredArray.shapeText(wanted).replace("-1", "features"));
    }
  }

  /** Rows i, o, f of one direction, as rows f, i, o; null if there are none. */
  private static Parameter peepholes(StoredArray p, int direction) {
    if (p == null) {
      return null;
    }
    int hidden = (int) p.shape()[1] / 3;
    double[] from = p.doubles();
    Matrix rows = new Matrix(3, hidden);
    int[] order = {2, 0, 1};
    for (int row = 0; row < 3; row++) {
      int start = (3 * direction + order[row]) * hidden;
      System.arraycopy(from, start, rows.data(), row * hidden, hidden);
    }
    return new Parameter("p", rows);
  }

  /** A cell with these options over the parameters of one without. */
  private Cell general(List<Parameter> own, Parameter p, int direction) {
    int each = activations.size() / directions;
    List<Activation> f = activations.subList(each * direction, each * (direction + 1));
    if (gates == 4) {
      GeneralLstmCell.Options options =
          new GeneralLstmCell.Options(f.get(0), f.get(1), f.get(2), coupled);
      return new GeneralLstmCell(own.get(0), own.get(1), own.get(2), p, options);
    }
    if (gates == 1) {
      return new GeneralRnnCell(own.get(0), own.get(1), own.get(2), f.get(0));
    }
    List<Parameter> turned = new ArrayList<>(); // there z weighs the state, as in ONNX
    for (Parameter one : own.subList(0, 3)) {
      turned.add(new Parameter(one.name(), GateOrder.ONNX.gruFromUnroll(one.value())));
    }
    Parameter bhn = resetAfter ? own.get(3) : null;
    return new GeneralGruCell(turned.get(0), turned.get(1), turned.get(2), bhn, f.get(0), f.get(1));
  }

  /** A new layer over cells, which reads and gives batch first. */
  RecurrentLayer layer(List<Cell> cells) {
    RecurrentLayer ahead = new Recurrent<>(cells.get(0));
    if (directions == 2) {
      return new Bidirectional(ahead, new Recurrent<>(cells.get(1)));
    }
    return reverse ? new Reversed(ahead) : ahead;
  }

  // ---- running ----

  /** The outputs Y, Y_h and, of an LSTM, Y_c. */
  Tensor[] run(NodeCall call, List<Cell> cells) {
    Tensor x = call.real(0);
    int features = cells.get(0).inputSize();
    if (x.rank() != 3 || x.dim(2) != features) {
      throw NodeCall.misfit(
          "X is %s; it must be (%s, %d)",
          x, batchFirst ? "batch, steps" : "steps, batch", features);
    }
    int steps = x.dim(batchFirst ? 1 : 0);
    int batch = x.dim(batchFirst ? 0 : 1);
    int hidden = cells.get(0).outputSize();
    int parts = gates == 4 ? 2 : 1;
    call.budget().take((double) steps * batch * (features + directions * (gates + 6.0) * hidden));
    boolean[][] counts = counts(call, batch, steps);
    Tensor[] initial = {
      state(call, INITIAL_H, batch, hidden), state(call, INITIAL_C, batch, hidden)
    };
    Tensor y =
        batchFirst
            ? call.like(x, batch, steps, directions, hidden)
            : call.like(x, steps, directions, batch, hidden);
    Tensor[] outputs = new Tensor[1 + parts];
    outputs[0] = y;
    for (int part = 0; part < parts; part++) {
      outputs[1 + part] =
          batchFirst
              ? call.like(x, batch, directions, hidden)
              : call.like(x, directions, batch, hidden);
    }
    Tensor3 inputs = steps * batch == 0 ? null : inputs(x, batch, steps);
    for (int d = 0; d < directions; d++) {
      List<Matrix> start = new ArrayList<>();
      for (int part = 0; batch > 0 && part < parts; part++) {
        start.add(start(initial[part], d, batch, hidden));
      }
      List<Matrix> last = start;
      if (inputs != null) {
        RecurrentLayer layer = new Recurrent<>(cells.get(d));
        layer = reverse || d == 1 ? new Reversed(layer) : layer;
        Mask mask = counts == null ? null : Mask.of(counts);
        copyOutputs(layer.forward(inputs, mask, new State(start)), d, y);
        last = layer.finalState().matrices();
      }
      for (int part = 0; part < last.size(); part++) {
        copyState(last.get(part), d, outputs[1 + part]);
      }
    }
    return outputs;
  }

  /** Which steps count; null for all. */
  private static boolean[][] counts(NodeCall call, int batch, int steps) {
    if (!call.has(LENGTHS)) {
      return null;
    }
    long[] lengths = call.whole(LENGTHS);
    if (lengths.length != batch || call.in(LENGTHS).rank() != 1) {
      throw NodeCall.misfit("sequence_lens are %s for a batch of %d", call.in(LENGTHS), batch);
    }
    boolean[][] counts = new boolean[batch][steps];
    for (int n = 0; n < batch; n++) {
      if (lengths[n] < 0 || lengths[n] > steps) {
        throw NodeCall.misfit(
            "sequence %d has the length %d, and there are %d steps", n, lengths[n], steps);
      }
      Arrays.fill(counts[n], 0, (int) lengths[n], true);
    }
    return counts;
  }

  private Tensor state(NodeCall call, int place, int batch, int hidden) {
    if (!call.has(place)) {
      return null;
    }
    Tensor state = call.real(place);
    int[] wanted =
        batchFirst ? new int[] {batch, directions, hidden} : new int[] {directions, batch, hidden};
    if (!Arrays.equals(state.shape(), wanted)) {
      throw NodeCall.misfit("the initial state is %s; it must be %s", state, Tensor.text(wanted));
    }
    return state;
  }

  private Tensor3 inputs(Tensor x, int batch, int steps) {
    int features = x.dim(2);
    Tensor3 inputs = new Tensor3(batch, steps, features);
    for (int n = 0; n < batch; n++) {
      for (int t = 0; t < steps; t++) {
        int from = batchFirst ? n * steps + t : t * batch + n;
        System.arraycopy(
            x.real(), from * features, inputs.data(), (n * steps + t) * features, features);
      }
    }
    return inputs;
  }

  /** The row of a sequence in a tensor of states. */
  private int row(int direction, int batch, int n) {
    return batchFirst ? n * directions + direction : direction * batch + n;
  }

  private Matrix start(Tensor initial, int direction, int batch, int hidden) {
    Matrix start = new Matrix(batch, hidden);
    for (int n = 0; initial != null && n < batch; n++) {
      int from = row(direction, batch, n) * hidden;
      System.arraycopy(initial.real(), from, start.data(), n * hidden, hidden);
    }
    return start;
  }

  private void copyState(Matrix state, int direction, Tensor to) {
    int hidden = state.cols();
    for (int n = 0; n < state.rows(); n++) {
      int at = row(direction, state.rows(), n) * hidden;
      System.arraycopy(state.data(), n * hidden, to.real(), at, hidden);
    }
  }

  private void copyOutputs(Tensor3 hs, int direction, Tensor y) {
    int hidden = hs.features();
    for (int n = 0; n < hs.batch(); n++) {
      for (int t = 0; t < hs.steps(); t++) {
        int at =
            batchFirst
                ? (n * hs.steps() + t) * directions + direction
                : (t * directions + direction) * hs.batch() + n;
        System.arraycopy(hs.data(), (n * hs.steps() + t) * hidden, y.real(), at * hidden, hidden);
      }
    }
  }
}
