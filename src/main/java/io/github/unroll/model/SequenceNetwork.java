package io.github.unroll.model;

import io.github.unroll.layer.Mask;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeDropout;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;

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

  private int[] lengths;
  private Tensor3 dxs;
  private Tensor3 states;
  private Tensor3 read;
  private Tensor3 answers;

  /** A network that is trained; masks is where dropout draws from. */
  SequenceNetwork(SequenceConfiguration c, SequenceWeights weights, RandomState masks) {
    readout = c.readout();
    List<RecurrentLayer> layers = weights.cells().stream().map(c.cell()::layer).toList();
    recurrent = layers.size() == 1 ? layers.get(0) : new RecurrentStack(layers, c.dropout(), masks);
    dropout = new TimeDropout(c.hiddenSize(), c.dropout(), masks);
    affine = new TimeAffine(weights.affineW(), weights.affineB());
  }

  /** A network that only reads: without dropout, and with a state of its own. */
  static SequenceNetwork reading(SequenceConfiguration c, SequenceWeights weights) {
    SequenceNetwork network = new SequenceNetwork(c, weights, new RandomState(0));
    network.setTraining(false);
    return network;
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
   * The answers (N,S,K) to sequences, each from a zero state: the network's own, overwritten next.
   * Those past a length are zero.
   */
  Tensor3 forward(Tensor3 xs, int[] sequenceLengths) {
    recurrent.resetState();
    return carryOn(xs, sequenceLengths);
  }

  /** {@link #forward} from the state in which the latest forward left each sequence. */
  Tensor3 carryOn(Tensor3 xs, int[] sequenceLengths) {
    reserve(xs);
    recurrent.forwardInto(xs, Mask.ofLengths(sequenceLengths), null, states);
    lengths = sequenceLengths == null ? full(xs) : sequenceLengths.clone();
    readout.read(states, lengths, read);
    dropout.forwardInto(read, read);
    affine.forwardInto(read, answers);
    clearPadding(answers);
    return answers;
  }

  private static int[] full(Tensor3 xs) {
    int[] lengths = new int[xs.d0()];
    Arrays.fill(lengths, xs.d1());
    return lengths;
  }

  private void reserve(Tensor3 xs) {
    if (dxs == null || dxs.d0() != xs.d0() || dxs.d1() != xs.d1()) {
      int asked = readout.answers(xs.d1());
      dxs = new Tensor3(xs.d0(), xs.d1(), recurrent.inputSize());
      states = new Tensor3(xs.d0(), xs.d1(), recurrent.outputSize());
      read = new Tensor3(xs.d0(), asked, recurrent.outputSize());
      answers = new Tensor3(xs.d0(), asked, affine.outputSize());
    }
  }

  /** Sets to zero what stands past the lengths of the latest forward; ys is (N,S,K). */
  void clearPadding(Tensor3 ys) {
    int sequence = ys.d1() * ys.d2();
    for (int i = 0; i < ys.d0(); i++) {
      int counted = readout.answers(lengths[i]) * ys.d2();
      Arrays.fill(ys.data(), i * sequence + counted, (i + 1) * sequence, 0);
    }
  }

  /** The answer (N,K) to the last step of each sequence of the latest forward. */
  Matrix lastAnswers() {
    Matrix last = new Matrix(answers.d0(), answers.d2());
    for (int i = 0; i < answers.d0(); i++) {
      int t = readout.answers(lengths[i]) - 1;
      int from = (i * answers.d1() + t) * answers.d2();
      System.arraycopy(answers.data(), from, last.data(), i * answers.d2(), answers.d2());
    }
    return last;
  }

  /** Adds the gradients; dAnswers (N,S,K), zero past a length, may be the answers themselves. */
  void backward(Tensor3 dAnswers) {
    affine.backwardInto(dAnswers, read);
    dropout.backwardInto(read, read);
    readout.spread(read, lengths, states);
    recurrent.backwardInto(states, dxs);
  }

  /** The answers of the latest forward, to be overwritten with their gradient. */
  Tensor3 answers() {
    return answers;
  }

  /** How many steps of each sequence of the latest forward counted (N). */
  int[] lengths() {
    return lengths;
  }
}
