package io.github.unroll.loss;

/** Arrays that a loss keeps from call to call. */
final class Scratch {

  /** Elements from which on a pass is worth several threads. */
  static final int ELEMENTS_WORTH_THREADS = 1 << 16;

  private Scratch() {}

  /** At least so many elements: those kept, if they are enough. */
  static double[] room(double[] kept, int size) {
    return kept.length >= size ? kept : new double[size];
  }
}
