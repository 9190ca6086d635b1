package io.github.unroll.model;

import io.github.unroll.data.PairBatch;
import io.github.unroll.layer.TimeAttention;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Map;

/**
 * An {@link EncoderDecoder} whose decoder looks back at the question: beside its own state the
 * affine layer reads a context, what {@link TimeAttention} takes from all states of the encoder
 * (the AttentionSeq2seq of the book "Deep Learning from Scratch 2", chapter 8).
 *
 * <pre>{@code
 * affine reads [context | h]   (N,Td,2H)
 * }</pre>
 */
public final class AttentionSeq2Seq extends EncoderDecoder {

  private final TimeAttention attention = new TimeAttention();

  private Tensor3 contexts; // (N,Td,H)
  private Tensor3 dLooking; // (N,Td,H)
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
  public AttentionSeq2Seq(
      int vocabularySize, int embeddingSize, int hiddenSize, RandomState random) {
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
  public AttentionSeq2Seq(
      int vocabularySize, int embeddingSize, int hiddenSize, InputOrder order, RandomState random) {
    this(
        Seq2SeqWeights.drawn(vocabularySize, embeddingSize, hiddenSize, 0, hiddenSize, random),
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
  public AttentionSeq2Seq(
      int vocabularySize,
      int embeddingSize,
      int hiddenSize,
      InputOrder order,
      Map<String, Matrix> weights) {
    this(
        Seq2SeqWeights.given(
            "AttentionSeq2Seq", vocabularySize, embeddingSize, hiddenSize, 0, hiddenSize, weights),
        order);
  }

  private AttentionSeq2Seq(Seq2SeqWeights weights, InputOrder order) {
    super(weights, order);
  }

  @Override
  EncoderDecoder reader(Seq2SeqWeights shared, InputOrder sameOrder) {
    return new AttentionSeq2Seq(shared, sameOrder);
  }

  @Override
  Tensor3 affineInput(Tensor3 states) {
    int n = states.d0();
    int steps = states.d1();
    int hidden = states.d2();
    contexts = Room.of(contexts, n, steps, hidden);
    besideStates = Room.of(besideStates, n, steps, 2 * hidden);
    attention.forwardInto(encoder.states(), encoder.lengths(), states, contexts);
    Features.join(contexts, states, besideStates);
    return besideStates;
  }

  @Override
  void affineInputBackward(Tensor3 dInput, Tensor3 dStates) {
    dLooking = Room.of(dLooking, dStates.d0(), dStates.d1(), dStates.d2());
    Features.split(dInput, contexts, dStates);
    attention.backwardInto(contexts, encoder.dStates(), dLooking);
    Features.add(dLooking.data(), dStates.data());
  }

  /**
   * Where the decoder looks while it reads given answers; those that {@link #generate} wrote, with
   * the start symbol before them, show where it looked when it wrote them. Training is not
   * disturbed.
   *
   * @param batch questions and answers
   * @return the attention weights (N,Td,Te): how much each predicted id took from each id of the
   *     question, in the order in which the question is given; a row sums to 1
   * @throws IllegalArgumentException if {@link #forward} would refuse the batch
   */
  public Tensor3 attentionWeights(PairBatch batch) {
    AttentionSeq2Seq reader = (AttentionSeq2Seq) reader();
    reader.forward(batch);
    return reader.encoder.inOrderOfQuestion(reader.attention.weights());
  }
}
