package io.github.unroll.model;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.TimeDropout;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * The description of a sequence model: its input, its recurrent layers, the readout of their
 * states, and its output.
 *
 * <pre>{@code
 * SequenceDescription.classifier(Input.features(6), 32, 4)          // LSTM, one layer, last state
 * SequenceDescription.tagger(Input.words(5_000, 50), 64, 17)        // a class for every word
 *     .withCell(CellKind.GRU).withLayers(2).inBothDirections(Merge.CONCATENATE).withDropout(0.3)
 * SequenceDescription.regressor(Input.features(3), 32, 1).withInitialBias(InitialBias.forgetOne())
 * SequenceDescription.quantileRegressor(Input.features(3), 32, 24, 0.05, 0.5, 0.95)
 * SequenceDescription.languageModel(10_000, 100, 100).withCell(CellKind.LSTM)
 * }</pre>
 *
 * <p>{@link #toString} is a table of the layers, their shapes and numbers of parameters.
 *
 * @param input the input at each step
 * @param cell the kind of cell of the recurrent layers
 * @param hiddenSize H, the hidden size of every recurrent layer and direction, at least 1
 * @param layers the number of stacked recurrent layers, at least 1
 * @param bothDirections how the outputs of both directions are merged in every layer; empty for
 *     layers that only read forward
 * @param dropout the probability, in [0, 1), that a value is dropped in training: in word vectors,
 *     between two recurrent layers, and in the states that are read out
 * @param initialBias the initial biases of the gates
 * @param readout the states that the output is computed from
 * @param output the output
 */
public record SequenceDescription(
    Input input,
    CellKind cell,
    int hiddenSize,
    int layers,
    Optional<Merge> bothDirections,
    double dropout,
    InitialBias initialBias,
    Readout readout,
    Output output) {

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if hiddenSize or layers is below 1, dropout is not in [0, 1),
   *     the kind of cell has no gates for the initial biases, or a model of the next word reads no
   *     words, reads in both directions, has another readout than EVERY, or is tied and has word
   *     vectors of another length than its states
   * @throws NullPointerException if an argument is null
   */
  public SequenceDescription {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(cell, "cell");
    Objects.requireNonNull(bothDirections, "bothDirections");
    Objects.requireNonNull(initialBias, "initialBias");
    Objects.requireNonNull(readout, "readout");
    Objects.requireNonNull(output, "output");
    Sizes.checkAtLeastOne("SequenceDescription: hiddenSize", hiddenSize);
    Sizes.checkAtLeastOne("SequenceDescription: layers", layers);
    TimeDropout.checkRate("SequenceDescription: dropout", dropout);
    Sizes.checkInitialBias("SequenceDescription", initialBias, cell);
    if (output instanceof Output.NextWord next) {
      refuseIf(
          !(input instanceof Input.Words),
          "a model of the next word must read words, not %s; take Input.words",
          input);
      refuseIf(
          bothDirections.isPresent(),
          "a model of the next word must not read from the end: it would see the word that it is"
              + " asked for; leave both directions out");
      refuseIf(
          readout != Readout.EVERY,
          "a model of the next word answers every step, not with readout %s; use EVERY",
          readout);
      refuseIf(
          next.tied() && input.size() != hiddenSize,
          "tied weights need word vectors as long as the state, but embeddingSize is %d and"
              + " hiddenSize %d; make them equal, or do not tie",
          input.size(),
          hiddenSize);
    }
  }

  private static void refuseIf(boolean wrong, String format, Object... details) {
    if (wrong) {
      throw new IllegalArgumentException(
          "SequenceDescription: " + String.format(Locale.ROOT, format, details));
    }
  }

  /** An LSTM of one layer with the last state read out, without dropout. */
  private static SequenceDescription of(Input input, int hiddenSize, Output output) {
    return new SequenceDescription(
        input,
        CellKind.LSTM,
        hiddenSize,
        1,
        Optional.empty(),
        0,
        InitialBias.zero(),
        Readout.LAST,
        output);
  }

  /**
   * {@return a classifier of whole sequences: an LSTM of one layer with the last state read out; no
   * dropout, biases zero}
   *
   * @param input the input at each step
   * @param hiddenSize H, at least 1
   * @param classes K, at least 1
   * @throws IllegalArgumentException if a size is below 1
   */
  public static SequenceDescription classifier(Input input, int hiddenSize, int classes) {
    return of(input, hiddenSize, new Output.Classes(classes));
  }

  /**
   * {@return a classifier of each step: an LSTM of one layer with every state read out; no dropout,
   * biases zero}
   *
   * @param input the input at each step
   * @param hiddenSize H, at least 1
   * @param classes K, at least 1
   * @throws IllegalArgumentException if a size is below 1
   */
  public static SequenceDescription tagger(Input input, int hiddenSize, int classes) {
    return classifier(input, hiddenSize, classes).withReadout(Readout.EVERY);
  }

  /**
   * {@return a regressor of whole sequences: an LSTM of one layer with the last state read out; no
   * dropout, biases zero}
   *
   * @param input the input at each step
   * @param hiddenSize H, at least 1
   * @param values K, the number of output values, at least 1
   * @throws IllegalArgumentException if a size is below 1
   */
  public static SequenceDescription regressor(Input input, int hiddenSize, int values) {
    return of(input, hiddenSize, new Output.Values(values));
  }

  /**
   * {@return a regressor of quantiles for whole sequences: an LSTM of one layer with the last state
   * read out; no dropout, biases zero}
   *
   * @param input the input at each step
   * @param hiddenSize H, at least 1
   * @param values K, the number of output values, at least 1
   * @param levels the levels of the quantiles of each value, ascending between 0 and 1, such as
   *     0.05, 0.5, 0.95
   * @throws IllegalArgumentException if a size is below 1 or the levels do not fit
   */
  public static SequenceDescription quantileRegressor(
      Input input, int hiddenSize, int values, double... levels) {
    return of(
        input, hiddenSize, new Output.Quantiles(values, DoubleStream.of(levels).boxed().toList()));
  }

  /**
   * {@return a language model: one layer of {@link CellKind#RNN}, no dropout, untied output
   * weights, biases zero}
   *
   * @param vocabularySize V, at least 1
   * @param embeddingSize D, at least 1
   * @param hiddenSize H, at least 1
   * @throws IllegalArgumentException if a size is below 1
   */
  public static SequenceDescription languageModel(
      int vocabularySize, int embeddingSize, int hiddenSize) {
    return new SequenceDescription(
        Input.words(vocabularySize, embeddingSize),
        CellKind.RNN,
        hiddenSize,
        1,
        Optional.empty(),
        0,
        InitialBias.zero(),
        Readout.EVERY,
        new Output.NextWord(false));
  }

  /**
   * {@return the same with another kind of cell}
   *
   * @param other the kind of cell of the recurrent layers
   * @throws IllegalArgumentException if it has no gates for the {@link #initialBias}
   */
  public SequenceDescription withCell(CellKind other) {
    return new SequenceDescription(
        input, other, hiddenSize, layers, bothDirections, dropout, initialBias, readout, output);
  }

  /**
   * {@return the same with another number of recurrent layers}
   *
   * @param number at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public SequenceDescription withLayers(int number) {
    return new SequenceDescription(
        input, cell, hiddenSize, number, bothDirections, dropout, initialBias, readout, output);
  }

  /**
   * {@return the same with layers that read each sequence in both directions}
   *
   * @param merge how the outputs of both directions are merged
   * @throws IllegalArgumentException if it is a model of the next word
   */
  public SequenceDescription inBothDirections(Merge merge) {
    return new SequenceDescription(
        input,
        cell,
        hiddenSize,
        layers,
        Optional.of(Objects.requireNonNull(merge, "merge")),
        dropout,
        initialBias,
        readout,
        output);
  }

  /**
   * {@return the same with another dropout}
   *
   * @param rate probability that a value is dropped in training, in [0, 1)
   * @throws IllegalArgumentException if it is not in [0, 1)
   */
  public SequenceDescription withDropout(double rate) {
    return new SequenceDescription(
        input, cell, hiddenSize, layers, bothDirections, rate, initialBias, readout, output);
  }

  /**
   * {@return the same with other initial biases of the gates}
   *
   * @param other the initial biases
   * @throws IllegalArgumentException if the kind of cell has no such gates
   */
  public SequenceDescription withInitialBias(InitialBias other) {
    return new SequenceDescription(
        input, cell, hiddenSize, layers, bothDirections, dropout, other, readout, output);
  }

  /**
   * {@return the same with another readout}
   *
   * @param other the states that the output is computed from
   * @throws IllegalArgumentException if it is a model of the next word and other is not EVERY
   */
  public SequenceDescription withReadout(Readout other) {
    return new SequenceDescription(
        input, cell, hiddenSize, layers, bothDirections, dropout, initialBias, other, output);
  }

  /**
   * {@return the same with another output}
   *
   * @param other the output
   * @throws IllegalArgumentException if it is the next word and the other settings do not fit
   */
  public SequenceDescription withOutput(Output other) {
    return new SequenceDescription(
        input, cell, hiddenSize, layers, bothDirections, dropout, initialBias, readout, other);
  }

  /**
   * {@return the same with the word vectors as output weights}
   *
   * @throws IllegalArgumentException if it is not a model of the next word, or the word vectors are
   *     not as long as the states
   */
  public SequenceDescription withTiedWeights() {
    refuseIf(
        !(output instanceof Output.NextWord),
        "only a model of the next word can be tied to its word vectors, not one that answers %s",
        output);
    return withOutput(new Output.NextWord(true));
  }

  /**
   * {@return the number of scores or values of an output: K classes, values, or words; K·Q
   * quantiles}
   */
  public int outputSize() {
    if (output instanceof Output.Classes classes) {
      return classes.count();
    }
    if (output instanceof Output.Quantiles quantiles) {
      return quantiles.count() * quantiles.levels().size();
    }
    return output instanceof Output.Values values
        ? values.count()
        : ((Input.Words) input).vocabularySize();
  }

  /** {@return whether the word vectors are also the output weights} */
  public boolean isTied() {
    return output instanceof Output.NextWord next && next.tied();
  }

  /** {@return a table: the input, each layer with its shape and parameters, the output} */
  @Override
  public String toString() {
    return DescriptionTable.of(this);
  }
}
