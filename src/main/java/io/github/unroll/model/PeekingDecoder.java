package io.github.unroll.model;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;

/**
 * A decoder that also reads the encoder's last output, hₑ, at every step.
 *
 * <pre>{@code
 * recurrent layers read [hₑ | vector]   (N,Td,H+D)
 * affine reads          [hₑ | h]        (N,Td,2H)
 * dhₑ = the gradients of all these copies, summed, and that of the decoder's start
 * }</pre>
 */
final class PeekingDecoder implements DecoderForm {

  private Tensor3 repeated; // (N,Td,H)
  private Tensor3 recurrentInputs; // (N,Td,H+D)
  private Tensor3 affineInputs; // (N,Td,2H)

  @Override
  public Tensor3 recurrentInput(Tensor3 vectors, SequenceEncoder encoder) {
    recurrentInputs = joinRepeated(encoder.lastOutput(), vectors, recurrentInputs);
    return recurrentInputs;
  }

  private Tensor3 joinRepeated(Matrix h, Tensor3 right, Tensor3 kept) {
    repeated = Room.of(repeated, right.d0(), right.d1(), h.cols());
    Features.repeat(h, repeated);
    Tensor3 joined = Room.of(kept, right.d0(), right.d1(), h.cols() + right.d2());
    Features.join(repeated, right, joined);
    return joined;
  }

  @Override
  public void recurrentInputBackward(Tensor3 dInput, Tensor3 dVectors, SequenceEncoder encoder) {
    split(dInput, dVectors, encoder);
  }

  @Override
  public Tensor3 affineInput(Tensor3 outputs, SequenceEncoder encoder) {
    affineInputs = joinRepeated(encoder.lastOutput(), outputs, affineInputs);
    return affineInputs;
  }

  @Override
  public void affineInputBackward(Tensor3 dInput, Tensor3 dOutputs, SequenceEncoder encoder) {
    split(dInput, dOutputs, encoder);
  }

  private void split(Tensor3 dJoined, Tensor3 dRight, SequenceEncoder encoder) {
    Features.split(dJoined, repeated, dRight);
    Features.addSteps(repeated, encoder.dLastOutput());
  }
}
