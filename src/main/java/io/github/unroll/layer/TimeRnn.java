package io.github.unroll.layer;

import io.github.unroll.cell.RnnCell;

/**
 * {@link RnnCell} unrolled over T steps: inputs (N,T,D), outputs (N,T,H). Its {@link State} is h.
 */
public final class TimeRnn extends Recurrent<RnnCell> {

  /**
   * A layer that starts every forward from zeros.
   *
   * @param cell the cell; its parameters are the layer's
   */
  public TimeRnn(RnnCell cell) {
    super(cell);
  }

  /**
   * A layer over a cell.
   *
   * @param cell the cell; its parameters are the layer's
   * @param stateful whether a forward starts from the final state of the previous one
   */
  public TimeRnn(RnnCell cell, boolean stateful) {
    super(cell, stateful);
  }
}
