package io.github.unroll.model;

import io.github.unroll.layer.Mask;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeDropout;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.Seq2SeqDescription.InputOrder;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The encoder, which reads the question: word vectors and recurrent layers. A decoder starts from
 * {@link #finalState()}, may read {@link #outputs()} and {@link #lastOutput()}, and adds to the
 * gradients of these between {@link #beginBackward} and {@link #backward}.
 */
final class SequenceEncoder {

  private final TimeEmbedding embedding;
  private final TimeDropout below;
  private final RecurrentLayer recurrent;
  private final InputOrder order;
  private final int top; // the part of the state that is the top layer's output

  private int[] lengths;
  private Tensor3 vectors; // (N,Te,D)
  private Tensor3 outputs; // (N,Te,H)
  private State finalState;

  private Tensor3 dOutputs; // (N,Te,H), only for backward
  private State dFinal; // only for backward

  SequenceEncoder(Seq2SeqDescription d, Seq2SeqWeights weights, RandomState masks) {
    embedding = new TimeEmbedding(weights.encoderEmbedW());
    below = new TimeDropout(d.embeddingSize(), d.dropout(), masks);
    recurrent = SequenceNetwork.layers(weights.encoderCells(), d.dropout(), masks);
    order = d.inputOrder();
    top =
        weights.encoderCells().subList(0, d.layers() - 1).stream()
            .mapToInt(cell -> cell.stateSizes().length)
            .sum();
  }

  void setTraining(boolean training) {
    below.setTraining(training);
    recurrent.setTraining(training);
  }

  void forward(int[][] xs, int[] lengths) {
    this.lengths = lengths;
    recurrent.checkRoom(xs.length, xs[0].length);
    vectors = Room.of(vectors, xs.length, xs[0].length, embedding.embeddingSize());
    outputs = Room.of(outputs, xs.length, xs[0].length, recurrent.outputSize());
    int[][] words = lengths == null ? xs : withoutPadding(xs, lengths);
    embedding.forwardInto(order == InputOrder.REVERSED ? reversed(words, lengths) : words, vectors);
    below.forwardInto(vectors, vectors);
    recurrent.forwardInto(vectors, Mask.ofLengths(lengths), null, outputs);
    finalState = recurrent.finalState();
  }

  /** Sets the gradients of {@link #outputs()} and {@link #finalState()} to zero. */
  void beginBackward() {
    int n = outputs.d0();
    dOutputs = Room.of(dOutputs, n, outputs.d1(), outputs.d2());
    dOutputs.fill(0);
    List<Matrix> parts = new ArrayList<>();
    for (int size : recurrent.stateSizes()) {
      parts.add(new Matrix(n, size));
    }
    dFinal = new State(parts);
  }

  /** Ids with 0 past a length: what stands there may be no word. */
  private static int[][] withoutPadding(int[][] xs, int[] lengths) {
    int[][] words = new int[xs.length][];
    Arrays.setAll(words, i -> Arrays.copyOf(Arrays.copyOf(xs[i], lengths[i]), xs[i].length));
    return words;
  }

  /** Each row reversed from its last id that counts to its first, followed by its padding. */
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

  /** Adds the gradients, once for each forward. */
  void backward() {
    recurrent.backwardInto(dOutputs, dFinal, vectors);
    below.backwardInto(vectors, vectors);
    embedding.backward(vectors);
  }

  /** The top layer's outputs in reading order (N,Te,H). */
  Tensor3 outputs() {
    return outputs;
  }

  /** The lengths of the latest forward; null for all steps. */
  int[] lengths() {
    return lengths;
  }

  /** The state of all layers after each question's last step. */
  State finalState() {
    return finalState;
  }

  /** The top layer's output after each question's last step (N,H). */
  Matrix lastOutput() {
    return finalState.matrices().get(top);
  }

  /** The gradient that a decoder adds to; zeros when backward begins. */
  Tensor3 dOutputs() {
    return dOutputs;
  }

  /** The gradient that a decoder adds to; zeros when backward begins. */
  State dFinal() {
    return dFinal;
  }

  /** The part of {@link #dFinal()} that is the gradient of {@link #lastOutput()}. */
  Matrix dLastOutput() {
    return dFinal.matrices().get(top);
  }

  /** A tensor (N,·,Te) whose last axis is changed from reading order to the order of the ids. */
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
