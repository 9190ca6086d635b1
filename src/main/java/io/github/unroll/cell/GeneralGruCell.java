package io.github.unroll.cell;

import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One step of the GRU with any activations, φ of the gates and γ of the candidate, as ONNX's
 * operator GRU and Keras's GRU have it. Columns are in the order z, r, h. Here z weighs the state
 * before, not the candidate as in {@link GruCell}: with another φ than σ the two cannot be
 * converted into each other.
 *
 * <pre>{@code
 * x (N,D)  hPrev (N,H)  wx (D,3H)  wh (H,3H)  b (1,3H)
 *
 * z = φ(x·wx_z + hPrev·wh_z + b_z)     r = φ(x·wx_r + hPrev·wh_r + b_r)
 *
 * reset before the product:
 *   u = r ⊙ hPrev
 *   ĥ = γ(x·wx_h + u·wh_h + b_h)
 * reset after the product (ONNX's linear_before_reset), with a further bias bhn (1,H):
 *   u = hPrev·wh_h + bhn
 *   ĥ = γ(x·wx_h + b_h + r ⊙ u)
 *
 * h = z ⊙ hPrev + (1 − z) ⊙ ĥ
 *
 * da_z = dh ⊙ (hPrev − ĥ) ⊙ φ′(a_z)     da_h = dh ⊙ (1 − z) ⊙ γ′(a_h)
 * before: du = da_h·wh_hᵀ     da_r = du ⊙ hPrev ⊙ φ′(a_r)
 * after:  du = da_h ⊙ r       da_r = da_h ⊙ u ⊙ φ′(a_r)
 * dhPrev = dh ⊙ z + [da_z da_r]·[wh_z wh_r]ᵀ + (before: du ⊙ r, after: du·wh_hᵀ)
 * }</pre>
 */
public final class GeneralGruCell implements Cell {

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Parameter bhn; // null if the reset acts before the product
  private final Activation phi;
  private final Activation gamma;
  private final int hidden;

  /**
   * A cell over parameters, which must have the shapes above.
   *
   * @param bhn the further bias of a cell that resets after the product; null if it resets before
   * @param gates φ
   * @param candidate γ
   */
  public GeneralGruCell(
      Parameter wx,
      Parameter wh,
      Parameter b,
      Parameter bhn,
      Activation gates,
      Activation candidate) {
    this.hidden = wh.value().rows();
    this.wh = wh.shaped("GeneralGruCell, wh (H,3H)", hidden, 3 * hidden);
    this.wx = wx.shaped("GeneralGruCell of H = " + hidden, wx.value().rows(), 3 * hidden);
    this.b = b.shaped("GeneralGruCell of H = " + hidden, 1, 3 * hidden);
    this.bhn = bhn == null ? null : bhn.shaped("GeneralGruCell of H = " + hidden, 1, hidden);
    this.phi = Objects.requireNonNull(gates, "gates");
    this.gamma = Objects.requireNonNull(candidate, "candidate");
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
    MatrixView azr = gates(v.a()); // keeps the pre-activations
    MatrixView az = azr.columns(0, hidden);
    MatrixView ar = azr.columns(hidden, hidden);
    MatrixView ah = candidate(v.a());
    MatrixView zr = gates(v.kept(0));
    MatrixView z = zr.columns(0, hidden);
    MatrixView r = zr.columns(hidden, hidden);
    MatrixView candidate = candidate(v.kept(0));
    MatrixView u = v.kept(1);
    MatrixView hPrev = v.before(0);
    MatrixView h = v.after(0);
    RightOperand whGates = v.operand(gates(wh.value()));
    RightOperand whCandidate = v.operand(candidate(wh.value()));
    MatrixView bGates = gates(b.value());
    MatrixView bCandidate = candidate(b.value());
    return () -> {
      azr.addMatmul(hPrev, whGates);
      azr.addRow(bGates);
      phi.forward(az, z);
      phi.forward(ar, r);
      if (resetsAfter()) {
        u.setMatmul(hPrev, whCandidate);
        u.addRow(bhn.value());
        ah.addRow(bCandidate);
        ah.addTimes(r, u);
      } else {
        u.setTimes(r, hPrev);
        ah.addMatmul(u, whCandidate);
        ah.addRow(bCandidate);
      }
      gamma.forward(ah, candidate);
      for (int n = 0; n < h.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double zj = z.get(n, j);
          h.set(n, j, zj * hPrev.get(n, j) + (1 - zj) * candidate.get(n, j));
        }
      }
    };
  }

  @Override
  public Runnable backward(Views v, StateGradients d) {
    MatrixView azr = gates(v.a()); // the gradients overwrite the pre-activations
    MatrixView az = azr.columns(0, hidden);
    MatrixView ar = azr.columns(hidden, hidden);
    MatrixView ah = candidate(v.a());
    MatrixView zr = gates(v.kept(0));
    MatrixView z = zr.columns(0, hidden);
    MatrixView r = zr.columns(hidden, hidden);
    MatrixView candidate = candidate(v.kept(0));
    MatrixView u = v.kept(1);
    MatrixView du = v.left(0);
    MatrixView dGate = v.left(1);
    MatrixView hPrev = v.before(0);
    MatrixView dh = d.after(0);
    MatrixView dhPrev = d.before(0);
    RightOperand gatesTransposed = v.operand(gates(wh.value()).transposed());
    RightOperand candidateTransposed = v.operand(candidate(wh.value()).transposed());
    return () -> {
      for (int n = 0; n < dh.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double dhj = dh.get(n, j);
          double zj = z.get(n, j);
          dGate.set(n, j, dhj * (hPrev.get(n, j) - candidate.get(n, j)));
          du.set(n, j, dhj * (1 - zj));
          dhPrev.set(n, j, dhj * zj);
        }
      }
      phi.backward(az, z, dGate, az);
      gamma.backward(ah, candidate, du, ah);
      if (resetsAfter()) {
        du.setTimes(ah, r);
        dGate.setTimes(ah, u);
        dhPrev.addMatmul(du, candidateTransposed);
      } else {
        du.setMatmul(ah, candidateTransposed);
        dGate.setTimes(du, hPrev);
        dhPrev.addTimes(du, r);
      }
      phi.backward(ar, r, dGate, ar);
      dhPrev.addMatmul(azr, gatesTransposed);
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
      candidate(wh.grad()).addMatmul(all.kept(1).transposed(), candidate(da));
    }
    b.grad().addColumnSums(da);
  }

  @Override
  public int[] stateSizes() {
    return new int[] {hidden};
  }

  @Override
  public int[] keptSizes() {
    return new int[] {3 * hidden, hidden};
  }

  @Override
  public int[] leftSizes() {
    return new int[] {hidden, hidden};
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

  /** {@return the bias of the candidate's product (1,H); empty if the reset acts before it} */
  public Optional<Parameter> bhn() {
    return Optional.ofNullable(bhn);
  }

  /** {@return φ, the activation of z and r} */
  public Activation gates() {
    return phi;
  }

  /** {@return γ, the activation of the candidate} */
  public Activation candidate() {
    return gamma;
  }
}
