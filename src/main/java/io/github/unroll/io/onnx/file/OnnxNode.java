package io.github.unroll.io.onnx.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A node of a graph: an operator, what it reads and writes, and its options.
 *
 * @param name its name, or if it has none, or one that another has, operator and number
 * @param operator such as LSTM; behind its domain and a dot if it is not one of ONNX's own
 * @param inputs the names of what it reads; an empty one is left out
 * @param outputs the names of what it writes; an empty one is left out
 * @param options by name: Double, Long, String, StoredArray, double[], long[], String[], or OTHER
 */
public record OnnxNode(
    String name,
    String operator,
    List<String> inputs,
    List<String> outputs,
    Map<String, Object> options) {

  /** The value of an option of another type, such as a graph. */
  public static final Object OTHER = new Object();

  /** Reads a node. */
  static OnnxNode read(Message in, Path file) throws IOException {
    String name = "";
    String operator = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Object> options = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> operator = in.text();
        case 5 -> readOption(in.message(), options, file);
        case 7 -> domain = in.text();
        default -> in.skip();
      }
    }
    if (operator.isEmpty()) {
      throw new IOException("the node \"" + name + "\" has no operator");
    }
    boolean own = domain.isEmpty() || domain.equals("ai.onnx");
    return new OnnxNode(name, own ? operator : domain + "." + operator, inputs, outputs, options);
  }

  private static void readOption(Message in, Map<String, Object> into, Path file)
      throws IOException {
    String name = "";
    OnnxTensor tensor = new OnnxTensor(file);
    LongStream.Builder reals = LongStream.builder();
    LongStream.Builder integers = LongStream.builder();
    List<String> texts = new ArrayList<>();
    Object[] single = {OTHER, 0.0, 0L, ""}; // by the number of the type
    int seen = 0; // the type of the latest value
    int type = 0;
    while (in.next()) {
      int field = in.field();
      seen = field >= 2 && field <= 9 && field != 6 ? field - 1 : seen;
      switch (field) {
        case 1 -> name = in.text();
        case 2 -> single[1] = in.real();
        case 3 -> single[2] = in.integer();
        case 4 -> single[3] = in.text();
        case 5 -> tensor.merge(in.message());
        case 7 -> in.numbers(reals, Message.FIXED32);
        case 8 -> in.numbers(integers, Message.VARINT);
        case 9 -> texts.add(in.text());
        case 20 -> type = (int) in.integer();
        default -> in.skip();
      }
    }
    type = type == 0 ? seen : type;
    Object value =
        switch (type) {
          case 1, 2, 3 -> single[type];
          case 4 -> tensor.checked().array();
          case 6 -> reals.build().mapToDouble(bits -> Float.intBitsToFloat((int) bits)).toArray();
          case 7 -> integers.build().toArray();
          case 8 -> texts.toArray(new String[0]);
          default -> OTHER;
        };
    if (name.isEmpty() || into.put(name, value) != null) {
      throw new IOException("a node has the option \"" + name + "\" twice, or without a name");
    }
  }

  /** {@return name and operator, as messages call it} */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "node \"%s\" (%s)", name, operator);
  }

  /** {@return the name of an input; empty if it is left out} */
  public String input(int i) {
    return i < inputs.size() ? inputs.get(i) : "";
  }

  // ---- options ----

  /** {@return an integer} */
  public long integer(String option, long otherwise) {
    return get(option, otherwise);
  }

  /** {@return a number} */
  public double real(String option, double otherwise) {
    return get(option, otherwise);
  }

  /** {@return integers; null if there is no such option} */
  public long[] integers(String option) {
    return options.containsKey(option) ? get(option, new long[0]) : null;
  }

  /**
   * {@return the value of an option}
   *
   * @param otherwise the value if it is not there, of the same type
   * @throws IllegalArgumentException if it is of another type
   */
  @SuppressWarnings("unchecked") // of the class of an instance
  public <T> T get(String option, T otherwise) {
    Object value = options.getOrDefault(option, otherwise);
    if (value.getClass() != otherwise.getClass()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the option %s must be of type %s",
              option,
              otherwise.getClass().getSimpleName()));
    }
    return (T) value;
  }
}
