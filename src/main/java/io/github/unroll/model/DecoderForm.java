package io.github.unroll.model;

import io.github.unroll.tensor.Tensor3;

/** What a decoder reads of the question besides its start; nothing, unless it is overridden. */
interface DecoderForm {

  /** What the recurrent layers read, made of the word vectors (N,Td,D). */
  default Tensor3 recurrentInput(Tensor3 wordVectors, SequenceEncoder encoder) {
    return wordVectors;
  }

  /** From the gradient of {@link #recurrentInput} to that of the vectors, which is overwritten. */
  default void recurrentInputBackward(
      Tensor3 dInput, Tensor3 dWordVectors, SequenceEncoder encoder) {}

  /** What the affine layer reads, made of the decoder's outputs (N,Td,H). */
  default Tensor3 affineInput(Tensor3 outputs, SequenceEncoder encoder) {
    return outputs;
  }

  /** From the gradient of {@link #affineInput} to that of the outputs, which is overwritten. */
  default void affineInputBackward(Tensor3 dInput, Tensor3 dOutputs, SequenceEncoder encoder) {}

  /** A new one for a model that is described so. */
  static DecoderForm of(Seq2SeqDescription.Form form) {
    return switch (form) {
      case PLAIN -> new DecoderForm() {};
      case PEEKY -> new PeekingDecoder();
      case ATTENTION -> new AttendingDecoder();
    };
  }
}
