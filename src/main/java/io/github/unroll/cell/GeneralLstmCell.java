package io.github.unroll.cell;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One step of the LSTM with all options of ONNX's operator LSTM: activations φ of the gates, γ of
 * the candidate and ψ of the cell state, peepholes p, and an input gate that is coupled to the
 * forget gate. Columns are in the order f, g, i, o, rows of p in the order f, i, o:
 *
 * <pre>{@code
 * a  = x·wx + hPrev·wh + b         x (N,D)  hPrev (N,H)  wx (D,4H)  wh (H,4H)  b (1,4H)  p (3,H)
 * f  = φ(a_f + p_f ⊙ cPrev)     or coupled: f = 1 − i
 * g  = γ(a_g)                   i = φ(a_i + p_i ⊙ cPrev)
 * c  = f ⊙ cPrev + g ⊙ i
 * o  = φ(a_o + p_o ⊙ c)
 * h  = o ⊙ ψ(c)
 *
 * da_o = dh ⊙ ψ(c) ⊙ φ′(a_o)
 * dc  += dh ⊙ o ⊙ ψ′(c) + da_o ⊙ p_o              added to the gradient from the next step
 * da_f = dc ⊙ cPrev ⊙ φ′(a_f)     da_g = dc ⊙ i ⊙ γ′(a_g)     da_i = dc ⊙ g ⊙ φ′(a_i)
 *       or coupled: da_f = 0                               da_i = dc ⊙ (g − cPrev) ⊙ φ′(a_i)
 * dcPrev = dc ⊙ f + da_f ⊙ p_f + da_i ⊙ p_i
 * }</pre>
 *
 * <p>In φ′(a_f), φ′(a_i) and φ′(a_o) the peephole's part is in a. The weights of a coupled forget
 * gate have no effect. ONNX's clip is a {@linkplain Activation#clipped clipped} φ and γ.
 */
public final class GeneralLstmCell implements Cell {

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Parameter p; // null without peepholes
  private final Options options;
  private final int hidden;

  /**
   * The options of a cell.
   *
   * @param gates φ
   * @param candidate γ
   * @param output ψ
   * @param coupled whether f = 1 − i, ONNX's input_forget
   */
  public record Options(
      Activation gates, Activation candidate, Activation output, boolean coupled) {

    /** Options, none of them null. */
    public Options {
      Objects.requireNonNull(gates, "gates");
      Objects.requireNonNull(candidate, "candidate");
      Objects.requireNonNull(output, "output");
    }
  }

  /**
   * A cell over parameters, which must have the shapes above.
   *
   * @param p the peepholes; null for none
   */
  public GeneralLstmCell(Parameter wx, Parameter wh, Parameter b, Parameter p, Options options) {
    this.hidden = wh.value().rows();
    this.wh = wh.shaped("GeneralLstmCell, wh (H,4H)", hidden, 4 * hidden);
    this.wx = wx.shaped("GeneralLstmCell of H = " + hidden, wx.value().rows(), 4 * hidden);
    this.b = b.shaped("GeneralLstmCell of H = " + hidden, 1, 4 * hidden);
    this.p = p == null ? null : p.shaped("GeneralLstmCell of H = " + hidden, 3, hidden);
    this.options = Objects.requireNonNull(options, "options");
  }

  private MatrixView gate(MatrixView a, int index) {
    return a.columns(index * hidden, hidden);
  }

  @Override
  public Runnable forward(Views v) {
    MatrixView a = v.a(); // keeps the pre-activations
    MatrixView gates = v.kept(0);
    MatrixView f = gate(gates, 0);
    MatrixView g = gate(gates, 1);
    MatrixView i = gate(gates, 2);
    MatrixView o = gate(gates, 3);
    MatrixView af = gate(a, 0);
    MatrixView ag = gate(a, 1);
    MatrixView ai = gate(a, 2);
    MatrixView ao = gate(a, 3);
    MatrixView hPrev = v.before(0);
    MatrixView cPrev = v.before(1);
    MatrixView h = v.after(0);
    MatrixView c = v.after(1);
    MatrixView psiC = v.kept(1);
    RightOperand wh = v.operand(this.wh.value());
    return () -> {
      a.addMatmul(hPrev, wh);
      a.addRow(b.value());
      peep(af, 0, cPrev);
      peep(ai, 1, cPrev);
      options.gates.forward(ai, i);
      if (options.coupled) {
        setOneMinus(f, i);
      } else {
        options.gates.forward(af, f);
      }
      options.candidate.forward(ag, g);
      c.setTimes(f, cPrev);
      c.addTimes(g, i);
      peep(ao, 2, c);
      options.gates.forward(ao, o);
      options.output.forward(c, psiC);
      h.setTimes(o, psiC);
    };
  }

  /** {@code a += p ⊙ c}, with one row of p in every row. */
  private void peep(MatrixView a, int row, MatrixView c) {
    if (p == null) {
      return;
    }
    for (int n = 0; n < a.rows(); n++) {
      for (int j = 0; j < hidden; j++) {
        a.add(n, j, p.value().get(row, j) * c.get(n, j));
      }
    }
  }

  private void setOneMinus(MatrixView f, MatrixView i) {
    for (int n = 0; n < f.rows(); n++) {
      for (int j = 0; j < hidden; j++) {
        f.set(n, j, 1 - i.get(n, j));
      }
    }
  }

  @Override
  public Runnable backward(Views v, StateGradients d) {
    MatrixView a = v.a(); // the gradients overwrite the pre-activations
    MatrixView gates = v.kept(0);
    MatrixView f = gate(gates, 0);
    MatrixView g = gate(gates, 1);
    MatrixView i = gate(gates, 2);
    MatrixView o = gate(gates, 3);
    MatrixView af = gate(a, 0);
    MatrixView ag = gate(a, 1);
    MatrixView ai = gate(a, 2);
    MatrixView ao = gate(a, 3);
    MatrixView cPrev = v.before(1);
    MatrixView c = v.after(1);
    MatrixView psiC = v.kept(1);
    MatrixView dc = v.left(0);
    MatrixView dGate = v.left(1);
    MatrixView dh = d.after(0);
    MatrixView dcNext = d.after(1);
    MatrixView dhPrev = d.before(0);
    MatrixView dcPrev = d.before(1);
    RightOperand whTransposed = v.operand(wh.value().transposed());
    return () -> {
      dGate.setTimes(dh, psiC);
      options.gates.backward(ao, o, dGate, ao);
      dc.setTimes(dh, o);
      options.output.backward(c, psiC, dc, dc);
      dc.add(dcNext);
      peep(dc, 2, ao);
      dcPrev.setTimes(dc, f);
      dGate.setTimes(dc, i);
      options.candidate.backward(ag, g, dGate, ag);
      dGate.setTimes(dc, cPrev);
      if (options.coupled) {
        af.fill(0);
        setInputGradient(dGate, dc, g, cPrev);
      } else {
        options.gates.backward(af, f, dGate, af);
        dGate.setTimes(dc, g);
      }
      options.gates.backward(ai, i, dGate, ai);
      peep(dcPrev, 0, af);
      peep(dcPrev, 1, ai);
      dhPrev.setMatmul(a, whTransposed);
    };
  }

  /** {@code di = dc ⊙ (g − cPrev)}: of a coupled input gate. */
  private void setInputGradient(MatrixView di, MatrixView dc, MatrixView g, MatrixView cPrev) {
    for (int n = 0; n < di.rows(); n++) {
      for (int j = 0; j < hidden; j++) {
        di.set(n, j, dc.get(n, j) * (g.get(n, j) - cPrev.get(n, j)));
      }
    }
  }

  @Override
  public void addGradients(Views all) {
    wh.grad().addMatmul(all.before(0).transposed(), all.a());
    b.grad().addColumnSums(all.a());
    if (p != null) {
      addPeepholes(0, gate(all.a(), 0), all.before(1));
      addPeepholes(1, gate(all.a(), 2), all.before(1));
      addPeepholes(2, gate(all.a(), 3), all.after(1));
    }
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
    return new int[] {4 * hidden, hidden};
  }

  @Override
  public int[] leftSizes() {
    return new int[] {hidden, hidden};
  }

  @Override
  public List<Parameter> parameters() {
    return p == null ? List.of(wx, wh, b) : List.of(wx, wh, b, p);
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

  /** {@return the peepholes (3,H), rows f, i, o; empty if it has none} */
  public Optional<Parameter> p() {
    return Optional.ofNullable(p);
  }

  /** {@return the options} */
  public Options options() {
    return options;
  }
}
