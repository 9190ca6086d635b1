package io.github.unroll.model;

import io.github.unroll.data.BpttBatches;
import io.github.unroll.data.Sequences;
import io.github.unroll.data.TokenIds;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.State;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A language model: predicts each next word of a text.
 *
 * <pre>{@code
 * ids (N,T) → TimeEmbedding → (N,T,D) → recurrent layers, stateful → (N,T,H) → TimeAffine
 *           → scores (N,T,V) → TimeSoftmaxWithLoss → loss
 * }</pre>
 *
 * <p>The three models of the book "Deep Learning from Scratch 2" are these descriptions:
 *
 * <pre>{@code
 * SimpleRnnlm   languageModel(v, d, h)
 * Rnnlm         languageModel(v, d, h).withCell(CellKind.LSTM)
 * BetterRnnlm   languageModel(v, h, h).withCell(CellKind.LSTM).withLayers(2).withDropout(0.5).withTiedWeights()
 * }</pre>
 *
 * <p>The state is kept from one {@link #forward} to the next, so that consecutive blocks of a text
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
   * @param random modified: the source of the weights
   * @throws IllegalArgumentException if a size is below 1
   */
  public RnnLanguageModel(
      int vocabularySize, int embeddingSize, int hiddenSize, RandomState random) {
    this(SequenceDescription.languageModel(vocabularySize, embeddingSize, hiddenSize), random);
  }

  /**
   * A new model with random weights: normal, word vectors of standard deviation 1/100, others of
   * 1/√rows; biases as described. They are drawn in the order of {@link #parameters()}, the biases
   * last.
   *
   * @param description the description; its output is the next word
   * @param random modified: the source of the weights and, with dropout, of the masks of each
   *     forward in training
   * @throws IllegalArgumentException if the description has another output
   */
  public RnnLanguageModel(SequenceDescription description, RandomState random) {
    super(
        checked(NAME, description, Output.NextWord.class, "the next word"),
        SequenceWeights.drawn(description, random),
        random);
  }

  /**
   * A model with given weights, such as those of a file.
   *
   * @param description the description; its output is the next word
   * @param weights the values of all {@link #parameters()} by name; copied
   * @param masks modified: with dropout, the source of the masks of each forward in training
   * @throws IllegalArgumentException if the description has another output, or a weight is missing,
   *     unknown or of another shape
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
   * {@return a new session, which reads a text word by word and scores the words that may follow}
   */
  public LanguageModelSession newSession() {
    return newSession(1);
  }

  /**
   * {@return a new session, which reads several texts together word by word and scores the words
   * that may follow}
   *
   * @param batchSize N, the number of texts, at least 1
   * @throws IllegalArgumentException if N is below 1
   */
  public LanguageModelSession newSession(int batchSize) {
    RecurrentSession session = new RecurrentSession(rnn(), batchSize);
    return new LanguageModelSession(network().wordVectors(), session, network().affine());
  }

  /**
   * Computes the loss of predicting each word of a block; the state is kept.
   *
   * @param xs word ids (N,T)
   * @param ts the word that follows each of them (N,T), or {@link TimeSoftmaxWithLoss#IGNORE}
   * @return mean negative log-likelihood in nats
   * @throws IllegalArgumentException if an id is unknown, shapes differ, or the batch size is not
   *     that of the kept state; the state is then unchanged
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
  void beginBatch() {} // the state is kept

  @Override
  double loss(Tensor3 scores) {
    return loss.forwardInPlace(scores, labels);
  }

  @Override
  public double lossWeight() {
    return loss.weight();
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

  /** Resets the state: the next forward starts a new text. */
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
   * {@return a new model with the same parameters but its own state, at the beginning of a text and
   * not in training, e.g. for held-out batches}
   */
  @Override
  public RnnLanguageModel withOwnState() {
    return new RnnLanguageModel(this);
  }

  /**
   * {@return the perplexity of a text, exp of the mean negative log-likelihood of tokens[1..]; NaN
   * if a parameter that is read is NaN, infinite if it is too large for a double} The text is read
   * from its beginning, without dropout; the training state is neither used nor changed.
   *
   * @param tokens word ids, at least 2; the first is given, the others are predicted
   * @throws IllegalArgumentException if there are fewer than 2 tokens or an id is unknown
   */
  public double perplexity(int[] tokens) {
    return perplexity(TokenIds.of(tokens));
  }

  /**
   * {@return the perplexity of a text, as of an array of ids} The text is read piece by piece.
   *
   * @param tokens the text, such as a {@link io.github.unroll.data.Corpus}, of at least 2 tokens
   * @throws IllegalArgumentException if there are fewer than 2 tokens or an id is unknown
   */
  public double perplexity(TokenIds tokens) {
    if (tokens.size() < 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "perplexity: %d tokens leave none to predict; pass at least 2",
              tokens.size()));
    }
    checkIds(tokens);
    SequenceNetwork reader = readingNetwork();
    TimeSoftmaxWithLoss reading = new TimeSoftmaxWithLoss();
    double total = 0;
    int predicted = tokens.size() - 1;
    for (int at = 0; at < predicted; ) {
      int[] read = new int[Math.min(READING_STEPS, predicted - at)];
      int[] next = new int[read.length];
      for (int t = 0; t < read.length; t++) {
        read[t] = tokens.id(at + t);
        next[t] = tokens.id(at + t + 1);
      }
      Sequences xs = Sequences.ofWords(new int[][] {read});
      reader.reserve(xs);
      total += reading.forward(reader.forward(xs), new int[][] {next}) * read.length;
      at += read.length;
    }
    return StrictMath.exp(total / predicted);
  }

  // The last token is never read, only predicted, and as a label -1 would mean "ignore".
  private void checkIds(TokenIds tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      int id = tokens.id(i);
      if (id < 0 || id >= description().outputSize()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "perplexity: id %d at %d is not in 0..%d",
                id,
                i,
                description().outputSize() - 1));
      }
    }
  }

  /**
   * {@return the live recurrent layer, for several layers a {@link
   * io.github.unroll.layer.RecurrentStack}, e.g. to read or set its state} Calling its forward or
   * backward makes the model's next backward wrong.
   */
  public RecurrentLayer rnn() {
    return network().recurrent();
  }
}
