package io.github.unroll.cell;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Objects;

/**
 * One step of the plain RNN (Elman 1990), in row layout:
 *
 * <pre>{@code
 * a  = x·wx + hPrev·wh + b         x (N,D)  hPrev (N,H)  wx (D,H)  wh (H,H)  b (1,H)
 * h  = tanh(a)                     or relu: h = max(a, 0)
 *
 * da = dh ⊙ (1 − h²)               or relu: da = dh where h > 0, else 0
 * dx = da·wxᵀ     dhPrev = da·whᵀ
 * dwx += xᵀ·da    dwh += hPrevᵀ·da    db += Σ over the batch of da
 * }</pre>
 */
public final class RnnCell implements Cell {

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Nonlinearity nonlinearity;
  private final int hidden;

  /** The nonlinearity, as PyTorch calls it. */
  public enum Nonlinearity {
    /** {@code tanh(a)}. */
    TANH,
    /** {@code max(a, 0)} (Le, Jaitly and Hinton 2015); its slope at 0 is taken as 0. */
    RELU
  }

  /** A cell over parameters, which must have the shapes above. */
  public RnnCell(Parameter wx, Parameter wh, Parameter b, Nonlinearity nonlinearity) {
    this.hidden = wx.value().cols();
    this.wx = wx;
    this.wh = wh.shaped("RnnCell of H = " + hidden, hidden, hidden);
    this.b = b.shaped("RnnCell of H = " + hidden, 1, hidden);
    this.nonlinearity = Objects.requireNonNull(nonlinearity, "nonlinearity");
  }

  /** A cell with tanh. */
  public RnnCell(Parameter wx, Parameter wh, Parameter b) {
    this(wx, wh, b, Nonlinearity.TANH);
  }

  /** A cell with tanh over matrices that are kept, not copied: parameters wx, wh and b. */
  public RnnCell(Matrix wx, Matrix wh, Matrix b) {
    this(new Parameter("wx", wx), new Parameter("wh", wh), new Parameter("b", b));
  }

  @Override
  public Runnable forward(Views v) {
    MatrixView a = v.a();
    MatrixView hPrev = v.before(0);
    MatrixView h = v.after(0);
    RightOperand wh = v.operand(this.wh.value());
    return () -> {
      a.addMatmul(hPrev, wh);
      a.addRow(b.value());
      if (nonlinearity == Nonlinearity.TANH) {
        h.setTanh(a);
        return;
      }
      for (int n = 0; n < h.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          h.set(n, j, Math.max(a.get(n, j), 0));
        }
      }
    };
  }

  @Override
  public Runnable backward(Views v, StateGradients d) {
    MatrixView da = v.a();
    MatrixView h = v.after(0);
    MatrixView dh = d.after(0);
    MatrixView dhPrev = d.before(0);
    RightOperand whTransposed = v.operand(wh.value().transposed());
    return () -> {
      for (int n = 0; n < h.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double hj = h.get(n, j);
          double dhj = dh.get(n, j);
          boolean tanh = nonlinearity == Nonlinearity.TANH;
          da.set(n, j, tanh ? dhj * (1 - hj * hj) : hj > 0 ? dhj : 0);
        }
      }
      dhPrev.setMatmul(da, whTransposed);
    };
  }

  @Override
  public void addGradients(Views all) {
    wh.grad().addMatmul(all.before(0).transposed(), all.a());
    b.grad().addColumnSums(all.a());
  }

  @Override
  public int[] stateSizes() {
    return new int[] {hidden};
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(wx, wh, b);
  }

  /** {@return the weights of the input (D,H)} */
  @Override
  public Parameter wx() {
    return wx;
  }

  /** {@return the weights of the state (H,H)} */
  public Parameter wh() {
    return wh;
  }

  /** {@return the bias (1,H)} */
  public Parameter b() {
    return b;
  }

  /** {@return the nonlinearity} */
  public Nonlinearity nonlinearity() {
    return nonlinearity;
  }

  // ---- one step by hand, by name ----

  /** The new state (N,H), and the cache for {@link #backward(Matrix, Cache)}. */
  public record Step(Matrix hNext, Cache cache) {}

  /** The gradients of the input (N,D) and of the state before the step (N,H). */
  public record InputGradients(Matrix dx, Matrix dhPrev) {}

  /** Runs one step forward, from an input (N,D) and the state before the step (N,H). */
  public Step forward(Matrix x, Matrix hPrev) {
    Cell.Step step = Cell.super.forward(x, hPrev);
    return new Step(step.state().get(0), step.cache());
  }

  /**
   * Runs the same step backward, from the gradient of the new state (N,H). The gradients of the
   * parameters are <em>added</em> to what they hold.
   */
  public InputGradients backward(Matrix dhNext, Cache cache) {
    Gradients d = Cell.super.backward(cache, dhNext);
    return new InputGradients(d.dx(), d.dState().get(0));
  }
}
