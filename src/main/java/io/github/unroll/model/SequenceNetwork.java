package io.github.unroll.model;

import io.github.unroll.layer.Lengths;
import io.github.unroll.layer.Mask;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeDropout;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;

/**
 * From sequences to answers, over weights that others may share: what a classifier and a regressor
 * have in common.
 *
 * <pre>{@code
 * xs (N,T,D) → recurrent layers → (N,T,H) → Readout → (N,S,H) → TimeAffine → answers (N,S,K)
 *                                           S is 1, or T of Readout.EVERY
 * }</pre>
 */
final class SequenceNetwork {

  private final Readout readout;
  private final RecurrentLayer recurrent;
  private final TimeDropout dropout;
  private final TimeAffine affine;

  private int[] lengths = {};
  private Tensor3 states; // (N,T,H)
  private Tensor3 read; // (N,S,H)
  private Tensor3 answers; // (N,S,K)
  private Tensor3 dxs; // (N,T,D), of backward alone

  /** A network that is trained; masks is where dropout draws from. */
  SequenceNetwork(SequenceConfiguration c, SequenceWeights weights, RandomState masks) {
    readout = c.readout();
    recurrent = RecurrentStack.over(weights.cells(), c.dropout(), masks);
    dropout = new TimeDropout(recurrent.outputSize(), c.dropout(), masks);
    affine = new TimeAffine(weights.affineW(), weights.affineB());
  }

  /** A session over the same weights, which shares nothing with this network that changes. */
  SequenceSession newSession(int batchSize, boolean classes) {
    return new SequenceSession(
        new RecurrentSession(recurrent, batchSize), readout, affine, classes);
  }

  void setTraining(boolean training) {
    recurrent.setTraining(training);
    dropout.setTraining(training);
  }

  /**
   * The answers (N,S,K) to sequences, each from its beginning: the network's own, overwritten next.
   * Those past a length are zero.
   */
  Tensor3 forward(Tensor3 xs, int[] sequenceLengths) {
    recurrent.checkRoom(xs.d0(), xs.d1());
    recurrent.resetState();
    int asked = readout.answers(xs.d1());
    states = Room.of(states, xs.d0(), xs.d1(), recurrent.outputSize());
    read = Room.of(read, xs.d0(), asked, recurrent.outputSize());
    answers = Room.of(answers, xs.d0(), asked, affine.outputSize());
    recurrent.forwardInto(xs, Mask.ofLengths(sequenceLengths), null, states);
    lengths = Lengths.copied(sequenceLengths, xs.d0(), xs.d1(), lengths);
    readout.read(states, 0, lengths, read);
    dropout.forwardInto(read, read);
    affine.forwardInto(read, answers);
    readout.clearPadding(answers, lengths);
    return answers;
  }

  /** Adds the gradients; dAnswers (N,S,K), zero past a length, may be the answers themselves. */
  void backward(Tensor3 dAnswers) {
    affine.backwardInto(dAnswers, read);
    dropout.backwardInto(read, read);
    readout.spread(read, lengths, states);
    dxs = Room.of(dxs, states.d0(), states.d1(), recurrent.inputSize());
    recurrent.backwardInto(states, dxs);
  }

  /** The answers of the latest forward, to be overwritten with their gradient. */
  Tensor3 answers() {
    return answers;
  }
}
