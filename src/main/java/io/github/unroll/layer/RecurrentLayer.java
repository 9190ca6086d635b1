package io.github.unroll.layer;

import io.github.unroll.cell.Cell;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A layer with memory over whole sequences: {@link Recurrent} over any cell, and what is built of
 * such layers.
 *
 * <p><b>State.</b> A forward starts from the cell's initial state, zeros in most cells, or from the
 * state that it is given, or, in a layer that is <em>stateful</em>, from where the last one ended:
 * truncated backpropagation through time, in which values flow from block to block and gradients do
 * not.
 *
 * <p><b>Steps that do not count.</b> Sequences of one batch may end early, {@code lengths[n]} of T
 * steps count, or have holes, by a {@link Mask}. At a step that does not count the state stands
 * still, the output is zero or, by choice, the latest one, the gradient of the input is zero, and
 * what stands in the input, NaN too, touches nothing.
 *
 * <p><b>Backward.</b> A forward allows one backward, which works in the memory of what forward
 * kept. A loss that has several parts adds the gradients of the outputs up first.
 *
 * <p><b>Long sequences.</b> What forward keeps grows with N·T; where an array of it would be longer
 * than Java allows, forward refuses and names the sizes. Where no backward is needed, read a long
 * sequence piece by piece with the state kept, in a stateful layer or a {@link RecurrentSession}:
 * the bits are those of one forward over all of it.
 */
public interface RecurrentLayer extends TimeLayer {

  @Override
  default Tensor3 forward(Tensor3 xs) {
    return forward(xs, (Mask) null, null);
  }

  /**
   * The outputs for a batch of sequences from a given state.
   *
   * @param xs inputs (N,T,D)
   * @param initial the state before the first step, copied; it takes the place of a kept one
   * @return outputs (N,T,outputSize)
   * @throws IllegalArgumentException if a shape does not fit
   */
  default Tensor3 forward(Tensor3 xs, State initial) {
    return forward(xs, (Mask) null, initial);
  }

  /**
   * The outputs for a batch of sequences of different lengths.
   *
   * @param xs inputs (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @return outputs (N,T,outputSize), zero past a sequence's length
   * @throws IllegalArgumentException if a shape or a length does not fit
   */
  default Tensor3 forward(Tensor3 xs, int[] lengths) {
    return forward(xs, Mask.ofLengths(lengths), null);
  }

  /**
   * The outputs for a batch of sequences of different lengths from a given state.
   *
   * @param xs inputs (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @param initial the state before the first step, copied; null for the kept one, or the first
   * @return outputs (N,T,outputSize), zero past a sequence's length
   * @throws IllegalArgumentException if a shape or a length does not fit
   */
  default Tensor3 forward(Tensor3 xs, int[] lengths, State initial) {
    return forward(xs, Mask.ofLengths(lengths), initial);
  }

  /**
   * The outputs for a batch of sequences of which some steps do not count, from a given state.
   *
   * @param xs inputs (N,T,D)
   * @param mask which steps count; null for all
   * @param initial the state before the first step, copied; null for the kept one, or the first
   * @return outputs (N,T,outputSize)
   * @throws IllegalArgumentException if a shape or the mask does not fit
   */
  default Tensor3 forward(Tensor3 xs, Mask mask, State initial) {
    checkRoom(xs.d0(), xs.d1()); // before there are outputs to pay for
    Tensor3 hs = new Tensor3(xs.d0(), xs.d1(), outputSize());
    forwardInto(xs, mask, initial, hs);
    return hs;
  }

  /**
   * Refuses a batch of which forward would need an array longer than there are, before anything is
   * done: a layer of layers then finds none of them carried on.
   *
   * @param batch N
   * @param steps T
   * @throws IllegalArgumentException if such an array would pass {@code Integer.MAX_VALUE} elements
   */
  default void checkRoom(int batch, int steps) {}

  @Override
  default void forwardInto(Tensor3 xs, Tensor3 hs) {
    forwardInto(xs, null, null, hs);
  }

  /**
   * {@link #forward(Tensor3, Mask, State)} into a tensor of the caller's.
   *
   * @param xs inputs (N,T,D)
   * @param mask which steps count; null for all
   * @param initial the state before the first step, copied; null for the kept one, or the first
   * @param hs modified: overwritten with the outputs (N,T,outputSize)
   * @throws IllegalArgumentException if a shape or the mask does not fit
   */
  void forwardInto(Tensor3 xs, Mask mask, State initial, Tensor3 hs);

  /**
   * {@link #backward(Tensor3)} when the loss depends on the final state too, as that of an encoder
   * does through its decoder.
   *
   * @param dhs gradient of the outputs (N,T,outputSize)
   * @param dFinal gradient of the final state
   * @return gradient of the inputs (N,T,D)
   * @throws IllegalStateException if there was no forward, or it had its backward already
   * @throws IllegalArgumentException if a shape does not fit
   */
  Tensor3 backward(Tensor3 dhs, State dFinal);

  @Override
  default void backwardInto(Tensor3 dhs, Tensor3 dxs) {
    backwardInto(dhs, null, dxs);
  }

  /**
   * {@link #backward(Tensor3, State)} into a tensor of the caller's.
   *
   * @param dhs gradient of the outputs (N,T,outputSize)
   * @param dFinal gradient of the final state; null for zeros
   * @param dxs modified: overwritten with the gradient of the inputs (N,T,D)
   * @throws IllegalStateException if there was no forward, or it had its backward already
   * @throws IllegalArgumentException if a shape does not fit
   */
  void backwardInto(Tensor3 dhs, State dFinal, Tensor3 dxs);

  /**
   * The state after the last step of the latest forward, of each sequence after its own last;
   * {@link #setState} and {@link #resetState} do not change it.
   *
   * @return a copy
   * @throws IllegalStateException if there was no forward
   */
  State finalState();

  /**
   * The gradient of the loss with respect to the state before the first step: dh0, in an LSTM dc0.
   *
   * @return a copy
   * @throws IllegalStateException if the latest forward had no backward yet
   */
  State initialStateGradient();

  /**
   * Whether a forward starts where the last one ended.
   *
   * @return as the layer was built
   */
  boolean stateful();

  /**
   * Sets the state from which a stateful layer's next forward starts.
   *
   * @param state copied
   * @throws IllegalStateException if the layer is not stateful
   * @throws IllegalArgumentException if the state has other parts or widths than the layer's
   */
  void setState(State state);

  /**
   * The state from which a stateful layer's next forward starts: that in which the latest ended,
   * unless another was set since.
   *
   * @return a copy; empty if the next forward starts from the cell's initial state
   */
  Optional<State> keptState();

  /** Forgets the kept state: the next forward starts from the cell's initial state. */
  void resetState();

  /**
   * The cells that a step goes through, the lowest first, each with its part of the {@linkplain
   * #stateSizes state}: what a {@link RecurrentSession} steps.
   *
   * @return at least one
   * @throws IllegalArgumentException if the layer cannot be stepped as values come
   */
  default List<Cell> cells() {
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "RecurrentSession: a %s cannot be stepped as values come; call forward on whole"
                + " sequences",
            getClass().getSimpleName()));
  }

  /**
   * The width of each part of the state.
   *
   * @return {H}, in an LSTM {H, H}; of a layer made of several all of them
   */
  int[] stateSizes();
}
