package io.github.unroll.io.arrays;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.onnx.file.OnnxFile;
import io.github.unroll.io.onnx.file.OnnxNode;
import io.github.unroll.io.onnx.file.OnnxTensor;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The names of the weights of a .onnx file: each initializer of the graph by its own name, and
 * besides, of a recurrent node {@code <node>.W}, {@code .R}, {@code .B} and {@code .P}, of a Gather
 * {@code <node>.data}, of a MatMul or Gemm {@code <node>.B} (H,K) and {@code <node>.C}, of a MatMul
 * that of the Add after it.
 *
 * <p>What plain layers do not have makes the W of a node, or the B of a Gemm, unreadable, so that
 * it is refused where a layer is made of it.
 */
final class OnnxNames {

  /** The operators that choose and repeat elements: a learned state is expanded to the batch. */
  private static final String SAME_ELEMENTS =
      "Expand|Tile|Slice|Gather|Squeeze|Unsqueeze|Transpose|Reshape|Identity";

  private final Map<String, StoredArray> all = new LinkedHashMap<>();
  private final Map<String, StoredArray> constants = new HashMap<>();
  private final Map<String, OnnxNode> products = new HashMap<>(); // MatMuls by their outputs

  /** Of what constant elements come, by the values that have no others. */
  private final Map<String, StoredArray> sources = new HashMap<>();

  // What nodes that share a constant would compute again and again.
  private final Map<String, StoredArray> transposed = new HashMap<>();
  private final Map<String, Boolean> zeros = new HashMap<>();

  private OnnxNames() {}

  /** All weights of a file by name, the initializers first; unmodifiable. */
  static Map<String, StoredArray> of(OnnxFile file) throws IOException {
    OnnxNames names = new OnnxNames();
    names.addAll(file);
    return Collections.unmodifiableMap(names.all);
  }

  private void addAll(OnnxFile file) throws IOException {
    for (OnnxTensor tensor : file.initializers().values()) {
      all.put(tensor.name(), tensor.array());
    }
    constants.putAll(all);
    for (OnnxNode node : file.nodes()) {
      try {
        add(node);
      } catch (IllegalArgumentException e) {
        throw new IOException(
            String.format(Locale.ROOT, "%s: %s: %s", file.path(), node, e.getMessage()), e);
      }
    }
  }

  private void add(OnnxNode node) {
    String output = node.outputs().isEmpty() ? "" : node.outputs().get(0);
    if (node.operator().matches(SAME_ELEMENTS)) {
      sources.put(output, source(node.input(0)));
    }
    switch (node.operator()) {
      case "Constant" -> {
        if (node.options().get("value") instanceof StoredArray value) {
          constants.put(output, value);
        }
      }
      case "ConstantOfShape" -> {
        if (node.options().get("value") instanceof StoredArray value) {
          sources.put(output, value);
        }
      }
      case "Identity" -> constants.put(output, constants.get(node.input(0)));
      case "RNN", "GRU", "LSTM" -> addRecurrent(node);
      case "Gather" -> put(node, "data", node.input(0));
      case "MatMul" -> {
        put(node, "B", node.input(1));
        products.put(output, node);
      }
      case "Add" -> {
        addBias(node.input(0), node.input(1));
        addBias(node.input(1), node.input(0));
      }
      case "Gemm" -> addGemm(node);
      default -> {}
    }
  }

  private static String name(OnnxNode node, String weight) {
    return node.name() + "." + weight;
  }

  /** Adds a constant of floating-point numbers, if it is one. */
  private void put(OnnxNode node, String weight, String constant) {
    StoredArray array = constants.get(constant);
    if (array != null && (!array.isReadable() || array.elementType().isFloating())) {
      all.put(name(node, weight), array);
    }
  }

  private void addBias(String product, String bias) {
    OnnxNode node = products.remove(product);
    if (node != null) {
      put(node, "C", bias);
    }
  }

  private void addGemm(OnnxNode node) {
    put(node, "B", node.input(1));
    put(node, "C", node.input(2));
    StoredArray b = all.get(name(node, "B"));
    if (node.real("alpha", 1) != 1 || node.real("beta", 1) != 1 || node.integer("transA", 0) != 0) {
      refuse(node, "B", "it has an alpha, beta or transA");
    } else if (b != null && b.isReadable() && node.integer("transB", 0) != 0) {
      all.put(name(node, "B"), transposed.computeIfAbsent(node.input(1), same -> b.transposed()));
    }
  }

  private void addRecurrent(OnnxNode node) {
    put(node, "W", node.input(1));
    put(node, "R", node.input(2));
    put(node, "B", node.input(3));
    put(node, "P", node.input(7));
    boolean relu = node.options().containsKey("activations") && has(node, "Relu");
    if (node.operator().equals("GRU")) {
      addFlag(node, "linear_before_reset", node.integer("linear_before_reset", 0) != 0);
    } else if (node.operator().equals("RNN")) {
      addFlag(node, "relu", relu);
    }
    String special =
        all.containsKey(name(node, "W"))
            ? special(node, relu)
            : "it is not a constant of the file, but computed or an input";
    if (!special.isEmpty()) {
      refuse(node, "W", special);
    }
  }

  private void addFlag(OnnxNode node, String name, boolean set) {
    all.put(name(node, name), StoredArray.ofDoubles(ElementType.FLOAT64, new long[0], set ? 1 : 0));
  }

  private void refuse(OnnxNode node, String weight, String why) {
    String name = name(node, weight);
    StoredArray array = all.get(name);
    boolean known = array != null && !array.typeName().isEmpty();
    String refusal =
        String.format(
            Locale.ROOT,
            "\"%s\" of %s is not read: %s; OnnxModel runs such a node",
            name,
            node.operator(),
            why);
    all.put(
        name,
        StoredArray.unread(known ? array.typeName() : "", known ? array.shape() : null, refusal));
  }

  /** What a node has that no plain layer has; empty if there is nothing. */
  private String special(OnnxNode node, boolean relu) {
    for (String option : node.options().keySet()) {
      boolean plain =
          switch (option) {
            case "hidden_size", "linear_before_reset", "layout" -> true;
            case "direction" -> !node.get(option, "").equals("reverse");
            case "input_forget" -> node.integer(option, 0) == 0;
            case "activations" ->
                switch (node.operator()) {
                  case "LSTM" -> has(node, "Sigmoid", "Tanh", "Tanh");
                  case "GRU" -> has(node, "Sigmoid", "Tanh");
                  default -> relu || has(node, "Tanh");
                };
            default -> false;
          };
      if (!plain) {
        return "it has the option ".concat(option);
      }
    }
    if (!node.input(7).isEmpty()) {
      return "it has peepholes, the input P";
    }
    return zeros.computeIfAbsent(node.input(5), this::isZero)
            && zeros.computeIfAbsent(node.input(6), this::isZero)
        ? ""
        : "it starts from a state that is not zero";
  }

  /** Whether the activations of each direction are these. */
  private static boolean has(OnnxNode node, String... each) {
    String[] given = node.get("activations", each);
    for (int i = 0; i < given.length; i++) {
      if (!given[i].equalsIgnoreCase(each[i % each.length])) {
        return false;
      }
    }
    return true;
  }

  private StoredArray source(String name) {
    return sources.getOrDefault(name, constants.get(name));
  }

  /** Whether a state is zeros, or not made of a constant. */
  private boolean isZero(String name) {
    StoredArray state = source(name);
    boolean known = state != null && state.isReadable() && state.elementType().isFloating();
    for (double value : known ? state.doubles() : new double[0]) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
