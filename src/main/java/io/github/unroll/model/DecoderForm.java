package io.github.unroll.model;

import io.github.unroll.tensor.Tensor3;

/**
 * The form of a decoder: what it reads from the encoder in addition to its initial state; by
 * default nothing.
 */
interface DecoderForm {

  /** The input of the recurrent layers, from the word vectors (N,Td,D). */
  default Tensor3 recurrentInput(Tensor3 wordVectors, SequenceEncoder encoder) {
    return wordVectors;
  }

  /** Overwrites the gradient of the vectors, from the gradient of {@link #recurrentInput}. */
  default void recurrentInputBackward(
      Tensor3 dInput, Tensor3 dWordVectors, SequenceEncoder encoder) {}

  /** The input of the affine layer, from the decoder's outputs (N,Td,H). */
  default Tensor3 affineInput(Tensor3 outputs, SequenceEncoder encoder) {
    return outputs;
  }

  /** Overwrites the gradient of the outputs, from the gradient of {@link #affineInput}. */
  default void affineInputBackward(Tensor3 dInput, Tensor3 dOutputs, SequenceEncoder encoder) {}

  /** A new decoder form of a model. */
  static DecoderForm of(Seq2SeqDescription.Form form) {
    return switch (form) {
      case PLAIN -> new DecoderForm() {};
      case PEEKY -> new PeekingDecoder();
      case ATTENTION -> new AttendingDecoder();
    };
  }
}
