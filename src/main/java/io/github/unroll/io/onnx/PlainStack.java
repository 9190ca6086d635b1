package io.github.unroll.io.onnx;

import io.github.unroll.io.foreign.ImportedLayers;
import io.github.unroll.io.onnx.file.OnnxTensor;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.Readout;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the layers of a graph that is a plain stack. It goes through the nodes in their order and
 * notes of each value which layers it has come through and what its axes are; of a value that no
 * stack can have, why.
 */
final class PlainStack {

  /** A value on the way from the input to the output. */
  private static final class Value implements Cloneable {

    private Tensor words; // the word vectors; null if there are none
    private List<Step> layers = List.of();

    /**
     * The layers and directions that the features are of, 2·layer + direction, one after another.
     */
    private List<Integer> parts = List.of();

    /**
     * A letter for each axis: N and T, p and q before it is known which is which, F features, D the
     * parts, t a T of one step.
     */
    private String axes;

    private boolean last; // the last step, of each direction its own
    private MatrixView kernel; // (H,K) of the head; null if there is none yet
    private double[] bias;
    private boolean softmax;

    private Value(String axes) {
      this.axes = axes;
    }

    private Value copy() {
      try {
        return (Value) clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final Graph graph;
  private final Map<Character, String> sizes = new HashMap<>(); // of axes by letter
  private final Value[] values;
  private final String[] why; // at each place why it is not of a stack; null if it is
  private final boolean[] zero; // whether the value is known to be zeros

  PlainStack(Graph graph) {
    this.graph = graph;
    int count = graph.constants().length;
    this.values = new Value[count];
    this.why = new String[count];
    this.zero = new boolean[count];
  }

  ImportedLayers layers() {
    for (OnnxModel.Value input : graph.inputs()) {
      boolean features = input.type().orElseThrow().isFloating();
      List<String> shape = input.shape().orElse(List.of());
      for (int axis = 0; axis < Math.min(2, shape.size()); axis++) {
        sizes.put("pq".charAt(axis), shape.get(axis));
      }
      values[graph.places().get(input.name())] = new Value(features ? "pqF" : "pq");
    }
    for (int place = 0; place < zero.length; place++) {
      zero[place] = isZero(graph.constants()[place]);
    }
    graph.steps().forEach(this::pass);
    int output = graph.places().get(graph.outputs().get(0).name());
    if (values[output] == null || !isWhole(values[output])) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "OnnxModel.layers: %s is not a plain stack: %s; OnnxModel.run runs it all the same",
              graph.path(),
              why[output] == null
                  ? "its output is not the states of its highest layer by batch, steps and features"
                  : why[output]));
    }
    return layers(values[output]);
  }

  private static boolean isZero(Tensor constant) {
    return constant != null
        && constant.isReal()
        && Arrays.stream(constant.real()).allMatch(value -> value == 0);
  }

  /** Whether a value is all of the highest layer, with the axes of a result. */
  private static boolean isWhole(Value value) {
    return ofHighest(value)
        && List.of("NTF", "TNF", "NF").contains(value.axes)
        && value.last == value.axes.equals("NF");
  }

  /** Whether the features are those of all directions of the highest layer, in their order. */
  private static boolean ofHighest(Value value) {
    int top = value.layers.size() - 1;
    return top >= 0 && value.parts.equals(parts(top, value.layers.get(top)));
  }

  private static List<Integer> parts(int layer, Step step) {
    return step.recurrent().directions() == 2
        ? List.of(2 * layer, 2 * layer + 1)
        : List.of(2 * layer);
  }

  private static ImportedLayers layers(Value value) {
    List<RecurrentLayer> recurrent = new ArrayList<>();
    for (Step step : value.layers) {
      recurrent.add(step.recurrent().layer(step.recurrent().cells(step.weights())));
    }
    Optional<TimeEmbedding> embedding =
        Optional.ofNullable(value.words)
            .map(words -> new TimeEmbedding(parameter("embed.w", words.matrix(words.dim(0)))));
    Optional<TimeAffine> head =
        Optional.ofNullable(value.kernel)
            .map(
                kernel ->
                    new TimeAffine(
                        parameter("affine.w", kernel), parameter("affine.b", bias(value))));
    Readout readout = value.last ? Readout.LAST : Readout.EVERY;
    return new ImportedLayers(embedding, recurrent, readout, head, value.softmax);
  }

  private static Parameter parameter(String name, MatrixView value) {
    return new Parameter(name, value.copy());
  }

  private static Matrix bias(Value value) {
    int outputs = value.kernel.cols();
    return value.bias == null ? new Matrix(1, outputs) : Matrix.of(1, outputs, value.bias);
  }

  // ---- node after node ----

  private void pass(Step step) {
    boolean zeros = areZeros(step);
    String reason = null;
    Value value = null;
    try {
      value = after(step);
    } catch (IllegalArgumentException e) {
      reason = e.getMessage();
    }
    for (int i = 0; i < step.out().length; i++) {
      int place = step.out()[i];
      if (place >= 0) {
        zero[place] = zeros;
        why[place] = reason;
        values[place] = step.recurrent() != null && i > 0 && value != null ? last(value) : value;
        if (i == 2 && reason == null) {
          why[place] = step.node().label() + ": its Y_c is no output of a layer";
          values[place] = null;
        }
      }
    }
  }

  /** Whether the outputs are zeros: the states that exporters start from. */
  private boolean areZeros(Step step) {
    return switch (step.node().operator()) {
      case "ConstantOfShape" -> isZero(step.node().get("value", OnnxTensor.class));
      case "Expand", "Slice", "Gather", "Squeeze", "Unsqueeze", "Reshape" -> zero[step.in()[0]];
      case "Transpose", "Identity", "Split" -> zero[step.in()[0]];
      case "Concat" -> Arrays.stream(step.in()).allMatch(place -> zero[place]);
      default -> false;
    };
  }

  private static boolean isZero(OnnxTensor value) {
    try {
      return value == null || (value.type() != null && isZero(Tensor.of(value.array())));
    } catch (IOException e) {
      return false;
    }
  }

  /** What a step makes of the value that it reads; of a recurrent node Y. */
  private Value after(Step step) {
    int way = way(step);
    Value from = values[way].copy();
    if (step.recurrent() != null) {
      return recurrent(step, from);
    }
    switch (step.node().operator()) {
      case "Identity", "Dropout" -> {}
      case "Cast" ->
          require(
              step,
              from.axes.equals("pq") || OnnxTensor.type(step.node().integer("to", 0)).isFloating(),
              "it cuts features off to integers");
      case "Gather" -> gather(step, from);
      case "Transpose" -> from.axes = transposed(step, from.axes);
      case "Squeeze" -> squeeze(step, from);
      case "Slice" -> slice(step, from);
      case "Concat" -> concat(step, from);
      case "Reshape", "Flatten" -> merge(step, from);
      case "MatMul" -> product(step, from, constant(step, 1), false, null);
      case "Gemm" -> gemm(step, from);
      case "Add" -> add(step, from);
      case "Softmax", "LogSoftmax" -> softmax(step, from);
      default -> throw refusal(step, "no layer of a plain stack is such an operator");
    }
    return from;
  }

  /** The place of the value on the way from the input. */
  private int way(Step step) {
    int way = -1;
    for (int place : step.in()) {
      if (place >= 0 && why[place] != null && !zero[place]) {
        throw new IllegalArgumentException(why[place]);
      }
      way = way < 0 && place >= 0 && values[place] != null ? place : way;
    }
    if (way < 0) {
      throw refusal(step, "it does not depend on an input");
    }
    return way;
  }

  private static IllegalArgumentException refusal(Step step, String reason) {
    return new IllegalArgumentException(step.node().label() + ": " + reason);
  }

  private static void require(Step step, boolean holds, String otherwise) {
    if (!holds) {
      throw refusal(step, otherwise);
    }
  }

  /** A constant that a step reads. */
  private Tensor constant(Step step, int input) {
    int place = input < step.in().length ? step.in()[input] : -1;
    Tensor constant = place < 0 ? null : graph.constants()[place];
    require(step, constant != null, "its input " + input + " is no constant");
    return constant;
  }

  // ---- recurrent layers ----

  private Value recurrent(Step step, Value from) {
    RecurrentNode node = step.recurrent();
    require(step, step.weights() != null, "its weights are no constants");
    require(step, !reads(step, RecurrentNode.LENGTHS), "it reads sequence_lens");
    for (int state : List.of(RecurrentNode.INITIAL_H, RecurrentNode.INITIAL_C)) {
      require(
          step,
          !reads(step, state) || zero[step.in()[state]],
          "it starts from a state that is given, not from zeros");
    }
    String order = node.isBatchFirst() ? "NT" : "TN";
    boolean first = from.layers.isEmpty();
    boolean known = first ? from.axes.matches("(pq|qp)F") : from.axes.equals(order + "F");
    require(step, known, "it reads other axes than steps, batch and features");
    for (int axis = 0; first && axis < 2; axis++) {
      sizes.put(order.charAt(axis), sizes.getOrDefault(from.axes.charAt(axis), "-1"));
    }
    require(
        step,
        from.kernel == null && !from.last && (first || ofHighest(from)),
        "it reads something else than all states of the layer below");
    from.layers = new ArrayList<>(from.layers);
    from.layers.add(step);
    from.parts = parts(from.layers.size() - 1, step);
    from.axes = node.isBatchFirst() ? "NTDF" : "TDNF";
    return from;
  }

  private static boolean reads(Step step, int input) {
    return input < step.in().length && step.in()[input] >= 0;
  }

  /** The output Y_h of a recurrent node. */
  private static Value last(Value states) {
    Value last = states.copy();
    last.axes = states.axes.replace("T", "");
    last.last = true;
    return last;
  }

  // ---- axes ----

  private static String transposed(Step step, String axes) {
    long[] perm = step.node().get("perm", long[].class);
    require(step, perm == null || perm.length == axes.length(), "it has another number of axes");
    StringBuilder turned = new StringBuilder(axes).reverse();
    for (int i = 0; perm != null && i < perm.length; i++) {
      turned.setCharAt(i, axes.charAt(NodeCall.axis(perm[i], perm.length)));
    }
    return turned.toString();
  }

  private long[] integers(Step step, int input, String option) {
    return input < step.in().length && step.in()[input] >= 0
        ? constant(step, input).whole()
        : step.node().get(option, long[].class);
  }

  private void squeeze(Step step, Value value) {
    long[] axes = integers(step, 1, "axes");
    require(step, axes != null, "it does not say which axes");
    boolean[] gone = NodeCall.axes(axes, value.axes.length());
    StringBuilder left = new StringBuilder();
    for (int i = 0; i < gone.length; i++) {
      char axis = value.axes.charAt(i);
      boolean one = axis == 't' || (axis == 'D' && value.parts.size() == 1);
      require(step, !gone[i] || one, "it takes away an axis that is not of one direction or step");
      left.append(gone[i] ? "" : axis);
    }
    value.axes = left.toString();
  }

  /** A look-up of words, one step, or one direction. */
  private void gather(Step step, Value value) {
    if (graph.constants()[step.in()[0]] != null) {
      Tensor words = constant(step, 0);
      require(
          step,
          value.axes.equals("pq")
              && words.isReal()
              && words.rank() == 2
              && words.size() > 0
              && step.node().integer("axis", 0) == 0,
          "it looks up something else than vectors of the words of the input");
      value.words = words;
      value.axes = "pqF";
      return;
    }
    Tensor index = constant(step, 1);
    require(step, index.rank() == 0 && !index.isReal(), "it chooses more than one step");
    int axis = NodeCall.axis(step.node().integer("axis", 0), value.axes.length());
    choose(step, value, axis, index.whole()[0]);
    value.axes = new StringBuilder(value.axes).deleteCharAt(axis).toString();
  }

  /** Chooses one index of an axis, and leaves the axis. */
  private static void choose(Step step, Value value, int axis, long index) {
    if (value.axes.charAt(axis) == 'D') {
      int count = value.parts.size();
      require(step, index >= -count && index < count, "it chooses a direction that is not there");
      value.parts = List.of(value.parts.get((int) (index < 0 ? index + count : index)));
      return;
    }
    require(
        step,
        value.axes.charAt(axis) == 'T' && !value.layers.isEmpty() && value.kernel == null,
        "it chooses neither a step of a layer nor a direction");
    RecurrentNode node = value.layers.get(value.layers.size() - 1).recurrent();
    require(
        step,
        node.directions() == 1,
        "it chooses one step of both directions, of which the one from the end has not read the"
            + " same steps; a layer's last state is that after all steps, in each direction");
    require(
        step,
        index == (node.isReverse() ? 0 : -1),
        "it chooses another step than the last that the layer reads");
    value.last = true;
  }

  private void slice(Step step, Value value) {
    long[] starts = integers(step, 1, "starts");
    long[] ends = integers(step, 2, "ends");
    long[] axes = integers(step, 3, "axes");
    long[] steps = integers(step, 4, "steps");
    require(
        step,
        starts.length == 1 && ends.length == 1 && (steps == null || steps[0] == 1),
        "it does not take a range of one axis");
    int axis = NodeCall.axis(axes == null ? 0 : axes[0], value.axes.length());
    if (value.axes.charAt(axis) == 'D') {
      int count = value.parts.size();
      int from = (int) Math.max(0, Math.min(starts[0] < 0 ? starts[0] + count : starts[0], count));
      int to = (int) Math.max(from, Math.min(ends[0] < 0 ? ends[0] + count : ends[0], count));
      value.parts = value.parts.subList(from, to);
      return;
    }
    boolean toEnd = starts[0] == -1 && ends[0] >= Integer.MAX_VALUE;
    require(step, toEnd || (starts[0] == 0 && ends[0] == 1), "it takes more than one step");
    choose(step, value, axis, starts[0]);
    value.axes = value.axes.replace('T', 't');
  }

  /** States of several directions or layers, one after the other. */
  private void concat(Step step, Value value) {
    List<Integer> parts = new ArrayList<>();
    int axis = NodeCall.axis(step.node().integer("axis", 0), value.axes.length());
    boolean side = value.axes.indexOf('D') < 0 && value.axes.charAt(axis) == 'F';
    for (int place : step.in()) {
      Value part = values[place];
      require(
          step,
          part != null
              && part.last
              && part.kernel == null
              && part.axes.equals(value.axes)
              && (side || value.axes.charAt(axis) == 'D'),
          "it joins something else than the last states of layers and directions");
      boolean higher = part.layers.size() > value.layers.size();
      List<Step> layers = higher ? part.layers : value.layers;
      int lower = Math.min(part.layers.size(), value.layers.size());
      require(
          step,
          part.layers.subList(0, lower).equals(value.layers.subList(0, lower)),
          "it joins layers that are not one upon the other");
      value.layers = layers;
      parts.addAll(part.parts);
    }
    value.parts = parts;
  }

  /** Puts the features of both directions side by side. */
  private void merge(Step step, Value value) {
    String merged = value.axes.replace("DF", "F");
    int rank = merged.length();
    boolean fits = rank == value.axes.length() - 1;
    if (step.node().operator().equals("Flatten")) {
      fits &= rank == 2 && NodeCall.axis(step.node().integer("axis", 1), rank + 1) == 1;
    } else {
      long[] shape = constant(step, 1).whole();
      fits &= shape.length == rank;
      for (int axis = 0; fits && axis < rank; axis++) {
        String size =
            axis == rank - 1
                ? Integer.toString(width(value))
                : sizes.getOrDefault(merged.charAt(axis), "-1");
        boolean kept = shape[axis] == 0 && axis < rank - 1;
        fits = kept || shape[axis] == -1 || size.equals(Long.toString(shape[axis]));
      }
    }
    require(step, fits, "it does more than put the features of both directions side by side");
    value.axes = merged;
  }

  /** The number of features. */
  private static int width(Value value) {
    int width = 0;
    for (int part : value.parts) {
      width += value.layers.get(part / 2).cells().get(0).outputSize();
    }
    return width;
  }

  // ---- the head ----

  private static void product(Step step, Value value, Tensor b, boolean turn, double[] bias) {
    require(
        step,
        value.kernel == null && ofHighest(value) && value.axes.matches("(NT|TN|N)F"),
        "it reads something else than states of the highest layer");
    require(
        step,
        b.isReal() && b.rank() == 2 && b.size() > 0 && b.dim(turn ? 1 : 0) == width(value),
        "its matrix does not fit the layer below");
    MatrixView matrix = b.matrix(b.dim(0));
    value.kernel = turn ? matrix.transposed() : matrix;
    require(step, bias == null || bias.length == value.kernel.cols(), "its bias has another size");
    value.bias = bias;
  }

  private void gemm(Step step, Value value) {
    boolean plain =
        step.node().real("alpha", 1) == 1
            && step.node().real("beta", 1) == 1
            && step.node().integer("transA", 0) == 0;
    require(step, plain, "it has an alpha, beta or transA");
    double[] bias = reads(step, 2) ? constant(step, 2).doubles() : null;
    product(step, value, constant(step, 1), step.node().integer("transB", 0) != 0, bias);
  }

  private void add(Step step, Value value) {
    int other = values[step.in()[0]] == null ? 0 : 1;
    Tensor bias = constant(step, other);
    require(
        step,
        value.kernel != null
            && value.bias == null
            && !value.softmax
            && bias.isReal()
            && (bias.size() == 1 || bias.dim(bias.rank() - 1) == value.kernel.cols())
            && (bias.size() == 1 || bias.size() == value.kernel.cols()),
        "it is no bias of a linear map");
    value.bias = Arrays.copyOf(bias.real(), value.kernel.cols());
    Arrays.fill(value.bias, bias.size(), value.bias.length, value.bias[0]); // of one for all
  }

  private void softmax(Step step, Value value) {
    int rank = value.axes.length();
    int axis = NodeCall.axis(step.node().integer("axis", step.opset() < 13 ? 1 : -1), rank);
    require(
        step,
        value.kernel != null && !value.softmax && axis == rank - 1,
        "it is no softmax over the outputs of a linear map");
    value.softmax = true;
  }
}
