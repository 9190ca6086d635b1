package io.github.unroll.loss;

/** When a loss goes over its elements on several threads. */
final class Pass {

  /** Elements from which on a pass is worth several threads. */
  static final int WORTH_THREADS = 1 << 16;

  private Pass() {}
}
