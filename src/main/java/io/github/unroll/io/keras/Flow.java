package io.github.unroll.io.keras;

import io.github.unroll.layer.Mask;
import io.github.unroll.tensor.Tensor3;

/** The values that go from one layer to the next, (N,T,D), or (N,1,D) without an axis of steps. */
final class Flow {

  final Tensor3 values; // not modified by who gets them
  final Mask mask; // null for all steps

  Flow(Tensor3 values, Mask mask) {
    this.values = values;
    this.mask = mask;
  }

  /** The values of one step alone. */
  Flow atStep(int step) {
    Tensor3 one = new Tensor3(values.d0(), 1, values.d2());
    one.setStep(0, values.step(step));
    return new Flow(one, null);
  }
}
