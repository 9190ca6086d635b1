package io.github.unroll.io.foreign;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.GruCell;
import io.github.unroll.cell.LstmCell;
import io.github.unroll.cell.RnnCell;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.Reversed;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.model.Input;
import io.github.unroll.model.Readout;
import io.github.unroll.model.SequenceClassifier;
import io.github.unroll.model.SequenceDescription;
import io.github.unroll.model.SequenceModel;
import io.github.unroll.model.SequenceRegressor;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The layers of a network of another library that is a plain stack: word vectors if it reads words,
 * recurrent layers, and an affine map on one state or on every state. They are Unroll's own and can
 * be trained, stepped in a session and saved.
 *
 * @param embedding the word vectors; empty if the network reads features
 * @param recurrent the recurrent layers, the lowest first, at least one; without dropout, not
 *     stateful
 * @param readout the states that the head reads: LAST or EVERY; of a backward layer LAST is the
 *     state after the first step
 * @param head the affine map on top; empty if the network ends with a state
 * @param softmax whether a softmax follows the head
 */
public record ImportedLayers(
    Optional<TimeEmbedding> embedding,
    List<RecurrentLayer> recurrent,
    Readout readout,
    Optional<TimeAffine> head,
    boolean softmax) {

  /** The given layers; the list is copied. */
  public ImportedLayers {
    recurrent = List.copyOf(recurrent);
  }

  /**
   * {@return a new model with copies of these weights, to be trained or saved by {@link
   * io.github.unroll.io.checkpoint.ModelFile}: a classifier if the network ends with a softmax,
   * else a regressor}
   *
   * @throws IllegalArgumentException if a model of Unroll cannot be described so: the layers differ
   *     in their kind, size or directions, one reads from the end alone, a cell has options that no
   *     {@link CellKind} has, or there is no head
   */
  public SequenceModel<?> toModel() {
    SequenceDescription d = description();
    RandomState none = new RandomState(0); // every weight is overwritten
    SequenceModel<?> model =
        softmax ? new SequenceClassifier(d, none) : new SequenceRegressor(d, none);
    List<Parameter> own = new ArrayList<>();
    embedding.ifPresent(words -> own.addAll(words.parameters()));
    recurrent.forEach(layer -> own.addAll(layer.parameters()));
    own.addAll(head.orElseThrow().parameters());
    for (int i = 0; i < own.size(); i++) {
      model.parameters().get(i).value().copyFrom(own.get(i).value());
    }
    return model;
  }

  private SequenceDescription description() {
    TimeAffine affine =
        head.orElseThrow(() -> refusal("it ends with a state; a model ends with an affine map"));
    RecurrentLayer first = recurrent.get(0);
    Set<String> shapes = new LinkedHashSet<>();
    recurrent.forEach(layer -> shapes.add(shape(layer)));
    if (shapes.size() > 1) {
      throw refusal(
          String.format(
              Locale.ROOT,
              "its recurrent layers are %s; those of a model are of one kind and size",
              String.join(", then ", shapes)));
    }
    Input input =
        embedding.isEmpty()
            ? Input.features(first.inputSize())
            : Input.words(embedding.get().parameters().get(0).value().rows(), first.inputSize());
    RecurrentLayer ahead = first instanceof Bidirectional both ? both.ahead() : first;
    SequenceDescription d =
        (softmax
                ? SequenceDescription.classifier(input, ahead.outputSize(), affine.outputSize())
                : SequenceDescription.regressor(input, ahead.outputSize(), affine.outputSize()))
            .withCell(kind(first))
            .withLayers(recurrent.size())
            .withReadout(readout);
    return first instanceof Bidirectional both ? d.inBothDirections(both.merge()) : d;
  }

  private static String shape(RecurrentLayer layer) {
    String direction =
        layer instanceof Bidirectional both ? " in both directions by " + both.merge() : "";
    int hidden =
        layer instanceof Bidirectional both ? both.ahead().outputSize() : layer.outputSize();
    return String.format(Locale.ROOT, "%s of %d%s", kind(layer), hidden, direction);
  }

  /** The kind of all cells of a layer. */
  private static CellKind kind(RecurrentLayer layer) {
    if (layer instanceof Reversed) {
      throw refusal(
          "a layer reads from the end alone; a model's read forward, or in both directions");
    }
    Set<CellKind> kinds = new LinkedHashSet<>();
    CellWeights.directions(layer).forEach(one -> kinds.add(kind(one.cells().get(0))));
    if (kinds.size() > 1) {
      throw refusal("its two directions are of different kinds: " + kinds);
    }
    return kinds.iterator().next();
  }

  private static CellKind kind(Cell cell) {
    if (cell instanceof LstmCell) {
      return CellKind.LSTM;
    }
    if (cell instanceof GruCell gru) {
      return gru.resetsAfter() ? CellKind.GRU_RESET_AFTER : CellKind.GRU;
    }
    if (cell instanceof RnnCell rnn) {
      return rnn.nonlinearity() == RnnCell.Nonlinearity.TANH ? CellKind.RNN : CellKind.RNN_RELU;
    }
    throw refusal(
        String.format(
            Locale.ROOT,
            "a %s has options that no kind of cell of a model has",
            cell.getClass().getSimpleName()));
  }

  private static IllegalArgumentException refusal(String why) {
    return new IllegalArgumentException("no model of Unroll is this network: " + why);
  }
}
