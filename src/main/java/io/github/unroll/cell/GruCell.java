package io.github.unroll.cell;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One step of the GRU (Cho et al. 2014), in row layout, its columns in the order z, r, h. The gate
 * z weighs the candidate: {@code h = (1 − z) ⊙ hPrev + z ⊙ ĥ}. Two conventions are in use, by where
 * the reset gate acts:
 *
 * <pre>{@code
 * z = σ(x·wx_z + hPrev·wh_z + b_z)     r = σ(x·wx_r + hPrev·wh_r + b_r)
 *
 * reset before the product (Cho et al.; the book):
 *   ĥ = tanh(x·wx_h + (r ⊙ hPrev)·wh_h + b_h)
 * reset after the product (cuDNN, PyTorch, the default of Keras), with a further bias bhn (1,H):
 *   ĥ = tanh(x·wx_h + b_h + r ⊙ (hPrev·wh_h + bhn))
 *
 * da_z = dh ⊙ (ĥ − hPrev) ⊙ z(1 − z)     da_h = dh ⊙ z ⊙ (1 − ĥ²)
 * before: d(r ⊙ hPrev) = da_h·wh_hᵀ      da_r = d(r ⊙ hPrev) ⊙ hPrev ⊙ r(1 − r)
 * after:  du = da_h ⊙ r                  da_r = da_h ⊙ u ⊙ r(1 − r)     u = hPrev·wh_h + bhn
 * }</pre>
 *
 * <p>A cell owns its parameters and nothing that changes during a step: what {@link #backward}
 * needs travels in a {@link Cache}. One cell serves any number of steps and threads of inference.
 */
public final class GruCell {

  private static final Kernel KERNEL = Kernel.active();

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Parameter bhn; // null if the reset acts before the product

  /**
   * What {@link #backward} needs of a step. It holds the caller's matrices themselves, not copies:
   * the cell never writes to them, nor may the caller before backward.
   *
   * @param x the input (N,D)
   * @param hPrev the state before the step (N,H)
   * @param gates z, r and the candidate side by side (N,3H)
   * @param product what the reset gate and the recurrent product of the candidate meet in (N,H):
   *     {@code r ⊙ hPrev} if the reset acts before it, {@code hPrev·wh_h + bhn} if after
   */
  public record Cache(Matrix x, Matrix hPrev, Matrix gates, Matrix product) {}

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

  private GruCell(Parameter wx, Parameter wh, Parameter b, Parameter bhn) {
    int h = wh.value().rows();
    if (wh.value().cols() != 3 * h) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "GruCell: wh must be (H,3H), here (%dx%d); got %s", h, 3 * h, wh));
    }
    if (wx.value().cols() != 3 * h) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "GruCell: %s, so wx must have %d columns; got %s", wh, 3 * h, wx));
    }
    checkBias(b, 3 * h, wh);
    if (bhn != null) {
      checkBias(bhn, h, wh);
    }
    this.wx = wx;
    this.wh = wh;
    this.b = b;
    this.bhn = bhn;
  }

  private static void checkBias(Parameter bias, int cols, Parameter wh) {
    if (bias.value().rows() != 1 || bias.value().cols() != cols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "GruCell: %s, so %s must be (1x%d); got %s",
              wh,
              bias.name(),
              cols,
              bias));
    }
  }

  /**
   * A cell whose reset gate acts before the recurrent product: Cho et al. 2014, the book.
   *
   * @param wx weights of the input (D,3H)
   * @param wh weights of the state (H,3H)
   * @param b bias (1,3H)
   * @return the cell
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static GruCell resetBefore(Parameter wx, Parameter wh, Parameter b) {
    return new GruCell(wx, wh, b, null);
  }

  /**
   * {@link #resetBefore(Parameter, Parameter, Parameter)} with parameters named {@code wx}, {@code
   * wh} and {@code b}.
   *
   * @param wx weights of the input (D,3H); kept, not copied
   * @param wh weights of the state (H,3H); kept, not copied
   * @param b bias (1,3H); kept, not copied
   * @return the cell
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static GruCell resetBefore(Matrix wx, Matrix wh, Matrix b) {
    return resetBefore(new Parameter("wx", wx), new Parameter("wh", wh), new Parameter("b", b));
  }

  /**
   * A cell whose reset gate acts after the recurrent product: cuDNN, PyTorch, the default of Keras.
   *
   * @param wx weights of the input (D,3H)
   * @param wh weights of the state (H,3H)
   * @param b bias (1,3H)
   * @param bhn bias of the candidate's recurrent product (1,H)
   * @return the cell
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static GruCell resetAfter(Parameter wx, Parameter wh, Parameter b, Parameter bhn) {
    return new GruCell(wx, wh, b, Objects.requireNonNull(bhn, "bhn"));
  }

  /**
   * {@link #resetAfter(Parameter, Parameter, Parameter, Parameter)} with parameters named {@code
   * wx}, {@code wh}, {@code b} and {@code bhn}.
   *
   * @param wx weights of the input (D,3H); kept, not copied
   * @param wh weights of the state (H,3H); kept, not copied
   * @param b bias (1,3H); kept, not copied
   * @param bhn bias of the candidate's recurrent product (1,H); kept, not copied
   * @return the cell
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static GruCell resetAfter(Matrix wx, Matrix wh, Matrix b, Matrix bhn) {
    return resetAfter(
        new Parameter("wx", wx),
        new Parameter("wh", wh),
        new Parameter("b", b),
        new Parameter("bhn", bhn));
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
    int n = x.rows();
    Matrix a = x.matmul(wx.value());
    Matrix hNext = new Matrix(n, hiddenSize());
    hNext.copyFrom(hPrev);
    Matrix product = new Matrix(n, hiddenSize());
    stepForward(n, a.data(), 0, hPrev.data(), 0, product.data(), 0, hNext.data(), 0);
    return new Step(hNext, new Cache(x, hPrev, a, product));
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
    int n = cache.x.rows();
    Matrix da = cache.gates.copy();
    Matrix dhPrev = new Matrix(n, hiddenSize());
    dhPrev.copyFrom(dhNext);
    double[] h = cache.hPrev.data();
    double[] product = cache.product.data();
    double[] dProduct = new double[product.length];
    double[] whTransposed = wh.value().transpose().data();
    stepBackward(n, da.data(), 0, h, 0, product, 0, dProduct, 0, dhPrev.data(), 0, whTransposed);

    wx.grad().addMatmulTransA(cache.x, da);
    addRecurrentGradients(n, da.data(), h, product, dProduct);
    b.grad().addColumnSums(da);
    return new InputGradients(da.matmulTransB(wx.value()), dhPrev);
  }

  /**
   * A step of n samples from {@code x·wx} on: the one home of these equations, for cell and layer,
   * which have checked the arrays.
   *
   * @param n number of samples
   * @param a modified: {@code x·wx} becomes z, r and the candidate; (n,3H) from aAt
   * @param aAt index of its first element
   * @param h states before the step (n,H)
   * @param hAt index of its first element
   * @param product modified: overwritten with the cache's product (n,H)
   * @param productAt index of its first element
   * @param hNext modified: overwritten with the new states (n,H)
   * @param hNextAt index of its first element
   */
  public void stepForward(
      int n,
      double[] a,
      int aAt,
      double[] h,
      int hAt,
      double[] product,
      int productAt,
      double[] hNext,
      int hNextAt) {
    int size = hiddenSize();
    int gates = 3 * size;
    double[] w = wh.value().data();
    KERNEL.addMatmul(n, size, 2 * size, h, hAt, size, w, 0, gates, a, aAt, gates);
    if (bhn == null) {
      addBiasAndSquashGates(n, a, aAt);
      for (int row = 0; row < n; row++) {
        int at = row * size;
        int r = aAt + row * gates + size;
        for (int j = 0; j < size; j++) {
          product[productAt + at + j] = a[r + j] * h[hAt + at + j];
        }
      }
      int candidate = aAt + 2 * size;
      KERNEL.addMatmul(
          n, size, size, product, productAt, size, w, 2 * size, gates, a, candidate, gates);
      addCandidateBias(n, a, aAt);
    } else {
      Arrays.fill(product, productAt, productAt + n * size, 0);
      KERNEL.addMatmul(n, size, size, h, hAt, size, w, 2 * size, gates, product, productAt, size);
      KERNEL.addRow(n, size, bhn.value().data(), product, productAt);
      addBiasAndSquashGates(n, a, aAt);
      addCandidateBias(n, a, aAt);
      for (int row = 0; row < n; row++) {
        int at = row * size;
        int r = aAt + row * gates + size;
        for (int j = 0; j < size; j++) {
          a[r + size + j] += a[r + j] * product[productAt + at + j];
        }
      }
    }
    for (int row = 0; row < n; row++) {
      int at = row * size;
      int z = aAt + row * gates;
      int candidate = z + 2 * size;
      KERNEL.tanh(size, a, candidate, a, candidate);
      for (int j = 0; j < size; j++) {
        hNext[hNextAt + at + j] = (1 - a[z + j]) * h[hAt + at + j] + a[z + j] * a[candidate + j];
      }
    }
  }

  private void addBiasAndSquashGates(int n, double[] a, int aAt) {
    int size = hiddenSize();
    double[] bias = b.value().data();
    for (int row = 0; row < n; row++) {
      int z = aAt + row * 3 * size;
      for (int j = 0; j < 2 * size; j++) {
        a[z + j] += bias[j];
      }
      KERNEL.sigmoid(2 * size, a, z, a, z);
    }
  }

  private void addCandidateBias(int n, double[] a, int aAt) {
    int size = hiddenSize();
    double[] bias = b.value().data();
    for (int row = 0; row < n; row++) {
      int candidate = aAt + (row * 3 + 2) * size;
      for (int j = 0; j < size; j++) {
        a[candidate + j] += bias[2 * size + j];
      }
    }
  }

  /**
   * The same step backward, save the gradients of parameters and input: the one home of these
   * equations, for cell and layer, which have checked the arrays.
   *
   * @param n number of samples
   * @param a modified: z, r and the candidate become da, side by side (n,3H) from aAt
   * @param aAt index of its first element
   * @param h states before the step (n,H)
   * @param hAt index of its first element
   * @param product the cache's product (n,H)
   * @param productAt index of its first element
   * @param dProduct modified: overwritten with the product's gradient (n,H)
   * @param dProductAt index of its first element
   * @param dh modified: the gradient of the new states becomes that of the states before (n,H)
   * @param dhAt index of its first element
   * @param whTransposed wh transposed (3H,H)
   */
  public void stepBackward(
      int n,
      double[] a,
      int aAt,
      double[] h,
      int hAt,
      double[] product,
      int productAt,
      double[] dProduct,
      int dProductAt,
      double[] dh,
      int dhAt,
      double[] whTransposed) {
    int size = hiddenSize();
    int gates = 3 * size;
    int candidate = 2 * size;
    int toCandidate = candidate * size;
    for (int row = 0; row < n; row++) {
      int at = row * size;
      int zAt = aAt + row * gates;
      for (int j = 0; j < size; j++) {
        double z = a[zAt + j];
        double hHat = a[zAt + candidate + j];
        double dhj = dh[dhAt + at + j];
        a[zAt + j] = dhj * (hHat - h[hAt + at + j]) * (z * (1 - z));
        a[zAt + candidate + j] = dhj * z * (1 - hHat * hHat);
        dh[dhAt + at + j] = dhj * (1 - z);
      }
    }
    if (bhn == null) {
      Arrays.fill(dProduct, dProductAt, dProductAt + n * size, 0);
      KERNEL.addMatmul(
          n,
          size,
          size,
          a,
          aAt + candidate,
          gates,
          whTransposed,
          toCandidate,
          size,
          dProduct,
          dProductAt,
          size);
      resetBackward(n, a, aAt, h, hAt, dProduct, dProductAt, dh, dhAt);
    } else {
      resetAfterBackward(n, a, aAt, product, productAt, dProduct, dProductAt);
      KERNEL.addMatmul(
          n,
          size,
          size,
          dProduct,
          dProductAt,
          size,
          whTransposed,
          toCandidate,
          size,
          dh,
          dhAt,
          size);
    }
    KERNEL.addMatmul(n, 2 * size, size, a, aAt, gates, whTransposed, 0, size, dh, dhAt, size);
  }

  /** product = r ⊙ h: what reaches r and h of its gradient. */
  private void resetBackward(
      int n,
      double[] a,
      int aAt,
      double[] h,
      int hAt,
      double[] dProduct,
      int dProductAt,
      double[] dh,
      int dhAt) {
    int size = hiddenSize();
    for (int row = 0; row < n; row++) {
      int at = row * size;
      int rAt = aAt + (row * 3 + 1) * size;
      for (int j = 0; j < size; j++) {
        double r = a[rAt + j];
        double dp = dProduct[dProductAt + at + j];
        dh[dhAt + at + j] += dp * r;
        a[rAt + j] = dp * h[hAt + at + j] * (r * (1 - r));
      }
    }
  }

  /** The candidate's pre-activation holds r ⊙ product: what reaches r and the product of da_h. */
  private void resetAfterBackward(
      int n,
      double[] a,
      int aAt,
      double[] product,
      int productAt,
      double[] dProduct,
      int dProductAt) {
    int size = hiddenSize();
    for (int row = 0; row < n; row++) {
      int at = row * size;
      int rAt = aAt + (row * 3 + 1) * size;
      for (int j = 0; j < size; j++) {
        double r = a[rAt + j];
        double da = a[rAt + size + j];
        dProduct[dProductAt + at + j] = da * r;
        a[rAt + j] = da * product[productAt + at + j] * (r * (1 - r));
      }
    }
  }

  /**
   * Adds the gradients of wh and, if the reset acts after the product, bhn: for one step or many.
   *
   * @param rows samples times steps
   * @param da gradients of the pre-activations (rows,3H)
   * @param h states before each step (rows,H)
   * @param product the cache's product (rows,H)
   * @param dProduct its gradient (rows,H)
   */
  public void addRecurrentGradients(
      int rows, double[] da, double[] h, double[] product, double[] dProduct) {
    int size = hiddenSize();
    int gates = 3 * size;
    int candidate = 2 * size;
    double[] dw = wh.grad().data();
    KERNEL.addMatmulTransA(size, rows, 2 * size, h, 0, size, da, 0, gates, dw, 0, gates);
    if (bhn == null) {
      KERNEL.addMatmulTransA(
          size, rows, size, product, 0, size, da, candidate, gates, dw, candidate, gates);
    } else {
      KERNEL.addMatmulTransA(size, rows, size, h, 0, size, dProduct, 0, size, dw, candidate, gates);
      KERNEL.addColumnSums(rows, size, dProduct, 0, size, bhn.grad().data(), 0);
    }
  }

  /**
   * The weights of the input.
   *
   * @return (D,3H), columns z, r, h
   */
  public Parameter wx() {
    return wx;
  }

  /**
   * The weights of the state.
   *
   * @return (H,3H), columns z, r, h
   */
  public Parameter wh() {
    return wh;
  }

  /**
   * The bias.
   *
   * @return (1,3H), columns z, r, h
   */
  public Parameter b() {
    return b;
  }

  /**
   * What is trained.
   *
   * @return wx, wh, b, and bhn if the reset acts after the product
   */
  public List<Parameter> parameters() {
    return bhn == null ? List.of(wx, wh, b) : List.of(wx, wh, b, bhn);
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
    return wh.value().rows();
  }
}
