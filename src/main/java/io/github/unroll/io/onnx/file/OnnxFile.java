package io.github.unroll.io.onnx.file;

import io.github.unroll.io.FileKind;
import io.github.unroll.io.bytes.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a .onnx file says: one graph. What is not understood is passed over, values are read when
 * they are asked for.
 *
 * @param path the file
 * @param producer the program that wrote it; may be empty
 * @param opsets the version of the operators of each domain; that of ONNX's own is empty
 * @param nodes all nodes, in the order of the file, each with a name of its own
 * @param initializers the constants by name
 * @param inputs what the graph reads, constants among them
 * @param outputs what the graph writes
 * @param values types and shapes that are known by name
 */
public record OnnxFile(
    Path path,
    String producer,
    Map<String, Long> opsets,
    List<OnnxNode> nodes,
    Map<String, OnnxTensor> initializers,
    List<Value> inputs,
    List<Value> outputs,
    Map<String, Value> values) {

  private static final int MOST_BYTES = Integer.MAX_VALUE - 8; // as protocol buffers have at most

  /**
   * Type and shape of a value.
   *
   * @param name its name
   * @param type the number of its type of elements; 0 if it is not known or it is no tensor
   * @param shape a number for each axis that has a fixed size, a name for others, which may be
   *     empty; null if the number of axes is not known
   */
  public record Value(String name, long type, List<String> shape) {}

  /** {@return an empty file, to be filled} */
  private static OnnxFile empty(Path path, String producer) {
    return new OnnxFile(
        path,
        producer,
        new LinkedHashMap<>(),
        new ArrayList<>(),
        new LinkedHashMap<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new LinkedHashMap<>());
  }

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, if it cannot be read or is wrong
   */
  public static OnnxFile read(Path file) throws IOException {
    try (InputStream in = FilePath.open(file)) {
      FileKind kind = FileKind.of(in);
      if (kind != FileKind.ONNX && kind != FileKind.UNKNOWN) {
        throw new IOException(file + ": " + FileKind.ONNX.butIs(kind));
      }
      return read(in, file);
    }
  }

  /**
   * Reads a file from its beginning on.
   *
   * @throws IOException naming the file, if it cannot be read or is wrong
   */
  public static OnnxFile read(InputStream in, Path file) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES);
    if (in.read() >= 0) {
      throw new IOException(
          file + ": is longer than 2 GB, which no .onnx file is; export it with external data");
    }
    try {
      return read(new Message(bytes), file);
    } catch (IOException e) {
      String why = e.getMessage();
      throw why.startsWith(file.toString()) ? e : new IOException(file + ": " + why, e);
    }
  }

  private static OnnxFile read(Message in, Path path) throws IOException {
    OnnxFile read = empty(path, "");
    String producer = "";
    String version = "";
    boolean graph = false;
    while (in.next()) {
      switch (in.field()) {
        case 2 -> producer = in.text();
        case 3 -> version = in.text();
        case 7 -> {
          graph = true;
          read.addGraph(in.message());
        }
        case 8 -> read.addOpset(in.message());
        default -> in.skip();
      }
    }
    if (!graph) {
      throw new IOException("there is no graph in it; is it an ONNX model?");
    }
    return new OnnxFile(
        path,
        (producer + " " + version).strip(),
        read.opsets,
        read.named(),
        read.initializers,
        read.inputs,
        read.outputs,
        read.values);
  }

  private void addOpset(Message in) throws IOException {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.integer();
        default -> in.skip();
      }
    }
    opsets.put(domain.equals("ai.onnx") ? "" : domain, version);
  }

  /** Adds a graph; one that comes in parts is all of them. */
  private void addGraph(Message in) throws IOException {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(OnnxNode.read(in.message(), nodes.size(), path));
        case 5 -> addInitializer(in.message());
        case 11 -> inputs.add(value(in.message()));
        case 12 -> outputs.add(value(in.message()));
        case 13 -> {
          Value value = value(in.message());
          values.put(value.name, value);
        }
        default -> in.skip();
      }
    }
  }

  private void addInitializer(Message in) throws IOException {
    OnnxTensor tensor = new OnnxTensor(path);
    tensor.merge(in);
    if (initializers.put(tensor.name(), tensor.checked()) != null) {
      throw new IOException(
          String.format(Locale.ROOT, "two initializers are called \"%s\"", tensor.name()));
    }
  }

  private static Value value(Message in) throws IOException {
    String name = "";
    long[] type = {0};
    List<String> shape = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> shape = tensorType(in.message(), type, shape);
        default -> in.skip();
      }
    }
    return new Value(name, type[0], shape);
  }

  private static List<String> tensorType(Message in, long[] type, List<String> known)
      throws IOException {
    List<String> shape = known;
    while (in.next()) {
      if (in.field() == 1) {
        Message tensor = in.message();
        while (tensor.next()) {
          switch (tensor.field()) {
            case 1 -> type[0] = tensor.integer();
            case 2 -> shape = shape(tensor.message());
            default -> tensor.skip();
          }
        }
      } else {
        in.skip();
      }
    }
    return shape;
  }

  private static List<String> shape(Message in) throws IOException {
    List<String> shape = new ArrayList<>();
    while (in.next()) {
      if (in.field() == 1) {
        shape.add(size(in.message()));
      } else {
        in.skip();
      }
    }
    return shape;
  }

  private static String size(Message in) throws IOException {
    String size = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          long fixed = in.integer();
          size = fixed < 0 ? "" : Long.toString(fixed);
        }
        case 2 -> size = in.text();
        default -> in.skip();
      }
    }
    return size;
  }

  /** The nodes, each with a name of its own. */
  private List<OnnxNode> named() {
    Set<String> names = new HashSet<>();
    List<OnnxNode> named = new ArrayList<>(nodes.size());
    for (OnnxNode node : nodes) {
      boolean own = !node.name().isEmpty() && names.add(node.name());
      String numbered = String.format(Locale.ROOT, "%s_%d", node.operator(), named.size());
      named.add(own ? node : node.called(numbered));
    }
    return named;
  }
}
