package io.github.unroll.model;

import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;

/** Which states of a sequence a model answers from, and so how often it answers. */
public enum Readout {
  /** Once a sequence, from the state after its last step. */
  LAST,
  /** Once a sequence, from the mean of the states after each of its steps. */
  MEAN,
  /** After every step, from the state that it leaves. */
  EVERY;

  /** How many answers a sequence of so many steps has. */
  int answers(int steps) {
    return this == EVERY ? steps : 1;
  }

  /**
   * From states (N,T,H) to what is read of them (N,S,H). States past a length, which are zero, take
   * no part.
   */
  void read(Tensor3 states, int[] lengths, Tensor3 out) {
    int h = states.d2();
    double[] from = states.data();
    double[] to = out.data();
    for (int i = 0; i < states.d0(); i++) {
      int begin = i * states.d1() * h;
      int last = begin + (lengths[i] - 1) * h;
      switch (this) {
        case LAST -> System.arraycopy(from, last, to, i * h, h);
        case MEAN -> {
          Arrays.fill(to, i * h, (i + 1) * h, 0);
          for (int at = begin; at <= last; at += h) {
            for (int j = 0; j < h; j++) {
              to[i * h + j] += from[at + j];
            }
          }
          for (int j = i * h; j < (i + 1) * h; j++) {
            to[j] /= lengths[i]; // after the sum: a session, too, knows the length only then
          }
        }
        case EVERY -> System.arraycopy(from, begin, to, begin, states.d1() * h);
      }
    }
  }

  /** The gradient of the states (N,T,H) from that of what was read of them (N,S,H). */
  void spread(Tensor3 dRead, int[] lengths, Tensor3 dStates) {
    int h = dStates.d2();
    double[] from = dRead.data();
    double[] to = dStates.data();
    if (this == EVERY) {
      System.arraycopy(from, 0, to, 0, to.length);
      return;
    }
    dStates.fill(0);
    for (int i = 0; i < dStates.d0(); i++) {
      int begin = i * dStates.d1() * h;
      int last = begin + (lengths[i] - 1) * h;
      if (this == LAST) {
        System.arraycopy(from, i * h, to, last, h);
      } else {
        for (int at = begin; at <= last; at += h) {
          for (int j = 0; j < h; j++) {
            to[at + j] = from[i * h + j] / lengths[i];
          }
        }
      }
    }
  }
}
