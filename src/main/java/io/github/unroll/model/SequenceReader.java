package io.github.unroll.model;

import io.github.unroll.layer.Lengths;
import io.github.unroll.layer.Mask;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;

/**
 * Answers sequences as a {@link SequenceNetwork} over the same weights does, bit for bit, but
 * cannot be trained: it reads them piece by piece in time, so that beside the sequences and the
 * answers it needs no more room for a million steps than for a thousand. Dropout does not act.
 */
final class SequenceReader {

  /** Of a piece, sequences times steps: enough for a good product, little for the caches. */
  private static final int ROWS = 512;

  private static final int LEAST_STEPS = 16;

  private final Readout readout;
  private final RecurrentLayer recurrent;
  private final TimeAffine affine;

  private State state; // in which each sequence was left, or ended; null before the first step
  private int[] lengths;
  private Tensor3 piece; // (N,P,D)
  private Tensor3 states; // (N,P,H)
  private Tensor3 read; // (N,1,H), but of Readout.EVERY
  private Tensor3 pieceAnswers; // of Readout.EVERY (N,P,K)
  private Tensor3 answers; // (N,S,K)

  SequenceReader(SequenceConfiguration c, SequenceWeights weights) {
    readout = c.readout();
    recurrent = RecurrentStack.over(weights.cells(), 0, new RandomState(0));
    affine = new TimeAffine(weights.affineW(), weights.affineB());
  }

  /**
   * The answers (N,S,K) to sequences, each from its beginning; the caller's own. Those past a
   * length are zero.
   */
  Tensor3 forward(Tensor3 xs, int[] sequenceLengths) {
    state = null;
    recurrent.resetState();
    return carryOn(xs, sequenceLengths);
  }

  /** {@link #forward} from the state in which the latest forward left each sequence. */
  Tensor3 carryOn(Tensor3 xs, int[] sequenceLengths) {
    lengths = checked(xs, sequenceLengths);
    answers = new Tensor3(xs.d0(), readout.answers(xs.d1()), affine.outputSize());
    int most = Math.max(LEAST_STEPS, ROWS / xs.d0());
    int steps;
    for (int from = 0; from < xs.d1(); from += steps) {
      steps = Math.min(most, xs.d1() - from);
      readPiece(xs, from, steps);
    }
    if (readout != Readout.EVERY) {
      affine.forwardInto(read, answers);
    }
    readout.clearPadding(answers, lengths);
    return answers;
  }

  private int[] checked(Tensor3 xs, int[] given) {
    if (xs.d2() != recurrent.inputSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "xs must have %d features, the last axis; it is %s",
              recurrent.inputSize(),
              xs.shape()));
    }
    Lengths.check(given, xs.d0(), xs.d1());
    return Lengths.copied(given, xs.d0(), xs.d1(), new int[0]);
  }

  private void readPiece(Tensor3 xs, int from, int steps) {
    int n = xs.d0();
    int d = xs.d2();
    int[] counted = new int[n];
    piece = Room.of(piece, n, steps, d);
    states = Room.of(states, n, steps, recurrent.outputSize());
    for (int i = 0; i < n; i++) {
      int begin = (i * xs.d1() + from) * d;
      System.arraycopy(xs.data(), begin, piece.data(), i * steps * d, steps * d);
      // A layer reads one step at least; of a sequence that has ended nobody looks at it.
      counted[i] = Math.min(steps, Math.max(1, lengths[i] - from));
    }
    recurrent.forwardInto(piece, Mask.ofLengths(counted), state, states);
    state = whereEnded(from, recurrent.finalState());
    if (readout == Readout.EVERY) {
      answerPiece(from, steps);
    } else {
      read = Room.of(read, n, 1, recurrent.outputSize());
      readout.read(states, from, lengths, read);
    }
  }

  private void answerPiece(int from, int steps) {
    pieceAnswers = Room.of(pieceAnswers, states.d0(), steps, affine.outputSize());
    affine.forwardInto(states, pieceAnswers);
    int k = pieceAnswers.d2();
    for (int i = 0; i < states.d0(); i++) {
      int to = (i * answers.d1() + from) * k;
      System.arraycopy(pieceAnswers.data(), i * steps * k, answers.data(), to, steps * k);
    }
  }

  /** The state after a piece, that of a sequence which had ended by its first step put back. */
  private State whereEnded(int from, State after) {
    for (int i = 0; i < lengths.length; i++) {
      for (int p = 0; p < after.matrices().size() && lengths[i] <= from; p++) {
        Matrix part = after.matrices().get(p);
        int at = i * part.cols();
        System.arraycopy(state.matrices().get(p).data(), at, part.data(), at, part.cols());
      }
    }
    return after;
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

  /** How many steps of each sequence of the latest forward counted (N). */
  int[] lengths() {
    return lengths;
  }
}
