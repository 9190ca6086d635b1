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
 * A classifier of sequences, or of each of their steps.
 *
 * <pre>{@code
 * (N,T,D) → recurrent layers → (N,T,H) → Readout → (N,S,H) → TimeAffine → scores (N,S,K)
 *                                                          → TimeSoftmaxWithLoss → loss
 * S = 1 for Readout.LAST and MEAN, one class per sequence; S = T for Readout.EVERY, one per step
 * }</pre>
 *
 * <p>Every sequence starts from the initial state of the cells, zeros in the library's cells.
 * Sequences of one batch may end early or have holes; values at steps that do not count have no
 * effect, even if they are NaN. {@link #forward} keeps what {@link #backward} needs from every
 * step; {@link #predict} and {@link #probabilities} need no more memory for a longer series, except
 * for their results, unless the model reads in both directions.
 */
public final class SequenceClassifier extends SequenceModel<LabelledSequences> {

  private static final String NAME = "SequenceClassifier";

  private TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
  private double[] classWeights = {}; // none: all classes count alike
  private int[][] labels; // of the latest batch, IGNORE where no step counts

  /**
   * A new model with random weights: normal, word vectors of standard deviation 1/100, others of
   * 1/√rows; biases as described. They are drawn in the order of {@link #parameters()}, the biases
   * last.
   *
   * @param description the description; its output is classes
   * @param random modified: the source of the weights and, with dropout, of the masks of each
   *     forward in training
   * @throws IllegalArgumentException if the description has another output
   */
  public SequenceClassifier(SequenceDescription description, RandomState random) {
    super(
        checked(NAME, description, Output.Classes.class, "classes"),
        SequenceWeights.drawn(description, random),
        random);
  }

  /**
   * A model with given weights, such as those of a file.
   *
   * @param description the description; its output is classes
   * @param weights the values of all {@link #parameters()} by name; copied
   * @param masks modified: with dropout, the source of the masks of each forward in training
   * @throws IllegalArgumentException if the description has another output, or a weight is missing,
   *     unknown or of another shape
   */
  public SequenceClassifier(
      SequenceDescription description, Map<String, Matrix> weights, RandomState masks) {
    super(
        checked(NAME, description, Output.Classes.class, "classes"),
        SequenceWeights.given(NAME, description, weights),
        masks);
  }

  /**
   * Sets the weights of the classes in the loss, as {@link TimeSoftmaxWithLoss} does it, such as
   * {@link TimeSoftmaxWithLoss#balancedWeights}: rare classes then count for more. The losses of
   * held-out batches are weighted too; predictions and probabilities are not.
   *
   * <p>It is a setting of the training and no part of the model's description: a model's file does
   * not have it. Set it again before a training is restored: a checkpoint remembers it, and refuses
   * a model that has other weights.
   *
   * @param weights one for each class, finite and at least 0, one of them positive; copied. None:
   *     all classes count alike, as in a new model
   * @throws IllegalArgumentException if there is another number of weights than of classes, or one
   *     does not fit
   */
  public void setClassWeights(double... weights) {
    if (weights.length != 0 && weights.length != description().outputSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceClassifier.setClassWeights: %d weights for %s; give one for each class, or"
                  + " none at all",
              weights.length,
              description().output()));
    }
    loss = weights.length == 0 ? new TimeSoftmaxWithLoss() : new TimeSoftmaxWithLoss(weights);
    classWeights = weights.clone();
  }

  /** {@return a copy of the weights of the classes in the loss; empty if all count alike} */
  public double[] classWeights() {
    return classWeights.clone();
  }

  /**
   * Computes the loss of a batch.
   *
   * @param batch sequences and labels (N,1), for {@link Readout#EVERY} (N,T), each in 0..K-1 or
   *     {@link TimeSoftmaxWithLoss#IGNORE}; labels of steps that do not count are ignored
   * @return mean negative log-likelihood of the labels that count, in nats; with {@link
   *     #setClassWeights} the weighted mean
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
              "SequenceClassifier: inputs have a batch of %d, labels a batch of %d",
              scores.d0(),
              given.length));
    }
    for (int i = 0; i < given.length; i++) {
      int labelled = given[i] == null ? 0 : given[i].length;
      if (labelled != scores.d1()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "SequenceClassifier: readout %s gives %s for each sequence, labels of row %d are"
                    + " %d",
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
  public Optional<String> notFinite(LabelledSequences batch) {
    return notFinite(batch.inputs(), "all inputs and parameters", "class");
  }

  /**
   * Computes the probability of each class, without dropout; the training state does not change.
   *
   * @param xs features (N,T,D)
   * @return (N,1,K), for {@link Readout#EVERY} (N,T,K); NaN where a score is NaN, see {@link
   *     #probabilities(Sequences)}
   * @throws IllegalArgumentException if xs does not have D features
   */
  public Tensor3 probabilities(Tensor3 xs) {
    return probabilities(Sequences.of(xs));
  }

  /**
   * Computes the probability of each class, for sequences of different lengths.
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
   * Computes the probability of each class, without dropout; the training state does not change.
   *
   * <p>If an input of a sequence or a parameter is NaN, all K probabilities of the sequence are
   * NaN, with {@link Readout#EVERY} from that step on. A comparison such as {@code p > 0.5} is then
   * false and no class is the greatest; {@link #predict} throws an exception.
   *
   * @param inputs the sequences
   * @return (N,1,K), for {@link Readout#EVERY} (N,T,K), zero where a step does not count
   * @throws IllegalArgumentException if a shape, a length or an id does not fit
   */
  public Tensor3 probabilities(Sequences inputs) {
    Tensor3 probabilities = read(inputs); // still the scores
    probabilities.asRows().softmaxRows();
    CountedSteps steps = new CountedSteps();
    steps.set(inputs);
    description().readout().clearUncounted(probabilities, steps);
    return probabilities;
  }

  /**
   * Predicts the most likely classes, without dropout; the training state does not change.
   *
   * @param xs features (N,T,D)
   * @return (N,1), for {@link Readout#EVERY} (N,T), each in 0..K-1
   * @throws IllegalArgumentException if xs does not have D features, or a score is NaN or the
   *     greatest is infinite; the message names the sequence and the reason
   */
  public int[][] predict(Tensor3 xs) {
    return predict(Sequences.of(xs));
  }

  /**
   * Predicts the most likely classes of sequences of different lengths.
   *
   * @param xs features (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @return see {@link #predict(Sequences)}
   * @throws IllegalArgumentException if a shape or a length does not fit, or a score is NaN or the
   *     greatest is infinite
   */
  public int[][] predict(Tensor3 xs, int[] lengths) {
    return predict(Sequences.of(xs, lengths));
  }

  /**
   * Predicts the most likely classes, without dropout; the training state does not change.
   *
   * @param inputs the sequences
   * @return (N,1), for {@link Readout#EVERY} (N,T), each in 0..K-1, the first of equally likely
   *     ones; {@link TimeSoftmaxWithLoss#IGNORE} where a step does not count
   * @throws IllegalArgumentException if a shape, a length or an id does not fit, or a score is NaN
   *     or the greatest is infinite; the message names the sequence and the reason
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
   * {@return a new session, which reads one sequence step by step and gives the probability of each
   * class after each step}
   *
   * @throws IllegalStateException if the model reads in both directions
   */
  public SequenceSession newSession() {
    return newSession(1);
  }

  /**
   * {@return a new session, which reads several sequences together step by step and gives the
   * probability of each class after each step}
   *
   * @param batchSize N, the number of sequences, at least 1
   * @throws IllegalArgumentException if N is below 1
   * @throws IllegalStateException if the model reads in both directions
   */
  public SequenceSession newSession(int batchSize) {
    return session(batchSize);
  }
}
