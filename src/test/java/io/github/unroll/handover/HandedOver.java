package io.github.unroll.handover;

import io.github.unroll.kernel.Kernel;
import io.github.unroll.kernel.PlainKernels;
import io.github.unroll.simd.SimdKernel;
import java.util.function.Supplier;

/** Kernels that hand over when a test wants it. */
public final class HandedOver {

  /** No warm-up ever begins. */
  static final HandOver.Pace NEVER = new HandOver.Pace(Double.POSITIVE_INFINITY, 0, 0);

  /** A warm-up begins at once and takes all the time that it needs. */
  static final HandOver.Pace AT_ONCE = new HandOver.Pace(0, Double.POSITIVE_INFINITY, 0);

  private HandedOver() {}

  static HandOver handOver(Supplier<Kernel> vectors, HandOver.Pace pace) {
    return new HandOver(PlainKernels.plain(), vectors, pace);
  }

  /** {@return a kernel whose operations are all in vectors} */
  public static Kernel toVectors() {
    HandOver handOver = handOver(SimdKernel::new, NEVER);
    for (Operation operation : Operation.values()) {
      handOver.handOver(operation);
    }
    return new HandOverKernel(handOver);
  }
}
