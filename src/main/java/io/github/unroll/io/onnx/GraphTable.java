package io.github.unroll.io.onnx;

import io.github.unroll.io.StoredArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
    graph.inputs().forEach(input -> table.row(input.name(), "input", shape(input), "", type(input)));
    graph.steps().forEach(table::row);
    for (OnnxModel.Value output : graph.outputs()) {
      table.row(output.name(), "output", shape(output), "", type(output));
    }
    String of = graph.producer().isEmpty() ? "" : " of " + graph.producer();
    table.row("together", "", "", Long.toString(graph.parameters()), "opset " + graph.opset() + of);
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
    String output = step.node().outputs().stream().filter(name -> !name.isEmpty()).findFirst().get();
    long count = parameters(step);
    row(
        step.node().name(),
        step.node().operator(),
        Optional.ofNullable(graph.known().get(output)).map(GraphTable::shape).orElse(""),
        count == 0 ? "" : Long.toString(count),
        String.join(" ", options));
  }

  /** The floating-point constants that a step reads. */
  private long parameters(Step step) {
    long count = 0;
    if (step.weights() != null) {
      for (StoredArray weight : step.weights()) {
        count += weight == null ? 0 : weight.size();
      }
      return count;
    }
    for (int place : step.in()) {
      Tensor constant = place < 0 ? null : graph.constants()[place];
      count += constant == null || !constant.isReal() ? 0 : constant.size();
    }
    return count;
  }

  private static String shape(OnnxModel.Value value) {
    return value.shape().map(sizes -> "(" + String.join("x", sizes) + ")").orElse("");
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
    String format = "%-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %" + widths[3] + "s  %s";
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      text.append(text.length() == 0 ? "" : "\n")
          .append(String.format(Locale.ROOT, format, (Object[]) row).stripTrailing());
    }
    return text.toString();
  }
}
