package io.github.unroll.tensor;

import java.util.Objects;

/**
 * A trainable matrix: its name, its value and the gradient of the loss with respect to it.
 *
 * <p>Every backward pass <em>adds</em> to {@link #grad()}, so that a parameter used in several
 * places or steps collects all its gradients; {@link #zeroGrad()} clears it before the next
 * backward pass. An optimizer changes {@link #value()} in place.
 */
public final class Parameter {

  private final String name;
  private final Matrix value;
  private final Matrix grad;

  /**
   * A parameter with a gradient of zero.
   *
   * @param name how messages and files call it, e.g. {@code rnn.wh}
   * @param value its matrix, kept, not copied: what trains the parameter changes this matrix
   */
  public Parameter(String name, Matrix value) {
    this.name = Objects.requireNonNull(name, "name");
    this.value = Objects.requireNonNull(value, "value");
    this.grad = new Matrix(value.rows(), value.cols());
  }

  /**
   * The name.
   *
   * @return how messages and files call it
   */
  public String name() {
    return name;
  }

  /**
   * The value.
   *
   * @return the live matrix, not a copy
   */
  public Matrix value() {
    return value;
  }

  /**
   * The gradient of the loss with respect to the value.
   *
   * @return the live matrix, not a copy, of the value's shape
   */
  public Matrix grad() {
    return grad;
  }

  /** Sets the gradient to zero. */
  public void zeroGrad() {
    grad.fill(0);
  }

  @Override
  public String toString() {
    return name + " " + value.shape();
  }
}
