package io.github.unroll.cell;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One step of the plain recurrent network (Elman 1990), in row layout:
 *
 * <pre>{@code
 * a  = x·wx + hPrev·wh + b         x (N,D)  hPrev (N,H)  wx (D,H)  wh (H,H)  b (1,H)
 * h  = tanh(a)                     or relu: h = max(a, 0)
 *
 * da = dh ⊙ (1 − h²)               or relu: da = dh where h > 0, else 0
 * dx = da·wxᵀ     dhPrev = da·whᵀ
 * dwx += xᵀ·da    dwh += hPrevᵀ·da    db += Σ over the batch of da
 * }</pre>
 *
 * <p>A cell owns its parameters and nothing that changes during a step: what {@link #backward}
 * needs travels in a {@link Cache}. One cell serves any number of steps and threads of inference.
 */
public final class RnnCell {

  private static final Kernel KERNEL = Kernel.active();

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Activation activation;

  /** What squashes the pre-activation. */
  public enum Activation {
    /** {@code tanh(a)}. */
    TANH,
    /** {@code max(a, 0)} (Le, Jaitly and Hinton 2015); its slope at 0 is taken as 0. */
    RELU
  }

  /**
   * What {@link #backward} needs of a step. It holds the caller's x and hPrev and the returned
   * hNext themselves, not copies: the cell never writes to them, nor may the caller before
   * backward.
   *
   * @param x the input (N,D)
   * @param hPrev the state before the step (N,H)
   * @param hNext the state after it (N,H)
   */
  public record Cache(Matrix x, Matrix hPrev, Matrix hNext) {}

  /**
   * The result of a step.
   *
   * @param hNext the new state (N,H)
   * @param cache what {@link #backward} needs
   */
  public record Step(Matrix hNext, Cache cache) {}

  /**
   * The gradients of the loss with respect to what a step was given.
   *
   * @param dx gradient of the input (N,D)
   * @param dhPrev gradient of the state before the step (N,H)
   */
  public record InputGradients(Matrix dx, Matrix dhPrev) {}

  /**
   * A tanh cell with parameters named {@code wx}, {@code wh} and {@code b}.
   *
   * @param wx weights of the input (D,H); kept, not copied
   * @param wh weights of the state (H,H); kept, not copied
   * @param b bias (1,H); kept, not copied
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public RnnCell(Matrix wx, Matrix wh, Matrix b) {
    this(new Parameter("wx", wx), new Parameter("wh", wh), new Parameter("b", b));
  }

  /**
   * A tanh cell with named parameters.
   *
   * @param wx weights of the input (D,H)
   * @param wh weights of the state (H,H)
   * @param b bias (1,H)
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public RnnCell(Parameter wx, Parameter wh, Parameter b) {
    this(wx, wh, b, Activation.TANH);
  }

  /**
   * A cell with named parameters.
   *
   * @param wx weights of the input (D,H)
   * @param wh weights of the state (H,H)
   * @param b bias (1,H)
   * @param activation what squashes the pre-activation
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public RnnCell(Parameter wx, Parameter wh, Parameter b, Activation activation) {
    int h = wx.value().cols();
    if (wh.value().rows() != h || wh.value().cols() != h) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "RnnCell: %s, so wh must be (%dx%d); got %s", wx, h, h, wh));
    }
    if (b.value().rows() != 1 || b.value().cols() != h) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "RnnCell: %s, so b must be (1x%d); got %s", wx, h, b));
    }
    this.wx = wx;
    this.wh = wh;
    this.b = b;
    this.activation = Objects.requireNonNull(activation, "activation");
  }

  /**
   * One step forward.
   *
   * @param x input (N,D)
   * @param hPrev state before the step (N,H)
   * @return the new state (N,H) and what backward needs
   * @throws IllegalArgumentException if shapes do not fit
   */
  public Step forward(Matrix x, Matrix hPrev) {
    Matrix a = x.matmul(wx.value());
    a.addMatmul(hPrev, wh.value());
    Matrix hNext = new Matrix(a.rows(), a.cols());
    activate(a.rows(), a.data(), 0, hNext.data(), 0);
    return new Step(hNext, new Cache(x, hPrev, hNext));
  }

  /**
   * The same step backward. The gradients of the parameters are <em>added</em> to what they hold.
   *
   * @param dhNext gradient of the loss with respect to the new state (N,H)
   * @param cache what {@link #forward} returned
   * @return the gradients of input and previous state
   * @throws IllegalArgumentException if dhNext has not the shape of the state
   */
  public InputGradients backward(Matrix dhNext, Cache cache) {
    Matrix h = cache.hNext();
    Matrix da = new Matrix(h.rows(), h.cols());
    da.copyFrom(dhNext);
    activateBackward(da.data().length, da.data(), 0, h.data(), 0, da.data(), 0);

    wx.grad().addMatmulTransA(cache.x(), da);
    wh.grad().addMatmulTransA(cache.hPrev(), da);
    b.grad().addColumnSums(da);
    return new InputGradients(da.matmulTransB(wx.value()), da.matmulTransB(wh.value()));
  }

  /**
   * {@code h = tanh(a + b)}, or relu, for n samples: the one home of this equation, for cell and
   * layer, which have checked the arrays.
   *
   * @param n number of samples
   * @param a {@code x·wx + hPrev·wh}, (n,H) from aAt
   * @param aAt index of its first element
   * @param h modified: overwritten with the states, (n,H) from hAt
   * @param hAt index of its first element
   */
  public void activate(int n, double[] a, int aAt, double[] h, int hAt) {
    System.arraycopy(a, aAt, h, hAt, n * hiddenSize());
    KERNEL.addRow(n, hiddenSize(), b.value().data(), h, hAt);
    if (activation == Activation.TANH) {
      KERNEL.tanh(n * hiddenSize(), h, hAt, h, hAt);
    } else {
      for (int i = hAt; i < hAt + n * hiddenSize(); i++) {
        h[i] = Math.max(h[i], 0);
      }
    }
  }

  /**
   * {@code da = dh ⊙ (1 − h²)}, or that of relu: the one home of this equation, for cell and layer,
   * which have checked the arrays.
   *
   * @param size number of elements
   * @param dh gradient of the states
   * @param dhAt index of its first element
   * @param h the states
   * @param hAt index of its first element
   * @param da modified: overwritten with the gradient of the pre-activations; may be dh itself
   * @param daAt index of its first element
   */
  public void activateBackward(
      int size, double[] dh, int dhAt, double[] h, int hAt, double[] da, int daAt) {
    if (activation == Activation.TANH) {
      for (int i = 0; i < size; i++) {
        double hi = h[hAt + i];
        da[daAt + i] = dh[dhAt + i] * (1 - hi * hi);
      }
    } else {
      for (int i = 0; i < size; i++) {
        da[daAt + i] = h[hAt + i] > 0 ? dh[dhAt + i] : 0;
      }
    }
  }

  /**
   * The weights of the input.
   *
   * @return (D,H)
   */
  public Parameter wx() {
    return wx;
  }

  /**
   * The weights of the state.
   *
   * @return (H,H)
   */
  public Parameter wh() {
    return wh;
  }

  /**
   * The bias.
   *
   * @return (1,H)
   */
  public Parameter b() {
    return b;
  }

  /**
   * What squashes the pre-activation.
   *
   * @return as the cell was built
   */
  public Activation activation() {
    return activation;
  }

  /**
   * What is trained.
   *
   * @return wx, wh, b
   */
  public List<Parameter> parameters() {
    return List.of(wx, wh, b);
  }

  /**
   * D.
   *
   * @return the number of features of an input
   */
  public int inputSize() {
    return wx.value().rows();
  }

  /**
   * H.
   *
   * @return the number of hidden units
   */
  public int hiddenSize() {
    return wx.value().cols();
  }
}
