package io.github.unroll.cell;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Locale;

/**
 * One step of the LSTM (Hochreiter and Schmidhuber 1997; with the forget gate of Gers, Schmidhuber
 * and Cummins 2000), in row layout, its four gates side by side in the order f, g, i, o:
 *
 * <pre>{@code
 * a  = x·wx + hPrev·wh + b         x (N,D)  hPrev (N,H)  wx (D,4H)  wh (H,4H)  b (1,4H)
 * f  = σ(a_f)    g = tanh(a_g)    i = σ(a_i)    o = σ(a_o)
 * c  = f ⊙ cPrev + g ⊙ i
 * h  = o ⊙ tanh(c)
 *
 * ds   = dc + dh ⊙ o ⊙ (1 − tanh²(c))       what reaches c, from ahead and through h
 * da_f = ds ⊙ cPrev ⊙ f(1 − f)     da_g = ds ⊙ i ⊙ (1 − g²)
 * da_i = ds ⊙ g ⊙ i(1 − i)         da_o = dh ⊙ tanh(c) ⊙ o(1 − o)
 * dx = da·wxᵀ     dhPrev = da·whᵀ     dcPrev = ds ⊙ f
 * dwx += xᵀ·da    dwh += hPrevᵀ·da    db += Σ over the batch of da
 * }</pre>
 *
 * <p>A cell owns its parameters and nothing that changes during a step: what {@link #backward}
 * needs travels in a {@link Cache}. One cell serves any number of steps and threads of inference.
 */
public final class LstmCell {

  private static final Kernel KERNEL = Kernel.active();

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;

  /**
   * What {@link #backward} needs of a step. It holds the caller's matrices themselves, not copies:
   * the cell never writes to them, nor may the caller before backward.
   *
   * @param x the input (N,D)
   * @param hPrev the hidden state before the step (N,H)
   * @param cPrev the cell state before the step (N,H)
   * @param gates f, g, i, o side by side (N,4H)
   * @param tanhC tanh of the cell state after the step (N,H)
   */
  public record Cache(Matrix x, Matrix hPrev, Matrix cPrev, Matrix gates, Matrix tanhC) {}

  /**
   * The result of a step.
   *
   * @param hNext the new hidden state (N,H)
   * @param cNext the new cell state (N,H)
   * @param cache what {@link #backward} needs
   */
  public record Step(Matrix hNext, Matrix cNext, Cache cache) {}

  /**
   * The gradients of the loss with respect to what a step was given.
   *
   * @param dx gradient of the input (N,D)
   * @param dhPrev gradient of the hidden state before the step (N,H)
   * @param dcPrev gradient of the cell state before the step (N,H)
   */
  public record InputGradients(Matrix dx, Matrix dhPrev, Matrix dcPrev) {}

  /**
   * A cell with parameters named {@code wx}, {@code wh} and {@code b}.
   *
   * @param wx weights of the input (D,4H); kept, not copied
   * @param wh weights of the state (H,4H); kept, not copied
   * @param b bias (1,4H); kept, not copied
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public LstmCell(Matrix wx, Matrix wh, Matrix b) {
    this(new Parameter("wx", wx), new Parameter("wh", wh), new Parameter("b", b));
  }

  /**
   * A cell with named parameters.
   *
   * @param wx weights of the input (D,4H)
   * @param wh weights of the state (H,4H)
   * @param b bias (1,4H)
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public LstmCell(Parameter wx, Parameter wh, Parameter b) {
    int h = wh.value().rows();
    if (wh.value().cols() != 4 * h) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "LstmCell: wh must be (H,4H), here (%dx%d); got %s", h, 4 * h, wh));
    }
    if (wx.value().cols() != 4 * h) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "LstmCell: %s, so wx must have %d columns; got %s", wh, 4 * h, wx));
    }
    if (b.value().rows() != 1 || b.value().cols() != 4 * h) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "LstmCell: %s, so b must be (1x%d); got %s", wh, 4 * h, b));
    }
    this.wx = wx;
    this.wh = wh;
    this.b = b;
  }

  /**
   * One step forward.
   *
   * @param x input (N,D)
   * @param hPrev hidden state before the step (N,H)
   * @param cPrev cell state before the step (N,H)
   * @return the new states (N,H) and what backward needs
   * @throws IllegalArgumentException if shapes do not fit
   */
  public Step forward(Matrix x, Matrix hPrev, Matrix cPrev) {
    int n = x.rows();
    Matrix a = x.matmul(wx.value());
    a.addMatmul(hPrev, wh.value());
    Matrix cNext = new Matrix(n, hiddenSize());
    cNext.copyFrom(cPrev);
    Matrix tanhC = new Matrix(n, hiddenSize());
    Matrix hNext = new Matrix(n, hiddenSize());
    double[] c = cNext.data();
    activate(n, a.data(), 0, cPrev.data(), 0, c, 0, tanhC.data(), 0, hNext.data(), 0);
    return new Step(hNext, cNext, new Cache(x, hPrev, cPrev, a, tanhC));
  }

  /**
   * The same step backward. The gradients of the parameters are <em>added</em> to what they hold.
   *
   * @param dhNext gradient of the loss with respect to the new hidden state (N,H)
   * @param dcNext gradient of the loss with respect to the new cell state, not through h (N,H)
   * @param cache what {@link #forward} returned
   * @return the gradients of input and previous states
   * @throws IllegalArgumentException if dhNext or dcNext has not the shape of the state
   */
  public InputGradients backward(Matrix dhNext, Matrix dcNext, Cache cache) {
    int n = cache.x.rows();
    Matrix da = cache.gates.copy();
    Matrix dh = new Matrix(n, hiddenSize());
    dh.copyFrom(dhNext);
    Matrix dcPrev = new Matrix(n, hiddenSize());
    dcPrev.copyFrom(dcNext);
    double[] cPrev = cache.cPrev.data();
    double[] tanhC = cache.tanhC.data();
    activateBackward(n, da.data(), 0, cPrev, 0, tanhC, 0, dh.data(), 0, dcPrev.data(), 0);

    wx.grad().addMatmulTransA(cache.x, da);
    wh.grad().addMatmulTransA(cache.hPrev, da);
    b.grad().addColumnSums(da);
    return new InputGradients(da.matmulTransB(wx.value()), da.matmulTransB(wh.value()), dcPrev);
  }

  /**
   * Gates, c and h of n samples: the one home of these equations, for cell and layer, which have
   * checked the arrays.
   *
   * @param n number of samples
   * @param a modified: {@code x·wx + hPrev·wh} becomes the gates f, g, i, o; (n,4H) from aAt
   * @param aAt index of its first element
   * @param cPrev cell states before the step (n,H)
   * @param cPrevAt index of its first element
   * @param c modified: overwritten with the new cell states (n,H)
   * @param cAt index of its first element
   * @param tanhC modified: overwritten with their tanh (n,H)
   * @param tanhCAt index of its first element
   * @param h modified: overwritten with the new hidden states (n,H)
   * @param hAt index of its first element
   */
  public void activate(
      int n,
      double[] a,
      int aAt,
      double[] cPrev,
      int cPrevAt,
      double[] c,
      int cAt,
      double[] tanhC,
      int tanhCAt,
      double[] h,
      int hAt) {
    int size = hiddenSize();
    KERNEL.addRow(n, 4 * size, b.value().data(), a, aAt);
    for (int row = 0; row < n; row++) {
      int f = aAt + row * 4 * size;
      int g = f + size;
      int i = g + size;
      KERNEL.sigmoid(size, a, f, a, f);
      KERNEL.tanh(size, a, g, a, g);
      KERNEL.sigmoid(2 * size, a, i, a, i); // i and o
      int at = row * size;
      for (int j = 0; j < size; j++) {
        c[cAt + at + j] = a[f + j] * cPrev[cPrevAt + at + j] + a[g + j] * a[i + j];
      }
    }
    KERNEL.tanh(n * size, c, cAt, tanhC, tanhCAt);
    for (int row = 0; row < n; row++) {
      int o = aAt + (row * 4 + 3) * size;
      int at = row * size;
      for (int j = 0; j < size; j++) {
        h[hAt + at + j] = a[o + j] * tanhC[tanhCAt + at + j];
      }
    }
  }

  /**
   * Gradients of the pre-activations and of cPrev: the one home of these equations, for cell and
   * layer.
   *
   * @param n number of samples
   * @param a modified: the gates of {@link #activate} become da, side by side (n,4H) from aAt
   * @param aAt index of its first element
   * @param cPrev cell states before the step (n,H)
   * @param cPrevAt index of its first element
   * @param tanhC tanh of those after it (n,H)
   * @param tanhCAt index of its first element
   * @param dh gradient of the new hidden states (n,H)
   * @param dhAt index of its first element
   * @param dc modified: the gradient of the new cell states becomes that of cPrev (n,H)
   * @param dcAt index of its first element
   */
  public void activateBackward(
      int n,
      double[] a,
      int aAt,
      double[] cPrev,
      int cPrevAt,
      double[] tanhC,
      int tanhCAt,
      double[] dh,
      int dhAt,
      double[] dc,
      int dcAt) {
    int size = hiddenSize();
    for (int row = 0; row < n; row++) {
      int at = row * size;
      int gates = aAt + 4 * at;
      for (int j = 0; j < size; j++) {
        double f = a[gates + j];
        double g = a[gates + size + j];
        double i = a[gates + 2 * size + j];
        double o = a[gates + 3 * size + j];
        double tanh = tanhC[tanhCAt + at + j];
        double dhj = dh[dhAt + at + j];
        double ds = dc[dcAt + at + j] + dhj * o * (1 - tanh * tanh);
        a[gates + j] = ds * cPrev[cPrevAt + at + j] * (f * (1 - f));
        a[gates + size + j] = ds * i * (1 - g * g);
        a[gates + 2 * size + j] = ds * g * (i * (1 - i));
        a[gates + 3 * size + j] = dhj * tanh * (o * (1 - o));
        dc[dcAt + at + j] = ds * f;
      }
    }
  }

  /**
   * The weights of the input.
   *
   * @return (D,4H), columns f, g, i, o
   */
  public Parameter wx() {
    return wx;
  }

  /**
   * The weights of the state.
   *
   * @return (H,4H), columns f, g, i, o
   */
  public Parameter wh() {
    return wh;
  }

  /**
   * The bias.
   *
   * @return (1,4H), columns f, g, i, o
   */
  public Parameter b() {
    return b;
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
    return wh.value().rows();
  }
}
