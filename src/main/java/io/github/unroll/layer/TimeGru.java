package io.github.unroll.layer;

import io.github.unroll.cell.GruCell;

/**
 * {@link GruCell} unrolled over T steps: inputs (N,T,D), outputs (N,T,H). Its {@link State} is h.
 */
public final class TimeGru extends Recurrent<GruCell> {

  /**
   * A layer that starts every forward from zeros.
   *
   * @param cell the cell; its parameters are the layer's
   */
  public TimeGru(GruCell cell) {
    super(cell);
  }

  /**
   * A layer over a cell.
   *
   * @param cell the cell; its parameters are the layer's
   * @param stateful whether a forward starts from the final state of the previous one
   */
  public TimeGru(GruCell cell, boolean stateful) {
    super(cell, stateful);
  }
}
