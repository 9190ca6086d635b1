package io.github.unroll.model;

import io.github.unroll.cell.RnnCell;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeRnn;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Predicts each next word of a text: the SimpleRnnlm of the book "Deep Learning from Scratch 2".
 *
 * <pre>{@code
 * ids (N,T) → TimeEmbedding → (N,T,D) → TimeRnn, stateful → (N,T,H) → TimeAffine → scores (N,T,V)
 *                                                                     → TimeSoftmaxWithLoss → loss
 * }</pre>
 *
 * <p>The hidden state is carried from one {@link #forward} to the next, so that blocks of a text in
 * order train it by truncated backpropagation through time.
 */
public final class RnnLanguageModel implements TrainableModel<BpttBatches.Batch> {

  private static final int READING_STEPS = 64;

  private final Parameter embedW;
  private final RnnCell cell;
  private final Parameter affineW;
  private final Parameter affineB;

  private final TimeEmbedding embedding;
  private final TimeRnn rnn;
  private final TimeAffine affine;
  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();

  private final List<Parameter> parameters;

  private Tensor3 vectors;
  private Tensor3 states;
  private Tensor3 scores;

  /**
   * A new model. Weights are normal: the word vectors of standard deviation 1/100, the others of
   * 1/√(rows); biases are zero. Drawn in the order embed.w, rnn.wx, rnn.wh, affine.w.
   *
   * @param vocabularySize V, at least 1
   * @param embeddingSize D, at least 1
   * @param hiddenSize H, at least 1
   * @param random modified: where the weights are drawn from
   * @throws IllegalArgumentException if a size is below 1
   */
  public RnnLanguageModel(
      int vocabularySize, int embeddingSize, int hiddenSize, RandomState random) {
    this(
        new Parameter("embed.w", Initializers.normal(vocabularySize, embeddingSize, 100, random)),
        new RnnCell(
            new Parameter("rnn.wx", Initializers.normal(embeddingSize, hiddenSize, random)),
            new Parameter("rnn.wh", Initializers.normal(hiddenSize, hiddenSize, random)),
            new Parameter("rnn.b", new Matrix(1, hiddenSize))),
        new Parameter("affine.w", Initializers.normal(hiddenSize, vocabularySize, random)),
        new Parameter("affine.b", new Matrix(1, vocabularySize)));
  }

  private RnnLanguageModel(Parameter embedW, RnnCell cell, Parameter affineW, Parameter affineB) {
    this.embedW = embedW;
    this.cell = cell;
    this.affineW = affineW;
    this.affineB = affineB;
    this.embedding = new TimeEmbedding(embedW);
    this.rnn = new TimeRnn(cell, true);
    this.affine = new TimeAffine(affineW, affineB);
    List<Parameter> all = new ArrayList<>(embedding.parameters());
    all.addAll(rnn.parameters());
    all.addAll(affine.parameters());
    this.parameters = List.copyOf(all);
  }

  /**
   * The loss of predicting each word of a block; the state is carried on.
   *
   * @param xs word ids (N,T)
   * @param ts the word that follows each of them (N,T), or {@link TimeSoftmaxWithLoss#IGNORE}
   * @return mean negative log-likelihood in nats
   * @throws IllegalArgumentException if an id is unknown, shapes differ, or the batch size is not
   *     that of the kept state; the state is then as it was
   */
  public double forward(int[][] xs, int[][] ts) {
    reserve(xs);
    TimeSoftmaxWithLoss.checkLabels(scores, ts); // now: a later refusal would find the state moved
    embedding.forwardInto(xs, vectors);
    rnn.forwardInto(vectors, states);
    affine.forwardInto(states, scores);
    return loss.forward(scores, ts);
  }

  @Override
  public double forward(BpttBatches.Batch batch) {
    return forward(batch.xs(), batch.ts());
  }

  private void reserve(int[][] xs) {
    int n = xs.length;
    int steps = n == 0 ? 0 : xs[0].length;
    if (steps == 0) {
      throw new IllegalArgumentException(
          "RnnLanguageModel.forward: no ids; pass at least one (1x1)");
    }
    if (vectors == null || vectors.d0() != n || vectors.d1() != steps) {
      vectors = new Tensor3(n, steps, embedding.embeddingSize());
      states = new Tensor3(n, steps, rnn.outputSize());
      scores = new Tensor3(n, steps, affine.outputSize());
    }
  }

  /**
   * Adds the gradients of the latest loss to those of the parameters: once for each forward.
   *
   * @throws IllegalStateException if there was no forward, or it had its backward already
   */
  @Override
  public void backward() {
    loss.backwardInto(1, scores);
    affine.backwardInto(scores, states);
    rnn.backwardInto(states, vectors);
    embedding.backward(vectors);
  }

  /** Forgets the state: the next forward starts a new text. */
  @Override
  public void resetState() {
    rnn.resetState();
  }

  @Override
  public RnnLanguageModel withOwnState() {
    return new RnnLanguageModel(embedW, cell, affineW, affineB);
  }

  /**
   * The perplexity of a text, read from its first word on from a zero state. The state of training
   * is neither used nor changed.
   *
   * @param tokens word ids, at least 2; the first is given, the others are predicted
   * @return exp of the mean negative log-likelihood of tokens[1..]
   * @throws IllegalArgumentException if there are fewer than 2 tokens or an id is unknown
   */
  public double perplexity(int[] tokens) {
    if (tokens.length < 2) {
      throw new IllegalArgumentException(
          "perplexity: %d tokens leave none to predict; pass at least 2".formatted(tokens.length));
    }
    checkIds(tokens);
    RnnLanguageModel reader = withOwnState();
    double total = 0;
    for (int at = 0; at < tokens.length - 1; at += READING_STEPS) {
      int end = Math.min(at + READING_STEPS, tokens.length - 1);
      int[][] xs = {Arrays.copyOfRange(tokens, at, end)};
      int[][] ts = {Arrays.copyOfRange(tokens, at + 1, end + 1)};
      total += reader.forward(xs, ts) * (end - at);
    }
    return StrictMath.exp(total / (tokens.length - 1));
  }

  // The last token is never read, only predicted, and as a label -1 would mean "ignore".
  private void checkIds(int[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= embedding.vocabularySize()) {
        throw new IllegalArgumentException(
            "perplexity: id %d at %d is not in 0..%d"
                .formatted(tokens[i], i, embedding.vocabularySize() - 1));
      }
    }
  }

  /**
   * What is trained.
   *
   * @return embed.w (V,D), rnn.wx (D,H), rnn.wh (H,H), rnn.b (1,H), affine.w (H,V), affine.b (1,V)
   */
  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * The recurrent layer, e.g. to look at the state after the latest forward or to set another.
   *
   * @return the live layer; a forward or backward of its own would spoil the model's next backward
   */
  public TimeRnn rnn() {
    return rnn;
  }
}
