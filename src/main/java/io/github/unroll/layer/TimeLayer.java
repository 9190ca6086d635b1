package io.github.unroll.layer;

import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;

/**
 * A layer over whole sequences: (N,T,inputSize) in, (N,T,outputSize) out.
 *
 * <p>{@link #backward} belongs to the latest {@link #forward}; it adds to the gradients of the
 * {@link #parameters()}. A tensor that a method returned is the caller's; the {@code Into} forms
 * overwrite one that the caller brings. A layer keeps what backward needs inside itself, so what
 * the caller does to a tensor between the two does not matter. It is not for use by several threads
 * at once.
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
   * {@link #forward} into a tensor of the caller's.
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
   * @throws IllegalArgumentException if dys has not the shape of the outputs
   */
  Tensor3 backward(Tensor3 dys);

  /**
   * {@link #backward} into a tensor of the caller's.
   *
   * @param dys gradient of the outputs (N,T,outputSize)
   * @param dxs modified: overwritten with the gradient of the inputs (N,T,inputSize)
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if a shape does not fit
   */
  void backwardInto(Tensor3 dys, Tensor3 dxs);

  /**
   * Switches between training, where dropout acts, and use. Only layers with dropout in them mind.
   *
   * @param training whether dropout acts from the next forward on; in a new layer it does
   */
  default void setTraining(boolean training) {}

  /**
   * What is trained.
   *
   * @return the parameters, in a fixed order, each once; empty if there are none
   */
  List<Parameter> parameters();

  /**
   * The number of features that the layer reads.
   *
   * @return at least 1
   */
  int inputSize();

  /**
   * The number of features that the layer gives.
   *
   * @return at least 1
   */
  int outputSize();
}
