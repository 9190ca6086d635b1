package io.github.unroll.model;

import io.github.unroll.layer.TimeAttention;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;

/**
 * A decoder with attention: its affine layer reads its own output and a context, which {@link
 * TimeAttention} computes from all outputs of the encoder.
 *
 * <pre>{@code
 * affine reads [context | h]   (N,Td,2H)
 * }</pre>
 */
final class AttendingDecoder implements DecoderForm {

  private final TimeAttention attention = new TimeAttention();

  private Tensor3 contexts; // (N,Td,H)
  private Tensor3 dQueries; // (N,Td,H)
  private Tensor3 joined; // (N,Td,2H)

  @Override
  public Tensor3 affineInput(Tensor3 outputs, SequenceEncoder encoder) {
    int n = outputs.d0();
    int steps = outputs.d1();
    int hidden = outputs.d2();
    contexts = Room.of(contexts, n, steps, hidden);
    joined = Room.of(joined, n, steps, 2 * hidden);
    attention.forwardInto(encoder.outputs(), encoder.lengths(), outputs, contexts);
    Features.join(contexts, outputs, joined);
    return joined;
  }

  @Override
  public void affineInputBackward(Tensor3 dInput, Tensor3 dOutputs, SequenceEncoder encoder) {
    dQueries = Room.of(dQueries, dOutputs.d0(), dOutputs.d1(), dOutputs.d2());
    Features.split(dInput, contexts, dOutputs);
    attention.backwardInto(contexts, encoder.dOutputs(), dQueries);
    Features.add(dQueries.data(), dOutputs.data());
  }

  /** The attention weights of the latest forward (N,Td,Te), in the encoder's reading order. */
  Tensor3 weights() {
    return attention.weights();
  }
}
