package io.github.unroll.layer;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;

/**
 * {@link RnnCell} unrolled over T steps: inputs (N,T,D), states (N,T,H).
 *
 * <p>It computes what its cell, stepped by hand, computes, arranged for speed: the input products
 * of all steps are one product before the loop, the weight gradients one product each after it.
 * Inside, arrays are time major, so that the states before and after a step are both contiguous.
 *
 * <p>A <em>stateful</em> layer starts where its last forward ended, which makes training by
 * truncated backpropagation through time: values flow from block to block, gradients do not.
 * Another layer starts from zeros, or from the state that {@link #forward(Tensor3, Matrix)} is
 * given.
 */
public final class TimeRnn implements TimeLayer {

  private static final Kernel KERNEL = Kernel.active();

  private final RnnCell cell;
  private final boolean stateful;

  private int n;
  private int steps;
  private double[] x = {}; // (T,N,D)
  private double[] a = {}; // (T,N,H): pre-activations, in backward their gradients
  private double[] h = {}; // (T+1,N,H): the initial state, then the state after each step
  private double[] dh = {}; // (N,H)
  private double[] dx = {}; // (T,N,D)
  private double[] dhs = {}; // (T,N,H)

  private Matrix state;
  private boolean backwardDone;

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
    this.cell = cell;
    this.stateful = stateful;
  }

  /**
   * The states for a batch of sequences, from a given initial state.
   *
   * @param xs inputs (N,T,D)
   * @param h0 the state before the first step (N,H); copied
   * @return the states (N,T,H)
   * @throws IllegalArgumentException if a shape does not fit
   */
  public Tensor3 forward(Tensor3 xs, Matrix h0) {
    Tensor3 hs = new Tensor3(xs.d0(), xs.d1(), outputSize());
    forwardFrom(h0, xs, hs);
    return hs;
  }

  @Override
  public void forwardInto(Tensor3 xs, Tensor3 hs) {
    forwardFrom(stateful ? state : null, xs, hs);
  }

  private void forwardFrom(Matrix h0, Tensor3 xs, Tensor3 hs) {
    int d = inputSize();
    int hidden = outputSize();
    Shapes.checkFeatures("TimeRnn.forward: xs", xs, d);
    Shapes.check("TimeRnn.forward: hs", hs, xs.d0(), xs.d1(), hidden);
    checkState("TimeRnn.forward", h0, xs.d0());
    prepare(xs.d0(), xs.d1());

    TimeMajor.copyIn(xs, x, 0);
    Arrays.fill(a, 0, steps * n * hidden, 0);
    KERNEL.addMatmul(steps * n, d, hidden, x, 0, d, wx(), 0, hidden, a, 0, hidden);
    if (h0 == null) {
      Arrays.fill(h, 0, n * hidden, 0);
    } else {
      System.arraycopy(h0.data(), 0, h, 0, n * hidden);
    }
    for (int t = 0; t < steps; t++) {
      int now = t * n * hidden;
      int next = now + n * hidden;
      KERNEL.addMatmul(n, hidden, hidden, h, now, hidden, wh(), 0, hidden, a, now, hidden);
      cell.activate(n, a, now, h, next);
    }
    TimeMajor.copyOut(h, n * hidden, hs);
    state = finalState();
  }

  @Override
  public Tensor3 backward(Tensor3 dys) {
    Shapes.checkForwardDone("TimeRnn", steps > 0);
    Tensor3 dxs = new Tensor3(n, steps, inputSize());
    backwardInto(dys, dxs);
    return dxs;
  }

  @Override
  public void backwardInto(Tensor3 dys, Tensor3 dxs) {
    int d = inputSize();
    int hidden = outputSize();
    Shapes.checkForwardDone("TimeRnn", steps > 0);
    Shapes.check("TimeRnn.backward: dhs", dys, n, steps, hidden);
    Shapes.check("TimeRnn.backward: dxs", dxs, n, steps, d);

    TimeMajor.copyIn(dys, dhs, 0);
    Arrays.fill(dh, 0, n * hidden, 0);
    for (int t = steps - 1; t >= 0; t--) {
      int now = t * n * hidden;
      int next = now + n * hidden;
      for (int i = 0; i < n * hidden; i++) {
        dh[i] += dhs[now + i];
      }
      cell.activateBackward(n * hidden, dh, 0, h, next, a, now);
      Arrays.fill(dh, 0, n * hidden, 0);
      KERNEL.addMatmulTransB(n, hidden, hidden, a, now, hidden, wh(), 0, hidden, dh, 0, hidden);
    }
    int rows = steps * n;
    double[] dwx = cell.wx().grad().data();
    double[] dwh = cell.wh().grad().data();
    KERNEL.addMatmulTransA(d, rows, hidden, x, 0, d, a, 0, hidden, dwx, 0, hidden);
    KERNEL.addMatmulTransA(hidden, rows, hidden, h, 0, hidden, a, 0, hidden, dwh, 0, hidden);
    KERNEL.addColumnSums(rows, hidden, a, 0, cell.b().grad().data());
    Arrays.fill(dx, 0, rows * d, 0);
    KERNEL.addMatmulTransB(rows, hidden, d, a, 0, hidden, wx(), 0, hidden, dx, 0, d);
    TimeMajor.copyOut(dx, 0, dxs);
    backwardDone = true;
  }

  private void prepare(int batch, int length) {
    n = batch;
    steps = length;
    backwardDone = false;
    int rows = n * steps;
    x = room(x, rows, inputSize());
    dx = room(dx, rows, inputSize());
    a = room(a, rows, outputSize());
    dhs = room(dhs, rows, outputSize());
    h = room(h, rows + n, outputSize());
    dh = room(dh, n, outputSize());
  }

  private static double[] room(double[] kept, int rows, int cols) {
    int size = Math.multiplyExact(rows, cols);
    return kept.length >= size ? kept : new double[size];
  }

  /**
   * Sets the state from which a stateful layer's next forward starts.
   *
   * @param h the state (N,H); copied
   * @throws IllegalStateException if the layer is not stateful
   * @throws IllegalArgumentException if h has not H columns
   */
  public void setState(Matrix h) {
    if (!stateful) {
      throw new IllegalStateException(
          "TimeRnn.setState: this layer is not stateful and starts every forward from zeros; "
              + "pass the state to forward(xs, h0), or build the layer stateful");
    }
    checkState("TimeRnn.setState", h, h.rows());
    state = h.copy();
  }

  /** Forgets the state: the next forward starts from zeros. */
  public void resetState() {
    state = null;
  }

  /**
   * The state after the last step of the latest forward.
   *
   * @return a copy (N,H)
   * @throws IllegalStateException if there was no forward
   */
  public Matrix finalState() {
    Shapes.checkForwardDone("TimeRnn", steps > 0);
    return copyOfState(h, steps * n * outputSize());
  }

  /**
   * The gradient of the loss with respect to the state before the first step: dh0.
   *
   * @return a copy (N,H)
   * @throws IllegalStateException if the latest forward had no backward yet
   */
  public Matrix initialStateGradient() {
    if (!backwardDone) {
      throw new IllegalStateException(
          "TimeRnn.initialStateGradient: the latest forward had no backward yet; call backward");
    }
    return copyOfState(dh, 0);
  }

  private Matrix copyOfState(double[] from, int at) {
    Matrix copy = new Matrix(n, outputSize());
    System.arraycopy(from, at, copy.data(), 0, n * outputSize());
    return copy;
  }

  private void checkState(String verb, Matrix h0, int batch) {
    if (h0 != null && h0.cols() != outputSize()) {
      throw new IllegalArgumentException(
          "%s: a state must be (%dx%d), not %s".formatted(verb, batch, outputSize(), h0.shape()));
    }
    if (h0 != null && h0.rows() != batch) {
      throw new IllegalArgumentException(
          "%s: the state %s is of a batch of %d, the inputs are a batch of %d; keep the batch size, or call resetState()"
              .formatted(verb, h0.shape(), h0.rows(), batch));
    }
  }

  private double[] wx() {
    return cell.wx().value().data();
  }

  private double[] wh() {
    return cell.wh().value().data();
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

  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.hiddenSize();
  }
}
