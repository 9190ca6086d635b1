package io.github.unroll.loss;

/** The size from which a loss uses several threads. */
final class Pass {

  /** The number of elements from which several threads save time. */
  static final int WORTH_THREADS = 1 << 16;

  private Pass() {}
}
