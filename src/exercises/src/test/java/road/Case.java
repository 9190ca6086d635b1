package road;

import io.github.unroll.tensor.Matrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The inputs of one call, by name: matrices, arrays of them, numbers, word ids. */
public final class Case {

  private final String name;
  private final Map<String, Object> inputs = new LinkedHashMap<>();

  /** A case without inputs, named as a message should say, e.g. {@code "two sequences"}. */
  public Case(String name) {
    this.name = name;
  }

  /** Adds an input. */
  public Case with(String input, Object value) {
    inputs.put(input, value);
    return this;
  }

  /** {@return the name of the case} */
  public String name() {
    return name;
  }

  /** {@return a matrix} */
  public Matrix matrix(String input) {
    return (Matrix) get(input);
  }

  /** {@return an array of matrices, one a step} */
  public Matrix[] matrices(String input) {
    return (Matrix[]) get(input);
  }

  /** {@return a row of whole numbers} */
  public int[] ints(String input) {
    return (int[]) get(input);
  }

  /** {@return a number} */
  public double number(String input) {
    return ((Number) get(input)).doubleValue();
  }

  /** {@return a whole number} */
  public int whole(String input) {
    return ((Number) get(input)).intValue();
  }

  /** {@return an input of any other kind, such as a function; nobody looks whether it changes} */
  public Object other(String input) {
    return get(input);
  }

  private Object get(String input) {
    Object value = inputs.get(input);
    if (value == null) {
      throw new IllegalArgumentException("case " + name + " has no input " + input);
    }
    return value;
  }

  /** {@return the same with inputs of its own} */
  Case copy() {
    Case copy = new Case(name);
    inputs.forEach((input, value) -> copy.inputs.put(input, copyOf(value)));
    return copy;
  }

  private static Object copyOf(Object value) {
    if (value instanceof Matrix m) {
      return m.copy();
    }
    if (value instanceof Matrix[] all) {
      return Arrays.stream(all).map(Matrix::copy).toArray(Matrix[]::new);
    }
    if (value instanceof double[] numbers) {
      return numbers.clone();
    }
    return value instanceof int[] ids ? ids.clone() : value;
  }

  /** {@return whether nothing differs from another case by more than rounding} */
  boolean isNear(Case before) {
    return inputs.entrySet().stream()
        .allMatch(
            input -> {
              Object was = before.inputs.get(input.getKey());
              return input.getValue() instanceof Matrix m
                  ? m.allClose((Matrix) was, 1e-13)
                  : Objects.deepEquals(input.getValue(), was);
            });
  }

  /** {@return the name of an input that differs from that of another case, or null} */
  String changedFrom(Case before) {
    for (Map.Entry<String, Object> input : inputs.entrySet()) {
      if (!Objects.deepEquals(input.getValue(), before.inputs.get(input.getKey()))) {
        return input.getKey();
      }
    }
    return null;
  }
}
