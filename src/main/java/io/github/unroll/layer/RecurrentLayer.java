package io.github.unroll.layer;

import io.github.unroll.cell.Cell;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A recurrent layer over whole sequences: {@link Recurrent} over any cell, or a layer that is built
 * from such layers.
 *
 * <p><b>State.</b> A forward starts from the cell's initial state, zeros in most cells, from a
 * given state or, in a <em>stateful</em> layer, from the final state of the previous forward. The
 * last is for truncated backpropagation through time: values flow from block to block, gradients do
 * not.
 *
 * <p><b>Steps that do not count.</b> Sequences of one batch may end early, so that {@code
 * lengths[n]} of T steps count, or have holes, given by a {@link Mask}. At a step that does not
 * count the state does not change, the output is zero or, by choice, the latest output, the
 * gradient of the input is zero, and the input has no effect, even if it is NaN.
 *
 * <p><b>Backward.</b> Each forward allows one backward, which overwrites what forward kept. If the
 * loss has several parts, first add up their gradients of the outputs.
 *
 * <p><b>Long sequences.</b> What forward keeps grows with N·T; if an array would be longer than
 * Java allows, forward throws an exception that names the sizes. If you need no backward, read a
 * long sequence in pieces with the state kept, in a stateful layer or a {@link RecurrentSession}:
 * the results have the bits of one forward over all of it.
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
   * @param initial the state before the first step, copied; it replaces a kept state
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
   * @param initial the state before the first step, copied; null for the kept state or, if there is
   *     none, the cell's initial state
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
   * @param initial the state before the first step, copied; null for the kept state or, if there is
   *     none, the cell's initial state
   * @return outputs (N,T,outputSize)
   * @throws IllegalArgumentException if a shape or the mask does not fit
   */
  default Tensor3 forward(Tensor3 xs, Mask mask, State initial) {
    checkRoom(xs.d0(), xs.d1()); // before the outputs are allocated
    Tensor3 hs = new Tensor3(xs.d0(), xs.d1(), outputSize());
    forwardInto(xs, mask, initial, hs);
    return hs;
  }

  /**
   * Checks that no array of a forward over a batch would be too long. A layer of several layers
   * checks all of them first, so that none has run when one rejects the batch.
   *
   * @param batch N
   * @param steps T
   * @throws IllegalArgumentException if an array would have more than {@code Integer.MAX_VALUE}
   *     elements
   */
  default void checkRoom(int batch, int steps) {}

  @Override
  default void forwardInto(Tensor3 xs, Tensor3 hs) {
    forwardInto(xs, null, null, hs);
  }

  /**
   * Runs {@link #forward(Tensor3, Mask, State)} and writes the outputs to {@code hs}.
   *
   * @param xs inputs (N,T,D)
   * @param mask which steps count; null for all
   * @param initial the state before the first step, copied; null for the kept state or, if there is
   *     none, the cell's initial state
   * @param hs modified: overwritten with the outputs (N,T,outputSize)
   * @throws IllegalArgumentException if a shape or the mask does not fit
   */
  void forwardInto(Tensor3 xs, Mask mask, State initial, Tensor3 hs);

  /**
   * Runs {@link #backward(Tensor3)} for a loss that also depends on the final state, as in an
   * encoder whose final state a decoder uses.
   *
   * @param dhs gradient of the outputs (N,T,outputSize)
   * @param dFinal gradient of the final state
   * @return gradient of the inputs (N,T,D)
   * @throws IllegalStateException if there was no forward, or its backward was already called
   * @throws IllegalArgumentException if a shape does not fit
   */
  Tensor3 backward(Tensor3 dhs, State dFinal);

  @Override
  default void backwardInto(Tensor3 dhs, Tensor3 dxs) {
    backwardInto(dhs, null, dxs);
  }

  /**
   * Runs {@link #backward(Tensor3, State)} and writes the gradient of the inputs to {@code dxs}.
   *
   * @param dhs gradient of the outputs (N,T,outputSize)
   * @param dFinal gradient of the final state; null for zeros
   * @param dxs modified: overwritten with the gradient of the inputs (N,T,D)
   * @throws IllegalStateException if there was no forward, or its backward was already called
   * @throws IllegalArgumentException if a shape does not fit
   */
  void backwardInto(Tensor3 dhs, State dFinal, Tensor3 dxs);

  /**
   * {@return a copy of the state after the latest forward, for each sequence after its own last
   * step} {@link #setState} and {@link #resetState} do not change it.
   *
   * @throws IllegalStateException if there was no forward
   */
  State finalState();

  /**
   * {@return a copy of the gradient of the loss with respect to the initial state: dh0, in an LSTM
   * also dc0}
   *
   * @throws IllegalStateException if backward was not called for the latest forward
   */
  State initialStateGradient();

  /** {@return whether a forward starts from the final state of the previous one} */
  boolean stateful();

  /**
   * Sets the initial state of a stateful layer's next forward.
   *
   * @param state copied
   * @throws IllegalStateException if the layer is not stateful
   * @throws IllegalArgumentException if the state has other parts or widths than the layer's
   */
  void setState(State state);

  /**
   * {@return a copy of the kept state, from which a stateful layer's next forward starts: the
   * latest final state or the one that was set since; empty for the cell's initial state}
   */
  Optional<State> keptState();

  /** Clears the kept state: the next forward starts from the cell's initial state. */
  void resetState();

  /**
   * {@return the cells of a step, at least one, the lowest first, each with its part of the
   * {@linkplain #stateSizes state}; a {@link RecurrentSession} steps them}
   *
   * @throws IllegalArgumentException if the layer cannot run step by step
   */
  default List<Cell> cells() {
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "RecurrentSession: a %s cannot run step by step; call forward on whole" + " sequences",
            getClass().getSimpleName()));
  }

  /**
   * {@return the width of each part of the state: {H}, in an LSTM {H, H}; in a layer of several
   * layers those of all}
   */
  int[] stateSizes();
}
