package io.github.unroll.exercises;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Arrays of numbers by name, in the order in which a computation comes to them. */
final class Results {

  /** One array; {@code before} is what stood there when a gradient was added, else null. */
  record Array(String name, int[] shape, double[] values, double[] before) {

    /** Where an element stands, as [i,j]; nothing for a single number. */
    String place(int index) {
      if (values.length == 1) {
        return "";
      }
      List<String> indices = new ArrayList<>();
      int rest = index;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        indices.add(0, String.valueOf(rest % shape[axis]));
        rest /= shape[axis];
      }
      return " at [" + String.join(",", indices) + "]";
    }

    String shapeText() {
      List<String> sizes = new ArrayList<>();
      for (int size : shape) {
        sizes.add(String.valueOf(size));
      }
      return "(" + String.join("x", sizes) + ")";
    }

    boolean equalTo(double[] others) {
      for (int i = 0; i < values.length; i++) {
        if (!Diagnosis.same(values[i], others[i])) {
          return false;
        }
      }
      return true;
    }
  }

  private final Map<String, Array> arrays = new LinkedHashMap<>();

  Results and(String name, Matrix m) {
    return put(name, m.data().clone(), null, m.rows(), m.cols());
  }

  Results and(String name, Tensor3 t) {
    return put(name, t.data().clone(), null, t.d0(), t.d1(), t.d2());
  }

  Results and(String name, double value) {
    return put(name, new double[] {value}, null, 1);
  }

  /** A gradient that is added to what its parameter's gradient holds. */
  Results added(String name, Matrix before, Matrix gradient) {
    return put(
        name, before.plus(gradient).data(), before.data().clone(), before.rows(), before.cols());
  }

  private Results put(String name, double[] values, double[] before, int... shape) {
    arrays.put(name, new Array(name, shape, values, before));
    return this;
  }

  Array get(String name) {
    return arrays.get(name);
  }

  Iterable<Array> all() {
    return arrays.values();
  }
}
