package io.github.unroll.optim;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Parameter;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015), step t:
 *
 * <pre>{@code
 * m += (1 − β1)·(g − m)
 * v += (1 − β2)·(g² − v)
 * p −= rate · m / (√v · scale + ε)
 *
 * paper:  rate = lr / (1 − β1ᵗ)              scale = 1 / √(1 − β2ᵗ)   ε = 1e-8
 * book:   rate = lr · √(1 − β2ᵗ) / (1 − β1ᵗ)  scale = 1                ε = 1e-7
 * }</pre>
 *
 * <p>The two conventions differ in what ε is added to: the paper's Algorithm 1 (and PyTorch) adds
 * it to the bias-corrected root, the book "Deep Learning from Scratch" to the plain one.
 */
public final class Adam implements Optimizer {

  /** What ε is added to, and how large it is. */
  public enum EpsilonConvention {
    /** ε = 1e-8 beside √v̂, as in Algorithm 1 of the paper and in PyTorch. */
    PAPER(1e-8),
    /** ε = 1e-7 beside √v, as in the book "Deep Learning from Scratch". */
    BOOK(1e-7);

    private final double epsilon;

    EpsilonConvention(double epsilon) {
      this.epsilon = epsilon;
    }
  }

  private record Moments(double[] m, double[] v) {}

  private final double learningRate;
  private final double beta1;
  private final double beta2;
  private final EpsilonConvention convention;
  // By identity: two parameters of equal name and values are still two.
  private final IdentityHashMap<Parameter, Moments> moments = new IdentityHashMap<>();
  private int step;

  /**
   * Adam as in the paper, with β1 = 0.9 and β2 = 0.999.
   *
   * @param learningRate positive, e.g. 0.001
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public Adam(double learningRate) {
    this(learningRate, EpsilonConvention.PAPER);
  }

  /**
   * Adam with β1 = 0.9 and β2 = 0.999.
   *
   * @param learningRate positive, e.g. 0.001
   * @param convention the paper's ε or the book's
   * @throws IllegalArgumentException if the learning rate is not positive and finite
   */
  public Adam(double learningRate, EpsilonConvention convention) {
    this(learningRate, 0.9, 0.999, convention);
  }

  /**
   * Adam with all its settings.
   *
   * @param learningRate positive
   * @param beta1 decay of the mean of gradients, in [0, 1)
   * @param beta2 decay of the mean of squared gradients, in [0, 1)
   * @param convention the paper's ε or the book's
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public Adam(double learningRate, double beta1, double beta2, EpsilonConvention convention) {
    this.learningRate = Settings.positive("Adam: learning rate", learningRate);
    this.beta1 = Settings.fraction("Adam: beta1", beta1);
    this.beta2 = Settings.fraction("Adam: beta2", beta2);
    this.convention = convention;
  }

  @Override
  public void update(List<Parameter> parameters) {
    // >>> exercise 8
    throw new UnsupportedOperationException(
        """
        Adam.update is not written yet. Count this step t, from 1. Then what all entries share:
            PAPER  rate = lr / (1 − β1ᵗ)                 scale = 1 / √(1 − β2ᵗ)
            BOOK   rate = lr · √(1 − β2ᵗ) / (1 − β1ᵗ)    scale = 1
        For every parameter: state = momentsOf(parameter), and update(0, size, p, g, state.m,
        state.v, rate, scale), below. You have StrictMath.pow(beta1, step).""");
    // <<< exercise 8
  }

  private Moments momentsOf(Parameter parameter) {
    Moments known = moments.get(parameter);
    if (known == null) {
      int size = parameter.value().data().length;
      known = new Moments(new double[size], new double[size]);
      moments.put(parameter, known);
    }
    return known;
  }

  private void update(
      int from, int to, double[] p, double[] g, double[] m, double[] v, double rate, double scale) {
    // >>> exercise 8
    throw new UnsupportedOperationException(
        """
        Adam.update of the entries is not written yet. For every i from `from` to `to` − 1:
            m += (1 − β1)·(g − m)
            v += (1 − β2)·(g² − v)
            p −= rate · m / (√v · scale + ε)        ε is convention.epsilon""");
    // <<< exercise 8
  }
}
