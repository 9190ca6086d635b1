package io.github.unroll.model;

import io.github.unroll.layer.Merge;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;

/**
 * A readout that merges the final states of both directions: of the forward direction the state
 * after the last step, of the backward direction the state after the first.
 */
final class BothEnds {

  private final Merge merge;
  private final int ahead;
  private final int back;

  private Tensor3 ofAhead; // (N,1,H): states, then their gradient
  private Tensor3 ofBack; // (N,1,H): states, then their gradient

  /** A readout of concatenated outputs, with the numbers of features of both directions. */
  BothEnds(Merge merge, int ahead, int back) {
    this.merge = merge;
    this.ahead = ahead;
    this.back = back;
  }

  int size() {
    return merge.size(ahead, back);
  }

  /** Writes the merged final states (N,1,size) of concatenated states (N,T,2H). */
  void read(Tensor3 states, CountedSteps steps, Tensor3 out) {
    ofAhead = Room.of(ofAhead, states.d0(), 1, ahead);
    ofBack = Room.of(ofBack, states.d0(), 1, back);
    MatrixView fromAhead = states.asRows().columns(0, ahead);
    MatrixView fromBack = states.asRows().columns(ahead, back);
    MatrixView toAhead = ofAhead.asRows();
    MatrixView toBack = ofBack.asRows();
    for (int i = 0; i < states.d0(); i++) {
      int begin = i * states.d1();
      toAhead.copyRow(i, fromAhead, begin + steps.last(i));
      toBack.copyRow(i, fromBack, begin + steps.first(i));
    }
    merge.merge(toAhead, toBack, out.asRows());
  }

  /** Writes the gradient of the states (N,T,2H) from that of the merged final states (N,1,size). */
  void spread(Tensor3 dRead, CountedSteps steps, Tensor3 dStates) {
    MatrixView fromAhead = ofAhead.asRows();
    MatrixView fromBack = ofBack.asRows();
    merge.backward(dRead.asRows(), fromAhead, fromBack);
    dStates.fill(0);
    MatrixView toAhead = dStates.asRows().columns(0, ahead);
    MatrixView toBack = dStates.asRows().columns(ahead, back);
    for (int i = 0; i < dStates.d0(); i++) {
      int begin = i * dStates.d1();
      toAhead.copyRow(begin + steps.last(i), fromAhead, i);
      toBack.copyRow(begin + steps.first(i), fromBack, i);
    }
  }
}
