package io.github.unroll.model;

import io.github.unroll.layer.RecurrentLayer;
import io.github.unroll.layer.RecurrentSession;
import io.github.unroll.layer.RecurrentStack;
import io.github.unroll.layer.TimeAffine;
import io.github.unroll.layer.TimeDropout;
import io.github.unroll.layer.TimeEmbedding;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.List;

/**
 * From word ids to the scores of the words that follow: the layers of a language model without its
 * loss, over weights that others may share.
 */
final class LanguageModelLayers {

  private final TimeEmbedding embedding;
  private final TimeDropout below;
  private final RecurrentLayer recurrent;
  private final TimeDropout above;
  private final TimeAffine affine;

  private Tensor3 vectors;
  private Tensor3 states;
  private Tensor3 scores;

  /** Layers that are trained; masks is where dropout draws from. */
  LanguageModelLayers(
      RnnLanguageModel.Configuration c, LanguageModelWeights weights, RandomState masks) {
    embedding = new TimeEmbedding(weights.embedW());
    below = new TimeDropout(c.embeddingSize(), c.dropout(), masks);
    List<RecurrentLayer> layers = weights.cells().stream().map(c.cell()::layer).toList();
    recurrent = layers.size() == 1 ? layers.get(0) : new RecurrentStack(layers, c.dropout(), masks);
    above = new TimeDropout(c.hiddenSize(), c.dropout(), masks);
    affine =
        weights.tied()
            ? TimeAffine.tied(weights.embedW(), weights.affineB())
            : new TimeAffine(weights.affineW(), weights.affineB());
  }

  /** Layers that only read: without dropout, and with a state of their own. */
  static LanguageModelLayers reading(
      RnnLanguageModel.Configuration c, LanguageModelWeights weights) {
    LanguageModelLayers layers = new LanguageModelLayers(c, weights, new RandomState(0));
    layers.setTraining(false);
    return layers;
  }

  /** A session over the same weights, which shares nothing with these layers that changes. */
  LanguageModelSession newSession(int batchSize) {
    RecurrentSession session = new RecurrentSession(recurrent, batchSize);
    return new LanguageModelSession(embedding.vectors(), session, affine);
  }

  void setTraining(boolean training) {
    below.setTraining(training);
    recurrent.setTraining(training);
    above.setTraining(training);
  }

  /** Makes room for ids (N,T); returns where their scores (N,T,V) will stand. */
  Tensor3 reserve(int[][] ids) {
    int n = ids.length;
    int steps = n == 0 ? 0 : ids[0].length;
    if (steps == 0) {
      throw new IllegalArgumentException(
          "RnnLanguageModel.forward: no ids; pass at least one (1x1)");
    }
    recurrent.checkRoom(n, steps); // no layer's state is carried on without the others'
    vectors = Room.of(vectors, n, steps, embedding.embeddingSize());
    states = Room.of(states, n, steps, recurrent.outputSize());
    scores = Room.of(scores, n, steps, affine.outputSize());
    return scores;
  }

  /** Carries the state on over ids (N,T), for which room is {@link #reserve reserved}. */
  void read(int[][] ids) {
    embedding.forwardInto(ids, vectors);
    below.forwardInto(vectors, vectors);
    recurrent.forwardInto(vectors, states);
    above.forwardInto(states, states);
  }

  /** The scores (N,T,V) of the words after those read last: the layers' own, overwritten next. */
  Tensor3 score() {
    affine.forwardInto(states, scores);
    return scores;
  }

  /** Adds the gradients; dScores (N,T,V) may be the scores themselves, and is not modified. */
  void backward(Tensor3 dScores) {
    affine.backwardInto(dScores, states);
    above.backwardInto(states, states);
    recurrent.backwardInto(states, vectors);
    below.backwardInto(vectors, vectors);
    embedding.backward(vectors);
  }

  RecurrentLayer recurrent() {
    return recurrent;
  }
}
