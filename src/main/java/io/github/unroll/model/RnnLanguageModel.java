package io.github.unroll.model;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Sequences;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.State;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Predicts each next word of a text.
 *
 * <pre>{@code
 * ids (N,T) → TimeEmbedding → (N,T,D) → recurrent layers, stateful → (N,T,H) → TimeAffine
 *           → scores (N,T,V) → TimeSoftmaxWithLoss → loss
 * }</pre>
 *
 * <p>The three models of the book "Deep Learning from Scratch 2" are descriptions of it:
 *
 * <pre>{@code
 * SimpleRnnlm   languageModel(v, d, h)
 * Rnnlm         languageModel(v, d, h).withCell(CellKind.LSTM)
 * BetterRnnlm   languageModel(v, h, h).withCell(CellKind.LSTM).withLayers(2).withDropout(0.5).withTiedWeights()
 * }</pre>
 *
 * <p>The state is carried from one {@link #forward} to the next, so that blocks of a text in order
 * train it by truncated backpropagation through time.
 */
public final class RnnLanguageModel extends SequenceModel<BpttBatches.Batch> {

  private static final String NAME = "RnnLanguageModel";
  private static final int READING_STEPS = 64;

  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
  private int[][] labels; // of the latest batch

  /**
   * A new model of one plain recurrent layer: the book's SimpleRnnlm.
   *
   * @param vocabularySize V, at least 1
   * @param embeddingSize D, at least 1
   * @param hiddenSize H, at least 1
   * @param random modified: where the weights are drawn from
   * @throws IllegalArgumentException if a size is below 1
   */
  public RnnLanguageModel(
      int vocabularySize, int embeddingSize, int hiddenSize, RandomState random) {
    this(SequenceDescription.languageModel(vocabularySize, embeddingSize, hiddenSize), random);
  }

  /**
   * A new model. Weights are normal: the word vectors of standard deviation 1/100, the others of
   * 1/√(rows); biases as the description says. Drawn in the order of {@link #parameters()}, the
   * biases last.
   *
   * @param description what it is made of; it answers the next word
   * @param random modified: where the weights are drawn from now and, if there is dropout, the
   *     masks of each forward in training
   * @throws IllegalArgumentException if the description answers something else
   */
  public RnnLanguageModel(SequenceDescription description, RandomState random) {
    super(
        checked(NAME, description, Output.NextWord.class, "the next word"),
        SequenceWeights.drawn(description, random),
        random);
  }

  /**
   * A model of weights that are there already, such as those read from a file.
   *
   * @param description what it is made of; it answers the next word
   * @param weights each of {@link #parameters()}' values by its name; copied
   * @param masks modified: where the masks of each forward in training are drawn from, if there is
   *     dropout
   * @throws IllegalArgumentException if the description answers something else, or a weight is
   *     missing, one too many, or of another shape
   */
  public RnnLanguageModel(
      SequenceDescription description, Map<String, Matrix> weights, RandomState masks) {
    super(
        checked(NAME, description, Output.NextWord.class, "the next word"),
        SequenceWeights.given(NAME, description, weights),
        masks);
  }

  private RnnLanguageModel(RnnLanguageModel shared) {
    super(shared.description(), shared.weights(), shared.readingNetwork());
  }

  /**
   * Reads one text word by word and scores what may follow.
   *
   * @return a new session, at the beginning of a text
   */
  public LanguageModelSession newSession() {
    return newSession(1);
  }

  /**
   * Reads several texts word by word, all at once, and scores what may follow.
   *
   * @param batchSize N, how many texts, at least 1
   * @return a new session, at the beginning of each text
   * @throws IllegalArgumentException if N is below 1
   */
  public LanguageModelSession newSession(int batchSize) {
    RecurrentSession session = new RecurrentSession(rnn(), batchSize);
    return new LanguageModelSession(network().wordVectors(), session, network().affine());
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
    return forward(new BpttBatches.Batch(xs, ts));
  }

  @Override
  Sequences inputs(BpttBatches.Batch batch) {
    return Sequences.ofWords(batch.xs());
  }

  @Override
  void takeTargets(BpttBatches.Batch batch, Tensor3 scores, CountedSteps steps) {
    TimeSoftmaxWithLoss.checkLabels(scores, batch.ts());
    labels = batch.ts();
  }

  @Override
  void beginBatch() {} // the state is carried on

  @Override
  double loss(Tensor3 scores) {
    return loss.forward(scores, labels);
  }

  @Override
  void lossBackwardInto(Tensor3 dScores) {
    loss.backwardInto(1, dScores);
  }

  @Override
  public Optional<String> notFinite(BpttBatches.Batch batch) {
    return notFinite(inputs(batch), "all parameters", "word");
  }

  @Override
  String sequenceName() {
    return "text";
  }

  /** Forgets the state: the next forward starts a new text. */
  @Override
  public void resetState() {
    rnn().resetState();
  }

  @Override
  public Optional<State> keptState() {
    return rnn().keptState();
  }

  @Override
  public void setKeptState(State state) {
    rnn().setState(state);
  }

  /**
   * The same parameters in a model with a state of its own, at the beginning of a text, and not in
   * training.
   *
   * @return a new model, e.g. for held-out batches while this one is trained
   */
  @Override
  public RnnLanguageModel withOwnState() {
    return new RnnLanguageModel(this);
  }

  /**
   * The perplexity of a text, read from its beginning on, without dropout. The state of training is
   * neither used nor changed.
   *
   * @param tokens word ids, at least 2; the first is given, the others are predicted
   * @return exp of the mean negative log-likelihood of tokens[1..]; NaN if a parameter that is read
   *     is NaN, infinite if it fits no double
   * @throws IllegalArgumentException if there are fewer than 2 tokens or an id is unknown
   */
  public double perplexity(int[] tokens) {
    if (tokens.length < 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "perplexity: %d tokens leave none to predict; pass at least 2",
              tokens.length));
    }
    checkIds(tokens);
    SequenceNetwork reader = readingNetwork();
    TimeSoftmaxWithLoss reading = new TimeSoftmaxWithLoss();
    double total = 0;
    int end;
    for (int at = 0; at < tokens.length - 1; at = end) {
      end = at + Math.min(READING_STEPS, tokens.length - 1 - at);
      Sequences xs = Sequences.ofWords(new int[][] {Arrays.copyOfRange(tokens, at, end)});
      int[][] ts = {Arrays.copyOfRange(tokens, at + 1, end + 1)};
      reader.reserve(xs);
      total += reading.forward(reader.forward(xs), ts) * (end - at);
    }
    return StrictMath.exp(total / (tokens.length - 1));
  }

  // The last token is never read, only predicted, and as a label -1 would mean "ignore".
  private void checkIds(int[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= description().outputSize()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "perplexity: id %d at %d is not in 0..%d",
                tokens[i],
                i,
                description().outputSize() - 1));
      }
    }
  }

  /**
   * The recurrent layer, of several a {@link io.github.unroll.layer.RecurrentStack}: e.g. to look
   * at the state after the latest forward or to set another.
   *
   * @return the live layer; a forward or backward of its own would spoil the model's next backward
   */
  public RecurrentLayer rnn() {
    return network().recurrent();
  }
}
