package io.github.unroll.model;

import io.github.unroll.cell.CellKind;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a {@link SequenceClassifier} or a {@link SequenceRegressor} is made of.
 *
 * @param inputSize D, the features of a step, at least 1
 * @param hiddenSize H, of every recurrent layer, at least 1
 * @param outputSize K, the classes, or the values of an answer, at least 1
 * @param cell what the recurrent layers are made of
 * @param layers how many recurrent layers stand one upon the other, at least 1
 * @param readout from which states it answers
 * @param dropout probability, in [0, 1), that a value is dropped in training: between two recurrent
 *     layers, and of the states that are read out
 * @param longestLag above 2: the lag in steps to be bridged, for which the biases start as {@link
 *     io.github.unroll.random.Initializers#lstmChronoBias} has them; 0: they start at zero
 */
public record SequenceConfiguration(
    int inputSize,
    int hiddenSize,
    int outputSize,
    CellKind cell,
    int layers,
    Readout readout,
    double dropout,
    int longestLag) {

  /**
   * A configuration.
   *
   * @param inputSize D, the features of a step, at least 1
   * @param hiddenSize H, of every recurrent layer, at least 1
   * @param outputSize K, the classes, or the values of an answer, at least 1
   * @param cell what the recurrent layers are made of
   * @param layers how many recurrent layers stand one upon the other, at least 1
   * @param readout from which states it answers
   * @param dropout probability, in [0, 1), that a value is dropped in training
   * @param longestLag the lag in steps for which the biases start, above 2; 0: they start at zero
   * @throws IllegalArgumentException if a size or the number of layers is below 1, dropout is not
   *     in [0, 1), or longestLag is neither 0 nor above 2, or not 0 for a kind of cell that has no
   *     {@linkplain CellKind#hasChronoStart start for long lags}
   * @throws NullPointerException if cell or readout is null
   */
  public SequenceConfiguration {
    checkSize("inputSize", inputSize);
    checkSize("hiddenSize", hiddenSize);
    checkSize("outputSize", outputSize);
    checkSize("layers", layers);
    Objects.requireNonNull(cell, "cell");
    Objects.requireNonNull(readout, "readout");
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "SequenceConfiguration: dropout must be in [0, 1), not " + dropout);
    }
    if (longestLag != 0 && longestLag <= 2) {
      throw new IllegalArgumentException(
          "SequenceConfiguration: longestLag must be above 2 steps, or 0 for none, not "
              + longestLag);
    }
    if (longestLag != 0 && !cell.hasChronoStart()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SequenceConfiguration: a cell of kind %s has no gates to start for a longestLag"
                  + " of %d; take one that has, as %s, or 0",
              cell,
              longestLag,
              CellKind.all().stream()
                  .filter(CellKind::hasChronoStart)
                  .map(CellKind::toString)
                  .collect(Collectors.joining(", "))));
    }
  }

  /**
   * One layer of {@link CellKind#LSTM} that answers from its last state; no dropout, biases zero.
   *
   * @param inputSize D, the features of a step, at least 1
   * @param hiddenSize H, at least 1
   * @param outputSize K, the classes, or the values of an answer, at least 1
   * @throws IllegalArgumentException if a size is below 1
   */
  public SequenceConfiguration(int inputSize, int hiddenSize, int outputSize) {
    this(inputSize, hiddenSize, outputSize, CellKind.LSTM, 1, Readout.LAST, 0, 0);
  }

  private static void checkSize(String what, int size) {
    if (size < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "SequenceConfiguration: %s must be at least 1, not %d", what, size));
    }
  }

  /**
   * The same with another cell.
   *
   * @param other what the recurrent layers are made of
   * @return a new configuration
   * @throws IllegalArgumentException if longestLag is not 0 and the kind has no start for long
   *     lags, as an RNN
   */
  public SequenceConfiguration withCell(CellKind other) {
    return new SequenceConfiguration(
        inputSize, hiddenSize, outputSize, other, layers, readout, dropout, longestLag);
  }

  /**
   * The same with another number of recurrent layers.
   *
   * @param number at least 1
   * @return a new configuration
   * @throws IllegalArgumentException if it is below 1
   */
  public SequenceConfiguration withLayers(int number) {
    return new SequenceConfiguration(
        inputSize, hiddenSize, outputSize, cell, number, readout, dropout, longestLag);
  }

  /**
   * The same with another readout.
   *
   * @param other from which states it answers
   * @return a new configuration
   */
  public SequenceConfiguration withReadout(Readout other) {
    return new SequenceConfiguration(
        inputSize, hiddenSize, outputSize, cell, layers, other, dropout, longestLag);
  }

  /**
   * The same with another dropout.
   *
   * @param rate probability that a value is dropped in training, in [0, 1)
   * @return a new configuration
   * @throws IllegalArgumentException if it is not in [0, 1)
   */
  public SequenceConfiguration withDropout(double rate) {
    return new SequenceConfiguration(
        inputSize, hiddenSize, outputSize, cell, layers, readout, rate, longestLag);
  }

  /**
   * The same with the chrono start of Tallec and Ollivier 2018: of each unit of an LSTM forget gate
   * log(u) and input gate −log(u), of a GRU update gate −log(u), u uniform in [1, longestLag − 1).
   *
   * @param steps the longest lag to be bridged, above 2; 0 for biases that start at zero
   * @return a new configuration
   * @throws IllegalArgumentException if it is neither 0 nor above 2, or not 0 and the kind of cell
   *     has no start for long lags, as an RNN
   */
  public SequenceConfiguration withLongestLag(int steps) {
    return new SequenceConfiguration(
        inputSize, hiddenSize, outputSize, cell, layers, readout, dropout, steps);
  }
}
