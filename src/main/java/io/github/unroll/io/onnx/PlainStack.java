package io.github.unroll.io.onnx;

import io.github.unroll.io.DeclaredArray;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.ImportedLayers;
import io.github.unroll.io.onnx.file.OnnxTensor;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.Readout;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the layers of a graph that is a plain stack. It goes through the nodes in their order and
 * notes of each value which layers it has come through and what its axes are; of a value that no
 * stack can have, why.
 */
final class PlainStack {

  /** A value on the way from the input to the output. */
  private static final class Value {

    private Tensor words; // the word vectors; null if there are none
    private List<Step> layers = List.of();

    /** The layers and directions whose features it has, 2·layer + direction, in their order. */
    private List<Integer> parts = List.of();

    /** A letter for each axis: N and T, p and q before it is known which; F features; D parts. */
    private String axes;

    private List<String> sizes = List.of(); // of p and q where the file tells them
    private boolean last; // the last state, not all
    private MatrixView kernel; // (H,K) of the head; null if there is none yet
    private double[] bias;
    private boolean softmax;

    private Value(String axes) {
      this.axes = axes;
    }

    private Value copy() {
      Value copy = new Value(axes);
      copy.words = words;
      copy.layers = layers;
      copy.parts = parts;
      copy.sizes = sizes;
      copy.last = last;
      copy.kernel = kernel;
      copy.bias = bias;
      copy.softmax = softmax;
      return copy;
    }

    /** The output Y_h of a recurrent node whose Y this is. */
    private Value lastState() {
      Value state = copy();
      state.axes = axes.replace("T", "");
      state.last = true;
      return state;
    }

    private RecurrentNode top() {
      return layers.get(layers.size() - 1).recurrent;
    }

    /** Whether the features are those of all directions of the highest layer, in their order. */
    private boolean isOfTop() {
      int first = 2 * layers.size() - 2;
      return first >= 0
          && parts.equals(top().directions() == 2 ? List.of(first, first + 1) : List.of(first));
    }

    private int width() {
      int width = 0;
      for (int part : parts) {
        width += layers.get(part / 2).recurrent.hidden();
      }
      return width;
    }
  }

  private final List<Step> steps;
  private final Tensor[] constants;
  private final Value[] values;
  private final String[] why; // at each place why it is not of a stack; null if it is
  private final boolean[] zero; // whether the value is known to be zeros
  private Step step; // the one that is looked at

  PlainStack(List<Step> steps, Tensor[] constants) {
    this.steps = steps;
    this.constants = constants;
    this.values = new Value[constants.length];
    this.why = new String[constants.length];
    this.zero = new boolean[constants.length];
  }

  ImportedLayers layers(OnnxModel model, Map<String, Integer> places) {
    for (DeclaredArray input : model.inputs()) {
      Value value = new Value(input.type().contains("float") ? "pqF" : "pq");
      value.sizes = input.shape();
      values[places.get(input.name())] = value;
    }
    for (int place = 0; place < zero.length; place++) {
      zero[place] = constants[place] != null && isZero(constants[place].asReal().real());
    }
    for (Step next : steps) {
      step = next;
      pass();
    }
    int output = places.get(model.outputs().get(0).name());
    Value value = values[output];
    if (why[output] != null) {
      throw new IllegalArgumentException(why[output]);
    }
    boolean whole = value != null && value.isOfTop() && value.axes.matches("NTF|TNF|NF");
    if (!whole || value.last != value.axes.equals("NF")) {
      throw NodeCall.misfit(
          "its output is not the states of its highest layer, by batch and steps");
    }
    return layers(value);
  }

  private static boolean isZero(double... values) {
    return Arrays.stream(values).allMatch(value -> value == 0);
  }

  private static ImportedLayers layers(Value value) {
    List<RecurrentLayer> recurrent = new ArrayList<>();
    value.layers.forEach(layer -> recurrent.add(layer.recurrent.newLayer()));
    TimeEmbedding embedding = null;
    TimeAffine head = null;
    if (value.words != null) {
      Matrix words = value.words.matrix(value.words.dim(0));
      embedding = new TimeEmbedding(new Parameter("embed.w", words.copy()));
    }
    if (value.kernel != null) {
      Matrix bias = new Matrix(1, value.kernel.cols());
      for (int j = 0; value.bias != null && j < bias.cols(); j++) {
        bias.set(0, j, value.bias[value.bias.length == 1 ? 0 : j]);
      }
      head =
          new TimeAffine(
              new Parameter("affine.w", value.kernel.copy()), new Parameter("affine.b", bias));
    }
    return new ImportedLayers(
        Optional.ofNullable(embedding),
        recurrent,
        value.last ? Readout.LAST : Readout.EVERY,
        Optional.ofNullable(head),
        value.softmax);
  }

  // ---- node after node ----

  private void pass() {
    boolean zeros = isZero();
    Value value = null;
    String reason = null;
    try {
      value = after();
    } catch (IllegalArgumentException e) {
      reason = e.getMessage();
    }
    for (int i = 0; i < step.out.length; i++) {
      int place = step.out[i];
      if (place >= 0) {
        zero[place] = zeros;
        why[place] = reason;
        values[place] = i == 0 || value == null ? value : value.lastState();
        if (reason == null && i == (step.recurrent == null ? 1 : 2)) {
          why[place] = step.node + ": no layer gives its output " + i;
        }
      }
    }
  }

  /** Whether the outputs are zeros: the states that exporters start from. */
  private boolean isZero() {
    String operator = step.node.operator();
    if (operator.equals("ConstantOfShape")) {
      Object value = step.node.options().get("value");
      return !(value instanceof StoredArray array)
          || (array.typeName().contains("float") && isZero(array.doubles()));
    }
    return operator.matches("Expand|Slice|Gather|Squeeze|Unsqueeze|Transpose") && zero[step.in[0]];
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw NodeCall.misfit("%s: %s", step.node, otherwise);
    }
  }

  /** What the step makes of the value that it reads; of a recurrent node Y. */
  private Value after() {
    Value from = null;
    for (int place : step.in) {
      if (place >= 0 && !zero[place]) {
        if (why[place] != null) {
          throw new IllegalArgumentException(why[place]);
        }
        from = from == null ? values[place] : from;
      }
    }
    require(from != null, "it does not depend on an input");
    Value value = from.copy();
    if (step.recurrent != null) {
      recurrent(value);
      return value;
    }
    switch (step.node.operator()) {
      case "Identity", "Dropout" -> {}
      case "Cast" -> cast(value);
      case "Gather" -> gather(value);
      case "Transpose" -> transpose(value);
      case "Squeeze" -> squeeze(value);
      case "Concat" -> concat(value);
      case "Reshape" -> merge(value);
      case "MatMul" -> product(value, false);
      case "Gemm" -> gemm(value);
      case "Add" -> add(value);
      case "Softmax", "LogSoftmax" -> softmax(value);
      default -> require(false, "no layer of a plain stack is such an operator");
    }
    return value;
  }

  /** Ids in another type of integers; in a small one, or as booleans, they would be others. */
  private void cast(Value value) {
    ElementType to = OnnxTensor.type(step.node.integer("to", 0));
    boolean same = to == ElementType.INT32 || to == ElementType.INT64;
    require(same && value.axes.equals("pq"), "it casts states, or ids to what may be others");
  }

  /** A constant that the step reads. */
  private Tensor constant(int input) {
    Tensor constant = step.reads(input) ? constants[step.in[input]] : null;
    require(constant != null, "it has an input that is no constant");
    return constant;
  }

  /** The integers of a constant that the step reads. */
  private long[] integers(int input) {
    Tensor constant = constant(input);
    require(!constant.isReal(), "it has floating-point numbers in the place of integers");
    return constant.whole();
  }

  private void recurrent(Value value) {
    RecurrentNode node = step.recurrent;
    require(node.isConstant(), "its weights are no constants");
    require(!step.reads(RecurrentNode.LENGTHS), "it reads sequence_lens");
    for (int input = RecurrentNode.INITIAL; input < RecurrentNode.INITIAL + 2; input++) {
      boolean zeros = !step.reads(input) || zero[step.in[input]];
      require(zeros, "it starts from a state that is given, not from zeros");
    }
    boolean first = value.layers.isEmpty();
    String order = node.isBatchFirst() ? "NTF" : "TNF";
    require(
        first
            ? value.axes.matches("(pq|qp)F")
            : value.axes.equals(order) && value.kernel == null && value.isOfTop(),
        "it reads something else than an input or all states of the layer below");
    if (first && value.axes.charAt(0) == 'q' && value.sizes.size() > 1) {
      value.sizes = List.of(value.sizes.get(1), value.sizes.get(0));
    }
    value.layers = new ArrayList<>(value.layers);
    value.layers.add(step);
    int part = 2 * value.layers.size() - 2;
    value.parts = node.directions() == 2 ? List.of(part, part + 1) : List.of(part);
    value.axes = node.isBatchFirst() ? "NTDF" : "TDNF";
  }

  // ---- axes ----

  private void transpose(Value value) {
    long[] perm = step.node.integers("perm");
    require(perm != null && perm.length == value.axes.length(), "it has another number of axes");
    StringBuilder turned = new StringBuilder();
    for (long axis : perm) {
      turned.append(value.axes.charAt(NodeCall.axis(axis, perm.length)));
    }
    value.axes = turned.toString();
  }

  private void squeeze(Value value) {
    long[] axes = step.reads(1) ? integers(1) : step.node.integers("axes");
    int parts = value.axes.indexOf('D');
    require(
        axes != null
            && axes.length == 1
            && value.parts.size() == 1
            && NodeCall.axis(axes[0], value.axes.length()) == parts,
        "it takes away something else than the axis of one direction");
    value.axes = value.axes.replace("D", "");
  }

  /** A look-up of words, one step, or one direction. */
  private void gather(Value value) {
    long option = step.node.integer("axis", 0);
    Tensor words = constants[step.in[0]];
    if (words != null) {
      boolean fits = words.isReal() && words.rank() == 2 && words.size() > 0 && option == 0;
      require(fits && value.axes.equals("pq"), "it looks up something else than words");
      value.words = words;
      value.axes = "pqF";
      return;
    }
    long[] index = integers(1);
    require(constant(1).rank() == 0, "it chooses more than one step");
    int axis = NodeCall.axis(option, value.axes.length());
    long chosen = index[0];
    if (value.axes.charAt(axis) == 'D') {
      value.parts = List.of(value.parts.get(NodeCall.axis(chosen, value.parts.size())));
    } else {
      require(value.axes.charAt(axis) == 'T' && value.kernel == null, "it chooses no step");
      require(
          value.top().directions() == 1,
          "it chooses one step of both directions, and the one from the end has not read the"
              + " others; a last state has read all steps");
      require(chosen == (value.top().isReverse() ? 0 : -1), "it chooses not the last step");
      value.last = true;
    }
    value.axes = new StringBuilder(value.axes).deleteCharAt(axis).toString();
  }

  /** Last states of several directions or layers, one after the other. */
  private void concat(Value value) {
    int axis = NodeCall.axis(step.node.integer("axis", 0), value.axes.length());
    char along = value.axes.charAt(axis);
    boolean fits = along == 'D' || (along == 'F' && value.axes.indexOf('D') < 0);
    List<Integer> parts = new ArrayList<>();
    for (int place : step.in) {
      Value part = values[place];
      fits &= part != null && part.last && part.kernel == null && part.axes.equals(value.axes);
      require(fits, "it joins something else than last states");
      boolean higher = part.layers.size() > value.layers.size();
      List<Step> lower = higher ? value.layers : part.layers;
      value.layers = higher ? part.layers : value.layers;
      fits = value.layers.subList(0, lower.size()).equals(lower);
      require(fits, "it joins layers that are not one upon the other");
      parts.addAll(part.parts);
    }
    value.parts = parts;
  }

  /** Puts the features of both directions side by side. */
  private void merge(Value value) {
    String merged = value.axes.replace("DF", "F");
    long[] shape = integers(1);
    boolean fits = merged.length() < value.axes.length() && shape.length == merged.length();
    for (int axis = 0; fits && axis < shape.length; axis++) {
      char letter = merged.charAt(axis);
      boolean first = value.top().isBatchFirst() == (letter == 'N'); // of the layer's two
      boolean unknown = value.sizes.size() < 2 && letter != 'F';
      String size =
          letter == 'F' || unknown
              ? Integer.toString(value.width())
              : value.sizes.get(first ? 0 : 1);
      fits =
          shape[axis] == -1
              || (shape[axis] == 0 && letter != 'F')
              || (!unknown && size.equals(Long.toString(shape[axis])));
    }
    require(fits, "it does more than put the features of both directions side by side");
    value.axes = merged;
  }

  // ---- the head ----

  private void product(Value value, boolean turned) {
    Tensor b = constant(1);
    boolean fits = value.kernel == null && value.isOfTop() && value.axes.matches("(NT|TN|N)F");
    require(fits, "it reads something else than states of the highest layer");
    fits = b.isReal() && b.rank() == 2 && b.size() > 0 && b.dim(turned ? 1 : 0) == value.width();
    require(fits, "its matrix does not fit to them");
    Matrix matrix = b.matrix(b.dim(0));
    value.kernel = turned ? matrix.transposed() : matrix;
  }

  private void gemm(Value value) {
    boolean plain = step.node.real("alpha", 1) == 1 && step.node.real("beta", 1) == 1;
    require(plain && step.node.integer("transA", 0) == 0, "it has alpha, beta or transA");
    product(value, step.node.integer("transB", 0) != 0);
    if (step.reads(2)) {
      setBias(value, constant(2));
    }
  }

  private void add(Value value) {
    setBias(value, constant(values[step.in[0]] == null ? 0 : 1));
  }

  private void setBias(Value value, Tensor bias) {
    boolean last = value.kernel != null && value.bias == null && !value.softmax && bias.isReal();
    boolean fits = last && (bias.size() == 1 || bias.size() == value.kernel.cols());
    fits = fits && (bias.size() == 1 || bias.dim(bias.rank() - 1) == bias.size());
    require(fits, "it is no bias of a linear map");
    value.bias = bias.real();
  }

  private void softmax(Value value) {
    int rank = value.axes.length();
    long axis = step.node.integer("axis", step.opset < 13 ? 1 : -1);
    boolean last = NodeCall.axis(axis, rank) == rank - 1;
    require(
        value.kernel != null && !value.softmax && last,
        "it is no softmax over the outputs of a linear map");
    value.softmax = true;
  }
}
