package io.github.unroll.model;

import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A session that reads N sequences step by step with the weights of a {@link SequenceRegressor} or
 * a {@link SequenceClassifier}, and gives an output after each step:
 *
 * <pre>{@code
 * SequenceSession session = model.newSession();
 * double[] answer = session.step(0.3, 1.7);     // a sequence of D = 2: its next values
 * }</pre>
 *
 * <p>The output, for a classifier the probabilities of the classes, for {@link Output.Quantiles} in
 * ascending order, is the model's output for the sequence so far: for its latest step with {@link
 * Readout#EVERY}, for all of it with {@link Readout#LAST} and {@link Readout#MEAN}, for which the
 * session keeps the sum. It has the bits of the model's output, and each of N sequences gets the
 * bits that it gets alone. There is no dropout.
 *
 * <p>A session reads the current weights of the model and changes only its own data. So any number
 * of sessions may run on any number of threads, each session on one thread at a time, as long as
 * the model is not trained at the same time. It may be trained between two steps: a session neither
 * uses nor changes the training state.
 *
 * <p>{@link #stepInto} allocates nothing, the other step methods only their result. A value that is
 * not finite is not rejected and may stay in the state until {@link #reset}: after a NaN every
 * output is NaN, also every probability, and comparisons with it are false.
 */
public final class SequenceSession {

  private final SequenceDescription description;
  private final Matrix wordVectors; // (V,D); null if features are read
  private final RecurrentSession recurrent;
  private final TimeAffine affine;
  private final Matrix h; // (N,H), the outputs of the latest step, then the readout
  private final Matrix row; // (1,D)
  private final Matrix vectors; // (N,D), for words; null if features are read
  private final List<Matrix> mean; // for Readout.MEAN: sum (N,H) and number (N,1) of the steps

  SequenceSession(
      SequenceDescription description,
      Matrix wordVectors,
      RecurrentSession recurrent,
      TimeAffine affine) {
    this.description = description;
    this.wordVectors = wordVectors;
    this.recurrent = recurrent;
    this.affine = affine;
    int n = recurrent.batchSize();
    this.h = new Matrix(n, affine.inputSize());
    this.row = new Matrix(1, recurrent.inputSize());
    this.vectors = wordVectors == null ? null : new Matrix(n, recurrent.inputSize());
    this.mean =
        description.readout() == Readout.MEAN
            ? List.of(new Matrix(n, affine.inputSize()), new Matrix(n, 1))
            : List.of();
  }

  /**
   * Reads the next step of a single sequence.
   *
   * @param x its features (D)
   * @return the output (K), for a classifier the probabilities of the classes
   * @throws IllegalArgumentException if there are not D features, or this is a session of several
   *     sequences; the state is then unchanged
   */
  public double[] step(double... x) {
    checkReadsFeatures();
    if (x.length != row.cols() || batchSize() != 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceSession.step: the next step of %d sequences is (%dx%d), not %d features of"
                  + " one",
              batchSize(),
              batchSize(),
              row.cols(),
              x.length));
    }
    System.arraycopy(x, 0, row.data(), 0, x.length);
    return step(row).data();
  }

  /**
   * Reads the next step of each sequence.
   *
   * @param x its features (N,D)
   * @return the outputs (N,K), for a classifier the probabilities of the classes
   * @throws IllegalArgumentException if x has another shape; the state is then unchanged
   */
  public Matrix step(Matrix x) {
    Matrix y = new Matrix(batchSize(), affine.outputSize());
    stepInto(x, y);
    return y;
  }

  /**
   * Runs {@link #step(Matrix)} and writes the outputs to {@code y}.
   *
   * @param x features (N,D)
   * @param y modified: overwritten with the outputs (N,K)
   * @throws IllegalArgumentException if a shape does not fit; the state is then unchanged
   */
  public void stepInto(Matrix x, Matrix y) {
    checkReadsFeatures();
    read(x, y);
  }

  private void checkReadsFeatures() {
    if (wordVectors != null) {
      throw new IllegalArgumentException(
          "SequenceSession.step: the model reads words, not features; call stepWords");
    }
  }

  /**
   * Reads the next word of each sequence, with a model that reads words.
   *
   * @param words their ids (N)
   * @return the outputs (N,K), for a classifier the probabilities of the classes
   * @throws IllegalArgumentException if the model reads features, or there are not N ids, or one is
   *     unknown; the state is then unchanged
   */
  public Matrix stepWords(int... words) {
    if (wordVectors == null) {
      throw new IllegalArgumentException(
          "SequenceSession.stepWords: the model reads features, not words; call step");
    }
    if (words.length != batchSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceSession.stepWords: %d words for %d sequences; pass one for each",
              words.length,
              batchSize()));
    }
    WordVectors.lookUp("SequenceSession.stepWords", words, wordVectors, vectors);
    Matrix y = new Matrix(batchSize(), affine.outputSize());
    read(vectors, y);
    return y;
  }

  private void read(Matrix x, Matrix y) {
    if (y.rows() != batchSize() || y.cols() != affine.outputSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceSession.step: y must be (%dx%d), not %s",
              batchSize(),
              affine.outputSize(),
              y.shape()));
    }
    recurrent.stepInto(x, h);
    if (!mean.isEmpty()) {
      meanOfSteps();
    }
    affine.stepInto(h, y);
    if (description.output() instanceof Output.Classes) {
      y.softmaxRows();
    } else if (description.output() instanceof Output.Quantiles quantiles) {
      quantiles.sort(y.data());
    }
  }

  /** {@code h = Σ h / T}, over the T steps read so far. */
  private void meanOfSteps() {
    double[] sum = mean.get(0).data();
    double[] steps = mean.get(1).data();
    for (int i = 0; i < steps.length; i++) {
      steps[i]++;
      for (int j = i * h.cols(); j < (i + 1) * h.cols(); j++) {
        sum[j] += h.data()[j];
        h.data()[j] = sum[j] / steps[i];
      }
    }
  }

  /**
   * {@return a copy of the state after the latest step: for each recurrent layer, the lowest first,
   * h and in an LSTM c, each (N,H); for {@link Readout#MEAN} also the sum (N,H) and the number
   * (N,1) of the steps read}
   */
  public State state() {
    List<Matrix> parts = new ArrayList<>(recurrent.state().matrices());
    for (Matrix part : mean) {
      parts.add(part.copy());
    }
    return new State(parts);
  }

  /**
   * Continues from another state, e.g. a saved one.
   *
   * @param state copied
   * @throws IllegalArgumentException if it has other parts, widths or another number of sequences;
   *     the state is then unchanged
   */
  public void setState(State state) {
    List<Matrix> parts = state.matrices();
    int ofLayers = recurrent.state().matrices().size();
    if (parts.size() != ofLayers + mean.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceSession.setState: a state has %d parts, not %d",
              ofLayers + mean.size(),
              parts.size()));
    }
    for (int p = 0; p < mean.size(); p++) {
      checkPart(ofLayers + p, parts.get(ofLayers + p), mean.get(p).cols());
    }
    recurrent.setState(new State(parts.subList(0, ofLayers)));
    for (int p = 0; p < mean.size(); p++) {
      mean.get(p).copyFrom(parts.get(ofLayers + p));
    }
  }

  private void checkPart(int p, Matrix part, int cols) {
    if (part.rows() != batchSize() || part.cols() != cols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceSession.setState: part %d of a state must be (%dx%d), not %s",
              p,
              batchSize(),
              cols,
              part.shape()));
    }
  }

  /** Returns to the initial state: the next step begins new sequences. */
  public void reset() {
    recurrent.reset();
    for (Matrix part : mean) {
      part.fill(0);
    }
  }

  /** {@return N, the number of sequences} */
  public int batchSize() {
    return recurrent.batchSize();
  }

  /**
   * Runs a step of several sessions of one model together, reading the weights once for all. Each
   * gets the bits that it gets alone. In addition to its result it allocates a session of as many
   * sequences.
   *
   * @param sessions modified: each reads its step; at least one, none twice
   * @param x features, one row for each sequence of each session, one session after the other
   * @return the outputs, one row for each
   * @throws IllegalArgumentException if there is no session, one is listed twice or of another
   *     model, or x has another shape; all states are then unchanged
   */
  public static Matrix stepTogether(List<SequenceSession> sessions, Matrix x) {
    return stepTogether(sessions, all -> all.step(x));
  }

  /**
   * Runs a step of several sessions of one model that reads words together, reading the weights
   * once for all. Each gets the bits that it gets alone.
   *
   * @param sessions modified: each reads its words; at least one, none twice
   * @param words ids, one for each sequence of each session, one session after the other
   * @return the outputs, one row for each
   * @throws IllegalArgumentException if there is no session, one is listed twice or of another
   *     model, the model reads features, or an id does not fit; all states are then unchanged
   */
  public static Matrix stepTogether(List<SequenceSession> sessions, int... words) {
    return stepTogether(sessions, all -> all.stepWords(words));
  }

  private static Matrix stepTogether(
      List<SequenceSession> sessions, Function<SequenceSession, Matrix> step) {
    List<RecurrentSession> parts = new ArrayList<>();
    for (SequenceSession session : sessions) {
      parts.add(session.recurrent);
    }
    RecurrentSession joined = RecurrentSession.joined(parts);
    SequenceSession first = sessions.get(0);
    SequenceSession all =
        new SequenceSession(first.description, first.wordVectors, joined, first.affine);
    all.exchangeMeans(sessions, false);
    Matrix y = step.apply(all);
    all.exchangeMeans(sessions, true);
    joined.splitInto(parts);
    return y;
  }

  /** Copies the sums and numbers of steps of each session to its rows in this one, or back. */
  private void exchangeMeans(List<SequenceSession> sessions, boolean back) {
    for (int p = 0; p < mean.size(); p++) {
      double[] all = mean.get(p).data();
      int at = 0;
      for (SequenceSession session : sessions) {
        double[] own = session.mean.get(p).data();
        if (back) {
          System.arraycopy(all, at, own, 0, own.length);
        } else {
          System.arraycopy(own, 0, all, at, own.length);
        }
        at += own.length;
      }
    }
  }
}
