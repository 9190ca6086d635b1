package io.github.unroll.layer;

import io.github.unroll.tensor.Tensor3;

/**
 * Copies between a batch of sequences (N,T,D) and the order in which a recurrent layer works,
 * (T,N,D): there the rows of one time step lie side by side.
 */
final class TimeMajor {

  private TimeMajor() {}

  static void copyIn(Tensor3 batchFirst, double[] timeMajor, int at) {
    int n = batchFirst.d0();
    int steps = batchFirst.d1();
    int d = batchFirst.d2();
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        System.arraycopy(
            batchFirst.data(), (i * steps + t) * d, timeMajor, at + (t * n + i) * d, d);
      }
    }
  }

  static void copyOut(double[] timeMajor, int at, Tensor3 batchFirst) {
    int n = batchFirst.d0();
    int steps = batchFirst.d1();
    int d = batchFirst.d2();
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        System.arraycopy(
            timeMajor, at + (t * n + i) * d, batchFirst.data(), (i * steps + t) * d, d);
      }
    }
  }
}
