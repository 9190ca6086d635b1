package io.github.unroll.optim;

/**
 * Adam with decoupled weight decay, which is not part of the gradient (Loshchilov and Hutter 2019;
 * PyTorch's AdamW), step t:
 *
 * <pre>{@code
 * m += (1 − β1)·(g − m)
 * v += (1 − β2)·(g² − v)
 * p = (1 − lr·λ)·p − lr · m̂ / (√v̂ + ε)      m̂ = m / (1 − β1ᵗ)   v̂ = v / (1 − β2ᵗ)
 * }</pre>
 *
 * <p>Every updated parameter decays, biases too; update those that should not with an {@link Adam}.
 */
public final class AdamW extends ElementwiseOptimizer {

  private final double weightDecay;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private AdamStep now;

  /**
   * AdamW with β1 = 0.9, β2 = 0.999 and ε = 1e-8.
   *
   * @param learningRate positive, e.g. 0.001
   * @param weightDecay λ, 0 or positive, e.g. 0.01
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public AdamW(double learningRate, double weightDecay) {
    this(learningRate, weightDecay, 0.9, 0.999, 1e-8);
  }

  /**
   * AdamW with all its settings.
   *
   * @param learningRate positive
   * @param weightDecay λ, 0 or positive; a step shrinks values by the factor 1 − learningRate·λ
   * @param beta1 decay of the mean of gradients, in [0, 1)
   * @param beta2 decay of the mean of squared gradients, in [0, 1)
   * @param epsilon at least 1e-100; keeps the quotient finite
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public AdamW(
      double learningRate, double weightDecay, double beta1, double beta2, double epsilon) {
    super(learningRate, "m", "v");
    this.weightDecay = Settings.notNegative("AdamW: weight decay", weightDecay);
    this.beta1 = Settings.fraction("AdamW: beta1", beta1);
    this.beta2 = Settings.fraction("AdamW: beta2", beta2);
    this.epsilon = Settings.epsilon("AdamW: epsilon", epsilon);
  }

  @Override
  protected Idle idle() {
    return weightDecay > 0 ? Idle.NEVER : Idle.WHILE_STATE_IS_ZERO;
  }

  @Override
  protected void beginStep(long step) {
    double keep = 1 - learningRate() * weightDecay;
    now = AdamStep.ofPaper(learningRate(), beta1, beta2, epsilon, keep, step);
  }

  @Override
  protected void step(int from, int to, double[] p, double[] g, double[][] state) {
    now.over(from, to, p, g, state[0], state[1]);
  }
}
