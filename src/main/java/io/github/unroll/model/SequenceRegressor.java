package io.github.unroll.model;

import io.github.unroll.data.SequenceTargets;
import io.github.unroll.loss.TimeMeanSquaredError;
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
 * Tells values of a sequence, or of each of its steps, and forecasts how it goes on.
 *
 * <pre>{@code
 * xs (N,T,D) → recurrent layers → (N,T,H) → Readout → (N,S,H) → TimeAffine → ys (N,S,K)
 *                                                             → TimeMeanSquaredError → loss
 * S = 1 of Readout.LAST and MEAN, one answer a sequence; S = T of Readout.EVERY, one a step
 * }</pre>
 *
 * <p>Every sequence starts from the initial state of the cells, zeros in the library's. Sequences
 * of one batch may end early; what stands past their lengths, NaN too, touches nothing. {@link
 * #forward} keeps what {@link #backward} needs of every step; {@link #predict} and {@link
 * #forecast} need no more for a longer series, but for the answers.
 */
public final class SequenceRegressor implements TrainableModel<SequenceTargets> {

  private final SequenceConfiguration configuration;
  private final SequenceWeights weights;
  private final SequenceNetwork network;
  private final TimeMeanSquaredError loss = new TimeMeanSquaredError();
  private boolean awaitsBackward;

  /**
   * A new model. Weights are normal of standard deviation 1/√rows, biases zero but for a chrono
   * start. Drawn in the order of {@link #parameters()}, the biases last.
   *
   * @param configuration what it is made of; its outputSize is the number of values of an answer
   * @param random modified: where the weights are drawn from now and, if there is dropout, the
   *     masks of each forward in training
   */
  public SequenceRegressor(SequenceConfiguration configuration, RandomState random) {
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
  public SequenceRegressor(
      SequenceConfiguration configuration, Map<String, Matrix> weights, RandomState masks) {
    this(configuration, SequenceWeights.given("SequenceRegressor", configuration, weights), masks);
  }

  private SequenceRegressor(
      SequenceConfiguration configuration, SequenceWeights weights, RandomState masks) {
    this.configuration = configuration;
    this.weights = weights;
    this.network = new SequenceNetwork(configuration, weights, masks);
  }

  /**
   * The loss of a batch.
   *
   * @param batch inputs (N,T,D), lengths, and targets (N,1,K), of {@link Readout#EVERY} (N,T,K),
   *     finite or {@link TimeMeanSquaredError#IGNORE}; those past a length are not looked at
   * @return mean squared error over the targets that count
   * @throws IllegalArgumentException if a shape, a length or a target does not fit, or no target
   *     counts
   */
  @Override
  public double forward(SequenceTargets batch) {
    awaitsBackward = false;
    Tensor3 targets = counted(batch);
    double mean = loss.forward(network.forward(batch.xs(), batch.lengths()), targets);
    awaitsBackward = true;
    return mean;
  }

  private Tensor3 counted(SequenceTargets batch) {
    Tensor3 targets = batch.targets();
    Tensor3 xs = batch.xs();
    int answers = configuration.readout().answers(xs.d1());
    int k = configuration.outputSize();
    if (targets.d0() != xs.d0() || targets.d1() != answers || targets.d2() != k) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceRegressor: of inputs %s readout %s gives answers (%dx%dx%d), targets are %s",
              xs.shape(),
              configuration.readout(),
              xs.d0(),
              answers,
              k,
              targets.shape()));
    }
    if (configuration.readout() != Readout.EVERY || batch.lengths() == null) {
      return targets;
    }
    return withoutPadding(targets, batch.lengths());
  }

  private static Tensor3 withoutPadding(Tensor3 targets, int[] lengths) {
    Tensor3 counted = targets.copy();
    int sequence = targets.d1() * targets.d2();
    for (int i = 0; i < Math.min(targets.d0(), lengths.length); i++) {
      int from = Math.min(Math.max(lengths[i], 0) * targets.d2(), sequence); // the layers check
      Arrays.fill(
          counted.data(), i * sequence + from, (i + 1) * sequence, TimeMeanSquaredError.IGNORE);
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
          "SequenceRegressor.backward: no forward awaits it; call forward first");
    }
    awaitsBackward = false;
    loss.backwardInto(1, network.answers());
    network.backward(network.answers());
  }

  @Override
  public Optional<String> notFinite(SequenceTargets batch) {
    Optional<String> input = Diagnosis.input(batch.xs(), batch.lengths());
    return input.isPresent() || !awaitsBackward // by then gradients stand where the answers were
        ? input
        : Optional.of(
            Diagnosis.overflow(
                "all inputs, targets and parameters", network.answers(), "sequence", "value"));
  }

  /**
   * The answers to sequences. Training is not disturbed, dropout does not act.
   *
   * @param xs inputs (N,T,D)
   * @return (N,1,K), of {@link Readout#EVERY} (N,T,K)
   * @throws IllegalArgumentException if xs does not have D features
   */
  public Tensor3 predict(Tensor3 xs) {
    return predict(xs, null);
  }

  /**
   * The answers to sequences of different lengths. Training is not disturbed, dropout does not act.
   * A NaN among what is read, or in a parameter, stays one: all answers made of it are NaN.
   *
   * @param xs inputs (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @return (N,1,K), of {@link Readout#EVERY} (N,T,K), zero past a length
   * @throws IllegalArgumentException if a shape or a length does not fit
   */
  public Tensor3 predict(Tensor3 xs, int[] lengths) {
    return new SequenceReader(configuration, weights).forward(xs, lengths);
  }

  /**
   * How sequences go on, from a model that was trained to answer a step with the one that follows.
   *
   * @param xs what is known (N,T,D)
   * @param horizon how many steps to go on, at least 1
   * @return the steps that follow (N,horizon,D)
   * @throws IllegalArgumentException if xs does not have D features or horizon is below 1
   * @throws IllegalStateException if the model cannot forecast, see {@link #forecast(Tensor3,
   *     int[], int)}
   */
  public Tensor3 forecast(Tensor3 xs, int horizon) {
    return forecast(xs, null, horizon);
  }

  /**
   * How sequences of different lengths go on, from a model that was trained to answer a step with
   * the one that follows: its answer to the last step is the first of the forecast, which it reads
   * as its next input, and so on. Training is not disturbed, dropout does not act. Of a sequence in
   * which NaN stands the whole forecast is NaN; of the others it is not touched.
   *
   * @param xs what is known (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @param horizon how many steps to go on, at least 1
   * @return the steps that follow the last of each sequence (N,horizon,D)
   * @throws IllegalArgumentException if a shape or a length does not fit or horizon is below 1
   * @throws IllegalStateException if the model cannot forecast: its answers are not inputs, as K is
   *     not D, or are of a whole sequence, by {@link Readout#MEAN}
   */
  public Tensor3 forecast(Tensor3 xs, int[] lengths, int horizon) {
    checkForecast(horizon);
    SequenceReader reader = new SequenceReader(configuration, weights);
    Tensor3 forecast = new Tensor3(xs.d0(), horizon, configuration.outputSize());
    reader.forward(xs, lengths);
    Matrix next = reader.lastAnswers();
    forecast.setStep(0, next);
    Tensor3 step = new Tensor3(xs.d0(), 1, configuration.inputSize());
    for (int t = 1; t < horizon; t++) {
      step.setStep(0, next);
      reader.carryOn(step, null);
      next = reader.lastAnswers();
      forecast.setStep(t, next);
    }
    return forecast;
  }

  private void checkForecast(int horizon) {
    if (configuration.inputSize() != configuration.outputSize()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "forecast: the model reads %d features and answers %d, so that it cannot read its"
                  + " answers",
              configuration.inputSize(),
              configuration.outputSize()));
    }
    if (configuration.readout() == Readout.MEAN) {
      throw new IllegalStateException(
          "forecast: a model with readout MEAN does not tell the next step; take EVERY or LAST");
    }
    if (horizon < 1) {
      throw new IllegalArgumentException("forecast: horizon must be at least 1, not " + horizon);
    }
  }

  /**
   * Reads one sequence step by step and answers after each step.
   *
   * @return a new session, at the beginning of a sequence
   */
  public SequenceSession newSession() {
    return newSession(1);
  }

  /**
   * Reads several sequences step by step, all at once, and answers after each step.
   *
   * @param batchSize N, how many sequences, at least 1
   * @return a new session, at the beginning of each sequence
   * @throws IllegalArgumentException if N is below 1
   */
  public SequenceSession newSession(int batchSize) {
    return network.newSession(batchSize, false);
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
