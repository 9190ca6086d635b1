package io.github.unroll.train;

/**
 * The rule when a training stops early: after {@code patience} epochs in a row without a gain
 * (Prechelt, "Early stopping, but when?", 1998). The first finite validation score is a gain, and
 * then each score that is below that of the latest gain by more than {@code leastGain}; smaller
 * improvements add up until they are a gain.
 *
 * @param patience the number of epochs in a row without a gain, at least 1
 * @param leastGain the improvement that a gain must exceed, at least 0; with 0 any lower score is a
 *     gain
 */
public record EarlyStopping(int patience, double leastGain) {

  /**
   * The rule with both settings.
   *
   * @param patience the number of epochs in a row without a gain
   * @param leastGain the improvement that a gain must exceed
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
   * {@return the rule in which any lower score is a gain}
   *
   * @param patience the number of epochs in a row without a gain, at least 1
   * @throws IllegalArgumentException if patience is below 1
   */
  public static EarlyStopping after(int patience) {
    return new EarlyStopping(patience, 0);
  }
}
