package io.github.unroll.model;

import io.github.unroll.data.SequenceTargets;
import io.github.unroll.data.Sequences;
import io.github.unroll.loss.TimeMeanSquaredError;
import io.github.unroll.loss.TimePinballLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A regressor: predicts values, or quantiles of values, for a sequence or for each of its steps,
 * and forecasts its next steps.
 *
 * <pre>{@code
 * (N,T,D) → recurrent layers → (N,T,H) → Readout → (N,S,H) → TimeAffine → ys (N,S,K)
 *                                                          → TimeMeanSquaredError → loss
 * S = 1 for Readout.LAST and MEAN, one output per sequence; S = T for Readout.EVERY, one per step
 * }</pre>
 *
 * <p>With {@link Output.Quantiles} the loss is {@link TimePinballLoss}, an output has K·Q numbers,
 * and the Q quantiles of a value stand beside each other in ascending order. What the layers give
 * may cross, and is sorted then; the loss takes it as it is.
 *
 * <p>Every sequence starts from the initial state of the cells, zeros in the library's cells.
 * Sequences of one batch may end early or have holes; values at steps that do not count have no
 * effect, even if they are NaN. {@link #forward} keeps what {@link #backward} needs from every
 * step; {@link #predict} and {@link #forecast} need no more memory for a longer series, except for
 * their results, unless the model reads in both directions.
 */
public final class SequenceRegressor extends SequenceModel<SequenceTargets> {

  private static final String NAME = "SequenceRegressor";

  private final TimeMeanSquaredError loss = new TimeMeanSquaredError();
  private final TimePinballLoss pinball; // null for values
  private Tensor3 targets; // of the latest batch, IGNORE where no step counts

  /**
   * A new model with random weights: normal, word vectors of standard deviation 1/100, others of
   * 1/√rows; biases as described. They are drawn in the order of {@link #parameters()}, the biases
   * last.
   *
   * @param description the description; its output is values or quantiles
   * @param random modified: the source of the weights and, with dropout, of the masks of each
   *     forward in training
   * @throws IllegalArgumentException if the description has another output
   */
  public SequenceRegressor(SequenceDescription description, RandomState random) {
    super(checked(description), SequenceWeights.drawn(description, random), random);
    pinball = pinball(description);
  }

  /**
   * A model with given weights, such as those of a file.
   *
   * @param description the description; its output is values or quantiles
   * @param weights the values of all {@link #parameters()} by name; copied
   * @param masks modified: with dropout, the source of the masks of each forward in training
   * @throws IllegalArgumentException if the description has another output, or a weight is missing,
   *     unknown or of another shape
   */
  public SequenceRegressor(
      SequenceDescription description, Map<String, Matrix> weights, RandomState masks) {
    super(checked(description), SequenceWeights.given(NAME, description, weights), masks);
    pinball = pinball(description);
  }

  private static SequenceDescription checked(SequenceDescription description) {
    return description.output() instanceof Output.Quantiles
        ? description
        : checked(NAME, description, Output.Values.class, "values");
  }

  private static TimePinballLoss pinball(SequenceDescription description) {
    return description.output() instanceof Output.Quantiles quantiles
        ? new TimePinballLoss(quantiles.levels().stream().mapToDouble(q -> q).toArray())
        : null;
  }

  /**
   * Computes the loss of a batch.
   *
   * @param batch sequences and targets (N,1,K), for {@link Readout#EVERY} (N,T,K), finite or {@link
   *     TimeMeanSquaredError#IGNORE}; targets of steps that do not count are ignored
   * @return mean squared error over the targets that count, of quantiles their mean pinball loss
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
    int values = values();
    Tensor3 given = batch.targets();
    boolean fits = given.d0() == answers.d0() && given.d1() == answers.d1();
    if (!fits || given.d2() != values) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceRegressor: readout %s gives answers (%dx%dx%d), targets are %s",
              description().readout(),
              answers.d0(),
              answers.d1(),
              values,
              given.shape()));
    }
    targets = counted(given, steps);
  }

  /** K, the number of values that a target has. */
  private int values() {
    return description().output() instanceof Output.Quantiles quantiles
        ? quantiles.count()
        : description().outputSize();
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
    return pinball == null ? loss.forward(answers, targets) : pinball.forward(answers, targets);
  }

  @Override
  public double lossWeight() {
    return pinball == null ? loss.weight() : pinball.weight();
  }

  @Override
  void lossBackwardInto(Tensor3 dAnswers) {
    if (pinball == null) {
      loss.backwardInto(1, dAnswers);
    } else {
      pinball.backwardInto(1, dAnswers);
    }
  }

  @Override
  public Optional<String> notFinite(SequenceTargets batch) {
    return notFinite(batch.inputs(), "all inputs, targets and parameters", "value");
  }

  /**
   * Predicts the values of sequences, without dropout; the training state does not change.
   *
   * @param xs features (N,T,D)
   * @return (N,1,K), for {@link Readout#EVERY} (N,T,K)
   * @throws IllegalArgumentException if xs does not have D features
   */
  public Tensor3 predict(Tensor3 xs) {
    return predict(Sequences.of(xs));
  }

  /**
   * Predicts the values of sequences of different lengths.
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
   * Predicts the values of sequences, without dropout; the training state does not change. If an
   * input or a parameter is NaN, all outputs that depend on it are NaN.
   *
   * @param inputs the sequences
   * @return (N,1,K), for {@link Readout#EVERY} (N,T,K), zero where a step does not count; of
   *     quantiles K·Q features, those of a value beside each other in ascending order
   * @throws IllegalArgumentException if a shape, a length or an id does not fit
   */
  public Tensor3 predict(Sequences inputs) {
    Tensor3 answers = read(inputs);
    if (description().output() instanceof Output.Quantiles quantiles) {
      quantiles.sort(answers.data());
    }
    return answers;
  }

  /**
   * Forecasts the next steps of sequences, with a model that was trained to predict the next step.
   *
   * @param xs the known steps (N,T,D)
   * @param horizon the number of steps to forecast, at least 1
   * @return the next steps (N,horizon,D)
   * @throws IllegalArgumentException if xs does not have D features or horizon is below 1
   * @throws IllegalStateException if the model cannot forecast, see {@link #forecast(Tensor3,
   *     int[], int)}
   */
  public Tensor3 forecast(Tensor3 xs, int horizon) {
    return forecast(xs, null, horizon);
  }

  /**
   * Forecasts the next steps of sequences of different lengths, with a model that was trained to
   * predict the next step: its output at the last step is the first step of the forecast and its
   * next input, and so on. There is no dropout, and the training state does not change. If a
   * sequence contains NaN, its whole forecast is NaN; the others are not affected.
   *
   * @param xs the known steps (N,T,D)
   * @param lengths how many steps of each sequence count (N), each in 1..T; null for all
   * @param horizon the number of steps to forecast, at least 1
   * @return the steps after the last of each sequence (N,horizon,D)
   * @throws IllegalArgumentException if a shape or a length does not fit or horizon is below 1
   * @throws IllegalStateException if the model cannot forecast: K is not D, or it answers
   *     quantiles, reads words, reads in both directions, or has {@link Readout#MEAN}
   */
  public Tensor3 forecast(Tensor3 xs, int[] lengths, int horizon) {
    return forecast(Sequences.of(xs, lengths), horizon);
  }

  /**
   * How sequences go on of which some steps may be missing, see {@link #forecast(Tensor3, int[],
   * int)}.
   *
   * @param known features, and which steps count; the forecast begins after the last step that does
   * @param horizon how many steps to go on, at least 1
   * @return the steps that follow the last of each sequence (N,horizon,D)
   * @throws IllegalArgumentException if a shape or a length does not fit or horizon is below 1
   * @throws IllegalStateException if the model cannot forecast
   */
  public Tensor3 forecast(Sequences known, int horizon) {
    checkForecast(horizon);
    network().checkInputs(NAME, known);
    SequenceReader reader = reader();
    Tensor3 forecast = new Tensor3(known.batch(), horizon, description().outputSize());
    reader.forward(known);
    Matrix next = reader.lastAnswers();
    forecast.setStep(0, next);
    Tensor3 step = new Tensor3(known.batch(), 1, description().input().size());
    for (int t = 1; t < horizon; t++) {
      step.setStep(0, next);
      reader.forward(Sequences.of(step));
      next = reader.lastAnswers();
      forecast.setStep(t, next);
    }
    return forecast;
  }

  private void checkForecast(int horizon) {
    requireOneDirection("forecast");
    if (description().output() instanceof Output.Quantiles) {
      throw new IllegalStateException(
          "forecast: the model answers quantiles, and a quantile that is fed back does not give"
              + " that of the next step; train a model that answers all steps at once, each a"
              + " value");
    }
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
          "forecast: a model with readout MEAN does not predict the next step; use EVERY or LAST");
    }
    if (horizon < 1) {
      throw new IllegalArgumentException("forecast: horizon must be at least 1, not " + horizon);
    }
  }

  /**
   * {@return a new session, which reads one sequence step by step and gives its output after each
   * step}
   *
   * @throws IllegalStateException if the model reads in both directions
   */
  public SequenceSession newSession() {
    return newSession(1);
  }

  /**
   * {@return a new session, which reads several sequences together step by step and gives their
   * outputs after each step}
   *
   * @param batchSize N, the number of sequences, at least 1
   * @throws IllegalArgumentException if N is below 1
   * @throws IllegalStateException if the model reads in both directions
   */
  public SequenceSession newSession(int batchSize) {
    return session(batchSize);
  }
}
