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

  /** The number of inputs. */
  static final int INPUTS = 8;

  // Inputs by their places.
  static final int LENGTHS = 4;
  static final int INITIAL = 5; // h, then c
  private static final int P = 7;

  /** The places of the weights W, R, B and P. */
  static final int[] WEIGHTS = {1, 2, 3, P};

  private final OnnxNode node;
  private final char kind; // R, G or L
  private final int directions;
  private final boolean reverse;
  private final boolean batchFirst;
  private final boolean resetAfter;
  private final boolean coupled;
  private final boolean relu; // of every direction of an RNN
  private final boolean usual; // the cells of every model do it
  private final List<Activation> activations; // of the first direction, then of the second
  private final StoredArray[] weights; // null if they are given in each run
  private final List<Cell> cells; // likewise

  /**
   * A node with its options.
   *
   * @param weights W, R, B and P at their places, null where one is left out; null if they are
   *     given in each run
   */
  RecurrentNode(OnnxNode node, StoredArray[] weights) {
    this.node = node;
    this.kind = node.operator().charAt(0);
    String direction = node.get("direction", "forward");
    this.reverse = direction.equals("reverse");
    this.directions = direction.equals("bidirectional") ? 2 : 1;
    if (directions == 1 && !reverse && !direction.equals("forward")) {
      throw NodeCall.misfit("there is no direction \"%s\"", direction);
    }
    this.batchFirst = flag("layout");
    this.resetAfter = flag("linear_before_reset");
    this.coupled = flag("input_forget");
    String[] defaults =
        switch (kind) {
          case 'L' -> new String[] {"sigmoid", "tanh", "tanh"};
          case 'G' -> new String[] {"sigmoid", "tanh"};
          default -> new String[] {"tanh"};
        };
    String[] all = Arrays.copyOf(defaults, defaults.length * directions);
    System.arraycopy(defaults, 0, all, all.length - defaults.length, defaults.length);
    String[] names = node.get("activations", all);
    String given = String.join(" ", names).toLowerCase(Locale.ROOT);
    this.relu = kind == 'R' && given.matches("relu( relu)?");
    this.usual =
        (relu || given.equals(String.join(" ", all)))
            && !coupled
            && !node.options().containsKey("clip");
    if (names.length != all.length) {
      throw NodeCall.misfit(
          "there are %d activations (%s), not %d", names.length, given, all.length);
    }
    this.activations = activations(names);
    this.weights = weights;
    this.cells = weights == null ? null : cells(weights);
  }

  private boolean flag(String option) {
    long value = node.integer(option, 0);
    if (value != 0 && value != 1) {
      throw NodeCall.misfit("%s is %d, not 0 or 1", option, value);
    }
    return value == 1;
  }

  /** Each function takes its alpha and beta, if it has such, from the lists in their order. */
  private List<Activation> activations(String... names) {
    double clip = node.real("clip", Double.POSITIVE_INFINITY);
    if (!(clip > 0)) {
      throw NodeCall.misfit("clip is %s; it must be above 0", clip);
    }
    List<Activation> functions = new ArrayList<>();
    double[][] given = {
      node.get("activation_alpha", new double[0]), node.get("activation_beta", new double[0])
    };
    int[] taken = new int[2];
    for (String name : names) {
      double[] settings = Arithmetic.settings(name);
      for (int i = 0; i < settings.length; i++) {
        if (taken[i] < given[i].length) {
          settings[i] = given[i][taken[i]++];
        }
      }
      Activation function = Arithmetic.activation(name, settings);
      boolean output = kind == 'L' && functions.size() % 3 == 2; // that of the cell state
      functions.add(output || Double.isInfinite(clip) ? function : function.clipped(clip));
    }
    if (taken[0] < given[0].length || taken[1] < given[1].length) {
      throw NodeCall.misfit("there is more of activation_alpha or _beta than activations take");
    }
    return functions;
  }

  /** Whether the weights are constants. */
  boolean isConstant() {
    return weights != null;
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

  /** The number of features that constant weights take. */
  int features() {
    return cells.get(0).inputSize();
  }

  /** The number of outputs of each direction with constant weights. */
  int hidden() {
    return cells.get(0).outputSize();
  }

  // ---- weights to cells ----

  private List<Cell> cells(StoredArray... arrays) {
    Map<String, StoredArray> named = new HashMap<>();
    for (int i = 1; i <= 3; i++) {
      if (arrays[i] != null) {
        named.put("_WRB".substring(i, i + 1), arrays[i]);
      }
    }
    OnnxWeights taken = new OnnxWeights(named);
    RecurrentLayer layer =
        switch (kind) {
          case 'L' -> taken.lstm("");
          case 'G' -> taken.gru("", resetAfter);
          default -> taken.rnn("", relu ? Nonlinearity.RELU : Nonlinearity.TANH);
        };
    List<Cell> usually = new ArrayList<>();
    if (layer instanceof Bidirectional both) {
      usually.addAll(both.ahead().cells());
      usually.addAll(both.back().cells());
    } else {
      usually.addAll(layer.cells());
    }
    long hidden = usually.get(0).outputSize();
    StoredArray p = arrays[P];
    boolean fits = p == null || Arrays.equals(p.shape(), new long[] {directions, 3 * hidden});
    if (!fits || usually.size() != directions || node.integer("hidden_size", hidden) != hidden) {
      throw NodeCall.misfit(
          "hidden_size %d and %d directions do not fit to W %s, R %s, P %s",
          node.integer("hidden_size", hidden),
          directions,
          arrays[1],
          arrays[2],
          p == null ? "none" : p);
    }
    List<Cell> made = new ArrayList<>();
    for (int i = 0; i < directions; i++) {
      Cell cell = usually.get(i);
      made.add(usual && p == null ? cell : general(cell.parameters(), peepholes(p, i), i));
    }
    return made;
  }

  /** Rows i, o, f of one direction, as rows f, i, o; null if there are none. */
  private static Parameter peepholes(StoredArray p, int direction) {
    if (p == null) {
      return null;
    }
    int hidden = (int) p.shape()[1] / 3;
    Matrix rows = new Matrix(3, hidden);
    for (int row = 0; row < 3; row++) {
      int start = (3 * direction + (row + 2) % 3) * hidden;
      System.arraycopy(p.doubles(), start, rows.data(), row * hidden, hidden);
    }
    return new Parameter("p", rows);
  }

  /** A cell with these options over the parameters of one without. */
  private Cell general(List<Parameter> own, Parameter p, int direction) {
    int each = activations.size() / directions;
    List<Activation> f = activations.subList(each * direction, each * (direction + 1));
    Parameter wx = own.get(0);
    Parameter wh = own.get(1);
    Parameter b = own.get(2);
    return switch (kind) {
      case 'L' ->
          new GeneralLstmCell(
              wx, wh, b, p, new GeneralLstmCell.Options(f.get(0), f.get(1), f.get(2), coupled));
      case 'G' ->
          new GeneralGruCell(
              turned(wx),
              turned(wh),
              turned(b),
              resetAfter ? own.get(3) : null,
              f.get(0),
              f.get(1));
      default -> new GeneralRnnCell(wx, wh, b, f.get(0));
    };
  }

  /** With z that weighs the old state, as in ONNX and in the general GRU. */
  private static Parameter turned(Parameter gru) {
    return new Parameter(gru.name(), GateOrder.ONNX.gruFromUnroll(gru.value()));
  }

  /** A new layer with copies of constant weights, batch first. */
  RecurrentLayer newLayer() {
    List<Cell> own = cells(weights);
    RecurrentLayer ahead = new Recurrent<>(own.get(0));
    if (directions == 2) {
      return new Bidirectional(ahead, new Recurrent<>(own.get(1)));
    }
    return reverse ? new Reversed(ahead) : ahead;
  }

  // ---- running ----

  /** The outputs Y, Y_h and, of an LSTM, Y_c. */
  Tensor[] run(NodeCall call) {
    List<Cell> used = cells;
    if (used == null) {
      StoredArray[] given = new StoredArray[INPUTS];
      for (int i : WEIGHTS) {
        given[i] = call.has(i) ? call.in(i).stored() : null;
      }
      used = cells(given);
    }
    Tensor x = call.real(0);
    Cell first = used.get(0);
    if (x.rank() != 3 || x.dim(2) != first.inputSize()) {
      throw NodeCall.misfit("X must have 3 axes, the last of %d features", first.inputSize());
    }
    int steps = x.dim(batchFirst ? 1 : 0);
    int batch = x.dim(batchFirst ? 0 : 1);
    int hidden = first.outputSize();
    double each = first.inputSize() + directions * (first.wx().value().cols() + 6.0 * hidden);
    call.take(each * steps * batch);
    Tensor[] outputs = new Tensor[1 + first.stateSizes().length];
    outputs[0] =
        batchFirst
            ? call.like(x, batch, steps, directions, hidden)
            : call.like(x, steps, directions, batch, hidden);
    for (int part = 1; part < outputs.length; part++) {
      outputs[part] = state(call, INITIAL + part - 1, batch, hidden);
    }
    Mask mask = mask(call, batch, steps);
    if (x.size() > 0) {
      Tensor3 inputs = new Tensor3(batch, steps, x.dim(2));
      for (int row = 0; row < batch * steps; row++) {
        int from = batchFirst ? row : row % steps * batch + row / steps;
        copy(x.real(), from, inputs.data(), row, x.dim(2));
      }
      for (int d = 0; d < directions; d++) {
        run(used.get(d), d, inputs, mask, outputs);
      }
    }
    return outputs;
  }

  /** Runs a direction; the outputs behind the first hold the initial states, then the last ones. */
  private void run(Cell cell, int d, Tensor3 inputs, Mask mask, Tensor... outputs) {
    int batch = inputs.batch();
    int steps = inputs.steps();
    int hidden = cell.outputSize();
    List<Matrix> start = new ArrayList<>();
    for (int part = 1; part < outputs.length; part++) {
      Matrix state = new Matrix(batch, hidden);
      for (int n = 0; n < batch; n++) {
        copy(outputs[part].real(), row(d, batch, n), state.data(), n, hidden);
      }
      start.add(state);
    }
    RecurrentLayer layer = new Recurrent<>(cell);
    layer = reverse || d == 1 ? new Reversed(layer) : layer;
    Tensor3 hs = layer.forward(inputs, mask, new State(start));
    for (int row = 0; row < batch * steps; row++) {
      int to =
          batchFirst ? row * directions + d : (row % steps * directions + d) * batch + row / steps;
      copy(hs.data(), row, outputs[0].real(), to, hidden);
    }
    List<Matrix> last = layer.finalState().matrices();
    for (int part = 1; part < outputs.length; part++) {
      for (int n = 0; n < batch; n++) {
        copy(last.get(part - 1).data(), n, outputs[part].real(), row(d, batch, n), hidden);
      }
    }
  }

  private static void copy(double[] from, int fromRow, double[] to, int toRow, int width) {
    System.arraycopy(from, fromRow * width, to, toRow * width, width);
  }

  /** The row of a sequence in a tensor of states. */
  private int row(int direction, int batch, int n) {
    return batchFirst ? n * directions + direction : direction * batch + n;
  }

  /** A copy of an initial state; zeros if there is none. */
  private Tensor state(NodeCall call, int input, int batch, int hidden) {
    Tensor state =
        batchFirst
            ? call.like(call.real(0), batch, directions, hidden)
            : call.like(call.real(0), directions, batch, hidden);
    if (call.has(input)) {
      if (!Arrays.equals(call.real(input).shape(), state.shape())) {
        throw NodeCall.misfit("an initial state is %s; it must be %s", call.in(input), state);
      }
      System.arraycopy(call.in(input).real(), 0, state.real(), 0, state.size());
    }
    return state;
  }

  /** Which steps count; null for all. */
  private static Mask mask(NodeCall call, int batch, int steps) {
    if (!call.has(LENGTHS)) {
      return null;
    }
    long[] lengths = call.whole(LENGTHS);
    if (lengths.length != batch) {
      throw NodeCall.misfit("there are %d sequence_lens for a batch of %d", lengths.length, batch);
    }
    boolean[][] counts = new boolean[batch][steps];
    for (int n = 0; n < batch; n++) {
      if (lengths[n] < 0 || lengths[n] > steps) {
        throw NodeCall.misfit(
            "sequence %d has the length %d, and there are %d steps", n, lengths[n], steps);
      }
      Arrays.fill(counts[n], 0, (int) lengths[n], true);
    }
    return Mask.of(counts);
  }
}
