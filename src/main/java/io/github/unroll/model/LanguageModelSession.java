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
 * A session that reads N texts word by word with the weights of a {@link RnnLanguageModel} and
 * scores the words that may follow:
 *
 * <pre>{@code
 * LanguageModelSession session = model.newSession();
 * session.read(the);
 * Matrix scores = session.step(old);                  // (1,V), for the word after "the old"
 * int next = choice.choose(scores.data(), random);    // a WordChoice: temperature, top k
 * }</pre>
 *
 * <p>The scores have the bits of the model's forward over the whole text, and each of N texts gets
 * the bits that it gets alone. There is no dropout.
 *
 * <p>A session reads the current weights of the model and changes only its own data. So any number
 * of sessions may run on any number of threads, each session on one thread at a time, as long as
 * the model is not trained at the same time. It may be trained between two steps: a session neither
 * uses nor changes the training state.
 *
 * <p>{@link #read} and {@link #scoresInto} allocate nothing, {@link #step} only its result.
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
   * Reads the next word of each text and scores the words that may follow: {@link #read}, then
   * {@link #scores}.
   *
   * @param ids one word of each text (N)
   * @return the scores (N,V)
   * @throws IllegalArgumentException if there are not N ids or the model knows no such id; the
   *     state is then unchanged
   */
  public Matrix step(int... ids) {
    read(ids);
    return scores();
  }

  /**
   * Reads the next word of each text.
   *
   * @param ids one word of each text (N)
   * @throws IllegalArgumentException if there are not N ids or the model knows no such id; the
   *     state is then unchanged
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
    WordVectors.lookUp("LanguageModelSession.read", ids, wordVectors, x);
    recurrent.stepInto(x, h);
    begun = true;
  }

  void checkIds(String verb, int[] ids) {
    WordVectors.checkIds(verb, ids, wordVectors);
  }

  /**
   * {@return the scores (N,V) of the words that may follow; their softmax is the probabilities}
   *
   * @throws IllegalStateException if nothing was read yet
   */
  public Matrix scores() {
    Matrix scores = new Matrix(batchSize(), wordVectors.rows());
    scoresInto(scores);
    return scores;
  }

  /**
   * Writes {@link #scores} into a given matrix.
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
   * {@return the probability of each word to follow (N,V); each row sums to 1, or is all NaN if one
   * of its scores is NaN, because parameters are NaN or have overflowed}
   *
   * @throws IllegalStateException if nothing was read yet
   */
  public Matrix probabilities() {
    Matrix probabilities = scores();
    probabilities.softmaxRows();
    return probabilities;
  }

  /**
   * Reads the next words of the text and returns their perplexity. For a whole text whose first
   * word was read before, it equals {@link RnnLanguageModel#perplexity} except for the last bits.
   *
   * @param words ids, at least one
   * @return exp of their mean negative log-likelihood; NaN if a score is NaN
   * @throws IllegalStateException if nothing was read yet, or this is a session of several texts
   * @throws IllegalArgumentException if there are no words or the model knows no such id; the state
   *     is then unchanged
   */
  public double perplexity(int... words) {
    if (batchSize() != 1) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "LanguageModelSession.perplexity: this session has %d texts; use a session of one"
                  + " text",
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
   * {@return a copy of the state after the words read so far, in the form of the state of {@link
   * RnnLanguageModel#rnn}}
   */
  public State state() {
    return recurrent.state();
  }

  /**
   * Continues from another state, e.g. a saved one or the final state of the model's {@link
   * RnnLanguageModel#rnn}.
   *
   * @param state copied
   * @throws IllegalArgumentException if it has other parts, widths or another number of texts; the
   *     state is then unchanged
   */
  public void setState(State state) {
    recurrent.setState(state);
    recurrent.outputInto(h);
    begun = true;
  }

  /** Returns to the initial state: the next words begin new texts. */
  public void reset() {
    recurrent.reset();
    begun = false;
  }

  /** {@return N, the number of texts} */
  public int batchSize() {
    return recurrent.batchSize();
  }

  /**
   * Runs a step of several sessions of one model together, reading the weights once for all. Each
   * gets the bits that it gets alone. In addition to its result it allocates a session of as many
   * texts.
   *
   * @param sessions modified: each reads its word; at least one, none twice
   * @param ids one word of each text of each session, one session after the other
   * @return the scores of the words that may follow, one row for each text
   * @throws IllegalArgumentException if there is no session, one is listed twice or of another
   *     model, the number of ids is not that of the texts or the model knows no such id; all states
   *     are then unchanged
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
