package io.github.unroll.model;

import io.github.unroll.data.LabelledSequences;
import io.github.unroll.data.Sequences;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the class of a sequence, or of each of its steps.
 *
 * <pre>{@code
 * (N,T,D) → recurrent layers → (N,T,H) → Readout → (N,S,H) → TimeAffine → scores (N,S,K)
 *                                                          → TimeSoftmaxWithLoss → loss
 * S = 1 of Readout.LAST and MEAN, one class a sequence; S = T of Readout.EVERY, one class a step
 * }</pre>
 *
 * <p>Every sequence starts from the initial state of the cells, zeros in the library's. Sequences
 * of one batch may end early or have holes; what stands at steps that do not count, NaN too,
 * touches nothing. {@link #forward} keeps what {@link #backward} needs of every step; {@link
 * #predict} and {@link #probabilities} need no more for a longer series, but for what they return,
 * unless the model reads in both directions.
 */
public final class SequenceClassifier extends SequenceModel<LabelledSequences> {

  private static final String NAME = "SequenceClassifier";

  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
  private int[][] labels; // of the latest batch, IGNORE where no step counts

  /**
   * A new model. Weights are normal: word vectors of standard deviation 1/100, others of 1/√rows;
   * biases as the description says. Drawn in the order of {@link #parameters()}, the biases last.
   *
   * @param description what it is made of; it answers classes
   * @param random modified: where the weights are drawn from now and, if there is dropout, the
   *     masks of each forward in training
   * @throws IllegalArgumentException if the description answers something else
   */
  public SequenceClassifier(SequenceDescription description, RandomState random) {
    super(
        checked(NAME, description, Output.Classes.class, "classes"),
        SequenceWeights.drawn(description, random),
        random);
  }

  /**
   * A model of weights that are there already, such as those read from a file.
   *
   * @param description what it is made of; it answers classes
   * @param weights each of {@link #parameters()}' values by its name; copied
   * @param masks modified: where the masks of each forward in training are drawn from, if there is
   *     dropout
   * @throws IllegalArgumentException if the description answers something else, or a weight is
   *     missing, one too many, or of another shape
   */
  public SequenceClassifier(
      SequenceDescription description, Map<String, Matrix> weights, RandomState masks) {
    super(
        checked(NAME, description, Output.Classes.class, "classes"),
        SequenceWeights.given(NAME, description, weights),
        masks);
  }

  /**
   * The loss of a batch.
   *
   * @param batch what is read, and labels (N,1), of {@link Readout#EVERY} (N,T), each in 0..K-1 or
   *     {@link TimeSoftmaxWithLoss#IGNORE}; those of steps that do not count are not looked at
   * @return mean negative log-likelihood of the labels that count, in nats
   * @throws IllegalArgumentException if a shape, a length or a label does not fit, or no label
   *     counts
   */
  @Override
  public double forward(LabelledSequences batch) {
    return super.forward(batch);
  }

  @Override
  Sequences inputs(LabelledSequences batch) {
    return batch.inputs();
  }

  @Override
  void takeTargets(LabelledSequences batch, Tensor3 scores, CountedSteps steps) {
    checkShape(batch.labels(), scores);
    labels = counted(batch, steps);
    TimeSoftmaxWithLoss.checkLabels(scores, labels);
  }

  private void checkShape(int[][] given, Tensor3 scores) {
    if (given.length != scores.d0()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceClassifier: inputs are a batch of %d, labels of %d",
              scores.d0(),
              given.length));
    }
    for (int i = 0; i < given.length; i++) {
      int labelled = given[i] == null ? 0 : given[i].length;
      if (labelled != scores.d1()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "SequenceClassifier: readout %s tells %s a sequence, labels of row %d are %d",
                description().readout(),
                scores.d1() == 1 ? "one class" : scores.d1() + " classes",
                i,
                labelled));
      }
    }
  }

  private int[][] counted(LabelledSequences batch, CountedSteps steps) {
    if (description().readout() != Readout.EVERY || steps.all()) {
      return batch.labels();
    }
    int[][] counted = new int[batch.labels().length][];
    for (int i = 0; i < counted.length; i++) {
      counted[i] = batch.labels()[i].clone();
      for (int t = 0; t < counted[i].length; t++) {
        counted[i][t] = steps.counts(i, t) ? counted[i][t] : TimeSoftmaxWithLoss.IGNORE;
      }
    }
    return counted;
  }

  @Override
  double loss(Tensor3 scores) {
    return loss.forward(scores, labels);
  }

  @Override
  void lossBackwardInto(Tensor3 dScores) {
    loss.backwardInto(1, dScores);
  }

  @Override
  public Optional<String> notFinite(LabelledSequences batch) {
    return notFinite(batch.inputs(), "all inputs and parameters", "class");
  }

  /**
   * How likely each class is. Training is not disturbed, dropout does not act.
   *
   * @param xs features (N,T,D)
   * @return (N,1,K), of {@link Readout#EVERY} (N,T,K); NaN where a score is, see {@link
   *     #probabilities(Sequences)}
   * @throws IllegalArgumentException if xs does not have D features
   */
  public Tensor3 probabilities(Tensor3 xs) {
    return probabilities(Sequences.of(xs));
  }

  /**
   * How likely each class is, of sequences of different lengths.
   *
   * @param xs features (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @return see {@link #probabilities(Sequences)}
   * @throws IllegalArgumentException if a shape or a length does not fit
   */
  public Tensor3 probabilities(Tensor3 xs, int[] lengths) {
    return probabilities(Sequences.of(xs, lengths));
  }

  /**
   * How likely each class is. Training is not disturbed, dropout does not act.
   *
   * <p>A NaN among what is read, or in a parameter, stays one: all K probabilities are NaN of a
   * sequence that holds one, with {@link Readout#EVERY} from that step on. A comparison such as
   * {@code p > 0.5} is then false and no class is the greatest; {@link #predict} refuses.
   *
   * @param inputs what is read
   * @return (N,1,K), of {@link Readout#EVERY} (N,T,K), zero where a step does not count
   * @throws IllegalArgumentException if a shape, a length or an id does not fit
   */
  public Tensor3 probabilities(Sequences inputs) {
    Tensor3 probabilities = read(inputs); // scores as yet
    probabilities.asRows().softmaxRows();
    CountedSteps steps = new CountedSteps();
    steps.set(inputs);
    description().readout().clearUncounted(probabilities, steps);
    return probabilities;
  }

  /**
   * The most likely classes. Training is not disturbed, dropout does not act.
   *
   * @param xs features (N,T,D)
   * @return (N,1), of {@link Readout#EVERY} (N,T), each in 0..K-1
   * @throws IllegalArgumentException if xs does not have D features, or a score is NaN or the
   *     greatest infinite: the message says of which sequence, and why
   */
  public int[][] predict(Tensor3 xs) {
    return predict(Sequences.of(xs));
  }

  /**
   * The most likely classes of sequences of different lengths.
   *
   * @param xs features (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @return see {@link #predict(Sequences)}
   * @throws IllegalArgumentException if a shape or a length does not fit, or a score is NaN or the
   *     greatest infinite
   */
  public int[][] predict(Tensor3 xs, int[] lengths) {
    return predict(Sequences.of(xs, lengths));
  }

  /**
   * The most likely classes. Training is not disturbed, dropout does not act.
   *
   * @param inputs what is read
   * @return (N,1), of {@link Readout#EVERY} (N,T), each in 0..K-1, the first of equals; {@link
   *     TimeSoftmaxWithLoss#IGNORE} where a step does not count
   * @throws IllegalArgumentException if a shape, a length or an id does not fit, or a score is NaN
   *     or the greatest infinite: the message says of which sequence, and why
   */
  public int[][] predict(Sequences inputs) {
    Tensor3 scores = read(inputs);
    CountedSteps steps = new CountedSteps();
    steps.set(inputs);
    int[][] classes = new int[scores.d0()][scores.d1()];
    for (int i = 0; i < classes.length; i++) {
      for (int t = 0; t < scores.d1(); t++) {
        boolean answered = description().readout() != Readout.EVERY || steps.counts(i, t);
        classes[i][t] =
            answered ? greatest(scores, i, t, inputs, steps) : TimeSoftmaxWithLoss.IGNORE;
      }
    }
    return classes;
  }

  private int greatest(Tensor3 scores, int i, int t, Sequences inputs, CountedSteps steps) {
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
              description().readout() == Readout.EVERY ? ", step " + t : "",
              bad,
              scores.data()[at + bad],
              Diagnosis.ofScores(inputs, i, steps, parameters())));
    }
    return greatest;
  }

  /**
   * Reads one sequence step by step and tells after each step how likely each class is.
   *
   * @return a new session, at the beginning of a sequence
   * @throws IllegalStateException if the model reads in both directions
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
   * @throws IllegalStateException if the model reads in both directions
   */
  public SequenceSession newSession(int batchSize) {
    return newSession(batchSize, true);
  }
}
