package io.github.unroll.io.checkpoint;

/**
 * A model that was loaded from a file, with its notes.
 *
 * @param <M> the model's class
 * @param model the model, at the beginning of a sequence
 * @param notes the notes
 */
public record SavedModel<M>(M model, Notes notes) {}
