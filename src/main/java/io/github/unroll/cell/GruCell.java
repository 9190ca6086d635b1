package io.github.unroll.cell;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Objects;

/**
 * One step of the GRU (Cho et al. 2014), in row layout, with columns in the order z, r, h. The gate
 * z weighs the candidate ĥ. There are two conventions for where the reset gate r acts:
 *
 * <pre>{@code
 * x (N,D)  hPrev (N,H)  wx (D,3H)  wh (H,3H)  b (1,3H)
 *
 * z = σ(x·wx_z + hPrev·wh_z + b_z)     r = σ(x·wx_r + hPrev·wh_r + b_r)
 *
 * reset before the product (Cho et al.; the book):
 *   u = r ⊙ hPrev
 *   ĥ = tanh(x·wx_h + u·wh_h + b_h)
 * reset after the product (cuDNN, PyTorch, the default of Keras), with a further bias bhn (1,H):
 *   u = hPrev·wh_h + bhn
 *   ĥ = tanh(x·wx_h + b_h + r ⊙ u)
 *
 * h = (1 − z) ⊙ hPrev + z ⊙ ĥ
 *
 * da_z = dh ⊙ (ĥ − hPrev) ⊙ z(1 − z)     da_h = dh ⊙ z ⊙ (1 − ĥ²)
 * before: du = da_h·wh_hᵀ     da_r = du ⊙ hPrev ⊙ r(1 − r)
 * after:  du = da_h ⊙ r       da_r = da_h ⊙ u ⊙ r(1 − r)
 * dhPrev = dh ⊙ (1 − z) + [da_z da_r]·[wh_z wh_r]ᵀ + (before: du ⊙ r, after: du·wh_hᵀ)
 * }</pre>
 */
public final class GruCell implements Cell {

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Parameter bhn; // null if the reset acts before the product
  private final int hidden;

  private GruCell(Parameter wx, Parameter wh, Parameter b, Parameter bhn) {
    this.hidden = wh.value().rows();
    this.wh = wh.shaped("GruCell, wh (H,3H)", hidden, 3 * hidden);
    this.wx = wx.shaped("GruCell of H = " + hidden, wx.value().rows(), 3 * hidden);
    this.b = b.shaped("GruCell of H = " + hidden, 1, 3 * hidden);
    this.bhn = bhn == null ? null : bhn.shaped("GruCell of H = " + hidden, 1, hidden);
  }

  /** A cell whose reset gate acts before the recurrent product: Cho et al. 2014, the book. */
  public static GruCell resetBefore(Parameter wx, Parameter wh, Parameter b) {
    return new GruCell(wx, wh, b, null);
  }

  /** A cell with reset before the product, over matrices that are kept, not copied. */
  public static GruCell resetBefore(Matrix wx, Matrix wh, Matrix b) {
    return resetBefore(new Parameter("wx", wx), new Parameter("wh", wh), new Parameter("b", b));
  }

  /**
   * A cell whose reset gate acts after the recurrent product: cuDNN, PyTorch, the default of Keras.
   */
  public static GruCell resetAfter(Parameter wx, Parameter wh, Parameter b, Parameter bhn) {
    return new GruCell(wx, wh, b, Objects.requireNonNull(bhn, "bhn"));
  }

  /** A cell with reset after the product, over matrices that are kept, not copied. */
  public static GruCell resetAfter(Matrix wx, Matrix wh, Matrix b, Matrix bhn) {
    return resetAfter(
        new Parameter("wx", wx),
        new Parameter("wh", wh),
        new Parameter("b", b),
        new Parameter("bhn", bhn));
  }

  /** The columns of z and r, of {@code a}, weights or a bias. */
  private MatrixView gates(MatrixView x) {
    return x.columns(0, 2 * hidden);
  }

  /** The columns of the candidate, of {@code a}, weights or a bias. */
  private MatrixView candidate(MatrixView x) {
    return x.columns(2 * hidden, hidden);
  }

  @Override
  public Runnable forward(Views v) {
    MatrixView zr = gates(v.a());
    MatrixView z = zr.columns(0, hidden);
    MatrixView r = zr.columns(hidden, hidden);
    MatrixView candidate = candidate(v.a());
    MatrixView u = v.kept(0);
    MatrixView hPrev = v.before(0);
    MatrixView h = v.after(0);
    RightOperand whGates = v.operand(gates(wh.value()));
    RightOperand whCandidate = v.operand(candidate(wh.value()));
    MatrixView bGates = gates(b.value());
    MatrixView bCandidate = candidate(b.value());
    return () -> {
      zr.addMatmul(hPrev, whGates);
      zr.addRow(bGates);
      zr.setSigmoid(zr);
      if (resetsAfter()) {
        u.setMatmul(hPrev, whCandidate);
        u.addRow(bhn.value());
        candidate.addRow(bCandidate);
        candidate.addTimes(r, u);
      } else {
        u.setTimes(r, hPrev);
        candidate.addMatmul(u, whCandidate);
        candidate.addRow(bCandidate);
      }
      candidate.setTanh(candidate);
      for (int n = 0; n < h.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double zj = z.get(n, j);
          h.set(n, j, (1 - zj) * hPrev.get(n, j) + zj * candidate.get(n, j));
        }
      }
    };
  }

  @Override
  public Runnable backward(Views v, StateGradients d) {
    MatrixView zr = gates(v.a()); // each of these is overwritten with its gradient
    MatrixView z = zr.columns(0, hidden);
    MatrixView r = zr.columns(hidden, hidden);
    MatrixView candidate = candidate(v.a());
    MatrixView u = v.kept(0);
    MatrixView du = v.left(0);
    MatrixView hPrev = v.before(0);
    MatrixView dh = d.after(0);
    MatrixView dhPrev = d.before(0);
    RightOperand gatesTransposed = v.operand(gates(wh.value()).transposed());
    RightOperand candidateTransposed = v.operand(candidate(wh.value()).transposed());
    return () -> {
      for (int n = 0; n < dh.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double zj = z.get(n, j);
          double cj = candidate.get(n, j);
          double dhj = dh.get(n, j);
          z.set(n, j, dhj * (cj - hPrev.get(n, j)) * (zj * (1 - zj)));
          candidate.set(n, j, dhj * zj * (1 - cj * cj));
          dhPrev.set(n, j, dhj * (1 - zj));
        }
      }
      if (resetsAfter()) {
        for (int n = 0; n < du.rows(); n++) {
          for (int j = 0; j < hidden; j++) {
            double rj = r.get(n, j);
            double dCandidate = candidate.get(n, j);
            du.set(n, j, dCandidate * rj);
            r.set(n, j, dCandidate * u.get(n, j) * (rj * (1 - rj)));
          }
        }
        dhPrev.addMatmul(du, candidateTransposed);
      } else {
        du.setMatmul(candidate, candidateTransposed);
        for (int n = 0; n < du.rows(); n++) {
          for (int j = 0; j < hidden; j++) {
            double rj = r.get(n, j);
            double duj = du.get(n, j);
            dhPrev.add(n, j, duj * rj);
            r.set(n, j, duj * hPrev.get(n, j) * (rj * (1 - rj)));
          }
        }
      }
      dhPrev.addMatmul(zr, gatesTransposed);
    };
  }

  @Override
  public void addGradients(Views all) {
    MatrixView da = all.a();
    MatrixView hPrev = all.before(0).transposed();
    gates(wh.grad()).addMatmul(hPrev, gates(da));
    if (resetsAfter()) {
      candidate(wh.grad()).addMatmul(hPrev, all.left(0));
      bhn.grad().addColumnSums(all.left(0));
    } else {
      candidate(wh.grad()).addMatmul(all.kept(0).transposed(), candidate(da));
    }
    b.grad().addColumnSums(da);
  }

  @Override
  public int[] stateSizes() {
    return new int[] {hidden};
  }

  @Override
  public int[] keptSizes() {
    return new int[] {hidden};
  }

  @Override
  public int[] leftSizes() {
    return new int[] {hidden};
  }

  @Override
  public List<Parameter> parameters() {
    return resetsAfter() ? List.of(wx, wh, b, bhn) : List.of(wx, wh, b);
  }

  /** {@return whether the reset gate acts after the recurrent product} */
  public boolean resetsAfter() {
    return bhn != null;
  }

  /** {@return the weights of the input (D,3H), columns z, r, h} */
  @Override
  public Parameter wx() {
    return wx;
  }

  /** {@return the weights of the state (H,3H), columns z, r, h} */
  public Parameter wh() {
    return wh;
  }

  /** {@return the bias (1,3H), columns z, r, h} */
  public Parameter b() {
    return b;
  }

  /** {@return the bias of the candidate's product (1,H); null if the reset acts before it} */
  public Parameter bhn() {
    return bhn;
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
