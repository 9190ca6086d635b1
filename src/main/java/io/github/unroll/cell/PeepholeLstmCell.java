package io.github.unroll.cell;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;

/**
 * One step of the LSTM with peepholes (Gers and Schmidhuber 2000): its forget and input gates also
 * read the cell state before the step, its output gate the one after it. Columns are in the order
 * f, g, i, o; p_f, p_i, p_o are the rows of p:
 *
 * <pre>{@code
 * a  = x·wx + hPrev·wh + b         x (N,D)  hPrev (N,H)  wx (D,4H)  wh (H,4H)  b (1,4H)  p (3,H)
 * f  = σ(a_f + p_f ⊙ cPrev)     g = tanh(a_g)     i = σ(a_i + p_i ⊙ cPrev)
 * c  = f ⊙ cPrev + g ⊙ i
 * o  = σ(a_o + p_o ⊙ c)
 * h  = o ⊙ tanh(c)
 *
 * da_o = dh ⊙ tanh(c) ⊙ o(1 − o)
 * dc  += dh ⊙ o ⊙ (1 − tanh²(c)) + da_o ⊙ p_o     added to the gradient from the next step
 * da_f = dc ⊙ cPrev ⊙ f(1 − f)     da_g = dc ⊙ i ⊙ (1 − g²)     da_i = dc ⊙ g ⊙ i(1 − i)
 * dcPrev = dc ⊙ f + da_f ⊙ p_f + da_i ⊙ p_i
 * dp_f += Σ da_f ⊙ cPrev     dp_i += Σ da_i ⊙ cPrev     dp_o += Σ da_o ⊙ c
 * }</pre>
 */
public final class PeepholeLstmCell implements Cell {

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Parameter p;
  private final int hidden;

  /** A cell over parameters, which must have the shapes above. */
  public PeepholeLstmCell(Parameter wx, Parameter wh, Parameter b, Parameter p) {
    this.hidden = wh.value().rows();
    this.wh = wh.shaped("PeepholeLstmCell, wh (H,4H)", hidden, 4 * hidden);
    this.wx = wx.shaped("PeepholeLstmCell of H = " + hidden, wx.value().rows(), 4 * hidden);
    this.b = b.shaped("PeepholeLstmCell of H = " + hidden, 1, 4 * hidden);
    this.p = p.shaped("PeepholeLstmCell of H = " + hidden, 3, hidden);
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
    MatrixView hPrev = v.before(0);
    MatrixView cPrev = v.before(1);
    MatrixView h = v.after(0);
    MatrixView c = v.after(1);
    MatrixView tanhC = v.kept(0);
    RightOperand wh = v.operand(this.wh.value());
    return () -> {
      a.addMatmul(hPrev, wh);
      a.addRow(b.value());
      peep(f, 0, cPrev);
      f.setSigmoid(f);
      g.setTanh(g);
      peep(i, 1, cPrev);
      i.setSigmoid(i);
      c.setTimes(f, cPrev);
      c.addTimes(g, i);
      peep(o, 2, c);
      o.setSigmoid(o);
      tanhC.setTanh(c);
      h.setTimes(o, tanhC);
    };
  }

  /** {@code gate += p ⊙ c}, with one row of p in every row. */
  private void peep(MatrixView gate, int row, MatrixView c) {
    for (int n = 0; n < gate.rows(); n++) {
      for (int j = 0; j < hidden; j++) {
        gate.add(n, j, p.value().get(row, j) * c.get(n, j));
      }
    }
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
    MatrixView dh = d.after(0);
    MatrixView dc = d.after(1);
    MatrixView dhPrev = d.before(0);
    MatrixView dcPrev = d.before(1);
    RightOperand whTransposed = v.operand(wh.value().transposed());
    return () -> {
      Matrix peepholes = p.value();
      for (int n = 0; n < dc.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double fj = f.get(n, j);
          double gj = g.get(n, j);
          double ij = i.get(n, j);
          double oj = o.get(n, j);
          double tanh = tanhC.get(n, j);
          double daO = dh.get(n, j) * tanh * (oj * (1 - oj));
          double throughH = dh.get(n, j) * oj * (1 - tanh * tanh);
          double dcj = dc.get(n, j) + throughH + daO * peepholes.get(2, j);
          double daF = dcj * cPrev.get(n, j) * (fj * (1 - fj));
          double daI = dcj * gj * (ij * (1 - ij));
          f.set(n, j, daF);
          g.set(n, j, dcj * ij * (1 - gj * gj));
          i.set(n, j, daI);
          o.set(n, j, daO);
          dcPrev.set(n, j, dcj * fj + daF * peepholes.get(0, j) + daI * peepholes.get(1, j));
        }
      }
      dhPrev.setMatmul(da, whTransposed);
    };
  }

  @Override
  public void addGradients(Views all) {
    wh.grad().addMatmul(all.before(0).transposed(), all.a());
    b.grad().addColumnSums(all.a());
    addPeepholes(0, gate(all.a(), 0), all.before(1));
    addPeepholes(1, gate(all.a(), 2), all.before(1));
    addPeepholes(2, gate(all.a(), 3), all.after(1));
  }

  /** {@code dp += Σ over the rows of da ⊙ c}, one row of p. */
  private void addPeepholes(int row, MatrixView da, MatrixView c) {
    Matrix dp = p.grad();
    for (int n = 0; n < da.rows(); n++) {
      for (int j = 0; j < hidden; j++) {
        dp.add(row, j, da.get(n, j) * c.get(n, j));
      }
    }
  }

  @Override
  public int[] stateSizes() {
    return new int[] {hidden, hidden};
  }

  @Override
  public int[] keptSizes() {
    return new int[] {hidden};
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(wx, wh, b, p);
  }

  /** {@return the weights of the input (D,4H), columns f, g, i, o} */
  @Override
  public Parameter wx() {
    return wx;
  }

  /** {@return the weights of the state (H,4H), columns f, g, i, o} */
  public Parameter wh() {
    return wh;
  }

  /** {@return the bias (1,4H), columns f, g, i, o} */
  public Parameter b() {
    return b;
  }

  /** {@return the peepholes (3,H), rows f, i, o} */
  public Parameter p() {
    return p;
  }
}
