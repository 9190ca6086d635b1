package io.github.unroll.io.onnx;

import io.github.unroll.io.StoredArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A graph as a table. */
final class GraphTable {

  private final Graph graph;
  private final List<String[]> rows = new ArrayList<>();

  private GraphTable(Graph graph) {
    this.graph = graph;
  }

  static String of(Graph graph) {
    GraphTable table = new GraphTable(graph);
    table.row("node", "operator", "output", "parameters", "options");
    graph
        .inputs()
        .forEach(input -> table.row(input.name(), "input", shape(input), "", type(input)));
    graph.steps().forEach(table::row);
    for (OnnxModel.Value output : graph.outputs()) {
      table.row(output.name(), "output", shape(output), "", type(output));
    }
    String of = graph.producer().isEmpty() ? "" : " of " + graph.producer();
    long count = graph.parameters().values().stream().mapToLong(Integer::longValue).sum();
    table.row("together", "", "", Long.toString(count), "opset " + graph.opset() + of);
    return table.text();
  }

  private void row(String... cells) {
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cells[i].replaceAll("\\p{C}", "?"); // a file may call its nodes as it likes
    }
    rows.add(cells);
  }

  private void row(Step step) {
    List<String> options = new ArrayList<>();
    step.node().attributes().forEach((name, value) -> options.add(name + "=" + text(value)));
    long count = parameters(step);
    row(
        step.node().name(),
        step.node().operator(),
        output(step),
        count == 0 ? "" : Long.toString(count),
        String.join(" ", options));
  }

  /** The weights that a step reads. */
  private long parameters(Step step) {
    long count = 0;
    for (StoredArray weight : step.weights() == null ? new StoredArray[0] : step.weights()) {
      count += weight == null ? 0 : weight.size();
    }
    for (String input : step.weights() == null ? step.node().inputs() : List.<String>of()) {
      count += graph.parameters().getOrDefault(input, 0);
    }
    return count;
  }

  /** The shape of the first output that is wanted. */
  private String output(Step step) {
    int first = 0;
    while (step.out()[first] < 0) {
      first++;
    }
    OnnxModel.Value known = graph.known().get(step.node().outputs().get(first));
    if (known != null || step.cells() == null) {
      return known == null ? "" : shape(known);
    }
    int hidden = step.cells().get(0).outputSize();
    int directions = step.recurrent().directions();
    String steps = first > 0 ? "" : step.recurrent().isBatchFirst() ? "?x?x" : "?x";
    String states = first == 0 && step.recurrent().isBatchFirst() ? "%s%dx%d" : "%s%dx?x%d";
    return String.format(Locale.ROOT, "(" + states + ")", steps, directions, hidden);
  }

  private static String shape(OnnxModel.Value value) {
    return value
        .shape()
        .map(sizes -> "(" + String.join("x", sizes).replace("-1", "?") + ")")
        .orElse("");
  }

  private static String type(OnnxModel.Value value) {
    return value.type().map(Object::toString).orElse("");
  }

  private static String text(Object value) {
    if (value instanceof long[] integers) {
      return Arrays.toString(integers);
    }
    if (value instanceof double[] reals) {
      return Arrays.toString(reals);
    }
    return value instanceof String[] texts ? Arrays.toString(texts) : value.toString();
  }

  private String text() {
    int[] widths = new int[4];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    String format =
        "%-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %" + widths[3] + "s  %s";
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      text.append(text.length() == 0 ? "" : "\n")
          .append(String.format(Locale.ROOT, format, (Object[]) row).stripTrailing());
    }
    return text.toString();
  }
}
