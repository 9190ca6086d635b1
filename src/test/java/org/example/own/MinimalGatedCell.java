package org.example.own;

import io.github.unroll.cell.Cell;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;

/**
 * A minimal gated unit (Zhou et al. 2016), its columns in the order f, h:
 *
 * <pre>{@code
 * f = σ(x·wx_f + hPrev·wh_f + b_f)
 * ĥ = tanh(x·wx_h + (f ⊙ hPrev)·wh_h + b_h)
 * h = (1 − f) ⊙ hPrev + f ⊙ ĥ
 * }</pre>
 */
public final class MinimalGatedCell implements Cell {

  private final Parameter wx; // (D,2H)
  private final Parameter wh; // (H,2H)
  private final Parameter b; // (1,2H)
  private final int hidden;

  public MinimalGatedCell(Parameter wx, Parameter wh, Parameter b) {
    this.hidden = wh.value().rows();
    this.wx = wx.shaped("MinimalGatedCell", wx.value().rows(), 2 * hidden);
    this.wh = wh.shaped("MinimalGatedCell", hidden, 2 * hidden);
    this.b = b.shaped("MinimalGatedCell", 1, 2 * hidden);
  }

  public MinimalGatedCell(int inputs, int hidden, RandomState random) {
    this(
        new Parameter("wx", Initializers.normal(inputs, 2 * hidden, random)),
        new Parameter("wh", Initializers.normal(hidden, 2 * hidden, random)),
        new Parameter("b", new Matrix(1, 2 * hidden)));
  }

  private MatrixView forget(MatrixView x) {
    return x.columns(0, hidden);
  }

  private MatrixView candidate(MatrixView x) {
    return x.columns(hidden, hidden);
  }

  @Override
  public Runnable forward(Views v) {
    MatrixView f = forget(v.a()); // x·wx to begin with
    MatrixView candidate = candidate(v.a());
    MatrixView hPrev = v.before(0);
    MatrixView h = v.after(0);
    MatrixView fh = v.kept(0);
    RightOperand whForget = v.operand(forget(wh.value()));
    RightOperand whCandidate = v.operand(candidate(wh.value()));
    MatrixView bForget = forget(b.value());
    MatrixView bCandidate = candidate(b.value());
    return () -> {
      f.addMatmul(hPrev, whForget);
      f.addRow(bForget);
      f.setSigmoid(f);
      fh.setTimes(f, hPrev);
      candidate.addMatmul(fh, whCandidate);
      candidate.addRow(bCandidate);
      candidate.setTanh(candidate);
      for (int n = 0; n < h.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double fj = f.get(n, j);
          h.set(n, j, (1 - fj) * hPrev.get(n, j) + fj * candidate.get(n, j));
        }
      }
    };
  }

  @Override
  public Runnable backward(Views v, StateGradients d) {
    MatrixView f = forget(v.a()); // f and ĥ, to be overwritten with the gradients of a
    MatrixView candidate = candidate(v.a());
    MatrixView hPrev = v.before(0);
    MatrixView df = v.left(0);
    MatrixView dfh = v.left(1);
    MatrixView dh = d.after(0);
    MatrixView dhPrev = d.before(0);
    RightOperand forgetTransposed = v.operand(forget(wh.value()).transposed());
    RightOperand candidateTransposed = v.operand(candidate(wh.value()).transposed());
    return () -> {
      for (int n = 0; n < dh.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double fj = f.get(n, j);
          double cj = candidate.get(n, j);
          df.set(n, j, dh.get(n, j) * (cj - hPrev.get(n, j)));
          candidate.set(n, j, dh.get(n, j) * fj * (1 - cj * cj));
          dhPrev.set(n, j, dh.get(n, j) * (1 - fj));
        }
      }
      dfh.setMatmul(candidate, candidateTransposed);
      df.addTimes(dfh, hPrev);
      dhPrev.addTimes(dfh, f);
      for (int n = 0; n < dh.rows(); n++) {
        for (int j = 0; j < hidden; j++) {
          double fj = f.get(n, j);
          f.set(n, j, df.get(n, j) * fj * (1 - fj));
        }
      }
      dhPrev.addMatmul(f, forgetTransposed);
    };
  }

  @Override
  public void addGradients(Views all) {
    forget(wh.grad()).addMatmul(all.before(0).transposed(), forget(all.a()));
    candidate(wh.grad()).addMatmul(all.kept(0).transposed(), candidate(all.a()));
    b.grad().addColumnSums(all.a());
  }

  @Override
  public Parameter wx() {
    return wx;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(wx, wh, b);
  }

  @Override
  public int[] stateSizes() {
    return new int[] {hidden};
  }

  @Override
  public int[] keptSizes() {
    return new int[] {hidden}; // f ⊙ hPrev
  }

  @Override
  public int[] leftSizes() {
    return new int[] {hidden, hidden}; // the gradients of f and of f ⊙ hPrev
  }
}
