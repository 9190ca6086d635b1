package io.github.unroll.model;

import io.github.unroll.cell.CellKind;
import io.github.unroll.data.BpttBatches;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Predicts each next word of a text.
 *
 * <pre>{@code
 * ids (N,T) → TimeEmbedding → (N,T,D) → recurrent layers, stateful → (N,T,H) → TimeAffine
 *           → scores (N,T,V) → TimeSoftmaxWithLoss → loss
 * }</pre>
 *
 * <p>The three models of the book "Deep Learning from Scratch 2" are configurations of it:
 *
 * <pre>{@code
 * SimpleRnnlm   new Configuration(v, d, h)
 * Rnnlm         new Configuration(v, d, h).withCell(CellKind.LSTM)
 * BetterRnnlm   new Configuration(v, h, h).withCell(CellKind.LSTM).withLayers(2).withDropout(0.5).withTiedWeights()
 * }</pre>
 *
 * <p>The state is carried from one {@link #forward} to the next, so that blocks of a text in order
 * train it by truncated backpropagation through time.
 */
public final class RnnLanguageModel implements TrainableModel<BpttBatches.Batch> {

  private static final int READING_STEPS = 64;

  private final Configuration configuration;
  private final LanguageModelWeights weights;
  private final List<Parameter> parameters;
  private final LanguageModelLayers layers;
  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();

  private Tensor3 scores;
  private boolean awaitsBackward;

  /**
   * What a language model is made of.
   *
   * @param vocabularySize V, at least 1
   * @param embeddingSize D, the length of a word's vector, at least 1
   * @param hiddenSize H, of every recurrent layer, at least 1
   * @param cell what the recurrent layers are made of
   * @param layers how many recurrent layers stand one upon the other, at least 1
   * @param dropout probability, in [0, 1), that a value is dropped in training: of the word
   *     vectors, between two recurrent layers, and of the outputs of the last
   * @param tieWeights whether the word vectors (V,D) are the output weights too, read transposed; D
   *     must then be H
   */
  public record Configuration(
      int vocabularySize,
      int embeddingSize,
      int hiddenSize,
      CellKind cell,
      int layers,
      double dropout,
      boolean tieWeights) {

    /**
     * A configuration.
     *
     * @param vocabularySize V, at least 1
     * @param embeddingSize D, at least 1
     * @param hiddenSize H, at least 1
     * @param cell what the recurrent layers are made of
     * @param layers how many recurrent layers, at least 1
     * @param dropout probability that a value is dropped in training, in [0, 1)
     * @param tieWeights whether the word vectors are the output weights too; D must then be H
     * @throws IllegalArgumentException if a size or the number of layers is below 1, dropout is not
     *     in [0, 1), or weights are tied and D is not H
     */
    public Configuration {
      checkSize("vocabularySize", vocabularySize);
      checkSize("embeddingSize", embeddingSize);
      checkSize("hiddenSize", hiddenSize);
      checkSize("layers", layers);
      Objects.requireNonNull(cell, "cell");
      if (!(dropout >= 0 && dropout < 1)) {
        throw new IllegalArgumentException(
            "RnnLanguageModel: dropout must be in [0, 1), not " + dropout);
      }
      if (tieWeights && embeddingSize != hiddenSize) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "RnnLanguageModel: tied weights need word vectors as long as the state, but"
                    + " embeddingSize is %d and hiddenSize %d; make them equal, or do not tie",
                embeddingSize,
                hiddenSize));
      }
    }

    /**
     * One layer of {@link CellKind#RNN}, no dropout, output weights of its own.
     *
     * @param vocabularySize V, at least 1
     * @param embeddingSize D, at least 1
     * @param hiddenSize H, at least 1
     * @throws IllegalArgumentException if a size is below 1
     */
    public Configuration(int vocabularySize, int embeddingSize, int hiddenSize) {
      this(vocabularySize, embeddingSize, hiddenSize, CellKind.RNN, 1, 0, false);
    }

    private static void checkSize(String what, int size) {
      if (size < 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "RnnLanguageModel: %s must be at least 1, not %d", what, size));
      }
    }

    /**
     * The same with another cell.
     *
     * @param other what the recurrent layers are made of
     * @return a new configuration
     */
    public Configuration withCell(CellKind other) {
      return new Configuration(
          vocabularySize, embeddingSize, hiddenSize, other, layers, dropout, tieWeights);
    }

    /**
     * The same with another number of recurrent layers.
     *
     * @param number at least 1
     * @return a new configuration
     * @throws IllegalArgumentException if it is below 1
     */
    public Configuration withLayers(int number) {
      return new Configuration(
          vocabularySize, embeddingSize, hiddenSize, cell, number, dropout, tieWeights);
    }

    /**
     * The same with another dropout.
     *
     * @param rate probability that a value is dropped in training, in [0, 1)
     * @return a new configuration
     * @throws IllegalArgumentException if it is not in [0, 1)
     */
    public Configuration withDropout(double rate) {
      return new Configuration(
          vocabularySize, embeddingSize, hiddenSize, cell, layers, rate, tieWeights);
    }

    /**
     * The same with the word vectors as output weights.
     *
     * @return a new configuration
     * @throws IllegalArgumentException if D is not H
     */
    public Configuration withTiedWeights() {
      return new Configuration(
          vocabularySize, embeddingSize, hiddenSize, cell, layers, dropout, true);
    }
  }

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
    this(new Configuration(vocabularySize, embeddingSize, hiddenSize), random);
  }

  /**
   * A new model. Weights are normal: the word vectors of standard deviation 1/100, the others of
   * 1/√(rows); biases are zero. Drawn in the order of {@link #parameters()}.
   *
   * @param configuration what it is made of
   * @param random modified: where the weights are drawn from now and, if there is dropout, the
   *     masks of each forward in training
   */
  public RnnLanguageModel(Configuration configuration, RandomState random) {
    this(configuration, LanguageModelWeights.of(configuration, new DrawnWeights(random)), random);
  }

  /**
   * A model of weights that are there already, such as those read from a file.
   *
   * @param configuration what it is made of
   * @param weights each of {@link #parameters()}' values by its name; copied
   * @param masks modified: where the masks of each forward in training are drawn from, if there is
   *     dropout
   * @throws IllegalArgumentException if a weight is missing, one too many, or of another shape
   */
  public RnnLanguageModel(
      Configuration configuration, Map<String, Matrix> weights, RandomState masks) {
    this(configuration, LanguageModelWeights.given(configuration, weights), masks);
  }

  private RnnLanguageModel(
      Configuration configuration, LanguageModelWeights weights, RandomState masks) {
    this(configuration, weights, new LanguageModelLayers(configuration, weights, masks));
  }

  private RnnLanguageModel(
      Configuration configuration, LanguageModelWeights weights, LanguageModelLayers layers) {
    this.configuration = configuration;
    this.weights = weights;
    this.parameters = weights.parameters();
    this.layers = layers;
  }

  /**
   * What the model is made of.
   *
   * @return as it was built
   */
  public Configuration configuration() {
    return configuration;
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
    return layers.newSession(batchSize);
  }

  /** Layers over this model's parameters, without dropout, at the beginning of a text. */
  LanguageModelLayers reader() {
    return LanguageModelLayers.reading(configuration, weights);
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
    awaitsBackward = false; // a refused forward has no gradient
    scores = layers.reserve(xs);
    TimeSoftmaxWithLoss.checkLabels(scores, ts); // now: a later refusal would find the state moved
    layers.read(xs);
    double mean = loss.forward(layers.score(), ts);
    awaitsBackward = true;
    return mean;
  }

  @Override
  public double forward(BpttBatches.Batch batch) {
    return forward(batch.xs(), batch.ts());
  }

  /**
   * Adds the gradients of the latest loss to those of the parameters: once for each forward.
   *
   * @throws IllegalStateException if there was no forward, or it had its backward already
   */
  @Override
  public void backward() {
    if (!awaitsBackward) {
      throw new IllegalStateException(
          "RnnLanguageModel.backward: there was no forward since the latest backward; call forward"
              + " first, and backward once for it");
    }
    awaitsBackward = false;
    loss.backwardInto(1, scores);
    layers.backward(scores);
  }

  @Override
  public Optional<String> notFinite(BpttBatches.Batch batch) {
    return awaitsBackward // else gradients stand where the scores were
        ? Optional.of(Diagnosis.overflow("all parameters", scores, "text", "word"))
        : Optional.empty();
  }

  /**
   * Chooses between training, where dropout acts, and use. {@link #perplexity}, {@link #newSession
   * sessions} and {@link TextSampler} never drop anything, whatever is chosen here.
   *
   * @param training whether dropout acts from the next forward on; in a new model it does
   */
  @Override
  public void setTraining(boolean training) {
    layers.setTraining(training);
  }

  /** Forgets the state: the next forward starts a new text. */
  @Override
  public void resetState() {
    layers.recurrent().resetState();
  }

  /**
   * The same parameters in a model with a state of its own, at the beginning of a text, and not in
   * training.
   *
   * @return a new model, e.g. for held-out batches while this one is trained
   */
  @Override
  public RnnLanguageModel withOwnState() {
    return new RnnLanguageModel(configuration, weights, reader());
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
    LanguageModelLayers reader = reader();
    TimeSoftmaxWithLoss reading = new TimeSoftmaxWithLoss();
    double total = 0;
    int end;
    for (int at = 0; at < tokens.length - 1; at = end) {
      end = at + Math.min(READING_STEPS, tokens.length - 1 - at);
      int[][] xs = {Arrays.copyOfRange(tokens, at, end)};
      int[][] ts = {Arrays.copyOfRange(tokens, at + 1, end + 1)};
      reader.reserve(xs);
      reader.read(xs);
      total += reading.forward(reader.score(), ts) * (end - at);
    }
    return StrictMath.exp(total / (tokens.length - 1));
  }

  // The last token is never read, only predicted, and as a label -1 would mean "ignore".
  private void checkIds(int[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= configuration.vocabularySize()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "perplexity: id %d at %d is not in 0..%d",
                tokens[i],
                i,
                configuration.vocabularySize() - 1));
      }
    }
  }

  /**
   * What is trained.
   *
   * @return embed.w (V,D); of each recurrent layer the parameters of its cell, in the library's wx
   *     (D or H, G·H), wh (H,G·H), b (1,G·H) and what the cell has besides, called e.g. lstm.wx if
   *     the layer is the only one, else lstm0.wx, lstm1.wx from the lowest up; affine.w (H,V)
   *     unless weights are tied; affine.b (1,V)
   */
  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * The recurrent layer, of several a {@link io.github.unroll.layer.RecurrentStack}: e.g. to look
   * at the state after the latest forward or to set another.
   *
   * @return the live layer; a forward or backward of its own would spoil the model's next backward
   */
  public RecurrentLayer rnn() {
    return layers.recurrent();
  }
}
