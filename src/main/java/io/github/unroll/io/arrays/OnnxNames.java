package io.github.unroll.io.arrays;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.onnx.file.OnnxFile;
import io.github.unroll.io.onnx.file.OnnxNode;
import io.github.unroll.io.onnx.file.OnnxTensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The names of the weights in a graph: each initializer by its own, and besides, of a recurrent
 * node {@code <node>.W}, {@code .R}, {@code .B} and {@code .P}, of a Gather {@code <node>.data}, of
 * a MatMul or Gemm {@code <node>.B} (H,K) and {@code <node>.C}, of a MatMul that of the Add after
 * it. What plain layers do not have makes the W of a node, or the B of a Gemm, unreadable, so that
 * it is refused where a layer is made of it.
 */
final class OnnxNames {

  private static final Map<String, List<String>> DEFAULTS =
      Map.of(
          "RNN", List.of("tanh"),
          "GRU", List.of("sigmoid", "tanh"),
          "LSTM", List.of("sigmoid", "tanh", "tanh"));

  private final OnnxFile file;
  private final Map<String, OnnxTensor> constants;
  private final Map<String, OnnxWeight> all = new LinkedHashMap<>();

  OnnxNames(OnnxFile file) {
    this.file = file;
    this.constants = new LinkedHashMap<>(file.initializers());
  }

  /** All weights, the initializers first. */
  Map<String, OnnxWeight> all() throws IOException {
    constants.forEach((name, tensor) -> all.put(name, OnnxWeight.of(tensor)));
    for (OnnxNode node : file.nodes()) {
      try {
        if (node.domain().isEmpty()) {
          add(node);
        }
      } catch (IllegalArgumentException e) {
        throw new IOException(
            String.format(Locale.ROOT, "%s: %s: %s", file.path(), node.label(), e.getMessage()), e);
      }
    }
    return all;
  }

  private void add(OnnxNode node) throws IOException {
    switch (node.operator()) {
      case "Constant" -> addConstant(node, node.get("value", OnnxTensor.class));
      case "Identity" -> addConstant(node, constants.get(node.input(0)));
      case "RNN", "GRU", "LSTM" -> addRecurrent(node);
      case "Gather" -> put(node, "data", 0);
      case "MatMul" -> put(node, "B", 1);
      case "Add" -> addBias(node);
      case "Gemm" -> addGemm(node);
      default -> {}
    }
  }

  private void addConstant(OnnxNode node, OnnxTensor value) {
    if (value != null && !node.outputs().isEmpty()) {
      constants.put(node.outputs().get(0), value);
    }
  }

  /** Adds an input of a node if it is a constant of floating-point numbers. */
  private void put(OnnxNode node, String name, int input) {
    OnnxTensor tensor = constants.get(node.input(input));
    if (tensor != null && (tensor.type() == null || tensor.type().isFloating())) {
      all.put(node.name() + "." + name, OnnxWeight.of(tensor));
    }
  }

  /** The bias of the MatMul whose product an Add reads. */
  private void addBias(OnnxNode add) {
    for (OnnxNode node : file.nodes()) {
      boolean product = node.operator().equals("MatMul") && !node.outputs().isEmpty();
      if (product && add.inputs().size() == 2 && all.containsKey(node.name() + ".B")) {
        int other = 1 - add.inputs().indexOf(node.outputs().get(0));
        if (other < 2 && !all.containsKey(node.name() + ".C")) {
          OnnxTensor bias = constants.get(add.input(other));
          if (bias != null) {
            all.put(node.name() + ".C", OnnxWeight.of(bias));
          }
        }
      }
    }
  }

  private void addGemm(OnnxNode node) {
    put(node, "B", 1);
    put(node, "C", 2);
    String name = node.name() + ".B";
    if (all.containsKey(name)) {
      boolean plain =
          node.real("alpha", 1) == 1 && node.real("beta", 1) == 1 && node.integer("transA", 0) == 0;
      all.put(
          name,
          new OnnxWeight(
              all.get(name).tensor(),
              node.integer("transB", 0) != 0,
              plain ? "" : refusal(node, "B", "it has an alpha, beta or transA"),
              null));
    }
  }

  // ---- recurrent nodes ----

  private void addRecurrent(OnnxNode node) throws IOException {
    put(node, "R", 2);
    put(node, "B", 3);
    if (node.operator().equals("LSTM")) {
      put(node, "P", 7);
    }
    OnnxTensor w = constants.get(node.input(1));
    String why =
        w == null ? "it is not a constant of the file, but computed or an input" : special(node);
    String unread = why.isEmpty() ? "" : refusal(node, "W", why);
    all.put(node.name() + ".W", new OnnxWeight(w, false, unread, null));
    if (node.operator().equals("GRU")) {
      addOption(node, "linear_before_reset", node.integer("linear_before_reset", 0) != 0);
    } else if (node.operator().equals("RNN")) {
      addOption(node, "relu", isAll(activations(node), "relu"));
    }
  }

  private void addOption(OnnxNode node, String name, boolean set) {
    all.put(
        node.name() + "." + name,
        new OnnxWeight(
            null, false, "", StoredArray.ofDoubles(ElementType.FLOAT64, new long[0], set ? 1 : 0)));
  }

  private String refusal(OnnxNode node, String name, String why) {
    return String.format(
        Locale.ROOT,
        "\"%s.%s\" of %s is not read: %s; OnnxModel runs such a node",
        node.name(),
        name,
        node.operator(),
        why);
  }

  /** What a node has that no plain layer has; empty if there is nothing. */
  private String special(OnnxNode node) throws IOException {
    String[] activations = activations(node);
    List<String> defaults = DEFAULTS.get(node.operator());
    boolean usual = node.operator().equals("RNN") && isAll(activations, "relu");
    for (int i = 0; !usual && i < activations.length; i++) {
      if (!activations[i].equalsIgnoreCase(defaults.get(i % defaults.size()))) {
        return "its option activations is " + String.join(", ", activations);
      }
    }
    if (node.has("clip")) {
      return "it has the option clip, " + (float) node.real("clip", 0);
    }
    if (node.integer("input_forget", 0) != 0) {
      return "it has the option input_forget";
    }
    if (node.text("direction", "forward").equals("reverse")) {
      return "its direction is reverse";
    }
    if (!node.input(7).isEmpty()) {
      return "it has peepholes, the input P";
    }
    for (int input = 5; input < 7; input++) {
      if (!isZero(constants.get(node.input(input)))) {
        return "it starts from a state that is not zero, " + node.input(input);
      }
    }
    return "";
  }

  private static String[] activations(OnnxNode node) {
    String[] given = node.get("activations", String[].class);
    return given == null ? new String[0] : given;
  }

  private static boolean isAll(String[] activations, String name) {
    for (String activation : activations) {
      if (!activation.equalsIgnoreCase(name)) {
        return false;
      }
    }
    return activations.length > 0;
  }

  private static boolean isZero(OnnxTensor state) throws IOException {
    if (state == null || state.type() == null || !state.type().isFloating()) {
      return true; // given or computed while the graph runs
    }
    for (double value : state.array().doubles()) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
