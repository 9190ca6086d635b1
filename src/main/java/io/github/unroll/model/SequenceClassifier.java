package io.github.unroll.model;

import io.github.unroll.data.LabelledSequences;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the class of a sequence, or of each of its steps.
 *
 * <pre>{@code
 * xs (N,T,D) → recurrent layers → (N,T,H) → Readout → (N,S,H) → TimeAffine → scores (N,S,K)
 *                                                             → TimeSoftmaxWithLoss → loss
 * S = 1 of Readout.LAST and MEAN, one class a sequence; S = T of Readout.EVERY, one class a step
 * }</pre>
 *
 * <p>Every sequence starts from the initial state of the cells, zeros in the library's. Sequences
 * of one batch may end early; what stands past their lengths, NaN too, touches nothing. {@link
 * #forward} keeps what {@link #backward} needs of every step; {@link #predict} and {@link
 * #probabilities} need no more for a longer series, but for what they return.
 */
public final class SequenceClassifier implements TrainableModel<LabelledSequences> {

  private final SequenceConfiguration configuration;
  private final SequenceWeights weights;
  private final SequenceNetwork network;
  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
  private boolean awaitsBackward;

  /**
   * A new model. Weights are normal of standard deviation 1/√rows, biases zero but for a chrono
   * start. Drawn in the order of {@link #parameters()}, the biases last.
   *
   * @param configuration what it is made of; its outputSize is the number of classes
   * @param random modified: where the weights are drawn from now and, if there is dropout, the
   *     masks of each forward in training
   */
  public SequenceClassifier(SequenceConfiguration configuration, RandomState random) {
    this(configuration, SequenceWeights.drawn(configuration, random), random);
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
  public SequenceClassifier(
      SequenceConfiguration configuration, Map<String, Matrix> weights, RandomState masks) {
    this(configuration, SequenceWeights.given("SequenceClassifier", configuration, weights), masks);
  }

  private SequenceClassifier(
      SequenceConfiguration configuration, SequenceWeights weights, RandomState masks) {
    this.configuration = configuration;
    this.weights = weights;
    this.network = new SequenceNetwork(configuration, weights, masks);
  }

  /**
   * The loss of a batch.
   *
   * @param batch inputs (N,T,D), lengths, and labels (N,1), of {@link Readout#EVERY} (N,T), each in
   *     0..K-1 or {@link TimeSoftmaxWithLoss#IGNORE}; those past a length are not looked at
   * @return mean negative log-likelihood of the labels that count, in nats
   * @throws IllegalArgumentException if a shape, a length or a label does not fit, or no label
   *     counts
   */
  @Override
  public double forward(LabelledSequences batch) {
    awaitsBackward = false;
    int[][] labels = counted(batch);
    double mean = loss.forward(network.forward(batch.xs(), batch.lengths()), labels);
    awaitsBackward = true;
    return mean;
  }

  private int[][] counted(LabelledSequences batch) {
    int[][] labels = batch.labels();
    int answers = configuration.readout().answers(batch.xs().d1());
    if (labels.length != batch.xs().d0()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceClassifier: inputs %s are a batch of %d, labels of %d",
              batch.xs().shape(),
              batch.xs().d0(),
              labels.length));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i].length != answers) {
        throw new IllegalArgumentException(
            String.format(
                    Locale.ROOT,
                    "SequenceClassifier: of inputs %s readout %s tells %d classes a sequence,"
                        + " labels of",
                    batch.xs().shape(),
                    configuration.readout(),
                    answers)
                + String.format(Locale.ROOT, " row %d are %d", i, labels[i].length));
      }
    }
    if (configuration.readout() != Readout.EVERY || batch.lengths() == null) {
      return labels;
    }
    return withoutPadding(labels, batch.lengths());
  }

  private static int[][] withoutPadding(int[][] labels, int[] lengths) {
    int[][] counted = new int[labels.length][];
    for (int i = 0; i < labels.length; i++) {
      counted[i] = labels[i].clone();
      if (i < lengths.length && lengths[i] >= 0) { // else the layers refuse the lengths
        int end = Math.min(lengths[i], counted[i].length);
        Arrays.fill(counted[i], end, counted[i].length, TimeSoftmaxWithLoss.IGNORE);
      }
    }
    return counted;
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
          "SequenceClassifier.backward: no forward awaits it; call forward first");
    }
    awaitsBackward = false;
    loss.backwardInto(1, network.answers());
    network.backward(network.answers());
  }

  @Override
  public Optional<String> notFinite(LabelledSequences batch) {
    Optional<String> input = Diagnosis.input(batch.xs(), batch.lengths());
    return input.isPresent() || !awaitsBackward // by then gradients stand where the scores were
        ? input
        : Optional.of(
            Diagnosis.overflow(
                "all inputs and parameters", network.answers(), "sequence", "class"));
  }

  /**
   * How likely each class is. Training is not disturbed, dropout does not act.
   *
   * @param xs inputs (N,T,D)
   * @return (N,1,K), of {@link Readout#EVERY} (N,T,K); NaN where a score is, see {@link
   *     #probabilities(Tensor3, int[])}
   * @throws IllegalArgumentException if xs does not have D features
   */
  public Tensor3 probabilities(Tensor3 xs) {
    return probabilities(xs, null);
  }

  /**
   * How likely each class is. Training is not disturbed, dropout does not act.
   *
   * <p>A NaN among what is read, or in a parameter, stays one: all K probabilities are NaN of a
   * sequence that holds one, with {@link Readout#EVERY} from that step on. A comparison such as
   * {@code p > 0.5} is then false and no class is the greatest; {@link #predict} refuses.
   *
   * @param xs inputs (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @return (N,1,K), of {@link Readout#EVERY} (N,T,K), zero past a length
   * @throws IllegalArgumentException if a shape or a length does not fit
   */
  public Tensor3 probabilities(Tensor3 xs, int[] lengths) {
    SequenceReader reader = new SequenceReader(configuration, weights);
    Tensor3 probabilities = reader.forward(xs, lengths); // scores as yet
    probabilities.asRows().softmaxRows();
    configuration.readout().clearPadding(probabilities, reader.lengths());
    return probabilities;
  }

  /**
   * The most likely classes. Training is not disturbed, dropout does not act.
   *
   * @param xs inputs (N,T,D)
   * @return (N,1), of {@link Readout#EVERY} (N,T), each in 0..K-1
   * @throws IllegalArgumentException if xs does not have D features, or a score is NaN or the
   *     greatest infinite: the message says of which sequence, and why
   */
  public int[][] predict(Tensor3 xs) {
    return predict(xs, null);
  }

  /**
   * The most likely classes. Training is not disturbed, dropout does not act.
   *
   * @param xs inputs (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @return (N,1), of {@link Readout#EVERY} (N,T), each in 0..K-1, the first of equals; {@link
   *     TimeSoftmaxWithLoss#IGNORE} past a length
   * @throws IllegalArgumentException if a shape or a length does not fit, or a score is NaN or the
   *     greatest infinite: the message says of which sequence, and why
   */
  public int[][] predict(Tensor3 xs, int[] lengths) {
    SequenceReader reader = new SequenceReader(configuration, weights);
    Tensor3 scores = reader.forward(xs, lengths);
    int[][] classes = new int[scores.d0()][scores.d1()];
    for (int i = 0; i < classes.length; i++) {
      int answers = configuration.readout().answers(reader.lengths()[i]);
      for (int t = 0; t < scores.d1(); t++) {
        classes[i][t] =
            t < answers
                ? greatest(scores, i, t, xs, reader.lengths()[i])
                : TimeSoftmaxWithLoss.IGNORE;
      }
    }
    return classes;
  }

  private int greatest(Tensor3 scores, int i, int t, Tensor3 xs, int length) {
    int k = scores.d2();
    int at = (i * scores.d1() + t) * k;
    int greatest = Greatest.of(k, scores.data(), at);
    if (greatest < 0) {
      int bad = -1 - greatest;
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceClassifier.predict: of sequence %d%s the score of class %d is %s, so that no"
                  + " class is the most likely: %s",
              i,
              configuration.readout() == Readout.EVERY ? ", step " + t : "",
              bad,
              scores.data()[at + bad],
              Diagnosis.ofScores(xs, i, length, parameters())));
    }
    return greatest;
  }

  /**
   * Reads one sequence step by step and tells after each step how likely each class is.
   *
   * @return a new session, at the beginning of a sequence
   */
  public SequenceSession newSession() {
    return newSession(1);
  }

  /**
   * Reads several sequences step by step, all at once, and tells after each step how likely each
   * class is.
   *
   * @param batchSize N, how many sequences, at least 1
   * @return a new session, at the beginning of each sequence
   * @throws IllegalArgumentException if N is below 1
   */
  public SequenceSession newSession(int batchSize) {
    return network.newSession(batchSize, true);
  }

  /**
   * Chooses between training, where dropout acts, and use.
   *
   * @param training whether the model is being trained; a new model is
   */
  @Override
  public void setTraining(boolean training) {
    network.setTraining(training);
  }

  /**
   * What is trained.
   *
   * @return of each recurrent layer wx (D,G·H), above the first (H,G·H), wh (H,G·H), b (1,G·H),
   *     named as lstm.wx or, of several, lstm0.wx; affine.w (H,K), affine.b (1,K)
   */
  @Override
  public List<Parameter> parameters() {
    return weights.parameters();
  }

  /**
   * What the model is made of.
   *
   * @return as it was built
   */
  public SequenceConfiguration configuration() {
    return configuration;
  }
}
