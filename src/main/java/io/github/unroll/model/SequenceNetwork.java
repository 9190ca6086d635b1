package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.data.Sequences;
import io.github.unroll.layer.Bidirectional;
import io.github.unroll.layer.Merge;
import io.github.unroll.layer.Recurrent;
import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeDropout;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The network of all sequence models, from sequences to outputs, over weights that others may
 * share.
 *
 * <pre>{@code
 * words (N,T) → TimeEmbedding ↘
 * features                (N,T,D) → recurrent layers → (N,T,H) → Readout → (N,S,H) → TimeAffine
 *                                            → answers (N,S,K); S is 1, or T for Readout.EVERY
 * }</pre>
 */
final class SequenceNetwork {

  private final int features; // D, if it reads features
  private final TimeEmbedding embedding; // null if it reads features
  private final TimeDropout below; // for the word vectors; null if it reads features
  private final RecurrentLayer recurrent;
  private final Readout readout;
  private final BothEnds ends; // null unless the last states of both directions are read
  private final TimeDropout above;
  private final TimeAffine affine;

  private final CountedSteps steps = new CountedSteps();
  private Tensor3 vectors; // (N,T,D), then their gradient
  private Tensor3 states; // (N,T,H), then their gradient
  private Tensor3 read; // (N,S,H), then their gradient; the states themselves for Readout.EVERY
  private Tensor3 answers; // (N,S,K)

  /** A network for training; masks is the source of dropout. */
  SequenceNetwork(SequenceDescription d, SequenceWeights weights, RandomState masks) {
    features = d.input().size();
    embedding = weights.embedW() == null ? null : new TimeEmbedding(weights.embedW());
    below = embedding == null ? null : new TimeDropout(features, d.dropout(), masks);
    recurrent = recurrent(d, weights.cells(), masks);
    readout = d.readout();
    int h = weights.cells().get(d.layers() - 1).get(0).outputSize();
    ends = readsBothEnds(d) ? new BothEnds(d.bothDirections().orElseThrow(), h, h) : null;
    above =
        new TimeDropout(ends == null ? recurrent.outputSize() : ends.size(), d.dropout(), masks);
    affine = affine(d, weights);
  }

  /** The layer that makes scores or values of what is read. */
  static TimeAffine affine(SequenceDescription d, SequenceWeights weights) {
    return d.isTied()
        ? TimeAffine.tied(weights.embedW(), weights.affineB())
        : new TimeAffine(weights.affineW(), weights.affineB());
  }

  /** A network for reading only, without dropout and with its own state. */
  static SequenceNetwork reading(SequenceDescription d, SequenceWeights weights) {
    SequenceNetwork network = new SequenceNetwork(d, weights, new RandomState(0));
    network.setTraining(false);
    return network;
  }

  private static boolean readsBothEnds(SequenceDescription d) {
    return d.bothDirections().isPresent() && d.readout() == Readout.LAST;
  }

  /** The recurrent layers, stateful if they only read forward. */
  private static RecurrentLayer recurrent(
      SequenceDescription d, List<List<Cell>> cells, RandomState masks) {
    List<RecurrentLayer> layers = new ArrayList<>();
    for (List<Cell> layer : cells) {
      boolean top = layers.size() == cells.size() - 1;
      layers.add(
          layer.size() == 1
              ? new Recurrent<>(layer.get(0), true)
              : new Bidirectional(
                  new Recurrent<>(layer.get(0)),
                  new Recurrent<>(layer.get(1)),
                  top && readsBothEnds(d) ? Merge.CONCATENATE : d.bothDirections().orElseThrow()));
    }
    return stack(layers, d.dropout(), masks);
  }

  private static RecurrentLayer stack(
      List<? extends RecurrentLayer> layers, double dropout, RandomState masks) {
    return layers.size() == 1 ? layers.get(0) : new RecurrentStack(layers, dropout, masks);
  }

  /** A stack of stateless layers over cells. */
  static RecurrentLayer layers(List<Cell> cells, double dropout, RandomState masks) {
    return stack(cells.stream().map(Recurrent::new).toList(), dropout, masks);
  }

  void setTraining(boolean training) {
    if (below != null) {
      below.setTraining(training);
    }
    recurrent.setTraining(training);
    above.setTraining(training);
  }

  /**
   * Checks a batch and allocates the buffers for it.
   *
   * @return the buffer of its outputs (N,S,K)
   * @throws IllegalArgumentException if lengths or counts do not fit; ids are checked when they are
   *     read
   */
  Tensor3 reserve(Sequences inputs) {
    int n = inputs.batch();
    int length = inputs.steps();
    steps.set(inputs);
    recurrent.checkRoom(n, length); // so that either all layers' states change or none
    int count = readout.answers(length);
    if (embedding != null) {
      vectors = Room.of(vectors, n, length, features);
    }
    states = Room.of(states, n, length, recurrent.outputSize());
    read = readout == Readout.EVERY ? states : Room.of(read, n, 1, above.inputSize());
    answers = Room.of(answers, n, count, affine.outputSize());
    return answers;
  }

  /** Throws unless it reads such inputs; messages begin with the model's name. */
  void checkInputs(String model, Sequences inputs) {
    boolean words = embedding != null;
    if (words && inputs.words() == null) {
      throw wrong("%s: the model reads words, not features; pass Sequences.ofWords(ids)", model);
    }
    if (!words && inputs.words() != null) {
      throw wrong("%s: the model reads %d features a step, not words", model, features);
    }
    if (inputs.batch() == 0 || inputs.steps() == 0) {
      throw wrong(
          "%s: there are no %s; pass at least one sequence of one step",
          model, words ? "ids" : "inputs");
    }
    if (!words && inputs.features().d2() != features) {
      throw wrong(
          "%s: xs must have %d features, the last axis; it is %s",
          model, features, inputs.features().shape());
    }
    for (int i = 0; words && i < inputs.batch(); i++) {
      int length = inputs.words()[i] == null ? 0 : inputs.words()[i].length;
      if (length != inputs.steps()) {
        throw wrong(
            "%s: row %d has %d ids and row 0 has %d; fill shorter ones up and pass lengths",
            model, i, length, inputs.steps());
      }
    }
  }

  private static IllegalArgumentException wrong(String format, Object... details) {
    return new IllegalArgumentException(String.format(Locale.ROOT, format, details));
  }

  /**
   * Computes the outputs (N,S,K) of the {@link #reserve reserved} batch, from the kept state. The
   * network overwrites them at the next call. Outputs of steps that do not count are zero.
   */
  Tensor3 forward(Sequences inputs) {
    Tensor3 xs = inputs.features();
    if (embedding != null) {
      embedding.forwardInto(steps.words(inputs.words()), vectors);
      below.forwardInto(vectors, vectors);
      xs = vectors;
    }
    recurrent.forwardInto(xs, steps.mask(), null, states);
    if (ends != null) {
      ends.read(states, steps, read);
    } else if (readout != Readout.EVERY) {
      readout.read(states, 0, steps, read);
    }
    above.forwardInto(read, read);
    affine.forwardInto(read, answers);
    readout.clearUncounted(answers, steps);
    return answers;
  }

  /**
   * Adds the gradients; dAnswers (N,S,K), zero where no step counts, may be the outputs themselves.
   */
  void backward(Tensor3 dAnswers) {
    affine.backwardInto(dAnswers, read);
    above.backwardInto(read, read);
    if (ends != null) {
      ends.spread(read, steps, states);
    } else if (readout != Readout.EVERY) {
      readout.spread(read, steps, states);
    }
    vectors = Room.of(vectors, states.d0(), states.d1(), features); // for features it is never read
    recurrent.backwardInto(states, vectors);
    if (embedding != null) {
      below.backwardInto(vectors, vectors);
      embedding.backward(vectors);
    }
  }

  /** The outputs of the latest forward, to be overwritten by the loss and with their gradient. */
  Tensor3 answers() {
    return answers;
  }

  /** The steps of the latest batch that count. */
  CountedSteps steps() {
    return steps;
  }

  RecurrentLayer recurrent() {
    return recurrent;
  }

  /** Word vectors (V,D); null if it reads features. */
  Matrix wordVectors() {
    return embedding == null ? null : embedding.vectors();
  }

  TimeAffine affine() {
    return affine;
  }
}
