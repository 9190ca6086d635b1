package io.github.unroll.cell;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;

/**
 * One step of the LSTM (Hochreiter and Schmidhuber 1997; with the forget gate of Gers, Schmidhuber
 * and Cummins 2000), in row layout; with gates f, i, o and candidate g, columns in the order f, g,
 * i, o:
 *
 * <pre>{@code
 * a  = x·wx + hPrev·wh + b         x (N,D)  hPrev (N,H)  wx (D,4H)  wh (H,4H)  b (1,4H)
 * f  = σ(a_f)    g = tanh(a_g)    i = σ(a_i)    o = σ(a_o)
 * c  = f ⊙ cPrev + g ⊙ i
 * h  = o ⊙ tanh(c)
 *
 * dc  += dh ⊙ o ⊙ (1 − tanh²(c))       through h, added to the gradient from the next step
 * da_f = dc ⊙ cPrev ⊙ f(1 − f)     da_g = dc ⊙ i ⊙ (1 − g²)
 * da_i = dc ⊙ g ⊙ i(1 − i)         da_o = dh ⊙ tanh(c) ⊙ o(1 − o)
 * dx = da·wxᵀ     dhPrev = da·whᵀ     dcPrev = dc ⊙ f
 * dwx += xᵀ·da    dwh += hPrevᵀ·da    db += Σ over the batch of da
 * }</pre>
 */
public final class LstmCell implements Cell {

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final int hidden;

  /** A cell over parameters, which must have the shapes above. */
  public LstmCell(Parameter wx, Parameter wh, Parameter b) {
    this.hidden = wh.value().rows();
    this.wh = wh.shaped("LstmCell, wh (H,4H)", hidden, 4 * hidden);
    this.wx = wx.shaped("LstmCell of H = " + hidden, wx.value().rows(), 4 * hidden);
    this.b = b.shaped("LstmCell of H = " + hidden, 1, 4 * hidden);
  }

  /** A cell over matrices that are kept, not copied: parameters wx, wh and b. */
  public LstmCell(Matrix wx, Matrix wh, Matrix b) {
    this(new Parameter("wx", wx), new Parameter("wh", wh), new Parameter("b", b));
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
    RightOperand wh = v.operand(this.wh.value());
    return () -> {
      a.addMatmul(hPrev, wh);
      a.addRow(b.value());
      f.setSigmoid(f);
      g.setTanh(g);
      io.setSigmoid(io);
      c.setTimes(f, cPrev);
      c.addTimes(g, i);
      tanhC.setTanh(c);
      h.setTimes(o, tanhC);
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
    MatrixView dh = d.after(0);
    MatrixView dc = d.after(1);
    MatrixView dhPrev = d.before(0);
    MatrixView dcPrev = d.before(1);
    RightOperand whTransposed = v.operand(wh.value().transposed());
    return () -> {
      for (int n = 0; n < dc.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double fj = f.get(n, j);
          double gj = g.get(n, j);
          double ij = i.get(n, j);
          double oj = o.get(n, j);
          double tanh = tanhC.get(n, j);
          double dcj = dc.get(n, j) + dh.get(n, j) * oj * (1 - tanh * tanh);
          f.set(n, j, dcj * cPrev.get(n, j) * (fj * (1 - fj)));
          g.set(n, j, dcj * ij * (1 - gj * gj));
          i.set(n, j, dcj * gj * (ij * (1 - ij)));
          o.set(n, j, dh.get(n, j) * tanh * (oj * (1 - oj)));
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
    return List.of(wx, wh, b);
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

  // ---- one step by hand, by name ----

  /** The new states (N,H), and the cache for {@link #backward(Matrix, Matrix, Cache)}. */
  public record Step(Matrix hNext, Matrix cNext, Cache cache) {}

  /** The gradients of the input (N,D) and of the states before the step (N,H). */
  public record InputGradients(Matrix dx, Matrix dhPrev, Matrix dcPrev) {}

  /** Runs one step forward, from an input (N,D) and the states before the step (N,H). */
  public Step forward(Matrix x, Matrix hPrev, Matrix cPrev) {
    Cell.Step step = Cell.super.forward(x, hPrev, cPrev);
    return new Step(step.state().get(0), step.state().get(1), step.cache());
  }

  /**
   * Runs the same step backward, from the gradients of the new h and of the new c (N,H); the
   * gradient of c does not contain the part through h. The gradients of the parameters are
   * <em>added</em> to what they hold.
   */
  public InputGradients backward(Matrix dhNext, Matrix dcNext, Cache cache) {
    Gradients d = Cell.super.backward(cache, dhNext, dcNext);
    return new InputGradients(d.dx(), d.dState().get(0), d.dState().get(1));
  }
}
