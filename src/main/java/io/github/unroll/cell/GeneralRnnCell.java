package io.github.unroll.cell;

import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.MatrixView.RightOperand;
import io.github.unroll.tensor.Parameter;
import java.util.List;
import java.util.Objects;

/**
 * One step of the plain RNN with any activation f, as ONNX's operator RNN and Keras's SimpleRNN
 * have it:
 *
 * <pre>{@code
 * a  = x·wx + hPrev·wh + b         x (N,D)  hPrev (N,H)  wx (D,H)  wh (H,H)  b (1,H)
 * h  = f(a)
 *
 * da = dh ⊙ f′(a)
 * dhPrev = da·whᵀ
 * }</pre>
 */
public final class GeneralRnnCell implements Cell {

  private final Parameter wx;
  private final Parameter wh;
  private final Parameter b;
  private final Activation f;
  private final int hidden;

  /** A cell over parameters, which must have the shapes above. */
  public GeneralRnnCell(Parameter wx, Parameter wh, Parameter b, Activation f) {
    this.hidden = wx.value().cols();
    this.wx = wx;
    this.wh = wh.shaped("GeneralRnnCell of H = " + hidden, hidden, hidden);
    this.b = b.shaped("GeneralRnnCell of H = " + hidden, 1, hidden);
    this.f = Objects.requireNonNull(f, "f");
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
      f.forward(a, h);
    };
  }

  @Override
  public Runnable backward(Views v, StateGradients d) {
    MatrixView a = v.a(); // its gradient overwrites it
    MatrixView h = v.after(0);
    MatrixView dh = d.after(0);
    MatrixView dhPrev = d.before(0);
    RightOperand whTransposed = v.operand(wh.value().transposed());
    return () -> {
      f.backward(a, h, dh, a);
      dhPrev.setMatmul(a, whTransposed);
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

  /** {@return the activation f} */
  public Activation activation() {
    return f;
  }
}
