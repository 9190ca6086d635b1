package io.github.unroll.layer;

import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;

/**
 * Copies between a batch of sequences (N,T,D) and the order in which a recurrent layer works,
 * (T,N,D): there the rows of one time step lie side by side.
 */
final class TimeMajor {

  private TimeMajor() {}

  /** Copies in; past a sequence's length zeros, whatever stands there. */
  static void copyIn(Tensor3 batchFirst, int[] lengths, double[] timeMajor) {
    int n = batchFirst.d0();
    int steps = batchFirst.d1();
    int d = batchFirst.d2();
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        int to = (t * n + i) * d;
        if (t < lengths[i]) {
          System.arraycopy(batchFirst.data(), (i * steps + t) * d, timeMajor, to, d);
        } else {
          Arrays.fill(timeMajor, to, to + d, 0);
        }
      }
    }
  }

  /** Copies out; past a sequence's length zeros, whatever stands there. */
  static void copyOut(double[] timeMajor, int at, int[] lengths, Tensor3 batchFirst) {
    int n = batchFirst.d0();
    int steps = batchFirst.d1();
    int d = batchFirst.d2();
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        int to = (i * steps + t) * d;
        if (t < lengths[i]) {
          System.arraycopy(timeMajor, at + (t * n + i) * d, batchFirst.data(), to, d);
        } else {
          Arrays.fill(batchFirst.data(), to, to + d, 0);
        }
      }
    }
  }
}
