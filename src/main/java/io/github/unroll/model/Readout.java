package io.github.unroll.model;

import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;

/**
 * The states of a sequence that a model computes its outputs from: one output for each sequence or
 * for each step.
 */
public enum Readout {
  /**
   * One output for each sequence, from the state after its last step; of a backward layer, from the
   * state after its first step.
   */
  LAST,
  /** One output for each sequence, from the mean of the states after each of its steps. */
  MEAN,
  /** One output for each step, from the state after it. */
  EVERY;

  /** The number of outputs of a sequence with so many steps. */
  int answers(int steps) {
    return this == EVERY ? steps : 1;
  }

  /**
   * Reads states (N,P,H), those of the steps starting at {@code from}, into one vector for each
   * sequence (N,1,H). Pieces are read in the order of time into the same {@code out}, which is
   * complete after the last step. States of steps that do not count are ignored.
   */
  void read(Tensor3 states, int from, CountedSteps steps, Tensor3 out) {
    MatrixView rows = states.asRows();
    MatrixView read = out.asRows();
    for (int i = 0; i < states.d0(); i++) {
      int last = steps.last(i) - from; // in this piece, an earlier one or a later one
      if (this == MEAN) {
        addMean(states, i, from, last, steps, out);
      } else if (last >= 0 && last < states.d1()) {
        read.copyRow(i, rows, i * states.d1() + last);
      }
    }
  }

  private static void addMean(
      Tensor3 states, int i, int from, int last, CountedSteps steps, Tensor3 out) {
    int h = states.d2();
    double[] to = out.data();
    if (from == 0) {
      Arrays.fill(to, i * h, (i + 1) * h, 0);
    }
    for (int t = 0; t < states.d1() && t <= last; t++) {
      int at = (i * states.d1() + t) * h;
      for (int j = 0; steps.counts(i, from + t) && j < h; j++) {
        to[i * h + j] += states.data()[at + j];
      }
    }
    boolean ends = last >= 0 && last < states.d1();
    for (int j = i * h; ends && j < (i + 1) * h; j++) {
      to[j] /= steps.number(i); // after the sum, as in a session, which knows the length only then
    }
  }

  /**
   * Writes the gradient of the states (N,T,H), from that of the vector of each sequence (N,1,H).
   */
  void spread(Tensor3 dRead, CountedSteps steps, Tensor3 dStates) {
    dStates.fill(0);
    int h = dStates.d2();
    MatrixView rows = dStates.asRows();
    MatrixView read = dRead.asRows();
    for (int i = 0; i < dStates.d0(); i++) {
      int begin = i * dStates.d1();
      if (this == LAST) {
        rows.copyRow(begin + steps.last(i), read, i);
      } else {
        for (int t = 0; t <= steps.last(i); t++) {
          for (int j = 0; steps.counts(i, t) && j < h; j++) {
            dStates.data()[(begin + t) * h + j] = dRead.data()[i * h + j] / steps.number(i);
          }
        }
      }
    }
  }

  /** Sets the outputs of steps that do not count to zero; ys is (N,S,K), S outputs of T steps. */
  void clearUncounted(Tensor3 ys, CountedSteps steps) {
    int k = ys.d2();
    for (int i = 0; this == EVERY && !steps.all() && i < ys.d0(); i++) {
      for (int t = 0; t < ys.d1(); t++) {
        if (!steps.counts(i, t)) {
          int at = (i * ys.d1() + t) * k;
          Arrays.fill(ys.data(), at, at + k, 0);
        }
      }
    }
  }
}
