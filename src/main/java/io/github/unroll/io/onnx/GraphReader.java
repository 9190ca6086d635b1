package io.github.unroll.io.onnx;

import io.github.unroll.cell.Cell;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.onnx.file.OnnxFile;
import io.github.unroll.io.onnx.file.OnnxNode;
import io.github.unroll.io.onnx.file.OnnxTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the steps of a graph: checks all that can be checked without an input, computes what
 * depends on constants alone, and turns constant weights into cells. Values are read only when
 * operators and names are known to be right.
 */
final class GraphReader {

  private static final int MOST_NAMED = 20;

  private final OnnxFile file;
  private final int opset;
  private final Map<String, Integer> places = new HashMap<>(); // of all values by name
  private final Map<String, Integer> parameters = new HashMap<>(); // sizes of weights by name
  private StoredArray[] stored; // at each place the constant of the file; null if it is none
  private Tensor[] constants; // at each place the constant, if it was asked for
  private final List<Step> steps = new ArrayList<>();

  private GraphReader(OnnxFile file) throws IOException {
    this.file = file;
    this.opset = opset();
  }

  /** The steps of a file's graph, and the constants that they read. */
  static Graph read(OnnxFile file) throws IOException {
    return new GraphReader(file).read();
  }

  private Graph read() throws IOException {
    checkOperators();
    for (OnnxNode node : file.nodes()) {
      checkForm(node);
    }
    checkNames();
    stored = new StoredArray[places.size()];
    constants = new Tensor[places.size()];
    readConstants();
    double size = 0;
    for (StoredArray constant : stored) {
      size += constant == null ? 0 : constant.size();
    }
    Budget budget = new Budget(size);
    for (OnnxNode node : file.nodes()) {
      add(node, budget);
    }
    return graph(size);
  }

  private IOException wrong(String format, Object... details) {
    return new IOException(file.path() + ": " + String.format(Locale.ROOT, format, details));
  }

  // ---- operators ----

  private int opset() throws IOException {
    long version = file.opsets().getOrDefault("", 0L);
    if (version < Operators.OLDEST || version > Operators.NEWEST) {
      throw wrong(
          "its operators are of version (opset) %d; %d to %d are run; export it again with one of"
              + " these",
          version, Operators.OLDEST, Operators.NEWEST);
    }
    return (int) version;
  }

  /** Refuses all operators that are not run in one error. */
  private void checkOperators() throws IOException {
    List<String> unknown = new ArrayList<>();
    for (OnnxNode node : file.nodes()) {
      if (!node.domain().isEmpty() || Operators.form(node.operator(), opset) == null) {
        unknown.add(node.label());
      }
    }
    if (!unknown.isEmpty()) {
      int more = unknown.size() - MOST_NAMED;
      throw wrong(
          "it has operators that are not run: %s%s",
          String.join(", ", unknown.subList(0, Math.min(unknown.size(), MOST_NAMED))),
          more > 0 ? " and " + more + " more" : "");
    }
  }

  /** Checks the number of inputs and outputs, and the options. */
  private void checkForm(OnnxNode node) throws IOException {
    Operators.Form form = Operators.form(node.operator(), opset);
    int inputs = node.inputs().size();
    boolean variadic = form.mostInputs() > form.leastInputs() + 10;
    for (int i = 0; i < (variadic ? Math.max(inputs, 1) : form.leastInputs()); i++) {
      if (node.input(i).isEmpty()) {
        throw wrong("%s lacks its input %d", node.label(), i);
      }
    }
    if (inputs > form.mostInputs() && !variadic) {
      throw wrong(
          "%s has %d inputs; at most %d are known", node.label(), inputs, form.mostInputs());
    }
    int outputs = node.outputs().size();
    if (outputs == 0 || (outputs > form.mostOutputs() && !node.operator().equals("Split"))) {
      throw wrong("%s has %d outputs", node.label(), outputs);
    }
    for (Map.Entry<String, Object> option : node.attributes().entrySet()) {
      String type = form.options().get(option.getKey());
      if (type == null) {
        throw wrong(
            "%s has the option \"%s\", which its operator does not have in version %d",
            node.label(), option.getKey(), opset);
      }
      if (!isOf(type.replace("!", ""), option.getValue())) {
        throw wrong("%s: the option %s must be of type %s", node.label(), option.getKey(), type);
      }
    }
    for (Map.Entry<String, String> option : form.options().entrySet()) {
      if (option.getValue().endsWith("!") && !node.has(option.getKey())) {
        throw wrong("%s lacks the option %s", node.label(), option.getKey());
      }
    }
    if (node.operator().equals("Constant") && node.attributes().size() != 1) {
      throw wrong("%s must have one value, in one option", node.label());
    }
  }

  private static boolean isOf(String type, Object value) {
    return switch (type) {
      case "int" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "text" -> value instanceof String;
      case "tensor" -> value instanceof OnnxTensor;
      case "ints" -> value instanceof long[];
      case "floats" -> value instanceof double[];
      default -> value instanceof String[];
    };
  }

  // ---- names ----

  /** Gives each value a place, in the order in which they come to be. */
  private void checkNames() throws IOException {
    for (String constant : file.initializers().keySet()) {
      define(constant, "an initializer");
    }
    for (OnnxFile.Value input : file.inputs()) {
      if (!file.initializers().containsKey(input.name())) {
        define(input.name(), "an input of the graph");
        if (OnnxTensor.type(input.type()) == null) {
          throw wrong(
              "the input \"%s\" of the graph is of type %s, which is not read",
              input.name(), OnnxTensor.typeName(input.type()));
        }
      }
    }
    Set<String> written = new HashSet<>();
    file.nodes().forEach(node -> written.addAll(node.outputs()));
    for (OnnxNode node : file.nodes()) {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !places.containsKey(input)) {
          throw wrong(
              written.contains(input)
                  ? "%s reads \"%s\", which only a later node writes, or itself: the graph goes in"
                      + " a circle, or its nodes are not in order"
                  : "%s reads \"%s\", which nothing defines",
              node.label(),
              input);
        }
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          define(output, node.label());
        }
      }
    }
    Set<String> outputs = new HashSet<>();
    for (OnnxFile.Value output : file.outputs()) {
      if (!places.containsKey(output.name())) {
        throw wrong("nothing defines \"%s\", an output of the graph", output.name());
      }
      if (!outputs.add(output.name())) {
        throw wrong("the graph has the output \"%s\" twice", output.name());
      }
    }
    if (outputs.isEmpty()) {
      throw wrong("the graph has no output");
    }
  }

  private void define(String name, String by) throws IOException {
    if (name.isEmpty() || places.putIfAbsent(name, places.size()) != null) {
      throw wrong(
          "%s is called \"%s\", %s",
          by, name, name.isEmpty() ? "which is no name" : "as something before it");
    }
  }

  // ---- constants ----

  /** Reads the constants that are used. */
  private void readConstants() throws IOException {
    Set<String> used = new HashSet<>();
    file.outputs().forEach(output -> used.add(output.name()));
    file.nodes().forEach(node -> used.addAll(node.inputs()));
    for (Map.Entry<String, OnnxTensor> constant : file.initializers().entrySet()) {
      if (used.contains(constant.getKey())) {
        if (constant.getValue().type() == null) {
          throw wrong("%s", constant.getValue().unread());
        }
        stored[places.get(constant.getKey())] = constant.getValue().array();
      }
    }
  }

  private boolean isConstant(int place) {
    return stored[place] != null || constants[place] != null;
  }

  private Tensor constant(int place) {
    if (constants[place] == null && stored[place] != null) {
      constants[place] = Tensor.of(stored[place]);
    }
    return constants[place];
  }

  // ---- steps ----

  private void add(OnnxNode node, Budget budget) throws IOException {
    int[] in = node.inputs().stream().mapToInt(this::place).toArray();
    int[] out = node.outputs().stream().mapToInt(this::place).toArray();
    boolean recurrent = Set.of("RNN", "GRU", "LSTM").contains(node.operator());
    noteParameters(node, recurrent);
    try {
      if (recurrent) {
        steps.add(recurrent(node, in, out));
      } else {
        Step step = new Step(node, opset, in, out, new int[0], null, null, null);
        if (!isComputed(step, budget)) {
          steps.add(step);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(file.path() + ": " + e.getMessage(), e);
    }
  }

  private int place(String name) {
    return name.isEmpty() ? -1 : places.get(name);
  }

  /** Notes which initializers are weights: floating-point numbers, but for states to start from. */
  private void noteParameters(OnnxNode node, boolean recurrent) {
    for (int i = 0; i < node.inputs().size(); i++) {
      OnnxTensor tensor = file.initializers().get(node.input(i));
      boolean start = recurrent && (i == RecurrentNode.INITIAL_H || i == RecurrentNode.INITIAL_C);
      if (tensor != null && tensor.type().isFloating() && !start) {
        parameters.put(tensor.name(), Tensor.sizeOf(tensor.shape()));
      }
    }
  }

  /** Computes a step now if it needs constants alone, and none of its results is very large. */
  private boolean isComputed(Step step, Budget budget) {
    if (!Arrays.stream(step.in()).allMatch(place -> place < 0 || isConstant(place))) {
      return false;
    }
    Arrays.stream(step.in()).filter(place -> place >= 0).forEach(this::constant);
    try {
      step.run(constants, budget);
      return true;
    } catch (IllegalArgumentException e) {
      if (budget.isExceeded()) {
        return false; // it is left to each run, which may make more
      }
      throw e;
    }
  }

  private Step recurrent(OnnxNode node, int[] in, int[] out) {
    RecurrentNode recurrent;
    StoredArray[] weights = new StoredArray[RecurrentNode.P + 1];
    boolean constant = true;
    List<Cell> cells;
    try {
      recurrent = new RecurrentNode(node);
      for (int i : RecurrentNode.WEIGHTS) {
        if (i < in.length && in[i] >= 0) {
          constant &= isConstant(in[i]);
          boolean read = stored[in[i]] != null;
          weights[i] = read ? stored[in[i]] : constant ? constant(in[i]).stored() : null;
        }
      }
      cells = constant ? recurrent.cells(weights) : null;
      checkFeatures(node.input(0), cells);
    } catch (IllegalArgumentException e) {
      throw NodeCall.misfit("%s: %s", node.label(), e.getMessage());
    }
    int[] read = in.clone();
    for (int i : RecurrentNode.WEIGHTS) {
      if (constant && i < read.length) {
        read[i] = -1; // they are in the cells
      }
    }
    return new Step(
        node, opset, read, out, new int[0], recurrent, constant ? weights : null, cells);
  }

  /** Checks that the weights take what the file says to be read. */
  private void checkFeatures(String x, List<Cell> cells) {
    OnnxFile.Value input =
        file.inputs().stream()
            .filter(value -> value.name().equals(x))
            .findFirst()
            .orElse(file.values().get(x));
    if (cells == null || input == null || input.shape() == null) {
      return;
    }
    String features = Integer.toString(cells.get(0).inputSize());
    List<String> shape = List.of("", "", features);
    if (!value(input).mayBe(shape)) {
      throw NodeCall.misfit(
          "the weights W take %s features, and \"%s\" is %s", features, x, input.shape());
    }
  }

  // ---- the whole ----

  private Graph graph(double size) {
    int[] outputs = file.outputs().stream().mapToInt(value -> place(value.name())).toArray();
    Tensor[] values = new Tensor[places.size()];
    BitSet kept = new BitSet();
    for (int output : outputs) {
      values[output] = constant(output);
      kept.set(output);
    }
    for (Step step : steps) {
      for (int place : step.in()) {
        if (place >= 0 && isConstant(place)) {
          values[place] = constant(place);
          kept.set(place);
        }
      }
    }
    for (int i = steps.size() - 1; i >= 0; i--) {
      BitSet last = new BitSet();
      for (int[] used : new int[][] {steps.get(i).in(), steps.get(i).out()}) {
        Arrays.stream(used).filter(place -> place >= 0 && !kept.get(place)).forEach(last::set);
      }
      kept.or(last);
      steps.set(i, steps.get(i).forgetting(last.stream().toArray()));
    }
    Map<String, OnnxModel.Value> known = new LinkedHashMap<>();
    file.values().values().forEach(value -> known.put(value.name(), value(value)));
    List<OnnxModel.Value> inputs = new ArrayList<>();
    for (OnnxFile.Value input : file.inputs()) {
      known.put(input.name(), value(input));
      if (!file.initializers().containsKey(input.name())) {
        inputs.add(value(input));
      }
    }
    file.outputs().forEach(output -> known.put(output.name(), value(output)));
    return new Graph(
        file.path().toString(),
        file.producer(),
        opset,
        List.copyOf(inputs),
        file.outputs().stream().map(GraphReader::value).toList(),
        known,
        List.copyOf(steps),
        places,
        values,
        size,
        parameters);
  }

  private static OnnxModel.Value value(OnnxFile.Value value) {
    List<String> shape =
        value.shape() == null
            ? null
            : value.shape().stream().map(size -> size.isEmpty() ? "-1" : size).toList();
    return new OnnxModel.Value(
        value.name(),
        Optional.ofNullable(OnnxTensor.type(value.type())),
        Optional.ofNullable(shape));
  }
}
