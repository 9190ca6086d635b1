package io.github.unroll.layer;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;

/**
 * The same affine map at every step:
 *
 * <pre>{@code
 * y  = x·w + b           x (N,T,D)   w (D,V)   b (1,V)
 * dx = dy·wᵀ
 * dw += Σ xᵀ·dy          db += Σ dy  over batch and steps
 * }</pre>
 *
 * <p>Tied to an embedding (Press and Wolf 2017; Inan, Khosravi and Socher 2017), the layer reads
 * the word vectors w (V,D) transposed: a word's score is the product of x with its vector.
 *
 * <pre>{@code
 * y  = x·wᵀ + b          dx = dy·w          dw += Σ dyᵀ·x, beside what the embedding adds
 * }</pre>
 */
public final class TimeAffine implements TimeLayer {

  private static final Kernel KERNEL = Kernel.active();

  private final Parameter w;
  private final Parameter b;
  private final boolean tied;

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
    this(w, b, false);
  }

  private TimeAffine(Parameter w, Parameter b, boolean tied) {
    int v = tied ? w.value().rows() : w.value().cols();
    if (b.value().rows() != 1 || b.value().cols() != v) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeAffine%s: %s, so b must be (1x%d); got %s",
              tied ? ", tied" : "",
              w,
              v,
              b));
    }
    this.w = w;
    this.b = b;
    this.tied = tied;
  }

  /**
   * An affine layer whose weights are the word vectors of an embedding, read transposed.
   *
   * @param w word vectors (V,D), those of the {@link TimeEmbedding}; both add to their gradient
   * @param b bias (1,V)
   * @return the layer, from D features to V
   * @throws IllegalArgumentException if b is not (1,V)
   */
  public static TimeAffine tied(Parameter w, Parameter b) {
    return new TimeAffine(w, b, true);
  }

  @Override
  public void forwardInto(Tensor3 xs, Tensor3 ys) {
    int d = inputSize();
    int v = outputSize();
    Shapes.checkFeatures("TimeAffine.forward: xs", xs, d);
    Shapes.check("TimeAffine.forward: ys", ys, xs.d0(), xs.d1(), v);
    steps = 0; // no forward stands if there is no room for it
    x = Room.of("TimeAffine", "inputs", x, xs.d0(), xs.d1(), d);
    n = xs.d0();
    steps = xs.d1();
    System.arraycopy(xs.data(), 0, x, 0, xs.data().length);

    map(n * steps, x, ys.data());
  }

  /**
   * One step, of which nothing is kept: there is no backward for it, a forward's is not disturbed,
   * and any number of threads may call it at once.
   *
   * @param x inputs (N,D)
   * @param y modified: overwritten with the outputs (N,V)
   * @throws IllegalArgumentException if a shape does not fit
   */
  public void stepInto(Matrix x, Matrix y) {
    if (x.cols() != inputSize() || y.cols() != outputSize() || x.rows() != y.rows()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeAffine.step: x must be (Nx%d) and y (Nx%d), not %s and %s",
              inputSize(),
              outputSize(),
              x.shape(),
              y.shape()));
    }
    map(x.rows(), x.data(), y.data());
  }

  /** {@code y = x·w + b}, or wᵀ. */
  private void map(int rows, double[] from, double[] y) {
    int d = inputSize();
    int v = outputSize();
    if (tied) {
      KERNEL.matmulTransB(false, rows, d, v, from, 0, d, w.value().data(), 0, d, y, 0, v);
    } else {
      KERNEL.matmul(false, rows, d, v, from, 0, d, w.value().data(), 0, v, y, 0, v);
    }
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
    double[] dx = dxs.data();
    double[] dw = w.grad().data();
    if (tied) {
      KERNEL.addMatmulTransA(v, rows, d, dy, 0, v, x, 0, d, dw, 0, d);
      KERNEL.matmul(false, rows, v, d, dy, 0, v, w.value().data(), 0, d, dx, 0, d);
    } else {
      KERNEL.addMatmulTransA(d, rows, v, x, 0, d, dy, 0, v, dw, 0, v);
      KERNEL.matmulTransB(false, rows, v, d, dy, 0, v, w.value().data(), 0, v, dx, 0, d);
    }
    KERNEL.addColumnSums(rows, v, dy, 0, v, b.grad().data(), 0);
  }

  /**
   * Whether the weights are word vectors, read transposed.
   *
   * @return true if w is (V,D), false if (D,V)
   */
  public boolean isTied() {
    return tied;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(w, b);
  }

  @Override
  public int inputSize() {
    return tied ? w.value().cols() : w.value().rows();
  }

  @Override
  public int outputSize() {
    return tied ? w.value().rows() : w.value().cols();
  }
}
