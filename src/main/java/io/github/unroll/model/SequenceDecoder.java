package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeDropout;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.Seq2SeqDescription.DecoderStart;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;

/**
 * The decoder: word vectors, recurrent layers that start from the encoder's final state, scores.
 */
final class SequenceDecoder {

  private final TimeEmbedding embedding;
  private final TimeDropout below;
  private final RecurrentLayer recurrent;
  private final List<Cell> cells;
  private final DecoderForm form;
  private final DecoderStart start;
  private final TimeDropout above;
  private final TimeAffine affine;

  private Tensor3 vectors; // (N,Td,D)
  private Tensor3 recurrentInput;
  private Tensor3 outputs; // (N,Td,H)
  private Tensor3 affineInput;
  private Tensor3 scores; // (N,Td,V)

  SequenceDecoder(Seq2SeqDescription d, Seq2SeqWeights weights, RandomState masks) {
    embedding = new TimeEmbedding(weights.decoderEmbedW());
    below = new TimeDropout(d.embeddingSize(), d.dropout(), masks);
    recurrent = SequenceNetwork.layers(weights.decoderCells(), d.dropout(), masks);
    cells = weights.decoderCells();
    form = DecoderForm.of(d.form());
    start = d.start();
    above = new TimeDropout(recurrent.outputSize(), d.dropout(), masks);
    affine = new TimeAffine(weights.affineW(), weights.affineB());
  }

  void setTraining(boolean training) {
    below.setTraining(training);
    recurrent.setTraining(training);
    above.setTraining(training);
  }

  /** Computes the scores (N,Td,V) of the next ids, starting from the encoder's final state. */
  Tensor3 begin(int[][] ids, SequenceEncoder encoder) {
    return carryOn(ids, startOf(encoder.finalState()), encoder);
  }

  /** Computes the scores (N,Td,V) of the next ids, starting from a state of the decoder. */
  Tensor3 carryOn(int[][] ids, State from, SequenceEncoder encoder) {
    int n = ids.length;
    int steps = ids[0].length;
    recurrent.checkRoom(n, steps);
    vectors = Room.of(vectors, n, steps, embedding.embeddingSize());
    outputs = Room.of(outputs, n, steps, recurrent.outputSize());
    scores = Room.of(scores, n, steps, affine.outputSize());
    embedding.forwardInto(ids, vectors);
    below.forwardInto(vectors, vectors);
    recurrentInput = form.recurrentInput(vectors, encoder);
    recurrent.forwardInto(recurrentInput, null, from, outputs);
    above.forwardInto(outputs, outputs);
    affineInput = form.affineInput(outputs, encoder);
    affine.forwardInto(affineInput, scores);
    return scores;
  }

  /**
   * The initial state: the parts that are not taken from the encoder have the cell's initial
   * values.
   */
  private State startOf(State ofEncoder) {
    if (start == DecoderStart.STATE) {
      return ofEncoder;
    }
    List<Matrix> parts = new ArrayList<>();
    for (Cell cell : cells) {
      parts.add(ofEncoder.matrices().get(parts.size()));
      for (int part = 1; part < cell.stateSizes().length; part++) {
        Matrix initial = new Matrix(parts.get(0).rows(), cell.stateSizes()[part]);
        initial.fill(cell.initial(part));
        parts.add(initial);
      }
    }
    return new State(parts);
  }

  /** Adds the gradients; dScores (N,Td,V) may be the scores themselves. */
  void backward(Tensor3 dScores, SequenceEncoder encoder) {
    affine.backwardInto(dScores, affineInput);
    form.affineInputBackward(affineInput, outputs, encoder);
    above.backwardInto(outputs, outputs);
    recurrent.backwardInto(outputs, recurrentInput);
    form.recurrentInputBackward(recurrentInput, vectors, encoder);
    below.backwardInto(vectors, vectors);
    embedding.backward(vectors);
    addToStart(recurrent.initialStateGradient(), encoder.dFinal());
  }

  private void addToStart(State dStart, State dFinal) {
    int first = 0;
    for (Cell cell : cells) {
      int taken = start == DecoderStart.STATE ? cell.stateSizes().length : 1;
      for (int part = first; part < first + taken; part++) {
        dFinal.matrices().get(part).add(dStart.matrices().get(part));
      }
      first += cell.stateSizes().length;
    }
  }

  /** The state after the latest ids. */
  State finalState() {
    return recurrent.finalState();
  }

  /** The scores of the latest ids, to be overwritten by the loss and with their gradient. */
  Tensor3 scores() {
    return scores;
  }

  DecoderForm form() {
    return form;
  }
}
