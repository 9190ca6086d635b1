package io.github.unroll.io.onnx;

import io.github.unroll.io.onnx.file.OnnxNode;
import java.util.Arrays;
import java.util.Locale;

/**
 * The use of operators, one after another, in a run or when a model is read. What does not fit is
 * an IllegalArgumentException that names the node.
 *
 * <p>It counts the elements that are made. A small file can ask for sizes beyond all bounds; a net
 * has no more than its inputs, weights and nodes explain.
 */
final class NodeCall {

  private double left; // of the elements that may be made
  private boolean exceeded;
  private Step step;
  private Tensor[] inputs; // null where one is left out

  NodeCall(double elements) {
    this.left = elements;
  }

  /** Runs a step over the values of a run, or over constants. */
  void run(Step next, Tensor[] values) {
    step = next;
    exceeded = false;
    inputs = new Tensor[step.in.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = step.in[i] < 0 ? null : values[step.in[i]];
    }
    Tensor[] outputs;
    try {
      outputs = step.recurrent == null ? Operators.run(this) : step.recurrent.run(this);
    } catch (IllegalArgumentException e) {
      String shapes = Arrays.toString(inputs);
      throw misfit("%s of %s: %s", step.node, shapes, e.getMessage());
    }
    for (int i = 0; i < step.out.length; i++) {
      if (step.out[i] >= 0) {
        values[step.out[i]] = outputs[i];
      }
    }
  }

  /** Counts elements before they are made. */
  void take(double elements) {
    exceeded = elements > left;
    if (exceeded) {
      throw misfit(
          "%.0f elements are more than inputs of this size can need; is a shape wrong?", elements);
    }
    left -= elements;
  }

  /** Whether elements of the latest step were too many. */
  boolean isExceeded() {
    return exceeded;
  }

  OnnxNode node() {
    return step.node;
  }

  /** The version of the operators. */
  int opset() {
    return step.opset;
  }

  Tensor[] inputs() {
    return inputs;
  }

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

  /** The first of two tensors, which must both be integers or neither. */
  static Tensor sameKind(Tensor a, Tensor b) {
    if (a.isReal() != b.isReal()) {
      throw misfit("%s and %s do not go together", a, b);
    }
    return a;
  }

  /** Integers of an input, or of an option as in older versions; null if there are none. */
  long[] integers(int i, String option) {
    return has(i) ? whole(i) : node().integers(option);
  }

  boolean is(String option) {
    return node().integer(option, 0) != 0;
  }

  /** The option axis of a tensor. */
  int axis(Tensor x, long otherwise) {
    return axis(node().integer("axis", otherwise), x.rank());
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
    for (long one : axes) {
      int axis = axis(one, rank);
      if (chosen[axis]) {
        throw misfit("axis %d stands there twice", one);
      }
      chosen[axis] = true;
    }
    return chosen;
  }

  /** Counts the elements of a shape before they are made. */
  int room(int... shape) {
    int size = Tensor.size(shape);
    take(size);
    return size;
  }

  /** A new tensor of the kind of another, its numbers zeros that are to be overwritten. */
  Tensor like(Tensor kind, int... shape) {
    room(shape);
    return Tensor.zeros(kind, shape);
  }

  static IllegalArgumentException misfit(String format, Object... details) {
    return new IllegalArgumentException(String.format(Locale.ROOT, format, details));
  }
}
