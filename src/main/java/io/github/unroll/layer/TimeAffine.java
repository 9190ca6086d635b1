package io.github.unroll.layer;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
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
 * y  = x·wᵀ + b          dx = dy·w          dw += Σ dyᵀ·x, added to the embedding's gradient
 * }</pre>
 */
public final class TimeAffine implements TimeLayer {

  private final Parameter w;
  private final Parameter b;
  private final boolean tied;
  private final MatrixView weights; // (D,V): w, or wᵀ

  private int n;
  private int steps;
  private Matrix room; // (N·T,D) or more rows
  private MatrixView x; // its first N·T rows

  /**
   * An affine layer from D features to V.
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
    this.weights = tied ? w.value().transposed() : w.value();
  }

  /**
   * {@return an affine layer from D features to V, whose weights are the word vectors of an
   * embedding, read transposed}
   *
   * @param w word vectors (V,D), those of the {@link TimeEmbedding}; both add to their gradient
   * @param b bias (1,V)
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
    keep(xs);
    map(x, ys.asRows());
  }

  /**
   * Runs one step and keeps nothing: it has no backward, does not affect the backward of a forward,
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
    map(x, y);
  }

  private void keep(Tensor3 xs) {
    if (xs.d0() != n || xs.d1() != steps) {
      steps = 0; // no forward is valid if its buffers do not fit
      room = Room.rows("TimeAffine", "inputs", room, xs.d0(), xs.d1(), inputSize());
      x = room.rows(0, xs.d0() * xs.d1());
      n = xs.d0();
      steps = xs.d1();
    }
    x.copyFrom(xs.asRows());
  }

  /** {@code y = x·w + b}, or wᵀ. */
  private void map(MatrixView x, MatrixView y) {
    y.setMatmul(x, weights);
    y.addRow(b.value());
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
          "TimeAffine.backward: dxs and dys are the same tensor; pass two");
    }
    MatrixView dy = dys.asRows();
    if (tied) {
      w.addMatmulToGrad(dy.transposed(), x);
    } else {
      w.addMatmulToGrad(x.transposed(), dy);
    }
    b.grad().addColumnSums(dy);
    dxs.asRows().setMatmul(dy, weights.transposed());
  }

  /** {@return whether the weights are word vectors (V,D), read transposed} */
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
