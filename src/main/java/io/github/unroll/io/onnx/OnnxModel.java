package io.github.unroll.io.onnx;

import io.github.unroll.io.DeclaredArray;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.ImportedLayers;
import io.github.unroll.io.onnx.file.OnnxFile;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model of ONNX, read from a .onnx file and ready to run: graphs of recurrent nets, with every
 * option of RNN, LSTM and GRU.
 *
 * <pre>{@code
 * OnnxModel model = OnnxModel.read(Path.of("model.onnx"));
 * Map<String, StoredArray> outputs = model.run(Map.of("x", input));
 * }</pre>
 *
 * <p>It computes in double, integers in 64 bits, whatever types the file declares; weights of
 * float16, bfloat16 and float32 are taken exactly. Recurrent nodes are run by the layers and cells
 * of this library. Nodes that depend on constants alone are computed once, when the model is read.
 *
 * <p>A model is immutable, and any number of threads may run it at a time.
 */
public final class OnnxModel {

  /** The greatest width of the names in the table: a single long one would widen all rows. */
  private static final int WIDEST = 60;

  /** What a run may always make, whatever its inputs. */
  private static final double SOME_ELEMENTS = 1 << 21;

  private final List<DeclaredArray> inputs;
  private final List<DeclaredArray> outputs;
  private final List<Step> steps;
  private final Map<String, Integer> places;
  private final Tensor[] constants;
  private final double constantSize;
  private final Path path;
  private final String table;

  OnnxModel(GraphReader graph) {
    this.inputs = graph.inputs();
    this.outputs = List.copyOf(graph.file().outputs());
    this.steps = graph.steps();
    this.places = graph.places();
    this.constants = graph.values();
    this.constantSize = graph.constantSize();
    this.path = graph.file().path();
    this.table = table(graph);
  }

  /**
   * Reads a model. Values in other files are read from the folder of the model alone.
   *
   * @param file a .onnx file
   * @return the model
   * @throws IOException naming the file, if it cannot be read, is damaged or has operators, options
   *     or types that are not run; all operators that are not are named
   */
  public static OnnxModel read(Path file) throws IOException {
    return new OnnxModel(GraphReader.read(OnnxFile.read(file)));
  }

  /** {@return what the model reads, in the order of the file; constants are not among it} */
  public List<DeclaredArray> inputs() {
    return inputs;
  }

  /** {@return what the model gives, in the order of the file} */
  public List<DeclaredArray> outputs() {
    return outputs;
  }

  // ---- running ----

  /**
   * Runs the model.
   *
   * @param arrays an array for each of the {@link #inputs()}, by name: of any floating-point type,
   *     or any integers where the model wants such
   * @return the outputs by name, in the order of {@link #outputs()}: of float64, or of int64 for
   *     integers and booleans; unmodifiable
   * @throws IllegalArgumentException naming the input, if one is missing, unknown, of a wrong type
   *     or shape; or the node and its shapes, if they do not fit there, or an index is out of range
   */
  public Map<String, StoredArray> run(Map<String, StoredArray> arrays) {
    Tensor[] values = constants.clone();
    Set<String> unknown = new TreeSet<>(arrays.keySet());
    double size = 0;
    for (DeclaredArray input : inputs) {
      unknown.remove(input.name());
      Tensor given = checked(input, arrays.get(input.name()));
      size += given.size();
      values[places.get(input.name())] = given;
    }
    require(unknown.isEmpty(), "there are no inputs %s", unknown);
    NodeCall call = new NodeCall(SOME_ELEMENTS + steps.size() * (1 + size) * (1 + constantSize));
    for (Step step : steps) {
      call.run(step, values);
    }
    Map<String, StoredArray> results = new LinkedHashMap<>();
    for (DeclaredArray output : outputs) {
      results.put(output.name(), values[places.get(output.name())].stored());
    }
    return Collections.unmodifiableMap(results);
  }

  private Tensor checked(DeclaredArray input, StoredArray given) {
    String name = input.name();
    require(given != null, "the input \"%s\" is missing", name);
    require(given.isReadable(), "the input \"%s\" has no values: %s", name, given.unread());
    boolean real = input.type().contains("float");
    require(
        given.elementType().isFloating() == real,
        real
            ? "the input \"%s\" must be floating-point numbers, not %s"
            : "the input \"%s\" must be integers, not %s",
        name,
        given);
    List<String> shape = Arrays.stream(given.shape()).mapToObj(Long::toString).toList();
    require(input.mayBe(shape), "the input \"%s\" is %s", name, given);
    return Tensor.of(given);
  }

  private void require(boolean holds, String otherwise, Object... details) {
    if (!holds) {
      throw NodeCall.misfit(
          "OnnxModel.run: %s; the model reads %s",
          String.format(Locale.ROOT, otherwise, details), inputs);
    }
  }

  /**
   * Runs a model that reads one tensor of three axes.
   *
   * @param input its only input, as its axes are in the graph
   * @return its first output
   * @throws IllegalArgumentException as {@link #run(Map)}, or if it has not one input
   */
  public StoredArray run(Tensor3 input) {
    return runAlone(StoredArray.of(input));
  }

  /**
   * Runs a model that reads ids, such as those of words.
   *
   * @param ids its only input; rows of one length
   * @return its first output
   * @throws IllegalArgumentException as {@link #run(Map)}, or if it has not one input, or rows
   *     differ in length
   */
  public StoredArray run(int[][] ids) {
    int steps = ids.length == 0 ? 0 : ids[0].length;
    long[] all = new long[ids.length * steps];
    for (int n = 0; n < ids.length; n++) {
      require(ids[n].length == steps, "row 0 has %d ids and row %d other", steps, n);
      for (int t = 0; t < steps; t++) {
        all[n * steps + t] = ids[n][t];
      }
    }
    return runAlone(StoredArray.ofLongs(ElementType.INT64, new long[] {ids.length, steps}, all));
  }

  private StoredArray runAlone(StoredArray input) {
    require(inputs.size() == 1, "one input is given");
    return run(Map.of(inputs.get(0).name(), input)).values().iterator().next();
  }

  // ---- what it is ----

  /**
   * {@return the layers of the model if it is a plain stack: word vectors (a Gather), recurrent
   * layers, the last step or every step, a linear map, a softmax or its logarithm} They are new,
   * with copies of the weights: to be trained further, stepped in a session, or saved as a {@link
   * ImportedLayers#toModel() model}. They read and give batch first, whatever the graph does, and
   * give the first output of the model; of a logarithm of a softmax they say softmax.
   *
   * @throws IllegalArgumentException naming the first node that does not fit, and why
   */
  public ImportedLayers layers() {
    try {
      return new PlainStack(steps, constants).layers(this, places);
    } catch (IllegalArgumentException e) {
      throw NodeCall.misfit(
          "OnnxModel.layers: %s is no plain stack: %s; OnnxModel.run runs it all the same",
          path, e.getMessage());
    }
  }

  /**
   * {@return a table of the nodes that a run computes: name, operator, shape of the output where
   * the file tells it, number of parameters, and options}
   */
  @Override
  public String toString() {
    return table;
  }

  private static String table(GraphReader graph) {
    OnnxFile file = graph.file();
    List<Object[]> rows = new ArrayList<>();
    rows.add(new Object[] {"node", "operator", "output", "parameters", "options"});
    for (DeclaredArray input : graph.inputs()) {
      rows.add(new Object[] {input.name(), "input", shape(input), "", input.type()});
    }
    for (Step step : graph.steps()) {
      long count = 0;
      for (String input : step.node.inputs()) {
        count += graph.parameters().getOrDefault(input, 0L);
      }
      String output = shape(file.known().get(step.node.outputs().get(0)));
      String operator = step.node.operator();
      Object some = count == 0 ? "" : count;
      rows.add(new Object[] {step.node.name(), operator, output, some, options(step)});
    }
    for (DeclaredArray output : file.outputs()) {
      rows.add(new Object[] {output.name(), "output", shape(output), "", output.type()});
    }
    long all = graph.parameters().values().stream().mapToLong(Long::longValue).sum();
    String opset = String.join(" ", "opset", Long.toString(file.opset()), file.producer());
    rows.add(new Object[] {"together", "", "", all, opset});
    int longest = rows.stream().mapToInt(row -> row[0].toString().length()).max().getAsInt();
    int width = Math.min(longest, WIDEST);
    StringBuilder text = new StringBuilder();
    for (Object[] row : rows) {
      String line = String.format(Locale.ROOT, "%-" + width + "s  %-15s  %-17s  %10s  %s", row);
      // a file may call its nodes as it likes, but no control character is shown
      text.append(line.stripTrailing().replaceAll("\\p{C}", "?")).append('\n');
    }
    return text.toString().stripTrailing();
  }

  private static String options(Step step) {
    StringBuilder options = new StringBuilder();
    for (Map.Entry<String, Object> option : step.node.options().entrySet()) {
      String value = Arrays.deepToString(new Object[] {option.getValue()});
      options.append(option.getKey()).append('=').append(value, 1, value.length() - 1).append(' ');
    }
    return options.toString();
  }

  private static String shape(DeclaredArray known) {
    return known == null
        ? ""
        : known
            .shape()
            .toString()
            .replace("-1", "?")
            .replace(", ", "x")
            .replace('[', '(')
            .replace(']', ')');
  }
}
