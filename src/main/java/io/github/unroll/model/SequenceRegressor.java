package io.github.unroll.model;

import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.loss.TimeMeanSquaredError;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Tells values of a sequence, or of each of its steps, and forecasts how it goes on.
 *
 * <pre>{@code
 * (N,T,D) → recurrent layers → (N,T,H) → Readout → (N,S,H) → TimeAffine → ys (N,S,K)
 *                                                          → TimeMeanSquaredError → loss
 * S = 1 of Readout.LAST and MEAN, one answer a sequence; S = T of Readout.EVERY, one a step
 * }</pre>
 *
 * <p>Every sequence starts from the initial state of the cells, zeros in the library's. Sequences
 * of one batch may end early or have holes; what stands at steps that do not count, NaN too,
 * touches nothing. {@link #forward} keeps what {@link #backward} needs of every step; {@link
 * #predict} and {@link #forecast} need no more for a longer series, but for the answers, unless the
 * model reads in both directions.
 */
public final class SequenceRegressor extends SequenceModel<SequenceTargets> {

  private static final String NAME = "SequenceRegressor";

  private final TimeMeanSquaredError loss = new TimeMeanSquaredError();
  private Tensor3 targets; // of the latest batch, IGNORE where no step counts

  /**
   * A new model. Weights are normal: word vectors of standard deviation 1/100, others of 1/√rows;
   * biases as the description says. Drawn in the order of {@link #parameters()}, the biases last.
   *
   * @param description what it is made of; it answers values
   * @param random modified: where the weights are drawn from now and, if there is dropout, the
   *     masks of each forward in training
   * @throws IllegalArgumentException if the description answers something else
   */
  public SequenceRegressor(SequenceDescription description, RandomState random) {
    super(
        checked(NAME, description, Output.Values.class, "values"),
        SequenceWeights.drawn(description, random),
        random);
  }

  /**
   * A model of weights that are there already, such as those read from a file.
   *
   * @param description what it is made of; it answers values
   * @param weights each of {@link #parameters()}' values by its name; copied
   * @param masks modified: where the masks of each forward in training are drawn from, if there is
   *     dropout
   * @throws IllegalArgumentException if the description answers something else, or a weight is
   *     missing, one too many, or of another shape
   */
  public SequenceRegressor(
      SequenceDescription description, Map<String, Matrix> weights, RandomState masks) {
    super(
        checked(NAME, description, Output.Values.class, "values"),
        SequenceWeights.given(NAME, description, weights),
        masks);
  }

  /**
   * The loss of a batch.
   *
   * @param batch what is read, and targets (N,1,K), of {@link Readout#EVERY} (N,T,K), finite or
   *     {@link TimeMeanSquaredError#IGNORE}; those of steps that do not count are not looked at
   * @return mean squared error over the targets that count
   * @throws IllegalArgumentException if a shape, a length or a target does not fit, or no target
   *     counts
   */
  @Override
  public double forward(SequenceTargets batch) {
    return super.forward(batch);
  }

  @Override
  Sequences inputs(SequenceTargets batch) {
    return batch.inputs();
  }

  @Override
  void takeTargets(SequenceTargets batch, Tensor3 answers, CountedSteps steps) {
    if (!batch.targets().sameShape(answers)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceRegressor: readout %s gives answers %s, targets are %s",
              description().readout(),
              answers.shape(),
              batch.targets().shape()));
    }
    targets = counted(batch.targets(), steps);
  }

  private Tensor3 counted(Tensor3 given, CountedSteps steps) {
    if (description().readout() != Readout.EVERY || steps.all()) {
      return given;
    }
    Tensor3 counted = given.copy();
    for (int i = 0; i < counted.d0(); i++) {
      for (int t = 0; t < counted.d1(); t++) {
        for (int j = 0; !steps.counts(i, t) && j < counted.d2(); j++) {
          counted.set(i, t, j, TimeMeanSquaredError.IGNORE);
        }
      }
    }
    return counted;
  }

  @Override
  double loss(Tensor3 answers) {
    return loss.forward(answers, targets);
  }

  @Override
  void lossBackwardInto(Tensor3 dAnswers) {
    loss.backwardInto(1, dAnswers);
  }

  @Override
  public Optional<String> notFinite(SequenceTargets batch) {
    return notFinite(batch.inputs(), "all inputs, targets and parameters", "value");
  }

  /**
   * The answers to sequences. Training is not disturbed, dropout does not act.
   *
   * @param xs features (N,T,D)
   * @return (N,1,K), of {@link Readout#EVERY} (N,T,K)
   * @throws IllegalArgumentException if xs does not have D features
   */
  public Tensor3 predict(Tensor3 xs) {
    return predict(Sequences.of(xs));
  }

  /**
   * The answers to sequences of different lengths.
   *
   * @param xs features (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @return see {@link #predict(Sequences)}
   * @throws IllegalArgumentException if a shape or a length does not fit
   */
  public Tensor3 predict(Tensor3 xs, int[] lengths) {
    return predict(Sequences.of(xs, lengths));
  }

  /**
   * The answers to sequences. Training is not disturbed, dropout does not act. A NaN among what is
   * read, or in a parameter, stays one: all answers made of it are NaN.
   *
   * @param inputs what is read
   * @return (N,1,K), of {@link Readout#EVERY} (N,T,K), zero where a step does not count
   * @throws IllegalArgumentException if a shape, a length or an id does not fit
   */
  public Tensor3 predict(Sequences inputs) {
    return read(inputs);
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
   *     not D, or it reads words or in both directions, or answers by {@link Readout#MEAN}
   */
  public Tensor3 forecast(Tensor3 xs, int[] lengths, int horizon) {
    checkForecast(horizon);
    Sequences known = Sequences.of(xs, lengths);
    network().checkInputs(NAME, known);
    SequenceReader reader = reader();
    Tensor3 forecast = new Tensor3(xs.d0(), horizon, description().outputSize());
    reader.forward(known);
    Matrix next = reader.lastAnswers();
    forecast.setStep(0, next);
    Tensor3 step = new Tensor3(xs.d0(), 1, description().input().size());
    for (int t = 1; t < horizon; t++) {
      step.setStep(0, next);
      reader.carryOn(Sequences.of(step));
      next = reader.lastAnswers();
      forecast.setStep(t, next);
    }
    return forecast;
  }

  private void checkForecast(int horizon) {
    requireOneDirection("forecast");
    if (description().input() instanceof Input.Words) {
      throw new IllegalStateException(
          "forecast: the model reads words and answers values, so that it cannot read its answers");
    }
    if (description().input().size() != description().outputSize()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "forecast: the model reads %d features and answers %d, so that it cannot read its"
                  + " answers",
              description().input().size(),
              description().outputSize()));
    }
    if (description().readout() == Readout.MEAN) {
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
   * @throws IllegalStateException if the model reads in both directions
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
   * @throws IllegalStateException if the model reads in both directions
   */
  public SequenceSession newSession(int batchSize) {
    return newSession(batchSize, false);
  }
}
