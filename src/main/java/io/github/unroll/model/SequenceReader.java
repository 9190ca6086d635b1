package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.data.Sequences;
import io.github.unroll.layer.Mask;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;

/**
 * A reader that computes the outputs of a {@link SequenceNetwork} over the same weights, bit for
 * bit, but cannot be trained. It reads sequences in pieces, so that apart from the sequences and
 * the outputs it needs no more memory for a million steps than for a thousand. There is no dropout,
 * and only the forward direction: a backward layer needs the whole sequence.
 */
final class SequenceReader {

  /**
   * Rows of a piece, sequences times steps: enough for fast products, few enough for the caches.
   */
  private static final int ROWS = 512;

  private static final int LEAST_STEPS = 16;

  private final TimeEmbedding embedding; // null if it reads features
  private final Readout readout;
  private final RecurrentLayer recurrent;
  private final TimeAffine affine;

  private final CountedSteps steps = new CountedSteps();
  private State state; // after each sequence's latest step that counts; null before the first
  private Tensor3 piece; // (N,P,D)
  private Tensor3 states; // (N,P,H)
  private Tensor3 read; // (N,1,H), except for Readout.EVERY
  private Tensor3 pieceAnswers; // (N,P,K), for Readout.EVERY
  private Tensor3 answers; // (N,S,K)

  SequenceReader(SequenceDescription d, SequenceWeights weights) {
    embedding = weights.embedW() == null ? null : new TimeEmbedding(weights.embedW());
    readout = d.readout();
    List<Cell> cells = weights.cells().stream().map(layer -> layer.get(0)).toList();
    recurrent = SequenceNetwork.layers(cells, 0, new RandomState(0));
    affine = SequenceNetwork.affine(d, weights);
  }

  /**
   * Computes the outputs (N,S,K) of sequences, from where the latest ones ended, at first from
   * their beginning; they belong to the caller. Outputs of steps that do not count are zero.
   */
  Tensor3 forward(Sequences inputs) {
    steps.set(inputs);
    int n = inputs.batch();
    answers = new Tensor3(n, readout.answers(inputs.steps()), affine.outputSize());
    int[][] words = embedding == null ? null : steps.words(inputs.words());
    if (words != null) {
      embedding.checkIds(words); // all at once, so that no piece is read before one is refused
    }
    int most = Math.max(LEAST_STEPS, ROWS / n);
    int count;
    for (int from = 0; from < inputs.steps(); from += count) {
      count = Math.min(most, inputs.steps() - from);
      readPiece(inputs, words, from, count);
    }
    if (readout != Readout.EVERY) {
      affine.forwardInto(read, answers);
    }
    readout.clearUncounted(answers, steps);
    return answers;
  }

  private void readPiece(Sequences inputs, int[][] words, int from, int count) {
    int n = inputs.batch();
    piece = Room.of(piece, n, count, recurrent.inputSize());
    states = Room.of(states, n, count, recurrent.outputSize());
    if (embedding == null) {
      cut(inputs.features(), from, piece);
    } else {
      int[][] ids = new int[n][];
      Arrays.setAll(ids, i -> Arrays.copyOfRange(words[i], from, from + count));
      embedding.forwardInto(ids, piece);
    }
    Mask mask = steps.all() ? null : steps.piece(from, count);
    recurrent.forwardInto(piece, mask, state, states);
    state = recurrent.finalState();
    if (readout == Readout.EVERY) {
      answerPiece(from, count);
    } else {
      read = Room.of(read, n, 1, recurrent.outputSize());
      readout.read(states, from, steps, read);
    }
  }

  private static void cut(Tensor3 xs, int from, Tensor3 piece) {
    int length = piece.d1() * piece.d2();
    for (int i = 0; i < xs.d0(); i++) {
      int begin = (i * xs.d1() + from) * xs.d2();
      System.arraycopy(xs.data(), begin, piece.data(), i * length, length);
    }
  }

  private void answerPiece(int from, int count) {
    pieceAnswers = Room.of(pieceAnswers, states.d0(), count, affine.outputSize());
    affine.forwardInto(states, pieceAnswers);
    int k = pieceAnswers.d2();
    for (int i = 0; i < states.d0(); i++) {
      int to = (i * answers.d1() + from) * k;
      System.arraycopy(pieceAnswers.data(), i * count * k, answers.data(), to, count * k);
    }
  }

  /** The output (N,K) at the last step that counts, for each sequence of the latest forward. */
  Matrix lastAnswers() {
    Matrix last = new Matrix(answers.d0(), answers.d2());
    for (int i = 0; i < answers.d0(); i++) {
      int t = readout == Readout.EVERY ? steps.last(i) : 0;
      last.copyRow(i, answers.asRows(), i * answers.d1() + t);
    }
    return last;
  }
}
