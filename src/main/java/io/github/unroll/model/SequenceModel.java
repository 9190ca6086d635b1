package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.data.Sequences;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Parameter;
import io.github.unroll.tensor.Tensor3;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A model of recurrent layers that reads sequences and answers each, or each of its steps: what
 * {@link SequenceClassifier}, {@link SequenceRegressor} and {@link RnnLanguageModel} share. They
 * differ in their loss and in what they predict.
 *
 * <p>Sequences of one batch may end early or have holes; what stands at steps that do not count,
 * NaN too, touches nothing.
 *
 * @param <B> a batch: sequences and what they should give
 */
public abstract sealed class SequenceModel<B> implements TrainableModel<B>
    permits SequenceClassifier, SequenceRegressor, RnnLanguageModel {

  private final SequenceDescription description;
  private final SequenceWeights weights;
  private final List<Parameter> parameters;
  private final SequenceNetwork network;
  private boolean awaitsBackward;

  /** A model to be trained; dropout draws from masks. */
  SequenceModel(SequenceDescription description, SequenceWeights weights, RandomState masks) {
    this(description, weights, new SequenceNetwork(description, weights, masks));
  }

  SequenceModel(SequenceDescription description, SequenceWeights weights, SequenceNetwork network) {
    this.description = description;
    this.weights = weights;
    this.parameters = weights.parameters();
    this.network = network;
  }

  /** Checks that a description gives the kind of outputs that this model has. */
  static SequenceDescription checked(
      String model, SequenceDescription description, Class<? extends Output> answers, String want) {
    if (!answers.isInstance(description.output())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the description answers %s, and this model answers %s",
              model,
              description.output(),
              want));
    }
    return description;
  }

  // ---- what the models differ in ----

  /** The inputs of a batch. */
  abstract Sequences inputs(B batch);

  /** Checks and keeps the targets of a batch for outputs (N,S,K), before anything is computed. */
  abstract void takeTargets(B batch, Tensor3 answers, CountedSteps steps);

  /**
   * The mean loss of outputs (N,S,K) against the kept targets; it may overwrite them with what
   * {@link #lossBackwardInto} needs.
   */
  abstract double loss(Tensor3 answers);

  /** Writes the gradient of the latest loss over the outputs, unchanged since the loss. */
  abstract void lossBackwardInto(Tensor3 dAnswers);

  // ---- training ----

  @Override
  public double forward(B batch) {
    awaitsBackward = false; // a refused forward has no gradient
    Sequences inputs = inputs(batch);
    network.checkInputs(name(), inputs);
    Tensor3 answers = network.reserve(inputs);
    takeTargets(batch, answers, network.steps()); // now: a refusal later would find a state moved
    beginBatch();
    double mean = loss(network.forward(inputs));
    awaitsBackward = true;
    return mean;
  }

  /** Called before each batch; a model that keeps its state between batches overrides it. */
  void beginBatch() {
    network.recurrent().resetState();
  }

  /**
   * Adds the gradients of the latest loss to those of the parameters: once for each forward.
   *
   * @throws IllegalStateException if there was no forward, or it had its backward already
   */
  @Override
  public final void backward() {
    if (!awaitsBackward) {
      throw new IllegalStateException(
          name()
              + ".backward: there was no forward since the latest backward; call forward first, and"
              + " backward once for it");
    }
    awaitsBackward = false;
    lossBackwardInto(network.answers());
    network.backward(network.answers());
  }

  /** Names what is not finite in the latest batch or in its outputs. */
  final Optional<String> notFinite(Sequences inputs, String read, String score) {
    Optional<String> input =
        inputs.features() == null ? Optional.empty() : Diagnosis.input(inputs, network.steps());
    return input.isPresent() || !awaitsBackward // by then gradients stand where the answers were
        ? input
        : Optional.of(Diagnosis.overflow(read, network.answers(), sequenceName(), score));
  }

  /** The word for a sequence in messages. */
  String sequenceName() {
    return "sequence";
  }

  /**
   * Switches between training, with dropout, and use, without it.
   *
   * @param training whether dropout acts from the next forward on, as it does in a new model
   */
  @Override
  public final void setTraining(boolean training) {
    network.setTraining(training);
  }

  /**
   * The trained parameters.
   *
   * @return embed.w (V,D) if it reads words; of each recurrent layer the parameters of its cell, in
   *     the library's wx (D, or above the first what the layer below gives, by G·H), wh (H,G·H), b
   *     (1,G·H) and what the cell has besides, called e.g. lstm.wx if the layer is the only one,
   *     else lstm0.wx, lstm1.wx from the lowest up, and of the direction from the end lstm.back.wx;
   *     affine.w (H,K) unless it is tied; affine.b (1,K)
   */
  @Override
  public final List<Parameter> parameters() {
    return parameters;
  }

  /**
   * {@return the cells of each recurrent layer, from the lowest up: one, or of both directions two,
   * the one from the first step first} They are live: their parameters are the model's.
   */
  public final List<List<Cell>> cells() {
    return weights.cells();
  }

  /** {@return the description of the model} */
  public final SequenceDescription description() {
    return description;
  }

  // ---- use ----

  /** The outputs (N,S,K) for sequences, each from its beginning; training is not disturbed. */
  final Tensor3 read(Sequences inputs) {
    network.checkInputs(name(), inputs);
    return description.bothDirections().isPresent() ? readWhole(inputs) : reader().forward(inputs);
  }

  private Tensor3 readWhole(Sequences inputs) {
    SequenceNetwork reading = SequenceNetwork.reading(description, weights);
    reading.reserve(inputs);
    return reading.forward(inputs);
  }

  /** A reader for a model of one direction. */
  final SequenceReader reader() {
    return new SequenceReader(description, weights);
  }

  /** A network over the same parameters, without dropout, in its initial state. */
  final SequenceNetwork readingNetwork() {
    return SequenceNetwork.reading(description, weights);
  }

  /** A session over the same parameters; it shares no other state with this model. */
  final SequenceSession session(int batchSize) {
    requireOneDirection("newSession");
    return new SequenceSession(
        description,
        network.wordVectors(),
        new RecurrentSession(network.recurrent(), batchSize),
        network.affine());
  }

  /** Throws if the model reads in both directions. */
  final void requireOneDirection(String verb) {
    if (description.bothDirections().isPresent()) {
      throw new IllegalStateException(
          verb
              + ": a model of both directions needs the whole sequence, so it cannot go on step by"
              + " step; use a model of one direction");
    }
  }

  final SequenceNetwork network() {
    return network;
  }

  final SequenceWeights weights() {
    return weights;
  }

  final String name() {
    return getClass().getSimpleName();
  }

  /** {@return the model's name and its {@link SequenceDescription} as a table} */
  @Override
  public final String toString() {
    return name() + "\n" + description;
  }
}
