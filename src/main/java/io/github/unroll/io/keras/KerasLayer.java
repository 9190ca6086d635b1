package io.github.unroll.io.keras;

import io.github.unroll.cell.Activation;
import java.util.function.UnaryOperator;

/**
 * A layer of a model, over its weights.
 *
 * @param settings its class and what it is set to
 * @param summary what it is set to, in words
 * @param output the shape of its output
 * @param parameters the number of its weights
 * @param part what computes it: a RecurrentLayer, TimeEmbedding, TimeAffine; null if there is none
 * @param end the activation after an affine map, or alone; null for none
 * @param run computes its output; null of an embedding
 */
record KerasLayer(
    Settings settings,
    String summary,
    Shape output,
    long parameters,
    Object part,
    Activation end,
    UnaryOperator<Flow> run) {}
