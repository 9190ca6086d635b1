package io.github.unroll.model;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Map;

/**
 * An {@link EncoderDecoder} whose decoder peeks: at every step its LSTM and its affine layer read
 * the encoder's final h, hₑ, beside their input (Cho et al. 2014; the PeekySeq2seq of the book
 * "Deep Learning from Scratch 2", chapter 7).
 *
 * <pre>{@code
 * LSTM reads   [hₑ | vector]   (N,Td,H+D)
 * affine reads [hₑ | h]        (N,Td,2H)
 * dhₑ = the gradients of all these copies, summed, and that of the decoder's start
 * }</pre>
 */
public final class PeekySeq2Seq extends EncoderDecoder {

  private Tensor3 repeated; // (N,Td,H)
  private Tensor3 besideVectors; // (N,Td,H+D)
  private Tensor3 besideStates; // (N,Td,2H)

  /**
   * A new model that reads questions as they are given.
   *
   * @param vocabularySize V, at least 1
   * @param embeddingSize D, at least 1
   * @param hiddenSize H, at least 1
   * @param random modified: where the weights are drawn from
   * @throws IllegalArgumentException if a size is below 1
   */
  public PeekySeq2Seq(int vocabularySize, int embeddingSize, int hiddenSize, RandomState random) {
    this(vocabularySize, embeddingSize, hiddenSize, InputOrder.AS_GIVEN, random);
  }

  /**
   * A new model. Weights are normal: the word vectors of standard deviation 1/100, the others of
   * 1/√(rows); biases are zero. Drawn in the order of {@link #parameters}.
   *
   * @param vocabularySize V, at least 1
   * @param embeddingSize D, at least 1
   * @param hiddenSize H, at least 1
   * @param order in which order the encoder reads
   * @param random modified: where the weights are drawn from
   * @throws IllegalArgumentException if a size is below 1
   */
  public PeekySeq2Seq(
      int vocabularySize, int embeddingSize, int hiddenSize, InputOrder order, RandomState random) {
    this(
        Seq2SeqWeights.drawn(
            vocabularySize, embeddingSize, hiddenSize, hiddenSize, hiddenSize, random),
        order);
  }

  /**
   * A model of weights that are there already, such as those read from a file.
   *
   * @param vocabularySize V
   * @param embeddingSize D
   * @param hiddenSize H
   * @param order in which order the encoder reads
   * @param weights each of {@link #parameters}' values by its name; copied
   * @throws IllegalArgumentException if a weight is missing, one too many, or of another shape
   */
  public PeekySeq2Seq(
      int vocabularySize,
      int embeddingSize,
      int hiddenSize,
      InputOrder order,
      Map<String, Matrix> weights) {
    this(
        Seq2SeqWeights.given(
            "PeekySeq2Seq",
            vocabularySize,
            embeddingSize,
            hiddenSize,
            hiddenSize,
            hiddenSize,
            weights),
        order);
  }

  private PeekySeq2Seq(Seq2SeqWeights weights, InputOrder order) {
    super(weights, order);
  }

  @Override
  EncoderDecoder reader(Seq2SeqWeights shared, InputOrder sameOrder) {
    return new PeekySeq2Seq(shared, sameOrder);
  }

  @Override
  Tensor3 lstmInput(Tensor3 vectors) {
    besideVectors = besideH(vectors, besideVectors);
    return besideVectors;
  }

  private Tensor3 besideH(Tensor3 right, Tensor3 kept) {
    Matrix h = encoder.finalState().h();
    repeated = Room.of(repeated, right.d0(), right.d1(), h.cols());
    Features.repeat(h, repeated);
    Tensor3 joined = Room.of(kept, right.d0(), right.d1(), h.cols() + right.d2());
    Features.join(repeated, right, joined);
    return joined;
  }

  @Override
  void lstmInputBackward(Tensor3 dInput, Tensor3 dVectors) {
    splitBackward(dInput, dVectors);
  }

  @Override
  Tensor3 affineInput(Tensor3 states) {
    besideStates = besideH(states, besideStates);
    return besideStates;
  }

  @Override
  void affineInputBackward(Tensor3 dInput, Tensor3 dStates) {
    splitBackward(dInput, dStates);
  }

  private void splitBackward(Tensor3 dJoined, Tensor3 dRight) {
    Features.split(dJoined, repeated, dRight);
    Features.addSteps(repeated, encoder.dFinal().h());
  }
}
