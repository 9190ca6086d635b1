package io.github.unroll.io.onnx.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A node of a graph: an operator, what it reads and writes, and its options.
 *
 * @param name its name, or if it has none, or one that another has, operator and number
 * @param operator such as LSTM
 * @param domain whose operator it is; empty for ONNX's own
 * @param inputs the names of what it reads; an empty one is left out
 * @param outputs the names of what it writes; an empty one is left out
 * @param attributes its options by name: Double, Long, String, OnnxTensor, double[], long[],
 *     String[], or OTHER
 */
public record OnnxNode(
    String name,
    String operator,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, Object> attributes) {

  /** The value of an attribute of another type, such as a graph. */
  public static final Object OTHER = new Object();

  /** Reads a node, the number of which stands for a name. */
  static OnnxNode read(Message in, int number, Path file) throws IOException {
    String name = "";
    String operator = "";
    String domain = "";
    List<String> inputs = new ArrayList<>(4);
    List<String> outputs = new ArrayList<>(2);
    Map<String, Object> attributes = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> operator = in.text();
        case 5 -> readAttribute(in.message(), attributes, file);
        case 7 -> domain = in.text();
        default -> in.skip();
      }
    }
    if (operator.isEmpty()) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: node %d \"%s\" has no operator", file, number, name));
    }
    return new OnnxNode(
        name,
        operator,
        domain.equals("ai.onnx") ? "" : domain,
        List.copyOf(inputs),
        List.copyOf(outputs),
        attributes);
  }

  private static void readAttribute(Message in, Map<String, Object> into, Path file)
      throws IOException {
    String name = "";
    Map<Integer, Object> values = new LinkedHashMap<>(); // by the number of the type
    OnnxTensor tensor = new OnnxTensor(file);
    PackedNumbers reals = new PackedNumbers();
    PackedNumbers integers = new PackedNumbers();
    List<String> texts = new ArrayList<>(0);
    int type = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> values.put(1, (double) in.real());
        case 3 -> values.put(2, in.integer());
        case 4 -> values.put(3, in.text());
        case 5 -> {
          tensor.merge(in.message());
          values.put(4, tensor);
        }
        case 7 -> in.numbers(reals, Message.FIXED32);
        case 8 -> in.numbers(integers, Message.VARINT);
        case 9 -> texts.add(in.text());
        case 20 -> type = (int) in.integer();
        default -> in.skip();
      }
    }
    if (type == 6 || reals.size() > 0) {
      double[] all = new double[reals.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = Float.intBitsToFloat((int) reals.get(i));
      }
      values.put(6, all);
    }
    if (type == 7 || integers.size() > 0) {
      values.put(7, integers.toArray());
    }
    if (type == 8 || !texts.isEmpty()) {
      values.put(8, texts.toArray(new String[0]));
    }
    if (values.containsKey(4)) {
      tensor.checked().apart();
    }
    int only = type == 0 && values.size() == 1 ? values.keySet().iterator().next() : type;
    Object absent = only == 1 ? (Object) 0.0 : only == 2 ? (Object) 0L : only == 3 ? "" : OTHER;
    if (into.put(name, values.getOrDefault(only, absent)) != null) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: a node has the attribute \"%s\" twice", file, name));
    }
  }

  /** The same node with another name. */
  OnnxNode called(String other) {
    return new OnnxNode(other, operator, domain, inputs, outputs, attributes);
  }

  /** {@return name and operator, as messages call it} */
  public String label() {
    String of = domain.isEmpty() ? operator : domain + "." + operator;
    return String.format(Locale.ROOT, "node \"%s\" (%s)", name, of);
  }

  /** {@return the name of an input; empty if it is left out} */
  public String input(int i) {
    return i < inputs.size() ? inputs.get(i) : "";
  }

  // ---- options ----

  /** {@return whether there is an option of a name} */
  public boolean has(String option) {
    return attributes.containsKey(option);
  }

  /** {@return an integer} */
  public long integer(String option, long otherwise) {
    Long value = get(option, Long.class);
    return value == null ? otherwise : value;
  }

  /** {@return a number} */
  public double real(String option, double otherwise) {
    Double value = get(option, Double.class);
    return value == null ? otherwise : value;
  }

  /** {@return a text} */
  public String text(String option, String otherwise) {
    String value = get(option, String.class);
    return value == null ? otherwise : value;
  }

  /**
   * {@return the value of an option; null if it is not there}
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public <T> T get(String option, Class<T> type) {
    Object value = attributes.get(option);
    if (value != null && !type.isInstance(value)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the option %s is %s, must be %s",
              option,
              value == OTHER ? "a graph or the like" : "a " + value.getClass().getSimpleName(),
              type.getSimpleName()));
    }
    return type.cast(value);
  }
}
