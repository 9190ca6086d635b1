package io.github.unroll.model;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.layer.TimeDropout;
import java.util.Objects;

/**
 * The description of a {@link Seq2Seq}. Encoder and decoder have layers of the same kind and size.
 *
 * <pre>{@code
 * new Seq2SeqDescription(59, 16, 256)                                  // LSTM, plain, questions as given
 *     .withAttention().withInputOrder(InputOrder.REVERSED).withStart(DecoderStart.OUTPUT)
 * }</pre>
 *
 * <p>{@link #toString} is a table of the layers, their shapes and numbers of parameters.
 *
 * @param vocabularySize V, the vocabulary size of questions and answers, at least 1
 * @param embeddingSize D, the length of a word vector, at least 1
 * @param hiddenSize H, the hidden size of every recurrent layer, at least 1
 * @param cell the kind of cell of the recurrent layers
 * @param layers the number of recurrent layers of the encoder and of the decoder, at least 1
 * @param dropout the probability, in [0, 1), that a value is dropped in training: in word vectors,
 *     between two recurrent layers, and in the decoder's outputs before the affine layer
 * @param initialBias the initial biases of the gates
 * @param form what the decoder reads from the encoder in addition to its initial state
 * @param inputOrder the order in which the encoder reads a question
 * @param start the parts of the encoder's final state that the decoder starts from
 */
public record Seq2SeqDescription(
    int vocabularySize,
    int embeddingSize,
    int hiddenSize,
    CellKind cell,
    int layers,
    double dropout,
    InitialBias initialBias,
    Form form,
    InputOrder inputOrder,
    DecoderStart start) {

  /** What a decoder reads from the encoder in addition to its initial state. */
  public enum Form {
    /** Nothing: the Seq2seq of the book "Deep Learning from Scratch 2", chapter 7. */
    PLAIN,
    /**
     * The encoder's last output, hₑ, at every step: the lowest recurrent layer reads [hₑ | vector],
     * the affine layer [hₑ | h] (Cho et al. 2014; the book's PeekySeq2seq).
     */
    PEEKY,
    /**
     * The context that attention computes from all outputs of the encoder: the affine layer reads
     * [context | h] (the book's AttentionSeq2seq, chapter 8).
     */
    ATTENTION
  }

  /** The order in which the encoder reads a question. */
  public enum InputOrder {
    /** From the first id to the last. */
    AS_GIVEN,
    /**
     * From the last id that counts back to the first, which brings the beginnings of question and
     * answer close together (Sutskever et al. 2014).
     */
    REVERSED
  }

  /** The parts of the encoder's final state that the decoder starts from. */
  public enum DecoderStart {
    /** All parts: in an LSTM h and c (Sutskever et al. 2014). */
    STATE,
    /**
     * Only the output h; the other parts start from the cell's initial state, c from zero (the
     * book).
     */
    OUTPUT
  }

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a size or the number of layers is below 1, dropout is not
   *     in [0, 1), or the kind of cell has no gates for the initial bias
   * @throws NullPointerException if an argument is null
   */
  public Seq2SeqDescription {
    Sizes.checkAtLeastOne("Seq2SeqDescription: vocabularySize", vocabularySize);
    Sizes.checkAtLeastOne("Seq2SeqDescription: embeddingSize", embeddingSize);
    Sizes.checkAtLeastOne("Seq2SeqDescription: hiddenSize", hiddenSize);
    Sizes.checkAtLeastOne("Seq2SeqDescription: layers", layers);
    Objects.requireNonNull(cell, "cell");
    Objects.requireNonNull(initialBias, "initialBias");
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(inputOrder, "inputOrder");
    Objects.requireNonNull(start, "start");
    TimeDropout.checkRate("Seq2SeqDescription: dropout", dropout);
    Sizes.checkInitialBias("Seq2SeqDescription", initialBias, cell);
  }

  /**
   * A plain model with one layer of {@link CellKind#LSTM} in encoder and decoder; questions are
   * read as given, the decoder starts from h and c, no dropout, biases zero.
   *
   * @param vocabularySize V, the vocabulary size of questions and answers, at least 1
   * @param embeddingSize D, at least 1
   * @param hiddenSize H, at least 1
   * @throws IllegalArgumentException if a size is below 1
   */
  public Seq2SeqDescription(int vocabularySize, int embeddingSize, int hiddenSize) {
    this(
        vocabularySize,
        embeddingSize,
        hiddenSize,
        CellKind.LSTM,
        1,
        0,
        InitialBias.zero(),
        Form.PLAIN,
        InputOrder.AS_GIVEN,
        DecoderStart.STATE);
  }

  /**
   * {@return the same with another kind of cell}
   *
   * @param other the kind of cell of the recurrent layers
   * @throws IllegalArgumentException if it has no gates for the {@link #initialBias}
   */
  public Seq2SeqDescription withCell(CellKind other) {
    return with(other, layers, dropout, initialBias);
  }

  /**
   * {@return the same with another number of recurrent layers}
   *
   * @param number the number in the encoder and in the decoder, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public Seq2SeqDescription withLayers(int number) {
    return with(cell, number, dropout, initialBias);
  }

  /**
   * {@return the same with another dropout}
   *
   * @param rate probability that a value is dropped in training, in [0, 1)
   * @throws IllegalArgumentException if it is not in [0, 1)
   */
  public Seq2SeqDescription withDropout(double rate) {
    return with(cell, layers, rate, initialBias);
  }

  /**
   * {@return the same with other initial biases of the gates}
   *
   * @param other the initial biases
   * @throws IllegalArgumentException if the kind of cell has no such gates
   */
  public Seq2SeqDescription withInitialBias(InitialBias other) {
    return with(cell, layers, dropout, other);
  }

  /** {@return the same with a decoder that reads the encoder's last output at every step} */
  public Seq2SeqDescription withPeeking() {
    return withForm(Form.PEEKY);
  }

  /** {@return the same with a decoder with attention to the question} */
  public Seq2SeqDescription withAttention() {
    return withForm(Form.ATTENTION);
  }

  /** {@return the same with a decoder of another form} */
  public Seq2SeqDescription withForm(Form other) {
    return with(other, inputOrder, start);
  }

  /** {@return the same with an encoder that reads in another order} */
  public Seq2SeqDescription withInputOrder(InputOrder other) {
    return with(form, other, start);
  }

  /** {@return the same with a decoder that starts from other parts of the encoder's state} */
  public Seq2SeqDescription withStart(DecoderStart other) {
    return with(form, inputOrder, other);
  }

  /** The same with other recurrent layers. */
  private Seq2SeqDescription with(
      CellKind otherCell, int otherLayers, double otherDropout, InitialBias otherBias) {
    return new Seq2SeqDescription(
        vocabularySize,
        embeddingSize,
        hiddenSize,
        otherCell,
        otherLayers,
        otherDropout,
        otherBias,
        form,
        inputOrder,
        start);
  }

  /** The same with another relation of encoder and decoder. */
  private Seq2SeqDescription with(Form otherForm, InputOrder otherOrder, DecoderStart otherStart) {
    return new Seq2SeqDescription(
        vocabularySize,
        embeddingSize,
        hiddenSize,
        cell,
        layers,
        dropout,
        initialBias,
        otherForm,
        otherOrder,
        otherStart);
  }

  /** {@return a table: encoder and decoder with shapes and parameters} */
  @Override
  public String toString() {
    return DescriptionTable.of(this);
  }
}
