package io.github.unroll.layer;

import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;

/**
 * A layer over whole sequences: (N,T,inputSize) in, (N,T,outputSize) out.
 *
 * <p>{@link #backward} belongs to the latest {@link #forward} and adds to the gradients of the
 * {@link #parameters()}. A returned tensor belongs to the caller; the {@code Into} methods
 * overwrite a given tensor. A layer keeps its own copy of what backward needs, so the caller may
 * change any tensor between the two calls. A layer must not be used by several threads at once.
 */
public interface TimeLayer {

  /**
   * The layer's output for a batch of sequences.
   *
   * @param xs inputs (N,T,inputSize)
   * @return outputs (N,T,outputSize)
   * @throws IllegalArgumentException if xs has another number of features
   */
  default Tensor3 forward(Tensor3 xs) {
    Tensor3 ys = new Tensor3(xs.d0(), xs.d1(), outputSize());
    forwardInto(xs, ys);
    return ys;
  }

  /**
   * Runs {@link #forward} and writes the outputs to {@code ys}.
   *
   * @param xs inputs (N,T,inputSize)
   * @param ys modified: overwritten with the outputs (N,T,outputSize)
   * @throws IllegalArgumentException if a shape does not fit
   */
  void forwardInto(Tensor3 xs, Tensor3 ys);

  /**
   * The gradient of the loss with respect to the inputs of the latest forward. Gradients of the
   * parameters are added to what they hold.
   *
   * @param dys gradient of the outputs (N,T,outputSize)
   * @return gradient of the inputs (N,T,inputSize)
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dys does not have the shape of the outputs
   */
  Tensor3 backward(Tensor3 dys);

  /**
   * Runs {@link #backward} and writes the gradient of the inputs to {@code dxs}.
   *
   * @param dys gradient of the outputs (N,T,outputSize)
   * @param dxs modified: overwritten with the gradient of the inputs (N,T,inputSize)
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if a shape does not fit
   */
  void backwardInto(Tensor3 dys, Tensor3 dxs);

  /**
   * Turns dropout on for training and off for other use; layers without dropout ignore this.
   *
   * @param training whether dropout is on from the next forward on; it is in a new layer
   */
  default void setTraining(boolean training) {}

  /** {@return the trainable parameters, in a fixed order, each once; empty if there are none} */
  List<Parameter> parameters();

  /** {@return the number of input features, at least 1} */
  int inputSize();

  /** {@return the number of output features, at least 1} */
  int outputSize();
}
