package io.github.unroll.layer;

import io.github.unroll.cell.GruCell;

/**
 * {@link GruCell} unrolled over T steps: inputs (N,T,D), outputs (N,T,H). Its {@link State} is h.
 */
public final class TimeGru extends Recurrent<GruCell> {

  /**
   * A layer that starts every forward from zeros.
   *
   * @param cell the step; its parameters are the layer's
   */
  public TimeGru(GruCell cell) {
    super(cell);
  }

  /**
   * A layer over a cell.
   *
   * @param cell the step; its parameters are the layer's
   * @param stateful whether a forward starts where the last one ended
   */
  public TimeGru(GruCell cell, boolean stateful) {
    super(cell, stateful);
  }
}
