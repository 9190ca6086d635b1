package io.github.unroll.io.keras;

import io.github.unroll.layer.Mask;
import io.github.unroll.tensor.Tensor3;

/**
 * The values that go from one layer to the next.
 *
 * @param values (N,T,D), or (N,1,D) without an axis of steps; not modified by who gets them
 * @param mask which steps count; null for all
 */
record Flow(Tensor3 values, Mask mask) {

  /** Those of one step alone. */
  Flow atStep(int step) {
    Tensor3 one = new Tensor3(values.d0(), 1, values.d2());
    one.setStep(0, values.step(step));
    return new Flow(one, null);
  }
}
