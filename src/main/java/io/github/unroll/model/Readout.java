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
   * From states (N,P,H), those of the steps from one on, to what is read of them: (N,1,H), or of
   * {@link #EVERY} (N,P,H). Pieces are read in the order of time, each into the same out; what is
   * read once a sequence stands there when its last step was among them. States past a length,
   * which are zero, take no part.
   */
  void read(Tensor3 states, int from, int[] lengths, Tensor3 out) {
    if (this == EVERY) {
      System.arraycopy(states.data(), 0, out.data(), 0, out.data().length);
      return;
    }
    for (int i = 0; i < states.d0(); i++) {
      int counted = Math.min(states.d1(), lengths[i] - from);
      boolean ends = counted > 0 && counted == lengths[i] - from;
      if (this == MEAN) {
        addMean(states, i, from, counted, ends, out);
      } else if (ends) {
        int h = states.d2();
        int last = (i * states.d1() + counted - 1) * h;
        System.arraycopy(states.data(), last, out.data(), i * h, h);
      }
    }
  }

  private static void addMean(
      Tensor3 states, int i, int from, int counted, boolean ends, Tensor3 out) {
    int h = states.d2();
    double[] to = out.data();
    if (from == 0) {
      Arrays.fill(to, i * h, (i + 1) * h, 0);
    }
    for (int t = 0; t < counted; t++) {
      int at = (i * states.d1() + t) * h;
      for (int j = 0; j < h; j++) {
        to[i * h + j] += states.data()[at + j];
      }
    }
    for (int j = i * h; ends && j < (i + 1) * h; j++) {
      to[j] /= from + counted; // after the sum: a session, too, knows the length only then
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

  /** Sets to zero what stands past the lengths; ys is (N,S,K), S as many as T steps answer. */
  void clearPadding(Tensor3 ys, int[] lengths) {
    int sequence = ys.d1() * ys.d2();
    for (int i = 0; i < ys.d0(); i++) {
      int counted = answers(lengths[i]) * ys.d2();
      Arrays.fill(ys.data(), i * sequence + counted, (i + 1) * sequence, 0);
    }
  }
}
