package io.github.unroll.cell;

import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;

/**
 * One step of the LSTM whose output is projected to a smaller width P (Sak, Senior and Beaufays
 * 2014), PyTorch's {@code proj_size}. Columns are in the order f, g, i, o:
 *
 * <pre>{@code
 * a  = x·wx + hPrev·wh + b         x (N,D)  hPrev (N,P)  wx (D,4H)  wh (P,4H)  b (1,4H)
 * f  = σ(a_f)     g = tanh(a_g)     i = σ(a_i)     o = σ(a_o)
 * c  = f ⊙ cPrev + g ⊙ i           c, cPrev (N,H)
 * m  = o ⊙ tanh(c)
 * h  = m·wp                        wp (H,P)
 *
 * dm = dh·wpᵀ                      dwp += mᵀ·dh
 * dc  += dm ⊙ o ⊙ (1 − tanh²(c))   added to the gradient from the next step
 * da_f = dc ⊙ cPrev ⊙ f(1 − f)     da_g = dc ⊙ i ⊙ (1 − g²)     da_i = dc ⊙ g ⊙ i(1 − i)
 * da_o = dm ⊙ tanh(c) ⊙ o(1 − o)
 * dcPrev = dc ⊙ f     dhPrev = da·whᵀ
 * }</pre>
 */
public final class ProjectedLstmCell implements Cell {

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Parameter wp;
  private final int hidden;
  private final int outputs;

  /** A cell over parameters, which must have the shapes above. */
  public ProjectedLstmCell(Parameter wx, Parameter wh, Parameter b, Parameter wp) {
    this.hidden = wp.value().rows();
    this.outputs = wp.value().cols();
    this.wp = wp;
    String owner = "ProjectedLstmCell of H = " + hidden + ", P = " + outputs;
    this.wh = wh.shaped(owner, outputs, 4 * hidden);
    this.wx = wx.shaped(owner, wx.value().rows(), 4 * hidden);
    this.b = b.shaped(owner, 1, 4 * hidden);
  }

  private MatrixView gate(MatrixView a, int index) {
    return a.columns(index * hidden, hidden);
  }

  @Override
  public Runnable forward(Views v) {
    MatrixView a = v.a();
    MatrixView f = gate(a, 0);
    MatrixView g = gate(a, 1);
    MatrixView i = gate(a, 2);
    MatrixView o = gate(a, 3);
    MatrixView io = a.columns(2 * hidden, 2 * hidden); // i and o, side by side
    MatrixView hPrev = v.before(0);
    MatrixView cPrev = v.before(1);
    MatrixView h = v.after(0);
    MatrixView c = v.after(1);
    MatrixView tanhC = v.kept(0);
    MatrixView m = v.kept(1);
    RightOperand wh = v.operand(this.wh.value());
    RightOperand wp = v.operand(this.wp.value());
    return () -> {
      a.addMatmul(hPrev, wh);
      a.addRow(b.value());
      f.setSigmoid(f);
      g.setTanh(g);
      io.setSigmoid(io);
      c.setTimes(f, cPrev);
      c.addTimes(g, i);
      tanhC.setTanh(c);
      m.setTimes(o, tanhC);
      h.setMatmul(m, wp);
    };
  }

  @Override
  public Runnable backward(Views v, StateGradients d) {
    MatrixView da = v.a(); // holds the gates, which their gradients overwrite
    MatrixView f = gate(da, 0);
    MatrixView g = gate(da, 1);
    MatrixView i = gate(da, 2);
    MatrixView o = gate(da, 3);
    MatrixView cPrev = v.before(1);
    MatrixView tanhC = v.kept(0);
    MatrixView dm = v.left(0);
    MatrixView dhKept = v.left(1);
    MatrixView dh = d.after(0);
    MatrixView dc = d.after(1);
    MatrixView dhPrev = d.before(0);
    MatrixView dcPrev = d.before(1);
    RightOperand whTransposed = v.operand(wh.value().transposed());
    RightOperand wpTransposed = v.operand(wp.value().transposed());
    return () -> {
      dhKept.copyFrom(dh);
      dm.setMatmul(dh, wpTransposed);
      for (int n = 0; n < dc.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double fj = f.get(n, j);
          double gj = g.get(n, j);
          double ij = i.get(n, j);
          double oj = o.get(n, j);
          double dmj = dm.get(n, j);
          double tanh = tanhC.get(n, j);
          double dcj = dc.get(n, j) + dmj * oj * (1 - tanh * tanh);
          f.set(n, j, dcj * cPrev.get(n, j) * (fj * (1 - fj)));
          g.set(n, j, dcj * ij * (1 - gj * gj));
          i.set(n, j, dcj * gj * (ij * (1 - ij)));
          o.set(n, j, dmj * tanh * (oj * (1 - oj)));
          dcPrev.set(n, j, dcj * fj);
        }
      }
      dhPrev.setMatmul(da, whTransposed);
    };
  }

  @Override
  public void addGradients(Views all) {
    wh.grad().addMatmul(all.before(0).transposed(), all.a());
    b.grad().addColumnSums(all.a());
    wp.grad().addMatmul(all.kept(1).transposed(), all.left(1));
  }

  @Override
  public int[] stateSizes() {
    return new int[] {outputs, hidden};
  }

  @Override
  public int[] keptSizes() {
    return new int[] {hidden, hidden};
  }

  @Override
  public int[] leftSizes() {
    return new int[] {hidden, outputs};
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(wx, wh, b, wp);
  }

  /** {@return the weights of the input (D,4H), columns f, g, i, o} */
  @Override
  public Parameter wx() {
    return wx;
  }

  /** {@return the weights of the state (P,4H), columns f, g, i, o} */
  public Parameter wh() {
    return wh;
  }

  /** {@return the bias (1,4H), columns f, g, i, o} */
  public Parameter b() {
    return b;
  }

  /** {@return the projection (H,P)} */
  public Parameter wp() {
    return wp;
  }
}
