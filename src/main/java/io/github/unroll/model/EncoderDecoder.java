package io.github.unroll.model;

import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.layer.State;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.layer.TimeLstm;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads one sequence and writes another (Sutskever, Vinyals and Le 2014; Cho et al. 2014): what the
 * three forms {@link Seq2Seq}, {@link PeekySeq2Seq} and {@link AttentionSeq2Seq} share.
 *
 * <pre>{@code
 * encoder   xs (N,Te) → TimeEmbedding → TimeLstm → its final h and c
 * decoder   ts[:, :−1] (N,Td) → TimeEmbedding → TimeLstm, from that h and c → TimeAffine
 *                                                  → scores (N,Td,V), TimeSoftmaxWithLoss with ts[:, 1:]
 * }</pre>
 *
 * <p>In training the decoder reads the right answer, shifted by one (teacher forcing); in {@link
 * #generate} what it has written itself, each time the id with the highest score (greedy decoding).
 *
 * <p>The book "Deep Learning from Scratch 2", chapters 7 and 8, hands the decoder h alone and lets
 * its cell state start from zero; here the decoder starts from both, as in Sutskever et al.
 */
public abstract sealed class EncoderDecoder implements TrainableModel<PairBatch>
    permits Seq2Seq, PeekySeq2Seq, AttentionSeq2Seq {

  private static final int QUESTIONS_AT_ONCE = 256;

  /** In which order the encoder reads a question. */
  public enum InputOrder {
    /** From the first id to the last. */
    AS_GIVEN,
    /**
     * From the last id that counts back to the first, which brings the beginnings of question and
     * answer close together (Sutskever et al. 2014).
     */
    REVERSED
  }

  final SequenceEncoder encoder;
  private final Seq2SeqWeights weights;
  private final InputOrder order;
  private final List<Parameter> parameters;

  private final TimeEmbedding embedding;
  private final TimeLstm lstm;
  private final TimeAffine affine;
  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();

  private Tensor3 vectors; // (N,Td,D)
  private Tensor3 lstmInput;
  private Tensor3 states; // (N,Td,H)
  private Tensor3 affineInput;
  private Tensor3 scores; // (N,Td,V)
  private boolean awaitsBackward;

  EncoderDecoder(Seq2SeqWeights weights, InputOrder order) {
    this.weights = weights;
    this.order = Objects.requireNonNull(order, "order");
    this.parameters = weights.parameters();
    this.encoder = new SequenceEncoder(weights, order);
    this.embedding = new TimeEmbedding(weights.decoderEmbedW());
    this.lstm = new TimeLstm(weights.decoderCell());
    this.affine = new TimeAffine(weights.affineW(), weights.affineB());
  }

  /** A model of the same form over the same weights, with buffers of its own. */
  abstract EncoderDecoder reader(Seq2SeqWeights shared, InputOrder sameOrder);

  /** What the decoder's LSTM reads, made of the word vectors (N,Td,D). */
  Tensor3 lstmInput(Tensor3 wordVectors) {
    return wordVectors;
  }

  /** From the gradient of {@link #lstmInput} to that of the word vectors, which is overwritten. */
  void lstmInputBackward(Tensor3 dInput, Tensor3 dWordVectors) {}

  /** What the affine layer reads, made of the decoder's states (N,Td,H). */
  Tensor3 affineInput(Tensor3 decoderStates) {
    return decoderStates;
  }

  /** From the gradient of {@link #affineInput} to that of the states, which is overwritten. */
  void affineInputBackward(Tensor3 dInput, Tensor3 dDecoderStates) {}

  /**
   * The loss of predicting each id of the answers but the first, given the question and the right
   * ids before it.
   *
   * @param batch questions and answers; where an answer has {@link TimeSoftmaxWithLoss#IGNORE},
   *     nothing is to be predicted, and the decoder reads id 0
   * @return mean negative log-likelihood in nats
   * @throws IllegalArgumentException if questions and answers differ in number, rows in length, or
   *     an id or a length is out of range
   */
  @Override
  public double forward(PairBatch batch) {
    awaitsBackward = false; // a refused forward has no gradient
    checkQuestions(batch.xs(), batch.lengths());
    checkAnswers(batch);
    encoder.forward(batch.xs(), batch.lengths());
    decode(decoderInputs(batch.ts()), encoder.finalState());
    double mean = loss.forward(scores, decoderLabels(batch.ts()));
    awaitsBackward = true;
    return mean;
  }

  private void decode(int[][] ids, State start) {
    int n = ids.length;
    int steps = ids[0].length;
    lstm.checkRoom(n, steps);
    vectors = Room.of(vectors, n, steps, embedding.embeddingSize());
    states = Room.of(states, n, steps, lstm.outputSize());
    scores = Room.of(scores, n, steps, affine.outputSize());
    embedding.forwardInto(ids, vectors);
    lstmInput = lstmInput(vectors);
    lstm.forwardInto(lstmInput, null, start, states);
    affineInput = affineInput(states);
    affine.forwardInto(affineInput, scores);
  }

  /** All but the last id; after the end of an answer any id will do, as no loss comes of it. */
  private static int[][] decoderInputs(int[][] ts) {
    int[][] inputs = new int[ts.length][ts[0].length - 1];
    for (int i = 0; i < ts.length; i++) {
      inputs[i][0] = ts[i][0];
      for (int t = 1; t < inputs[i].length; t++) {
        inputs[i][t] = ts[i][t] == TimeSoftmaxWithLoss.IGNORE ? 0 : ts[i][t];
      }
    }
    return inputs;
  }

  private static int[][] decoderLabels(int[][] ts) {
    int[][] labels = new int[ts.length][];
    Arrays.setAll(labels, i -> Arrays.copyOfRange(ts[i], 1, ts[i].length));
    return labels;
  }

  @Override
  public void backward() {
    if (!awaitsBackward) {
      throw new IllegalStateException(
          name() + ".backward: no forward awaits it; call forward first");
    }
    awaitsBackward = false;
    encoder.beginBackward();
    loss.backwardInto(1, scores);
    affine.backwardInto(scores, affineInput);
    affineInputBackward(affineInput, states);
    lstm.backwardInto(states, lstmInput);
    lstmInputBackward(lstmInput, vectors);
    embedding.backward(vectors);
    State dStart = lstm.initialStateGradient();
    Features.add(dStart.h().data(), encoder.dFinal().h().data());
    Features.add(dStart.c().data(), encoder.dFinal().c().data());
    encoder.backward();
  }

  @Override
  public Optional<String> notFinite(PairBatch batch) {
    return awaitsBackward // else gradients stand where the scores were
        ? Optional.of(Diagnosis.overflow("all parameters", scores, "answer", "id"))
        : Optional.empty();
  }

  /**
   * Writes answers: each step reads the id written before and writes the one with the highest
   * score. Training is not disturbed, and any number of threads may call it at once.
   *
   * @param xs the questions as ids (N,Te)
   * @param lengths how many steps of each question count (N), each in 1..Te; null for all
   * @param start the id of the start symbol
   * @param steps how many ids to write, at least 1
   * @return the answers without the start symbol (N,steps)
   * @throws IllegalArgumentException if steps is below 1, rows differ in length, an id or a length
   *     is out of range, or a score is NaN or the greatest infinite: the message says of which
   *     question and step, and why
   */
  public int[][] generate(int[][] xs, int[] lengths, int start, int steps) {
    checkQuestions(xs, lengths);
    if (steps < 1) {
      throw new IllegalArgumentException("generate: steps must be at least 1, not " + steps);
    }
    int[] starts = new int[xs.length];
    Arrays.fill(starts, start);
    return reader().generate(xs, lengths, starts, steps, 0);
  }

  /** Messages count questions from {@code first}. */
  private int[][] generate(int[][] xs, int[] lengths, int[] starts, int steps, int first) {
    int[][] answers = new int[xs.length][steps];
    int[][] last = new int[xs.length][1];
    Arrays.setAll(last, i -> new int[] {starts[i]});
    encoder.forward(xs, lengths);
    State state = encoder.finalState();
    for (int t = 0; t < steps; t++) {
      decode(last, state);
      state = lstm.finalState();
      for (int i = 0; i < xs.length; i++) {
        last[i][0] = greatest(i, first + i, t);
        answers[i][t] = last[i][0];
      }
    }
    return answers;
  }

  /** The id with the highest score of row i, which answers a question at a step. */
  private int greatest(int i, int question, int step) {
    int v = scores.d2();
    int greatest = Greatest.of(v, scores.data(), i * v);
    if (greatest < 0) {
      int bad = -1 - greatest;
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s.generate: of question %d, step %d the score of id %d is %s, so that none is the"
                  + " highest: %s",
              name(),
              question,
              step,
              bad,
              scores.data()[i * v + bad],
              NotFinite.parameter(parameters)
                  .orElse("all parameters are finite, so the scores overflowed")));
    }
    return greatest;
  }

  /**
   * How many questions get exactly the right answer, each id of it, by greedy decoding. Training is
   * not disturbed.
   *
   * @param pairs questions and answers
   * @return the share of exact matches, 0 to 1
   * @throws IllegalArgumentException if the pairs have ids that the model does not know, or {@link
   *     #generate} refuses a score
   */
  public double exactMatch(SequencePairs pairs) {
    EncoderDecoder reader = reader();
    int right = 0;
    for (int at = 0; at < pairs.size(); at += QUESTIONS_AT_ONCE) {
      PairBatch batch = pairs.batch(at, Math.min(at + QUESTIONS_AT_ONCE, pairs.size()));
      checkAnswers(batch);
      int[] starts = Arrays.stream(batch.ts()).mapToInt(answer -> answer[0]).toArray();
      int[][] labels = decoderLabels(batch.ts());
      int[][] answers = reader.generate(batch.xs(), batch.lengths(), starts, labels[0].length, at);
      for (int i = 0; i < labels.length; i++) {
        right += Arrays.equals(answers[i], labels[i]) ? 1 : 0;
      }
    }
    return (double) right / pairs.size();
  }

  /** This model over the same weights, whose next backward nothing disturbs. */
  EncoderDecoder reader() {
    return reader(weights, order);
  }

  private void checkQuestions(int[][] xs, int[] lengths) {
    if (xs.length == 0 || xs[0].length == 0) {
      throw new IllegalArgumentException(
          name() + ": no question, or one of no ids; pass at least one (1x1)");
    }
    if (lengths != null && lengths.length != xs.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s: %d questions and %d lengths", name(), xs.length, lengths.length));
    }
    for (int i = 0; lengths != null && i < xs.length; i++) {
      if (lengths[i] < 1 || lengths[i] > xs[i].length) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: question %d has %d steps, so its length must be in 1..%d, not %d",
                name(),
                i,
                xs[i].length,
                xs[i].length,
                lengths[i]));
      }
    }
  }

  private void checkAnswers(PairBatch batch) {
    int[][] ts = batch.ts();
    if (ts.length != batch.xs().length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %d questions and %d answers",
              name(),
              batch.xs().length,
              ts.length));
    }
    for (int i = 0; i < ts.length; i++) {
      if (ts[i].length < 2 || ts[i].length != ts[0].length) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: answer %d has %d ids, answer 0 has %d; all must have as many, at least 2:"
                    + " the start symbol and one to predict",
                name(),
                i,
                ts[i].length,
                ts[0].length));
      }
      checkIds(i, ts[i]);
    }
  }

  private void checkIds(int answer, int[] ids) {
    for (int t = 0; t < ids.length; t++) {
      boolean ignored = t > 0 && ids[t] == TimeSoftmaxWithLoss.IGNORE;
      if (!ignored && (ids[t] < 0 || ids[t] >= affine.outputSize())) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: id %d at [%d,%d] of the answers is not in 0..%d%s",
                name(),
                ids[t],
                answer,
                t,
                affine.outputSize() - 1,
                t > 0 ? ", nor -1 (ignore)" : ""));
      }
    }
  }

  private String name() {
    return getClass().getSimpleName();
  }

  /**
   * What is trained.
   *
   * @return encoder.embed.w (V,D), encoder.lstm.wx (D,4H), encoder.lstm.wh (H,4H), encoder.lstm.b
   *     (1,4H), and the same of the decoder, then decoder.affine.w and decoder.affine.b (1,V); the
   *     rows of decoder.lstm.wx and decoder.affine.w are as many as the form of the model reads
   */
  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * How many ids the model knows.
   *
   * @return V
   */
  public int vocabularySize() {
    return affine.outputSize();
  }

  /**
   * The length of a word vector.
   *
   * @return D
   */
  public int embeddingSize() {
    return embedding.embeddingSize();
  }

  /**
   * The size of the encoder's and the decoder's state.
   *
   * @return H
   */
  public int hiddenSize() {
    return lstm.outputSize();
  }

  /**
   * In which order the encoder reads a question.
   *
   * @return as it was built
   */
  public InputOrder inputOrder() {
    return order;
  }
}
