package io.github.unroll.layer;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.List;

/**
 * {@link LstmCell} unrolled over T steps: inputs (N,T,D), states (N,T,H). Its {@link State} is h
 * and c. It computes what its cell, stepped by hand, computes.
 */
public final class TimeLstm extends CellLoop {

  private final LstmCell cell;

  private double[] tanhC = {}; // (T,N,H)

  /**
   * A layer that starts every forward from zeros.
   *
   * @param cell the step; its parameters are the layer's
   */
  public TimeLstm(LstmCell cell) {
    this(cell, false);
  }

  /**
   * A layer over a cell.
   *
   * @param cell the step; its parameters are the layer's
   * @param stateful whether a forward starts where the last one ended
   */
  public TimeLstm(LstmCell cell, boolean stateful) {
    super(cell.wx(), cell.wh(), cell.b(), cell.hiddenSize(), 2, stateful);
    this.cell = cell;
  }

  @Override
  void reserveForward(int batch, int length) {
    tanhC = room("tanh of the cell states", tanhC, batch, length, hidden);
  }

  @Override
  void stepForward(int t) {
    double[] h = states[0];
    double[] c = states[1];
    int now = t * n * hidden;
    int next = now + n * hidden;
    wh.addMatmul(n, h, now, a, 4 * now);
    cell.activate(n, a, 4 * now, c, now, c, next, tanhC, now, h, next);
  }

  @Override
  void stepBackward(int t) {
    double[] dh = dStates[0];
    double[] dc = dStates[1];
    int now = t * n * hidden;
    cell.activateBackward(n, a, 4 * now, states[1], now, tanhC, now, dh, 0, dc, 0);
    Arrays.fill(dh, 0, n * hidden, 0);
    whTransposed.addMatmul(n, a, 4 * now, dh, 0);
  }

  @Override
  void addRecurrentGradients() {
    double[] dwh = cell.wh().grad().data();
    int gates = 4 * hidden;
    KERNEL.addMatmulTransA(
        hidden, steps * n, gates, states[0], 0, hidden, a, 0, gates, dwh, 0, gates);
  }

  /**
   * The cell that is unrolled.
   *
   * @return the cell given to the constructor
   */
  public LstmCell cell() {
    return cell;
  }

  @Override
  public List<Parameter> parameters() {
    return cell.parameters();
  }
}
