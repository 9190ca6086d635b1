package io.github.unroll.layer;

import io.github.unroll.cell.GruCell;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.List;

/**
 * {@link GruCell} unrolled over T steps: inputs (N,T,D), states (N,T,H). Its {@link State} is h. It
 * computes what its cell, stepped by hand, computes.
 */
public final class TimeGru extends CellLoop {

  private final GruCell cell;

  private double[] product = {}; // (T,N,H)

  private double[] dProduct = {}; // (T,N,H), of backward alone

  /** Of backward alone: wh transposed (3H,H), which a step then reads row by row. */
  private double[] transposedWh = {};

  /**
   * A layer that starts every forward from zeros.
   *
   * @param cell the step; its parameters are the layer's
   */
  public TimeGru(GruCell cell) {
    this(cell, false);
  }

  /**
   * A layer over a cell.
   *
   * @param cell the step; its parameters are the layer's
   * @param stateful whether a forward starts where the last one ended
   */
  public TimeGru(GruCell cell, boolean stateful) {
    super(cell.wx(), cell.wh(), cell.b(), cell.hiddenSize(), 1, stateful);
    this.cell = cell;
  }

  @Override
  void reserveForward(int batch, int length) {
    product = room("products of the reset gate", product, batch, length, hidden);
  }

  @Override
  void prepareForward() {} // the cell multiplies by parts of wh

  @Override
  void prepareBackward() {
    double[] w = cell.wh().value().data();
    int width = 3 * hidden;
    dProduct = room("gradients of the reset gate's products", dProduct, n, steps, hidden);
    transposedWh = room("recurrent weights", transposedWh, 1, width, hidden);
    for (int i = 0; i < hidden; i++) {
      for (int j = 0; j < width; j++) {
        transposedWh[j * hidden + i] = w[i * width + j];
      }
    }
  }

  @Override
  void stepForward(int t) {
    double[] h = states[0];
    int now = t * n * hidden;
    int next = now + n * hidden;
    cell.stepForward(n, a, 3 * now, h, now, product, now, h, next);
  }

  @Override
  void stepBackward(int t) {
    int now = t * n * hidden;
    cell.stepBackward(
        n, a, 3 * now, states[0], now, product, now, dProduct, now, dStates[0], 0, transposedWh);
  }

  @Override
  void clearGradients(int row) {
    super.clearGradients(row);
    Arrays.fill(dProduct, row * hidden, (row + 1) * hidden, 0);
  }

  @Override
  void addRecurrentGradients() {
    cell.addRecurrentGradients(steps * n, a, states[0], product, dProduct);
  }

  /**
   * The cell that is unrolled.
   *
   * @return the cell given to the constructor
   */
  public GruCell cell() {
    return cell;
  }

  @Override
  public List<Parameter> parameters() {
    return cell.parameters();
  }
}
