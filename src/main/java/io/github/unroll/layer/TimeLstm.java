package io.github.unroll.layer;

import io.github.unroll.cell.LstmCell;

/**
 * {@link LstmCell} unrolled over T steps: inputs (N,T,D), outputs (N,T,H). Its {@link State} is h
 * and c.
 */
public final class TimeLstm extends Recurrent<LstmCell> {

  /**
   * A layer that starts every forward from zeros.
   *
   * @param cell the cell; its parameters are the layer's
   */
  public TimeLstm(LstmCell cell) {
    super(cell);
  }

  /**
   * A layer over a cell.
   *
   * @param cell the cell; its parameters are the layer's
   * @param stateful whether a forward starts from the final state of the previous one
   */
  public TimeLstm(LstmCell cell, boolean stateful) {
    super(cell, stateful);
  }
}
