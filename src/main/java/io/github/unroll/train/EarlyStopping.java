package io.github.unroll.train;

/**
 * When to give a training up: after {@code patience} epochs in a row without a gain (Prechelt,
 * "Early stopping, but when?", 1998). The first finite validation score is a gain, and then each
 * that is below the score of the latest gain by more than {@code leastGain}; scores that fall by
 * less add up until they are one.
 *
 * @param patience epochs in a row without a gain, at least 1
 * @param leastGain what a gain must exceed, at least 0, e.g. 0: any lower score is one
 */
public record EarlyStopping(int patience, double leastGain) {

  /**
   * The rule with both settings.
   *
   * @param patience epochs in a row without a gain
   * @param leastGain what a gain must exceed
   * @throws IllegalArgumentException if patience is below 1, or leastGain negative or not finite
   */
  public EarlyStopping {
    if (patience < 1) {
      throw new IllegalArgumentException(
          "EarlyStopping: patience must be at least 1, not " + patience);
    }
    if (!(leastGain >= 0) || Double.isInfinite(leastGain)) {
      throw new IllegalArgumentException(
          "EarlyStopping: the least gain must be at least 0 and finite, not " + leastGain);
    }
  }

  /**
   * The rule in which any lower score is a gain.
   *
   * @param patience epochs in a row without a gain, at least 1
   * @return the rule
   * @throws IllegalArgumentException if patience is below 1
   */
  public static EarlyStopping after(int patience) {
    return new EarlyStopping(patience, 0);
  }
}
