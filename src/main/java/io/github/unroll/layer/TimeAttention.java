package io.github.unroll.layer;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.Locale;

/**
 * Dot-product attention: every step of a decoder looks at all steps of an encoder and takes from
 * each as much as it fits (Luong, Pham and Manning 2015, score "dot"; the book "Deep Learning from
 * Scratch 2", chapter 8). Of one sample, with hs the encoder's states (Te,H) and h the decoder's
 * (Td,H):
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
 * <p><b>Lengths.</b> Of encoder sequences that end early {@code lengths[n]} of Te steps are looked
 * at. The others have the weight 0 and the gradient 0, and what stands in them, NaN too, touches
 * nothing.
 *
 * <p>{@link #backward} belongs to the latest forward. The layer has no parameters and keeps what
 * backward needs inside itself. It is not for use by several threads at once.
 */
public final class TimeAttention {

  private static final String NAME = "TimeAttention";
  private static final Kernel KERNEL = Kernel.active();

  private int n;
  private int encoderSteps;
  private int decoderSteps;
  private int hidden;
  private int[] lengths = {};

  private double[] hs = {}; // (N,Te,H)
  private double[] h = {}; // (N,Td,H)
  private double[] a = {}; // (N,Td,Te)

  private double[] ds = {}; // (N,Td,Te), of backward alone
  private double[] products = {}; // (Te), of backward alone

  /** A layer of its own buffers; it has no parameters. */
  public TimeAttention() {}

  /**
   * The gradients of the loss with respect to what a forward was given.
   *
   * @param dEncoderStates gradient of the encoder's states (N,Te,H)
   * @param dDecoderStates gradient of the decoder's states (N,Td,H)
   */
  public record InputGradients(Tensor3 dEncoderStates, Tensor3 dDecoderStates) {}

  /**
   * The context of every decoder step.
   *
   * @param encoderStates what is looked at (N,Te,H)
   * @param decoderStates who looks (N,Td,H)
   * @return contexts (N,Td,H)
   * @throws IllegalArgumentException if batch sizes or widths differ
   */
  public Tensor3 forward(Tensor3 encoderStates, Tensor3 decoderStates) {
    return forward(encoderStates, null, decoderStates);
  }

  /**
   * The context of every decoder step, for encoder sequences of different lengths.
   *
   * @param encoderStates what is looked at (N,Te,H)
   * @param lengths how many steps of each encoder sequence count (N), each in 1..Te; null for all
   * @param decoderStates who looks (N,Td,H)
   * @return contexts (N,Td,H)
   * @throws IllegalArgumentException if batch sizes, widths or a length do not fit
   */
  public Tensor3 forward(Tensor3 encoderStates, int[] lengths, Tensor3 decoderStates) {
    Tensor3 contexts = new Tensor3(decoderStates.d0(), decoderStates.d1(), decoderStates.d2());
    forwardInto(encoderStates, lengths, decoderStates, contexts);
    return contexts;
  }

  /**
   * {@link #forward(Tensor3, int[], Tensor3)} into a tensor of the caller's.
   *
   * @param encoderStates what is looked at (N,Te,H)
   * @param lengths how many steps of each encoder sequence count (N), each in 1..Te; null for all
   * @param decoderStates who looks (N,Td,H)
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

    Arrays.fill(a, 0, n * decoderSteps * encoderSteps, 0);
    contexts.fill(0);
    for (int i = 0; i < n; i++) {
      int hsAt = i * encoderSteps * hidden;
      int hAt = i * decoderSteps * hidden;
      int aAt = i * decoderSteps * encoderSteps;
      KERNEL.addMatmulTransB(
          decoderSteps,
          hidden,
          this.lengths[i],
          h,
          hAt,
          hidden,
          hs,
          hsAt,
          hidden,
          a,
          aAt,
          encoderSteps);
      for (int t = 0; t < decoderSteps; t++) {
        softmax(this.lengths[i], a, aAt + t * encoderSteps);
      }
      KERNEL.addMatmul(
          decoderSteps,
          this.lengths[i],
          hidden,
          a,
          aAt,
          encoderSteps,
          hs,
          hsAt,
          hidden,
          contexts.data(),
          hAt,
          hidden);
    }
  }

  /** In place; less the greatest score, so that none is too large. */
  private static void softmax(int size, double[] x, int at) {
    double max = KERNEL.max(size, x, at);
    for (int j = at; j < at + size; j++) {
      x[j] -= max;
    }
    KERNEL.exp(size, x, at, x, at);
    double sum = KERNEL.sum(size, x, at);
    for (int j = at; j < at + size; j++) {
      x[j] /= sum;
    }
  }

  /**
   * The gradients of the states of the latest forward.
   *
   * @param dContexts gradient of the contexts (N,Td,H)
   * @return gradients of the encoder's and of the decoder's states
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if dContexts has not the shape of the contexts
   */
  public InputGradients backward(Tensor3 dContexts) {
    Shapes.checkForwardDone("TimeAttention.backward", n > 0);
    Tensor3 dEncoderStates = new Tensor3(n, encoderSteps, hidden);
    Tensor3 dDecoderStates = new Tensor3(n, decoderSteps, hidden);
    backwardInto(dContexts, dEncoderStates, dDecoderStates);
    return new InputGradients(dEncoderStates, dDecoderStates);
  }

  /**
   * {@link #backward} into tensors of the caller's.
   *
   * @param dContexts gradient of the contexts (N,Td,H)
   * @param dEncoderStates modified: overwritten with the gradient of the encoder's states (N,Te,H)
   * @param dDecoderStates modified: overwritten with the gradient of the decoder's states (N,Td,H)
   * @throws IllegalStateException if there was no forward
   * @throws IllegalArgumentException if a shape does not fit, or two of the three are one tensor
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
              + " tensor, which would be overwritten while read; bring three");
    }

    ds = Room.of(NAME, "gradients of the scores", ds, n, decoderSteps, encoderSteps);
    products = Room.of(NAME, "products of a row", products, 1, 1, encoderSteps);
    Arrays.fill(ds, 0, n * decoderSteps * encoderSteps, 0);
    dEncoderStates.fill(0);
    dDecoderStates.fill(0);
    for (int i = 0; i < n; i++) {
      int length = lengths[i];
      int hsAt = i * encoderSteps * hidden;
      int hAt = i * decoderSteps * hidden;
      int aAt = i * decoderSteps * encoderSteps;
      KERNEL.addMatmulTransB(
          decoderSteps, hidden, length, dc, hAt, hidden, hs, hsAt, hidden, ds, aAt, encoderSteps);
      for (int t = 0; t < decoderSteps; t++) {
        softmaxBackward(length, aAt + t * encoderSteps);
      }
      KERNEL.addMatmul(
          decoderSteps, length, hidden, ds, aAt, encoderSteps, hs, hsAt, hidden, dh, hAt, hidden);
      KERNEL.addMatmulTransA(
          length, decoderSteps, hidden, a, aAt, encoderSteps, dc, hAt, hidden, dhs, hsAt, hidden);
      KERNEL.addMatmulTransA(
          length, decoderSteps, hidden, ds, aAt, encoderSteps, h, hAt, hidden, dhs, hsAt, hidden);
    }
  }

  /** From da to the gradient of the scores, in place in {@code ds}, of one row. */
  private void softmaxBackward(int size, int at) {
    for (int j = 0; j < size; j++) {
      products[j] = a[at + j] * ds[at + j];
    }
    double sum = KERNEL.sum(size, products, 0);
    for (int j = at; j < at + size; j++) {
      ds[j] = a[j] * (ds[j] - sum);
    }
  }

  /**
   * The attention weights of the latest forward: how much step t of the decoder took from each step
   * of the encoder.
   *
   * @return a copy (N,Td,Te); a row sums to 1 and is 0 past the encoder sequence's length
   * @throws IllegalStateException if there was no forward
   */
  public Tensor3 weights() {
    Shapes.checkForwardDone("TimeAttention.weights", n > 0);
    Tensor3 weights = new Tensor3(n, decoderSteps, encoderSteps);
    System.arraycopy(a, 0, weights.data(), 0, weights.data().length);
    return weights;
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
    n = 0; // no forward stands if there is no room for it
    a = Room.of(NAME, "weights", a, encoderStates.d0(), decoderStates.d1(), encoderStates.d1());
    encoderSteps = encoderStates.d1();
    decoderSteps = decoderStates.d1();
    hidden = encoderStates.d2();
    lengths = Lengths.copied(given, encoderStates.d0(), encoderSteps, lengths);
    hs = copied("encoder states", encoderStates, hs);
    h = copied("decoder states", decoderStates, h);
    n = encoderStates.d0();
  }

  private static double[] copied(String what, Tensor3 x, double[] kept) {
    double[] copy = Room.of(NAME, what, kept, x.d0(), x.d1(), x.d2());
    System.arraycopy(x.data(), 0, copy, 0, x.data().length);
    return copy;
  }
}
