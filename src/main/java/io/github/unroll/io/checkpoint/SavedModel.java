package io.github.unroll.io.checkpoint;

/**
 * A model out of a file, and what was noted with it.
 *
 * @param <M> the model's class
 * @param model the model, not in the middle of any sequence
 * @param notes what was noted
 */
public record SavedModel<M>(M model, Notes notes) {}
