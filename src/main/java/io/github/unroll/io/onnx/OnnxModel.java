package io.github.unroll.io.onnx;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.github.unroll.io.foreign.ImportedLayers;
import io.github.unroll.io.onnx.file.OnnxFile;
import io.github.unroll.tensor.Tensor3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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

  private final Graph graph;

  OnnxModel(Graph graph) {
    this.graph = graph;
  }

  /**
   * An input or an output of a model.
   *
   * @param name its name
   * @param type the type of its elements that the file declares; empty if it does not
   * @param shape the size of each axis: a number where it is fixed, the name that the file gives it
   *     where it is not, such as batch, or else -1; empty if the file does not tell how many axes
   *     there are
   */
  public record Value(String name, Optional<ElementType> type, Optional<List<String>> shape) {

    /** {@return name, type and shape, such as {@code x: float32 (batch x 5 x 3)}} */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s: %s %s",
          name,
          type.map(ElementType::toString).orElse("?"),
          shape.map(sizes -> "(" + String.join(" x ", sizes) + ")").orElse("(?)"));
    }

    /** Whether an array may have such a shape; what is no number may be anything. */
    boolean mayBe(List<String> sizes) {
      List<String> wanted = shape.orElse(sizes);
      boolean fits = wanted.size() == sizes.size();
      for (int axis = 0; fits && axis < sizes.size(); axis++) {
        fits =
            !isFixed(wanted.get(axis))
                || !isFixed(sizes.get(axis))
                || wanted.get(axis).equals(sizes.get(axis));
      }
      return fits;
    }

    private static boolean isFixed(String size) {
      return !size.isEmpty() && size.chars().allMatch(c -> c >= '0' && c <= '9');
    }
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
  public List<Value> inputs() {
    return graph.inputs();
  }

  /** {@return what the model gives, in the order of the file} */
  public List<Value> outputs() {
    return graph.outputs();
  }

  // ---- running ----

  /**
   * Runs the model.
   *
   * @param inputs an array for each of the {@link #inputs()}, by name: of any floating-point type,
   *     or any integers where the model wants such
   * @return the outputs by name, in the order of {@link #outputs()}: of float64, or of int64 for
   *     integers and booleans; unmodifiable
   * @throws IllegalArgumentException naming the input, if one is missing, unknown, of a wrong type
   *     or shape; or the node and its shapes, if they do not fit there, or an index is out of range
   */
  public Map<String, StoredArray> run(Map<String, StoredArray> inputs) {
    Tensor[] values = graph.constants().clone();
    double size = 0;
    for (Value input : graph.inputs()) {
      Tensor given = checked(input, inputs.get(input.name()));
      size += given.size();
      values[graph.places().get(input.name())] = given;
    }
    for (String name : inputs.keySet()) {
      if (graph.inputs().stream().noneMatch(input -> input.name().equals(name))) {
        throw refusal("there is no input \"%s\"", name);
      }
    }
    Budget budget = new Budget(size, graph.constantSize(), graph.steps().size());
    for (Step step : graph.steps()) {
      step.run(values, budget);
    }
    Map<String, StoredArray> outputs = new LinkedHashMap<>();
    for (Value output : graph.outputs()) {
      outputs.put(output.name(), values[graph.places().get(output.name())].stored());
    }
    return Collections.unmodifiableMap(outputs);
  }

  private Tensor checked(Value input, StoredArray given) {
    if (given == null) {
      throw refusal("the input \"%s\" is missing", input.name());
    }
    if (!given.isReadable()) {
      throw refusal("the input \"%s\" has no values: %s", input.name(), given.unread());
    }
    boolean real = input.type().orElseThrow().isFloating();
    if (given.elementType().isFloating() != real) {
      throw refusal("the input \"%s\" must be %s, not %s", input.name(), kind(real), given);
    }
    if (!input.mayBe(Arrays.stream(given.shape()).mapToObj(Long::toString).toList())) {
      throw refusal("the input \"%s\" is %s", input.name(), given);
    }
    return Tensor.of(given);
  }

  private static String kind(boolean real) {
    return real ? "floating-point numbers" : "integers";
  }

  private IllegalArgumentException refusal(String format, Object... details) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "OnnxModel.run: %s; the model reads %s",
            String.format(Locale.ROOT, format, details),
            graph.inputs().stream().map(Value::toString).collect(Collectors.joining(", "))));
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
      if (ids[n].length != steps) {
        throw refusal("row 0 has %d ids and row %d has %d", steps, n, ids[n].length);
      }
      for (int t = 0; t < steps; t++) {
        all[n * steps + t] = ids[n][t];
      }
    }
    return runAlone(StoredArray.ofLongs(ElementType.INT64, new long[] {ids.length, steps}, all));
  }

  private StoredArray runAlone(StoredArray input) {
    if (graph.inputs().size() != 1) {
      throw refusal("one input is given");
    }
    return run(Map.of(graph.inputs().get(0).name(), input)).values().iterator().next();
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
    return new PlainStack(graph).layers();
  }

  /**
   * {@return a table of the nodes that a run computes: name, operator, shape of the output where it
   * is known, options, and number of parameters}
   */
  @Override
  public String toString() {
    return GraphTable.of(graph);
  }
}
