package io.github.unroll.model;

import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.model.EncoderDecoder.InputOrder;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;

/**
 * What reads the question: word vectors and an LSTM. Decoders start from {@link #finalState()}, may
 * look at {@link #states()}, and add to the gradients of both between {@link #beginBackward} and
 * {@link #backward}.
 */
final class SequenceEncoder {

  private final TimeEmbedding embedding;
  private final TimeLstm lstm;
  private final InputOrder order;

  private int[] lengths;
  private Tensor3 vectors; // (N,Te,D)
  private Tensor3 states; // (N,Te,H)
  private State finalState;

  private Tensor3 dStates; // (N,Te,H), of backward alone
  private State dFinal; // of backward alone

  SequenceEncoder(Seq2SeqWeights weights, InputOrder order) {
    this.embedding = new TimeEmbedding(weights.encoderEmbedW());
    this.lstm = new TimeLstm(weights.encoderCell());
    this.order = order;
  }

  void forward(int[][] xs, int[] lengths) {
    int h = lstm.outputSize();
    this.lengths = lengths;
    lstm.checkRoom(xs.length, xs[0].length);
    vectors = Room.of(vectors, xs.length, xs[0].length, embedding.embeddingSize());
    states = Room.of(states, xs.length, xs[0].length, h);
    embedding.forwardInto(order == InputOrder.REVERSED ? reversed(xs, lengths) : xs, vectors);
    lstm.forwardInto(vectors, lengths, null, states);
    finalState = lstm.finalState();
  }

  /** Sets the gradients of {@link #states()} and {@link #finalState()} to zero. */
  void beginBackward() {
    int n = states.d0();
    int h = states.d2();
    dStates = Room.of(dStates, n, states.d1(), h);
    dStates.fill(0);
    dFinal = State.of(new Matrix(n, h), new Matrix(n, h));
  }

  /** Each row from its last id that counts back to its first; then its padding, as it was. */
  private static int[][] reversed(int[][] xs, int[] lengths) {
    int[][] reversed = new int[xs.length][];
    for (int i = 0; i < xs.length; i++) {
      int length = lengths == null ? xs[i].length : lengths[i];
      reversed[i] = xs[i].clone();
      for (int t = 0; t < length; t++) {
        reversed[i][t] = xs[i][length - 1 - t];
      }
    }
    return reversed;
  }

  /** Once for each forward. */
  void backward() {
    lstm.backwardInto(dStates, dFinal, vectors);
    embedding.backward(vectors);
  }

  /** The states in the order of reading (N,Te,H). */
  Tensor3 states() {
    return states;
  }

  /** The lengths of the latest forward; null for all steps. */
  int[] lengths() {
    return lengths;
  }

  /** h and c after each question's last step. */
  State finalState() {
    return finalState;
  }

  /** Zeros when backward begins, for a decoder to add to. */
  Tensor3 dStates() {
    return dStates;
  }

  /** Zeros when backward begins, for a decoder to add to. */
  State dFinal() {
    return dFinal;
  }

  /**
   * A tensor over the steps of reading (N,·,Te), its last axis put back in the order of the ids.
   */
  Tensor3 inOrderOfQuestion(Tensor3 read) {
    if (order == InputOrder.AS_GIVEN) {
      return read;
    }
    Tensor3 given = read.copy();
    int steps = read.d2();
    int[] ends = new int[read.d0()];
    Arrays.setAll(ends, i -> lengths == null ? steps : lengths[i]);
    for (int row = 0; row < read.d0() * read.d1(); row++) {
      int length = ends[row / read.d1()];
      for (int t = 0; t < length; t++) {
        given.data()[row * steps + t] = read.data()[row * steps + length - 1 - t];
      }
    }
    return given;
  }
}
