package io.github.unroll.io.onnx.file;

import io.github.unroll.io.DeclaredArray;
import io.github.unroll.io.ElementType;
import io.github.unroll.io.FileKind;
import io.github.unroll.io.bytes.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a .onnx file says: one graph. What is not understood is passed over; values of initializers
 * are read when they are asked for.
 */
public final class OnnxFile {

  private static final int MOST_BYTES = Integer.MAX_VALUE - 8; // no protocol buffer is longer

  private final Path path;
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
  private final List<DeclaredArray> inputs = new ArrayList<>();
  private final List<DeclaredArray> outputs = new ArrayList<>();
  private final Map<String, DeclaredArray> known = new LinkedHashMap<>();
  private final Set<String> nodeNames = new HashSet<>();
  private String producer = "";
  private long opset;
  private boolean hasGraph;

  private OnnxFile(Path path) {
    this.path = path;
  }

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, if it cannot be read or is wrong
   */
  public static OnnxFile read(Path path) throws IOException {
    try (InputStream in = FilePath.open(path)) {
      FileKind kind = FileKind.of(in, path);
      if (kind != FileKind.ONNX && kind != FileKind.UNKNOWN) {
        throw new IOException(path + ": " + FileKind.ONNX.butIs(kind));
      }
      return read(in, path);
    }
  }

  /**
   * Reads a file from its beginning on.
   *
   * @throws IOException naming the file, if it cannot be read or is wrong
   */
  public static OnnxFile read(InputStream in, Path path) throws IOException {
    OnnxFile file = new OnnxFile(path);
    try {
      byte[] bytes = in.readNBytes(MOST_BYTES);
      if (in.read() >= 0) {
        throw new IOException("is longer than 2 GB; export it with external data");
      }
      file.read(new Message(bytes, 0, bytes.length));
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      throw why.startsWith(path.toString()) ? e : new IOException(path + ": " + why, e);
    }
    return file;
  }

  private void read(Message in) throws IOException {
    while (in.next()) {
      switch (in.field()) {
        case 2, 3 -> producer = (producer + " " + in.text()).strip(); // and its version
        case 7 -> readGraph(in.message());
        case 8 -> readOpset(in.message());
        default -> in.skip();
      }
    }
    if (!hasGraph) {
      throw new IOException("has no graph; it is no ONNX model");
    }
  }

  private void readOpset(Message in) throws IOException {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.integer();
        default -> in.skip();
      }
    }
    opset = domain.isEmpty() || domain.equals("ai.onnx") ? version : opset;
  }

  /** Reads a graph; one that comes in parts is all of them. */
  private void readGraph(Message in) throws IOException {
    hasGraph = true;
    while (in.next()) {
      int field = in.field();
      switch (field) {
        case 1 -> nodes.add(named(OnnxNode.read(in.message(), path)));
        case 5 -> {
          OnnxTensor tensor = new OnnxTensor(path);
          tensor.merge(in.message());
          if (initializers.put(tensor.name(), tensor.checked()) != null) {
            throw new IOException("has two initializers \"" + tensor.name() + "\"");
          }
        }
        case 11, 12, 13 -> {
          String[] nameAndType = {"", ""};
          List<String> shape = new ArrayList<>(List.of("..."));
          readDeclared(in.message(), "", nameAndType, shape);
          DeclaredArray value = new DeclaredArray(nameAndType[0], nameAndType[1], shape);
          known.put(value.name(), value);
          if (field < 13) {
            (field == 11 ? inputs : outputs).add(value);
          }
        }
        default -> in.skip();
      }
    }
  }

  /** Reads what a message tells of a value, within others of such numbers. */
  private static void readDeclared(
      Message in, String within, String[] nameAndType, List<String> shape) throws IOException {
    while (in.next()) {
      String field = within + in.field() + ".";
      switch (field) {
        case "1." -> nameAndType[0] = in.text();
        case "2.", "2.1.", "2.1.2.", "2.1.2.1." -> {
          if (field.equals("2.1.2.")) {
            shape.clear();
          } else if (field.equals("2.1.2.1.")) {
            shape.add("-1");
          }
          readDeclared(in.message(), field, nameAndType, shape);
        }
        case "2.1.1." -> {
          long type = in.integer();
          ElementType read = OnnxTensor.type(type);
          nameAndType[1] = read == null ? OnnxTensor.typeName(type) : read.toString();
        }
        case "2.1.2.1.1." -> shape.set(shape.size() - 1, Long.toString(Math.max(-1, in.integer())));
        case "2.1.2.1.2." -> {
          String size = in.text();
          shape.set(shape.size() - 1, size.isEmpty() ? "-1" : size);
        }
        default -> in.skip();
      }
    }
  }

  /** The node, with a name of its own. */
  private OnnxNode named(OnnxNode node) {
    return !node.name().isEmpty() && nodeNames.add(node.name())
        ? node
        : new OnnxNode(
            node.operator() + "_" + nodes.size(),
            node.operator(),
            node.inputs(),
            node.outputs(),
            node.options());
  }

  // ---- what it says ----

  /** {@return the file} */
  public Path path() {
    return path;
  }

  /** {@return the program that wrote it; may be empty} */
  public String producer() {
    return producer;
  }

  /** {@return the version of ONNX's own operators; 0 if it is not told} */
  public long opset() {
    return opset;
  }

  /** {@return the nodes in the order of the file} */
  public List<OnnxNode> nodes() {
    return nodes;
  }

  /** {@return the constants by name} */
  public Map<String, OnnxTensor> initializers() {
    return initializers;
  }

  /** {@return what the graph reads, perhaps constants among it} */
  public List<DeclaredArray> inputs() {
    return inputs;
  }

  /** {@return what the graph gives} */
  public List<DeclaredArray> outputs() {
    return outputs;
  }

  /** {@return what is known of values by name} */
  public Map<String, DeclaredArray> known() {
    return known;
  }
}
