package io.github.unroll.optim;

import io.github.unroll.tensor.Parameter;
import java.util.List;

/** Parameters that two layers share, and that a list may therefore hold twice. */
final class Tied {

  private Tied() {}

  /** Whether the parameter at an index is also listed before it; allocates nothing. */
  static boolean listedBefore(List<Parameter> parameters, int index) {
    Parameter parameter = parameters.get(index);
    for (int i = 0; i < index; i++) {
      if (parameters.get(i) == parameter) {
        return true;
      }
    }
    return false;
  }
}
