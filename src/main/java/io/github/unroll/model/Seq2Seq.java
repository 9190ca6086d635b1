package io.github.unroll.model;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import java.util.Map;

/**
 * The plain {@link EncoderDecoder}: all that the decoder knows of the question is the state that it
 * starts from (the Seq2seq of the book "Deep Learning from Scratch 2", chapter 7).
 */
public final class Seq2Seq extends EncoderDecoder {

  /**
   * A new model that reads questions as they are given.
   *
   * @param vocabularySize V, at least 1
   * @param embeddingSize D, at least 1
   * @param hiddenSize H, at least 1
   * @param random modified: where the weights are drawn from
   * @throws IllegalArgumentException if a size is below 1
   */
  public Seq2Seq(int vocabularySize, int embeddingSize, int hiddenSize, RandomState random) {
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
  public Seq2Seq(
      int vocabularySize, int embeddingSize, int hiddenSize, InputOrder order, RandomState random) {
    this(Seq2SeqWeights.drawn(vocabularySize, embeddingSize, hiddenSize, 0, 0, random), order);
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
  public Seq2Seq(
      int vocabularySize,
      int embeddingSize,
      int hiddenSize,
      InputOrder order,
      Map<String, Matrix> weights) {
    this(
        Seq2SeqWeights.given("Seq2Seq", vocabularySize, embeddingSize, hiddenSize, 0, 0, weights),
        order);
  }

  private Seq2Seq(Seq2SeqWeights weights, InputOrder order) {
    super(weights, order);
  }

  @Override
  EncoderDecoder reader(Seq2SeqWeights shared, InputOrder sameOrder) {
    return new Seq2Seq(shared, sameOrder);
  }
}
