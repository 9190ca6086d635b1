package io.github.unroll.cell;

import io.github.unroll.tensor.Parameter;
import java.util.List;

/** A cell that leaves all to an RNN, so that a test can change one thing. */
public class DelegatingCell implements Cell {

  /** What does it right. */
  public final RnnCell right;

  /** A cell that is not the library's, over one that is. */
  public DelegatingCell(RnnCell right) {
    this.right = right;
  }

  @Override
  public Parameter wx() {
    return right.wx();
  }

  @Override
  public List<Parameter> parameters() {
    return right.parameters();
  }

  @Override
  public int[] stateSizes() {
    return right.stateSizes();
  }

  @Override
  public Runnable forward(Views v) {
    return right.forward(v);
  }

  @Override
  public Runnable backward(Views v, StateGradients d) {
    return right.backward(v, d);
  }

  @Override
  public void addGradients(Views all) {
    right.addGradients(all);
  }
}
