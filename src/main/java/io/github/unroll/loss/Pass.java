package io.github.unroll.loss;

/** A pass of a loss over all of its elements. */
final class Pass {

  /** Elements from which on it is worth several threads. */
  static final int WORTH_THREADS = 1 << 16;

  private Pass() {}
}
