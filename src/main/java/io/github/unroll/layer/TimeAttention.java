package io.github.unroll.layer;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.MatrixView;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;

/**
 * Dot-product attention: for every step of a decoder the mean of all states of an encoder, weighted
 * by how well each fits the decoder's state (Luong, Pham and Manning 2015, score "dot"; the book
 * "Deep Learning from Scratch 2", chapter 8). For one sample, with hs the encoder's states (Te,H)
 * and h the decoder's (Td,H):
 *
 * <pre>{@code
 * s       = h·hsᵀ                            (Td,Te)
 * a       = softmax of each row of s         (Td,Te)   the attention weights
 * context = a·hs                             (Td,H)
 *
 * da  = dcontext·hsᵀ
 * ds  = a ⊙ (da − Σ over the row of a ⊙ da)
 * dh  = ds·hs
 * dhs = aᵀ·dcontext + dsᵀ·h
 * }</pre>
 *
 * <p><b>Lengths.</b> If encoder sequences end early, only {@code lengths[n]} of Te steps count. The
 * others have the weight 0 and the gradient 0, and their values have no effect, even if they are
 * NaN.
 *
 * <p>{@link #backward} belongs to the latest forward. The layer has no parameters and keeps what
 * backward needs. It must not be used by several threads at once.
 */
public final class TimeAttention {

  private int n;
  private int encoderSteps;
  private int decoderSteps;
  private int hidden;
  private int[] lengths = {};

  private Tensor3 hs; // (N,Te,H)
  private Tensor3 h; // (N,Td,H)
  private Tensor3 a; // (N,Td,Te): the weights, zero past a length

  // Of backward alone.
  private Tensor3 ds; // (N,Td,Te): gradients of the weights, then of the scores
  private Matrix products; // (1,Te)

  /** A layer with its own buffers and no parameters. */
  public TimeAttention() {}

  /**
   * The gradients of the loss with respect to the inputs of a forward.
   *
   * @param dEncoderStates gradient of the encoder's states (N,Te,H)
   * @param dDecoderStates gradient of the decoder's states (N,Td,H)
   */
  public record InputGradients(Tensor3 dEncoderStates, Tensor3 dDecoderStates) {}

  /**
   * The context of every decoder step.
   *
   * @param encoderStates the encoder's states (N,Te,H)
   * @param decoderStates the decoder's states (N,Td,H)
   * @return contexts (N,Td,H)
   * @throws IllegalArgumentException if batch sizes or widths differ
   */
  public Tensor3 forward(Tensor3 encoderStates, Tensor3 decoderStates) {
    return forward(encoderStates, null, decoderStates);
  }

  /**
   * The context of every decoder step, for encoder sequences of different lengths.
   *
   * @param encoderStates the encoder's states (N,Te,H)
   * @param lengths how many steps of each encoder sequence count (N), each in 1..Te; null for all
   * @param decoderStates the decoder's states (N,Td,H)
   * @return contexts (N,Td,H)
   * @throws IllegalArgumentException if batch sizes, widths or a length do not fit
   */
  public Tensor3 forward(Tensor3 encoderStates, int[] lengths, Tensor3 decoderStates) {
    Tensor3 contexts = new Tensor3(decoderStates.d0(), decoderStates.d1(), decoderStates.d2());
    forwardInto(encoderStates, lengths, decoderStates, contexts);
    return contexts;
  }

  /**
   * Runs {@link #forward(Tensor3, int[], Tensor3)} and writes the result to {@code contexts}.
   *
   * @param encoderStates the encoder's states (N,Te,H)
   * @param lengths how many steps of each encoder sequence count (N), each in 1..Te; null for all
   * @param decoderStates the decoder's states (N,Td,H)
   * @param contexts modified: overwritten with the contexts (N,Td,H)
   * @throws IllegalArgumentException if batch sizes, widths or a length do not fit
   */
  public void forwardInto(
      Tensor3 encoderStates, int[] lengths, Tensor3 decoderStates, Tensor3 contexts) {
    checkStates(encoderStates, decoderStates);
    Shapes.check(
        "TimeAttention.forward: contexts",
        contexts,
        decoderStates.d0(),
        decoderStates.d1(),
        decoderStates.d2());
    Lengths.check(lengths, encoderStates.d0(), encoderStates.d1());
    keep(encoderStates, lengths, decoderStates);

    a.fill(0);
    for (int i = 0; i < n; i++) {
      MatrixView states = hs.sequence(i).rows(0, this.lengths[i]);
      MatrixView weights = a.sequence(i).columns(0, this.lengths[i]);
      weights.setMatmul(h.sequence(i), states.transposed());
      weights.softmaxRows();
      contexts.sequence(i).setMatmul(weights, states);
    }
  }

  /**
   * The gradients of the states of the latest forward.
   *
   * @param dContexts gradient of the contexts (N,Td,H)
   * @return gradients of the encoder's and of the decoder's states
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dContexts does not have the shape of the contexts
   */
  public InputGradients backward(Tensor3 dContexts) {
    Shapes.checkForwardDone("TimeAttention.backward", n > 0);
    Tensor3 dEncoderStates = new Tensor3(n, encoderSteps, hidden);
    Tensor3 dDecoderStates = new Tensor3(n, decoderSteps, hidden);
    backwardInto(dContexts, dEncoderStates, dDecoderStates);
    return new InputGradients(dEncoderStates, dDecoderStates);
  }

  /**
   * Runs {@link #backward} and writes the gradients to given tensors.
   *
   * @param dContexts gradient of the contexts (N,Td,H)
   * @param dEncoderStates modified: overwritten with the gradient of the encoder's states (N,Te,H)
   * @param dDecoderStates modified: overwritten with the gradient of the decoder's states (N,Td,H)
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if a shape does not fit, or two of the three are the same
   *     tensor
   */
  public void backwardInto(Tensor3 dContexts, Tensor3 dEncoderStates, Tensor3 dDecoderStates) {
    Shapes.checkForwardDone("TimeAttention.backward", n > 0);
    Shapes.check("TimeAttention.backward: dContexts", dContexts, n, decoderSteps, hidden);
    Shapes.check("TimeAttention.backward: dEncoderStates", dEncoderStates, n, encoderSteps, hidden);
    Shapes.check("TimeAttention.backward: dDecoderStates", dDecoderStates, n, decoderSteps, hidden);
    double[] dc = dContexts.data();
    double[] dhs = dEncoderStates.data();
    double[] dh = dDecoderStates.data();
    if (dhs == dc || dh == dc || dhs == dh) {
      throw new IllegalArgumentException(
          "TimeAttention.backward: two of dContexts, dEncoderStates and dDecoderStates are one"
              + " tensor; pass three tensors");
    }

    if (ds == null) {
      ds = new Tensor3(n, decoderSteps, encoderSteps);
      products = new Matrix(1, encoderSteps);
    }
    dEncoderStates.fill(0);
    for (int i = 0; i < n; i++) {
      MatrixView states = hs.sequence(i).rows(0, lengths[i]);
      MatrixView weights = a.sequence(i).columns(0, lengths[i]);
      MatrixView dScores = ds.sequence(i).columns(0, lengths[i]);
      MatrixView dContext = dContexts.sequence(i);
      MatrixView dStates = dEncoderStates.sequence(i).rows(0, lengths[i]);

      dScores.setMatmul(dContext, states.transposed());
      softmaxBackward(weights, dScores);
      dDecoderStates.sequence(i).setMatmul(dScores, states);
      dStates.addMatmul(weights.transposed(), dContext);
      dStates.addMatmul(dScores.transposed(), h.sequence(i));
    }
  }

  /** Turns the gradient of the weights into that of the scores, in place, row by row. */
  private void softmaxBackward(MatrixView weights, MatrixView d) {
    MatrixView product = products.columns(0, d.cols());
    for (int t = 0; t < d.rows(); t++) {
      for (int j = 0; j < d.cols(); j++) {
        product.set(0, j, weights.get(t, j) * d.get(t, j));
      }
      double sum = product.sumOfRow(0);
      for (int j = 0; j < d.cols(); j++) {
        d.set(t, j, weights.get(t, j) * (d.get(t, j) - sum));
      }
    }
  }

  /**
   * {@return a copy of the attention weights of the latest forward (N,Td,Te): the weight of each
   * encoder step for each decoder step} A row sums to 1 and is 0 past the encoder sequence's
   * length.
   *
   * @throws IllegalStateException if there was no forward
   */
  public Tensor3 weights() {
    Shapes.checkForwardDone("TimeAttention.weights", n > 0);
    return a.copy();
  }

  private static void checkStates(Tensor3 encoderStates, Tensor3 decoderStates) {
    if (encoderStates.d0() != decoderStates.d0() || encoderStates.d2() != decoderStates.d2()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "TimeAttention.forward: encoder states %s and decoder states %s must agree in batch"
                  + " size and width",
              encoderStates.shape(),
              decoderStates.shape()));
    }
  }

  private void keep(Tensor3 encoderStates, int[] given, Tensor3 decoderStates) {
    n = 0; // no forward is valid if its buffers do not fit
    if (h == null || !hs.sameShape(encoderStates) || !h.sameShape(decoderStates)) {
      int te = encoderStates.d1();
      int td = decoderStates.d1();
      Room.size("TimeAttention", "weights", encoderStates.d0(), td, te);
      h = null; // until all buffers have the new shapes
      a = new Tensor3(encoderStates.d0(), td, te);
      ds = null;
      hs = encoderStates.copy();
      encoderSteps = te;
      decoderSteps = td;
      hidden = encoderStates.d2();
      h = decoderStates.copy();
    } else {
      hs.asRow().copyFrom(encoderStates.asRow());
      h.asRow().copyFrom(decoderStates.asRow());
    }
    lengths = Lengths.copied(given, encoderStates.d0(), encoderSteps, lengths);
    n = encoderStates.d0();
  }
}
