package io.github.unroll.model;

import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads N texts word by word with the weights of a {@link RnnLanguageModel} and scores what may
 * follow:
 *
 * <pre>{@code
 * LanguageModelSession session = model.newSession();
 * session.read(the);
 * Matrix scores = session.step(old);                  // (1,V), of what may follow "the old"
 * int next = choice.choose(scores.data(), random);    // a WordChoice: temperature, top k
 * }</pre>
 *
 * <p>Steps give the bits of the model's own forward over the whole text, and each of N texts gets
 * those that it gets alone. Dropout does not act.
 *
 * <p>The weights are the model's, read as they stand; what changes is the session's own. So any
 * number of sessions may be used on any number of threads, each by one thread at a time, as long as
 * nobody trains the model meanwhile. Between two steps it may be trained: a session neither uses
 * nor changes what training keeps.
 *
 * <p>{@link #read} and {@link #scoresInto} allocate nothing, {@link #step} its result alone.
 */
public final class LanguageModelSession {

  private final Matrix wordVectors; // (V,D)
  private final RecurrentSession recurrent;
  private final TimeAffine affine;
  private final Matrix x; // (N,D)
  private final Matrix h; // (N,H), the outputs of the latest step
  private boolean begun;

  LanguageModelSession(Matrix wordVectors, RecurrentSession recurrent, TimeAffine affine) {
    this.wordVectors = wordVectors;
    this.recurrent = recurrent;
    this.affine = affine;
    this.x = new Matrix(recurrent.batchSize(), wordVectors.cols());
    this.h = new Matrix(recurrent.batchSize(), affine.inputSize());
  }

  /**
   * Reads the next word of each text and scores what may follow: {@link #read}, then {@link
   * #scores}.
   *
   * @param ids a word of each text (N)
   * @return (N,V)
   * @throws IllegalArgumentException if there are not N ids or the model knows no such id; the
   *     state is then as it was
   */
  public Matrix step(int... ids) {
    read(ids);
    return scores();
  }

  /**
   * Reads the next word of each text.
   *
   * @param ids a word of each text (N)
   * @throws IllegalArgumentException if there are not N ids or the model knows no such id; the
   *     state is then as it was
   */
  public void read(int... ids) {
    if (ids.length != batchSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "LanguageModelSession.read: %d ids for a session of %d texts; pass one for each",
              ids.length,
              batchSize()));
    }
    checkIds("LanguageModelSession.read", ids);
    int d = wordVectors.cols();
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(wordVectors.data(), ids[i] * d, x.data(), i * d, d);
    }
    recurrent.stepInto(x, h);
    begun = true;
  }

  void checkIds(String what, int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= wordVectors.rows()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s: id %d is not in 0..%d", what, id, wordVectors.rows() - 1));
      }
    }
  }

  /**
   * The scores of the words that may follow those read so far; their softmax is the probabilities.
   *
   * @return (N,V)
   * @throws IllegalStateException if nothing was read yet
   */
  public Matrix scores() {
    Matrix scores = new Matrix(batchSize(), wordVectors.rows());
    scoresInto(scores);
    return scores;
  }

  /**
   * {@link #scores} into a matrix of the caller's.
   *
   * @param scores modified: overwritten (N,V)
   * @throws IllegalStateException if nothing was read yet
   * @throws IllegalArgumentException if it has another shape
   */
  public void scoresInto(Matrix scores) {
    if (!begun) {
      throw new IllegalStateException(
          "LanguageModelSession.scores: nothing was read yet; read a word first");
    }
    affine.stepInto(h, scores);
  }

  /**
   * How likely each word is to follow those read so far.
   *
   * @return (N,V), each row of sum 1; NaN throughout if one of its scores is, whose parameters are
   *     NaN then or have overflowed
   * @throws IllegalStateException if nothing was read yet
   */
  public Matrix probabilities() {
    Matrix probabilities = scores();
    Features.softmaxRows(probabilities.data(), probabilities.cols());
    return probabilities;
  }

  /**
   * The perplexity of words that follow those read so far, and reads them. Of a whole text it is
   * that of {@link RnnLanguageModel#perplexity} but for the last bits, if its first word was read
   * before.
   *
   * @param words ids, at least one
   * @return exp of their mean negative log-likelihood; NaN if a score is
   * @throws IllegalStateException if nothing was read yet, or this is a session of several texts
   * @throws IllegalArgumentException if there are no words or the model knows no such id; the state
   *     is then as it was
   */
  public double perplexity(int... words) {
    if (batchSize() != 1) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "LanguageModelSession.perplexity: this is a session of %d texts; take one of its own",
              batchSize()));
    }
    if (words.length == 0) {
      throw new IllegalArgumentException(
          "LanguageModelSession.perplexity: no words; pass at least one");
    }
    checkIds("LanguageModelSession.perplexity", words);
    TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
    Tensor3 scores = new Tensor3(1, 1, wordVectors.rows());
    double total = 0;
    for (int word : words) {
      scores.setStep(0, scores());
      total += loss.forward(scores, new int[][] {{word}});
      read(word);
    }
    return StrictMath.exp(total / words.length);
  }

  /**
   * The state after the words read so far.
   *
   * @return a copy, of the form of {@link RnnLanguageModel#rnn}'s
   */
  public State state() {
    return recurrent.state();
  }

  /**
   * Goes on from another state: one that was saved, or in which the model's {@link
   * RnnLanguageModel#rnn} ended. Scores are then those after it.
   *
   * @param state copied
   * @throws IllegalArgumentException if it has other parts, widths or another number of texts; the
   *     state is then as it was
   */
  public void setState(State state) {
    recurrent.setState(state);
    recurrent.outputInto(h);
    begun = true;
  }

  /** Forgets all that was read: the next words begin new texts. */
  public void reset() {
    recurrent.reset();
    begun = false;
  }

  /**
   * N.
   *
   * @return how many texts are read at once
   */
  public int batchSize() {
    return recurrent.batchSize();
  }

  /**
   * Steps sessions of one model as one, which reads the weights once for all of them: each gets the
   * bits that it gets alone. Beside its result it allocates a session of as many texts.
   *
   * @param sessions modified: each reads its word; at least one, none twice
   * @param ids a word of each text of each session, one session after the other
   * @return the scores of what may follow, a row for each text
   * @throws IllegalArgumentException if there is no session, one is there twice or of another
   *     model, there are not as many ids as texts or the model knows no such id; all states are
   *     then as they were
   */
  public static Matrix stepTogether(List<LanguageModelSession> sessions, int... ids) {
    List<RecurrentSession> parts = new ArrayList<>();
    for (LanguageModelSession session : sessions) {
      parts.add(session.recurrent);
    }
    RecurrentSession joined = RecurrentSession.joined(parts);
    LanguageModelSession first = sessions.get(0);
    LanguageModelSession all = new LanguageModelSession(first.wordVectors, joined, first.affine);
    Matrix scores = all.step(ids);
    joined.splitInto(parts);
    for (LanguageModelSession session : sessions) {
      session.recurrent.outputInto(session.h);
      session.begun = true;
    }
    return scores;
  }
}
