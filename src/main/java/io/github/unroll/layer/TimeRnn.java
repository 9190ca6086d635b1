package io.github.unroll.layer;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.List;

/**
 * {@link RnnCell} unrolled over T steps: inputs (N,T,D), states (N,T,H). Its {@link State} is h. It
 * computes what its cell, stepped by hand, computes.
 */
public final class TimeRnn extends CellLoop {

  private final RnnCell cell;

  /**
   * A layer that starts every forward from zeros.
   *
   * @param cell the step; its parameters are the layer's
   */
  public TimeRnn(RnnCell cell) {
    this(cell, false);
  }

  /**
   * A layer over a cell.
   *
   * @param cell the step; its parameters are the layer's
   * @param stateful whether a forward starts where the last one ended
   */
  public TimeRnn(RnnCell cell, boolean stateful) {
    super(cell.wx(), cell.wh(), cell.b(), cell.hiddenSize(), 1, stateful);
    this.cell = cell;
  }

  @Override
  void stepForward(int t) {
    double[] h = states[0];
    int now = t * n * hidden;
    int next = now + n * hidden;
    wh.addMatmul(n, h, now, a, now);
    cell.activate(n, a, now, h, next);
  }

  @Override
  void stepBackward(int t) {
    double[] dh = dStates[0];
    int now = t * n * hidden;
    int next = now + n * hidden;
    cell.activateBackward(n * hidden, dh, 0, states[0], next, a, now);
    Arrays.fill(dh, 0, n * hidden, 0);
    whTransposed.addMatmul(n, a, now, dh, 0);
  }

  @Override
  void addRecurrentGradients() {
    double[] dwh = cell.wh().grad().data();
    KERNEL.addMatmulTransA(
        hidden, steps * n, hidden, states[0], 0, hidden, a, 0, hidden, dwh, 0, hidden);
  }

  /**
   * The cell that is unrolled.
   *
   * @return the cell given to the constructor
   */
  public RnnCell cell() {
    return cell;
  }

  @Override
  public List<Parameter> parameters() {
    return cell.parameters();
  }
}
