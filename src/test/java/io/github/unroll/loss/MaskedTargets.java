package io.github.unroll.loss;

import io.github.unroll.Golden;
import io.github.unroll.tensor.Tensor3;

/** Golden targets and scores with NaN where the mask is 0. */
final class MaskedTargets {

  private MaskedTargets() {}

  static Tensor3 spoiled(Golden golden, String key) {
    Tensor3 tensor = golden.tensor(key);
    double[] mask = golden.values("mask");
    for (int i = 0; i < mask.length; i++) {
      if (mask[i] == 0) {
        tensor.data()[i] = Double.NaN;
      }
    }
    return tensor;
  }
}
