package io.github.unroll.optim;

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
public final class Adam extends ElementwiseOptimizer {

  /** What ε is added to, and how large it is. */
  public enum EpsilonConvention {
    /** ε = 1e-8, added to √v̂, as in Algorithm 1 of the paper and in PyTorch. */
    PAPER(1e-8),
    /** ε = 1e-7, added to √v, as in the book "Deep Learning from Scratch". */
    BOOK(1e-7);

    private final double epsilon;

    EpsilonConvention(double epsilon) {
      this.epsilon = epsilon;
    }
  }

  private final double beta1;
  private final double beta2;
  private final EpsilonConvention convention;
  private AdamStep now;

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
    super(learningRate, "m", "v");
    this.beta1 = Settings.fraction("Adam: beta1", beta1);
    this.beta2 = Settings.fraction("Adam: beta2", beta2);
    this.convention = convention;
  }

  @Override
  protected Idle idle() {
    return Idle.WHILE_STATE_IS_ZERO;
  }

  @Override
  protected void beginStep(long step) {
    now =
        switch (convention) {
          case PAPER -> AdamStep.ofPaper(learningRate(), beta1, beta2, convention.epsilon, 1, step);
          case BOOK -> AdamStep.ofBook(learningRate(), beta1, beta2, convention.epsilon, step);
        };
  }

  @Override
  protected void step(int from, int to, double[] p, double[] g, double[][] state) {
    now.over(from, to, p, g, state[0], state[1]);
  }
}
