package io.github.unroll.optim;

/**
 * The rule of the book "Deep Learning from Scratch 2", chapter 6: when the result on the validation
 * text is not better than the best so far, the learning rate is divided by 4.
 *
 * <pre>{@code
 * if (plateau.improved(model.perplexity(validation), optimizer)) {
 *   // the best model so far: worth keeping
 * }
 * }</pre>
 *
 * <p>The rate is stored in the optimizer only; this object stores the best result.
 */
public final class Plateau {

  private final double divisor;
  private double best = Double.POSITIVE_INFINITY;

  /** The rule as in the book: divides by 4. */
  public Plateau() {
    this(4);
  }

  /**
   * The rule with another divisor.
   *
   * @param divisor more than 1
   * @throws IllegalArgumentException if it is not, or is infinite
   */
  public Plateau(double divisor) {
    if (!(divisor > 1) || Double.isInfinite(divisor)) {
      throw new IllegalArgumentException(
          "Plateau: divisor must be more than 1 and finite, not " + divisor);
    }
    this.divisor = divisor;
  }

  /**
   * Takes the result of a validation and lowers the learning rate if it is not better than all
   * results before.
   *
   * @param result perplexity or loss: the lower, the better
   * @param optimizer modified, if the result is no better: its learning rate is divided
   * @return whether the result is the best so far; the first is, unless infinite
   * @throws IllegalArgumentException if the result is NaN
   */
  public boolean improved(double result, Optimizer optimizer) {
    checkResult(result);
    if (result < best) {
      best = result;
      return true;
    }
    optimizer.setLearningRate(optimizer.learningRate() / divisor);
    return false;
  }

  /** {@return the best result so far; infinite if there was none} */
  public double best() {
    return best;
  }

  /**
   * Sets the best result so far, to continue a saved training.
   *
   * @param best what {@link #best()} returned
   * @throws IllegalArgumentException if it is NaN
   */
  public void setBest(double best) {
    checkResult(best);
    this.best = best;
  }

  private static void checkResult(double result) {
    if (Double.isNaN(result)) {
      throw new IllegalArgumentException(
          "Plateau: the result is NaN, which is neither better nor worse; has training diverged?");
    }
  }
}
