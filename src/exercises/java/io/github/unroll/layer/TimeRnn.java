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
    // >>> exercise 3
    throw new UnsupportedOperationException(
        """
        TimeRnn.stepForward is not written yet: step t of the loop.
            a[t] += h[t]·wh             h[t], the state before step t, is states[0] from t·n·hidden
            h[t+1] = tanh(a[t] + b)     cell.activate, of exercise 1
        The rows of one step lie side by side: everything of step t begins at t·n·hidden. You
        have wh.addMatmul(n, from, fromAt, to, toAt), which adds from·wh to `to`.""");
    // <<< exercise 3
  }

  @Override
  void stepBackward(int t) {
    // >>> exercise 4
    throw new UnsupportedOperationException(
        """
        TimeRnn.stepBackward is not written yet: step t in reverse.
            a[t] = dh ⊙ (1 − h[t+1]²)    cell.activateBackward, of exercise 2; dh is dStates[0]
            dh   = a[t]·whᵀ              for step t − 1
        You have whTransposed.addMatmul(n, from, fromAt, to, toAt), which adds from·whᵀ to `to`:
        so clear dh first.""");
    // <<< exercise 4
  }

  @Override
  void addRecurrentGradients() {
    // >>> exercise 4
    throw new UnsupportedOperationException(
        """
        TimeRnn.addRecurrentGradients is not written yet: all steps share wh.
            dwh += Σ over t of h[t]ᵀ·a[t]      h[t] is the state before step t
        As the rows of all steps lie side by side this is one product of steps·n rows:
        KERNEL.addMatmulTransA(hidden, rows, hidden, h, 0, hidden, a, 0, hidden, dwh, 0, hidden)
        with dwh = cell.wh().grad().data().""");
    // <<< exercise 4
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
