package io.github.unroll.io.onnx;

import io.github.unroll.io.onnx.file.OnnxNode;
import java.util.Arrays;
import java.util.Locale;

/**
 * One use of an operator: its options, the version of the operators, what it reads, and which
 * outputs are wanted. What does not fit is an IllegalArgumentException that gives the reason;
 * whoever runs the nodes adds which node it was, and the shapes.
 *
 * @param inputs null where one is left out
 * @param outputs how many outputs the node names
 */
record NodeCall(OnnxNode node, int opset, Tensor[] inputs, int outputs, Budget budget) {

  boolean has(int i) {
    return i < inputs.length && inputs[i] != null;
  }

  Tensor in(int i) {
    return inputs[i];
  }

  /** An input of floating-point numbers. */
  Tensor real(int i) {
    if (!inputs[i].isReal()) {
      throw misfit("input %d must be floating-point numbers, not integers", i);
    }
    return inputs[i];
  }

  /** The numbers of an input of integers. */
  long[] whole(int i) {
    if (inputs[i].isReal()) {
      throw misfit("input %d must be integers, not floating-point numbers", i);
    }
    return inputs[i].whole();
  }

  /** Integers of an input, or of an attribute as in older versions; null if there are none. */
  long[] integers(int i, String attribute) {
    return has(i) ? whole(i) : node.get(attribute, long[].class);
  }

  boolean is(String option) {
    return node.integer(option, 0) != 0;
  }

  /** An axis, counted from the end if it is negative. */
  static int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw misfit("there is no axis %d; there are %d axes", axis, rank);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Axes, each once; all if there are none. */
  static boolean[] axes(long[] axes, int rank) {
    boolean[] chosen = new boolean[rank];
    if (axes == null) {
      Arrays.fill(chosen, true);
      return chosen;
    }
    for (long axis : axes) {
      int at = axis(axis, rank);
      if (chosen[at]) {
        throw misfit("axis %d stands there twice", axis);
      }
      chosen[at] = true;
    }
    return chosen;
  }

  /** A size as an int. */
  static int size(long size) {
    return Tensor.sizeOf(size);
  }

  /** Room for the elements of a shape, twice as many as places are needed for them. */
  int room(int... shape) {
    int size = Tensor.size(shape);
    budget.take(size);
    return size;
  }

  /** A new tensor of the kind of another, its numbers zeros that are to be overwritten. */
  Tensor like(Tensor kind, int... shape) {
    int size = room(shape);
    return kind.isReal() ? Tensor.of(new double[size], shape) : Tensor.of(new long[size], shape);
  }

  static IllegalArgumentException misfit(String format, Object... details) {
    return new IllegalArgumentException(String.format(Locale.ROOT, format, details));
  }
}
