package io.github.unroll.io.onnx;

import io.github.unroll.io.DeclaredArray;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.onnx.file.OnnxFile;
import io.github.unroll.io.onnx.file.OnnxNode;
import io.github.unroll.io.onnx.file.OnnxTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Makes the steps of a graph: checks all that can be checked without an input, computes what
 * depends on constants alone, and turns constant weights into cells. Values are read only when
 * operators and names are known to be right.
 */
final class GraphReader {

  private static final int MOST_NAMED = 20;

  /** How many elements may always be made of constants, and how many times these. */
  private static final int ALWAYS_MADE = 1 << 14;

  private static final int MOST_MADE = 4;

  private final OnnxFile file;
  private final int opset;
  private final Map<String, Integer> places = new HashMap<>(); // of all values by name
  private final Map<String, Long> parameters = new HashMap<>(); // sizes of weights by name
  private final List<Step> steps = new ArrayList<>();
  private StoredArray[] stored; // at each place the constant of the file; null if it is none
  private Tensor[] constants; // at each place the constant, if it was asked for
  private double constantSize;
  private double copiedSize; // of the weights in cells, which nodes may share

  private GraphReader(OnnxFile file) {
    this.file = file;
    this.opset = (int) Math.max(0, Math.min(file.opset(), Integer.MAX_VALUE));
  }

  /** The steps of a file's graph, and the constants that they read. */
  static GraphReader read(OnnxFile file) throws IOException {
    GraphReader reader = new GraphReader(file);
    reader.checkOperators();
    for (OnnxNode node : file.nodes()) {
      reader.checkForm(node);
    }
    reader.checkNames();
    reader.readConstants();
    NodeCall call = new NodeCall(reader.room());
    for (OnnxNode node : file.nodes()) {
      try {
        reader.add(node, call);
      } catch (IllegalArgumentException e) {
        reader.require(false, "%s", e.getMessage());
      }
    }
    reader.keepWhatIsRead();
    return reader;
  }

  private void require(boolean holds, String otherwise, Object... details) throws IOException {
    if (!holds) {
      throw new IOException(file.path() + ": " + String.format(Locale.ROOT, otherwise, details));
    }
  }

  // ---- operators ----

  /** Refuses all operators that are not run in one error. */
  private void checkOperators() throws IOException {
    require(
        opset >= Operators.OLDEST && opset <= Operators.NEWEST,
        "its operators are of version (opset) %d; %d to %d are run; export it again with one of"
            + " these",
        file.opset(),
        Operators.OLDEST,
        Operators.NEWEST);
    List<OnnxNode> unknown = new ArrayList<>();
    for (OnnxNode node : file.nodes()) {
      if (Operators.form(node.operator(), opset) == null) {
        unknown.add(node);
      }
    }
    if (!unknown.isEmpty()) {
      List<OnnxNode> named = unknown.subList(0, Math.min(unknown.size(), MOST_NAMED));
      require(false, "its operators are not run at %d nodes: %s", unknown.size(), named);
    }
  }

  /** Checks the number of inputs and outputs, and the options. */
  private void checkForm(OnnxNode node) throws IOException {
    String[] form = Operators.form(node.operator(), opset);
    int inputs = node.inputs().size();
    int most = Integer.parseInt(form[3]);
    int least = Integer.parseInt(form[2]);
    for (int i = 0; i < (most > RecurrentNode.INPUTS ? Math.max(inputs, least) : least); i++) {
      require(!node.input(i).isEmpty(), "%s lacks its input %d", node, i);
    }
    int outputs = node.outputs().size();
    require(
        inputs <= most && outputs > 0 && outputs <= Integer.parseInt(form[4]),
        "%s has %d inputs and %d outputs, not at most %s and 1 to %s",
        node,
        inputs,
        outputs,
        form[3],
        form[4]);
    for (Map.Entry<String, Object> option : node.options().entrySet()) {
      String typed = option.getKey() + ":" + option.getValue().getClass().getSimpleName();
      boolean known = List.of(form).contains(typed) || List.of(form).contains(typed + "!");
      if (!known) {
        List<String> options = List.of(form).subList(5, form.length);
        require(false, "%s has the option %s; it may have %s", node, typed, options);
      }
    }
    for (String option : form) {
      boolean there = !option.endsWith("!") || node.options().containsKey(option.split(":")[0]);
      require(there, "%s lacks the option %s", node, option);
    }
    boolean one = !node.operator().equals("Constant") || node.options().size() == 1;
    require(one, "%s must have one value, in one option", node);
  }

  // ---- names ----

  /** Gives each value a place, in the order in which they come to be. */
  private void checkNames() throws IOException {
    for (String constant : file.initializers().keySet()) {
      define(constant, "an initializer");
    }
    for (DeclaredArray input : inputs()) {
      define(input.name(), "an input of the graph");
      boolean read = input.type().matches("b?float.*|u?int.*|bool"); // others in capital letters
      require(read, "the input %s is of a type that is not read", input);
    }
    Set<String> written = new HashSet<>();
    file.nodes().forEach(node -> written.addAll(node.outputs()));
    for (OnnxNode node : file.nodes()) {
      for (String input : node.inputs()) {
        require(
            input.isEmpty() || places.containsKey(input),
            written.contains(input)
                ? "%s reads \"%s\", which it writes itself, or a later node: the graph goes in a"
                    + " circle, or is not in order"
                : "%s reads \"%s\", which nothing defines",
            node,
            input);
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          define(output, node);
        }
      }
    }
    Set<String> outputs = new HashSet<>();
    for (DeclaredArray output : file.outputs()) {
      String name = output.name();
      require(places.containsKey(name), "nothing defines \"%s\", an output of the graph", name);
      require(outputs.add(name), "the graph has the output \"%s\" twice", name);
    }
    require(!outputs.isEmpty(), "the graph has no output");
  }

  private void define(String name, Object by) throws IOException {
    boolean first = places.putIfAbsent(name, places.size()) == null;
    require(first && !name.isEmpty(), "%s defines \"%s\", as something before it", by, name);
  }

  /** What the graph reads, without constants. */
  List<DeclaredArray> inputs() {
    return file.inputs().stream()
        .filter(input -> !file.initializers().containsKey(input.name()))
        .toList();
  }

  // ---- constants ----

  /** Reads the constants that are used, and notes which are weights. */
  private void readConstants() throws IOException {
    stored = new StoredArray[places.size()];
    constants = new Tensor[places.size()];
    for (DeclaredArray output : file.outputs()) {
      readConstant(output.name());
    }
    for (OnnxNode node : file.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        StoredArray array = readConstant(node.input(i));
        boolean start = Operators.isRecurrent(node.operator()) && (i == 5 || i == 6);
        if (array != null && array.elementType().isFloating() && !start) {
          parameters.put(node.input(i), (long) array.size());
        }
      }
      for (Object option : node.options().values()) {
        boolean values = option instanceof StoredArray array && array.isReadable();
        constantSize += values ? ((StoredArray) option).size() : 0;
      }
    }
  }

  private StoredArray readConstant(String name) throws IOException {
    OnnxTensor tensor = file.initializers().get(name);
    if (tensor == null) {
      return null;
    }
    int place = places.get(name);
    if (stored[place] == null) {
      StoredArray array = tensor.array();
      require(array.isReadable(), "%s", array.unread());
      stored[place] = array;
      constantSize += array.size();
    }
    return stored[place];
  }

  /** How many elements may be made of the constants. */
  private double room() {
    return ALWAYS_MADE + MOST_MADE * constantSize;
  }

  private boolean isConstant(int place) {
    return place >= 0 && (stored[place] != null || constants[place] != null);
  }

  private Tensor constant(int place) {
    if (constants[place] == null && stored[place] != null) {
      constants[place] = Tensor.of(stored[place]);
    }
    return constants[place];
  }

  // ---- steps ----

  private void add(OnnxNode node, NodeCall call) {
    int[] in = node.inputs().stream().mapToInt(this::place).toArray();
    int[] out = node.outputs().stream().mapToInt(this::place).toArray();
    RecurrentNode recurrent = null;
    boolean computed = true;
    if (Operators.isRecurrent(node.operator())) {
      try {
        recurrent = recurrent(node, in);
      } catch (IllegalArgumentException e) {
        throw NodeCall.misfit("%s: %s", node, e.getMessage());
      }
      computed = false;
    }
    Step step = new Step(node, opset, recurrent, in, out);
    for (int place : in) {
      computed &= place < 0 || isConstant(place);
    }
    if (!computed || !isComputed(step, call)) {
      steps.add(step);
    }
  }

  private int place(String name) {
    return name.isEmpty() ? -1 : places.get(name);
  }

  /** Computes a step over constants, if its results are not too large. */
  private boolean isComputed(Step step, NodeCall call) {
    for (int place : step.in) {
      if (place >= 0) {
        constant(place);
      }
    }
    try {
      call.run(step, constants);
      return true;
    } catch (IllegalArgumentException e) {
      if (call.isExceeded()) {
        return false; // it is left to each run, which may make more
      }
      throw e;
    }
  }

  /** A recurrent node; constant weights go into its cells, and are inputs no more. */
  private RecurrentNode recurrent(OnnxNode node, int... in) {
    StoredArray[] weights = new StoredArray[RecurrentNode.INPUTS];
    for (int i : RecurrentNode.WEIGHTS) {
      if (i < in.length && in[i] >= 0) {
        if (!isConstant(in[i])) {
          return new RecurrentNode(node, null);
        }
        StoredArray weight = stored[in[i]];
        copiedSize += weight == null ? constants[in[i]].size() : weight.size();
        if (copiedSize > room()) {
          return new RecurrentNode(node, null); // its cells are made in each run
        }
        weights[i] = weight == null ? constants[in[i]].stored() : weight;
      }
    }
    RecurrentNode recurrent = new RecurrentNode(node, weights);
    for (int i : RecurrentNode.WEIGHTS) {
      if (i < in.length) {
        in[i] = -1;
      }
    }
    DeclaredArray x = file.known().get(node.input(0));
    if (x != null) {
      String features = Integer.toString(recurrent.features());
      if (!x.mayBe(List.of("", "", features))) {
        throw NodeCall.misfit("it reads %s, and W takes %s features", x, features);
      }
    }
    return recurrent;
  }

  /** Keeps the constants that steps read, or that are outputs; the others are in cells. */
  private void keepWhatIsRead() {
    Tensor[] kept = new Tensor[constants.length];
    for (DeclaredArray output : file.outputs()) {
      int place = places.get(output.name());
      kept[place] = constant(place);
    }
    for (Step step : steps) {
      for (int place : step.in) {
        if (place >= 0) {
          kept[place] = constant(place);
        }
      }
    }
    constants = kept;
  }

  // ---- the whole ----

  List<Step> steps() {
    return steps;
  }

  Map<String, Integer> places() {
    return places;
  }

  /** What stands at the places before a run; null where nothing does. */
  Tensor[] values() {
    return constants;
  }

  /** The number of elements of all constants. */
  double constantSize() {
    return constantSize;
  }

  /** The number of elements of each weight, by name. */
  Map<String, Long> parameters() {
    return parameters;
  }

  OnnxFile file() {
    return file;
  }
}
