package io.github.unroll.handover;

import io.github.unroll.kernel.PlainKernels;
import io.github.unroll.simd.SimdKernel;

/** Warms every operation up until it is fast, or for so many seconds. */
final class WarmedUp {

  private static final int FAST = 20;
  private static final long LONGEST = 1_000_000_000;

  private WarmedUp() {}

  public static void main(String[] args) {
    WarmUpCalls plain = new WarmUpCalls(PlainKernels.plain());
    WarmUpCalls vectors = new WarmUpCalls(new SimdKernel());
    long end = System.nanoTime() + Long.parseLong(args[0]) * 1_000_000_000;
    for (Operation operation : Operation.values()) {
      double least = Double.MAX_VALUE;
      for (int fast = 0; fast < FAST && System.nanoTime() < end; ) {
        least = Math.min(least, plain.time(operation, LONGEST));
        fast = vectors.time(operation, LONGEST) < 1.25 * least ? fast + 1 : 0;
      }
    }
  }
}
