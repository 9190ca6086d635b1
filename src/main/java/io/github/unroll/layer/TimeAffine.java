package io.github.unroll.layer;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;

/**
 * The same affine map at every step:
 *
 * <pre>{@code
 * y  = x·w + b           x (N,T,D)   w (D,V)   b (1,V)
 * dx = dy·wᵀ
 * dw += Σ xᵀ·dy          db += Σ dy  over batch and steps
 * }</pre>
 */
public final class TimeAffine implements TimeLayer {

  private static final Kernel KERNEL = Kernel.active();

  private final Parameter w;
  private final Parameter b;

  private int n;
  private int steps;
  private double[] x = {}; // (N·T,D)

  /**
   * An affine layer.
   *
   * @param w weights (D,V)
   * @param b bias (1,V)
   * @throws IllegalArgumentException if b is not (1,V)
   */
  public TimeAffine(Parameter w, Parameter b) {
    if (b.value().rows() != 1 || b.value().cols() != w.value().cols()) {
      throw new IllegalArgumentException(
          "TimeAffine: %s, so b must be (1x%d); got %s".formatted(w, w.value().cols(), b));
    }
    this.w = w;
    this.b = b;
  }

  @Override
  public void forwardInto(Tensor3 xs, Tensor3 ys) {
    int d = inputSize();
    int v = outputSize();
    Shapes.checkFeatures("TimeAffine.forward: xs", xs, d);
    Shapes.check("TimeAffine.forward: ys", ys, xs.d0(), xs.d1(), v);
    n = xs.d0();
    steps = xs.d1();
    int rows = n * steps;
    x = x.length >= rows * d ? x : new double[rows * d];
    System.arraycopy(xs.data(), 0, x, 0, rows * d);

    double[] y = ys.data();
    Arrays.fill(y, 0);
    KERNEL.addMatmul(rows, d, v, x, 0, d, w.value().data(), 0, v, y, 0, v);
    KERNEL.addRow(rows, v, b.value().data(), y, 0);
  }

  @Override
  public Tensor3 backward(Tensor3 dys) {
    Shapes.checkForwardDone("TimeAffine.backward", steps > 0);
    Tensor3 dxs = new Tensor3(n, steps, inputSize());
    backwardInto(dys, dxs);
    return dxs;
  }

  @Override
  public void backwardInto(Tensor3 dys, Tensor3 dxs) {
    int d = inputSize();
    int v = outputSize();
    Shapes.checkForwardDone("TimeAffine.backward", steps > 0);
    Shapes.check("TimeAffine.backward: dys", dys, n, steps, v);
    Shapes.check("TimeAffine.backward: dxs", dxs, n, steps, d);
    if (dxs.data() == dys.data()) {
      throw new IllegalArgumentException(
          "TimeAffine.backward: dxs is dys, which would be overwritten while read; bring another");
    }
    int rows = n * steps;
    double[] dy = dys.data();
    KERNEL.addMatmulTransA(d, rows, v, x, 0, d, dy, 0, v, w.grad().data(), 0, v);
    KERNEL.addColumnSums(rows, v, dy, 0, b.grad().data());
    dxs.fill(0);
    KERNEL.addMatmulTransB(rows, v, d, dy, 0, v, w.value().data(), 0, v, dxs.data(), 0, d);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(w, b);
  }

  @Override
  public int inputSize() {
    return w.value().rows();
  }

  @Override
  public int outputSize() {
    return w.value().cols();
  }
}
