package io.github.unroll.model;

import io.github.unroll.data.PairBatch;
import io.github.unroll.data.SequencePairs;
import io.github.unroll.loss.TimeSoftmaxWithLoss;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.NotFinite;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A sequence-to-sequence model: reads one sequence and writes another (Sutskever, Vinyals and Le
 * 2014; Cho et al. 2014).
 *
 * <pre>{@code
 * encoder   xs (N,Te) → TimeEmbedding → recurrent layers → their final state
 * decoder   ts[:, :−1] (N,Td) → TimeEmbedding → recurrent layers, from that state → TimeAffine
 *                                  → scores (N,Td,V), TimeSoftmaxWithLoss with ts[:, 1:]
 * }</pre>
 *
 * <p>In training the decoder reads the right answer, shifted by one (teacher forcing); in {@link
 * #generate} it reads its own output, each time the id with the highest score (greedy decoding).
 *
 * <p>The models of the book "Deep Learning from Scratch 2", chapters 7 and 8, are the descriptions
 * below. In the book the decoder starts from h only and its cell state from zero:
 *
 * <pre>{@code
 * Seq2seq            new Seq2SeqDescription(v, d, h).withStart(DecoderStart.OUTPUT)
 * PeekySeq2seq       new Seq2SeqDescription(v, d, h).withStart(DecoderStart.OUTPUT).withPeeking()
 * AttentionSeq2seq   new Seq2SeqDescription(v, d, h).withStart(DecoderStart.OUTPUT).withAttention()
 * }</pre>
 */
public final class Seq2Seq implements TrainableModel<PairBatch> {

  private static final String NAME = "Seq2Seq";
  private static final int QUESTIONS_AT_ONCE = 256;

  private final Seq2SeqDescription description;
  private final Seq2SeqWeights weights;
  private final List<Parameter> parameters;
  private final SequenceEncoder encoder;
  private final SequenceDecoder decoder;
  private final TimeSoftmaxWithLoss loss = new TimeSoftmaxWithLoss();
  private boolean awaitsBackward;

  /**
   * A new model with random weights: normal, word vectors of standard deviation 1/100, others of
   * 1/√rows; biases as described. They are drawn in the order of {@link #parameters()}, the biases
   * last.
   *
   * @param description the description of the model
   * @param random modified: the source of the weights and, with dropout, of the masks of each
   *     forward in training
   */
  public Seq2Seq(Seq2SeqDescription description, RandomState random) {
    this(description, Seq2SeqWeights.drawn(description, random), random);
  }

  /**
   * A model with given weights, such as those of a file.
   *
   * @param description the description of the model
   * @param weights the values of all {@link #parameters} by name; copied
   * @param masks modified: with dropout, the source of the masks of each forward in training
   * @throws IllegalArgumentException if a weight is missing, unknown or of another shape
   */
  public Seq2Seq(Seq2SeqDescription description, Map<String, Matrix> weights, RandomState masks) {
    this(description, Seq2SeqWeights.given(description, weights), masks);
  }

  private Seq2Seq(Seq2SeqDescription description, Seq2SeqWeights weights, RandomState masks) {
    this.description = description;
    this.weights = weights;
    this.parameters = weights.parameters();
    this.encoder = new SequenceEncoder(description, weights, masks);
    this.decoder = new SequenceDecoder(description, weights, masks);
  }

  @Override
  public void setTraining(boolean training) {
    encoder.setTraining(training);
    decoder.setTraining(training);
  }

  /**
   * Computes the loss of predicting each id of the answers except the first, given the question and
   * the right ids before it.
   *
   * @param batch questions and answers; where an answer has {@link TimeSoftmaxWithLoss#IGNORE},
   *     nothing is predicted, and the decoder reads id 0
   * @return mean negative log-likelihood in nats
   * @throws IllegalArgumentException if questions and answers differ in number, rows in length, or
   *     an id or a length is out of range
   */
  @Override
  public double forward(PairBatch batch) {
    awaitsBackward = false; // a forward that throws has no gradient
    checkQuestions(batch.xs(), batch.lengths());
    checkAnswers(batch);
    encoder.forward(batch.xs(), batch.lengths());
    Tensor3 scores = decoder.begin(decoderInputs(batch.ts()), encoder);
    double mean = loss.forwardInPlace(scores, decoderLabels(batch.ts()));
    awaitsBackward = true;
    return mean;
  }

  /** All ids except the last; after the end of an answer the ids have no effect on the loss. */
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
  public double lossWeight() {
    return loss.weight();
  }

  @Override
  public void backward() {
    if (!awaitsBackward) {
      throw new IllegalStateException(
          NAME + ".backward: there was no forward since the latest backward; call forward first");
    }
    awaitsBackward = false;
    encoder.beginBackward();
    loss.backwardInto(1, decoder.scores());
    decoder.backward(decoder.scores(), encoder);
    encoder.backward();
  }

  @Override
  public Optional<String> notFinite(PairBatch batch) {
    return awaitsBackward // afterwards gradients have overwritten the scores
        ? Optional.of(Diagnosis.overflow("all parameters", decoder.scores(), "answer", "id"))
        : Optional.empty();
  }

  /**
   * Writes answers: each step reads the id written before and writes the one with the highest
   * score. The training state does not change, and any number of threads may call it at once.
   *
   * @param xs the questions as ids (N,Te)
   * @param lengths how many steps of each question count (N), each in 1..Te; null for all
   * @param start the id of the start symbol
   * @param steps the number of ids to write, at least 1
   * @return the answers without the start symbol (N,steps)
   * @throws IllegalArgumentException if steps is below 1, rows differ in length, an id or a length
   *     is out of range, or a score is NaN or the greatest is infinite; the message names question,
   *     step and reason
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
    for (int t = 0; t < steps; t++) {
      Tensor3 scores =
          t == 0
              ? decoder.begin(last, encoder)
              : decoder.carryOn(last, decoder.finalState(), encoder);
      for (int i = 0; i < xs.length; i++) {
        last[i][0] = greatest(scores, i, first + i, t);
        answers[i][t] = last[i][0];
      }
    }
    return answers;
  }

  /** The id with the highest score of row i, for a step of a question. */
  private int greatest(Tensor3 scores, int i, int question, int step) {
    int v = scores.d2();
    int greatest = Greatest.of(v, scores.data(), i * v);
    if (greatest < 0) {
      int bad = -1 - greatest;
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s.generate: of question %d, step %d the score of id %d is %s, so that none is the"
                  + " highest: %s",
              NAME,
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
   * {@return the share of questions, 0 to 1, whose greedily decoded answer is right in every id}
   * The training state does not change.
   *
   * @param pairs questions and answers
   * @throws IllegalArgumentException if the pairs have ids that the model does not know, or {@link
   *     #generate} rejects a score
   */
  public double exactMatch(SequencePairs pairs) {
    Seq2Seq reader = reader();
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

  /**
   * A model over the same weights, for reading only, so that this model's next backward stays
   * valid.
   */
  private Seq2Seq reader() {
    Seq2Seq reader = new Seq2Seq(description, weights, new RandomState(0));
    reader.setTraining(false);
    return reader;
  }

  /**
   * {@return the attention weights (N,Td,Te) for given answers: the weight of each id of the
   * question, in its given order, for each predicted id; a row sums to 1} For answers that {@link
   * #generate} wrote, with the start symbol before them, these are the weights used to write them.
   * The training state does not change.
   *
   * @param batch questions and answers
   * @throws IllegalStateException if the model has no attention
   * @throws IllegalArgumentException if {@link #forward} would reject the batch
   */
  public Tensor3 attentionWeights(PairBatch batch) {
    Seq2Seq reader = reader();
    if (!(reader.decoder.form() instanceof AttendingDecoder attending)) {
      throw new IllegalStateException(
          "attentionWeights: the model is of form "
              + description.form()
              + "; take Seq2SeqDescription.withAttention()");
    }
    reader.forward(batch);
    return reader.encoder.inOrderOfQuestion(attending.weights());
  }

  private void checkQuestions(int[][] xs, int[] lengths) {
    if (xs.length == 0 || xs[0].length == 0) {
      throw new IllegalArgumentException(
          NAME + ": no question, or one of no ids; pass at least one (1x1)");
    }
    if (lengths != null && lengths.length != xs.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s: %d questions and %d lengths", NAME, xs.length, lengths.length));
    }
    for (int i = 0; lengths != null && i < xs.length; i++) {
      if (lengths[i] < 1 || lengths[i] > xs[i].length) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: question %d has %d steps, so its length must be in 1..%d, not %d",
                NAME,
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
              Locale.ROOT, "%s: %d questions and %d answers", NAME, batch.xs().length, ts.length));
    }
    for (int i = 0; i < ts.length; i++) {
      if (ts[i].length < 2 || ts[i].length != ts[0].length) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: answer %d has %d ids, answer 0 has %d; all must have as many, at least 2:"
                    + " the start symbol and one to predict",
                NAME,
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
      if (!ignored && (ids[t] < 0 || ids[t] >= description.vocabularySize())) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: id %d at [%d,%d] of the answers is not in 0..%d%s",
                NAME,
                ids[t],
                answer,
                t,
                description.vocabularySize() - 1,
                t > 0 ? ", nor -1 (ignore)" : ""));
      }
    }
  }

  /**
   * {@return the trainable parameters: encoder.embed.w (V,D), for each layer of the encoder the
   * parameters of its cell, such as encoder.lstm.wx (D,4H), encoder.lstm.wh (H,4H), encoder.lstm.b
   * (1,4H), or encoder.lstm0.wx for several layers; the same for the decoder, then decoder.affine.w
   * and decoder.affine.b (1,V)} The numbers of rows of the decoder's lowest wx and of
   * decoder.affine.w depend on the form of the decoder.
   */
  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /** {@return the description of the model} */
  public Seq2SeqDescription description() {
    return description;
  }

  /** {@return the model's name and its {@link Seq2SeqDescription} as a table} */
  @Override
  public String toString() {
    return NAME + "\n" + description;
  }
}
