package io.github.unroll.cell;

/** The initial biases of the gates of a new cell. */
public sealed interface InitialBias {

  /** All biases start at zero, as in the book. */
  record Zero() implements InitialBias {

    @Override
    public String toString() {
      return "zero";
    }
  }

  /**
   * Forget gates start with a bias of 1, that is, open (Jozefowicz, Zaremba and Sutskever 2015).
   */
  record ForgetOne() implements InitialBias {

    @Override
    public String toString() {
      return "forget 1";
    }
  }

  /**
   * Forget gates start with a bias of log(u), input gates with −log(u), where u is drawn for each
   * unit from [1, longestLag − 1): units remember for about u steps (Tallec and Ollivier 2018).
   *
   * @param longestLag the longest time to remember, in steps, above 2
   */
  record Chrono(int longestLag) implements InitialBias {

    /**
     * Biases for lags up to the longest.
     *
     * @throws IllegalArgumentException if it is not above 2
     */
    public Chrono {
      if (longestLag <= 2) {
        throw new IllegalArgumentException(
            "InitialBias: longestLag must be above 2 steps, not " + longestLag);
      }
    }

    @Override
    public String toString() {
      return "chrono up to " + longestLag + " steps";
    }
  }

  /** {@return biases that are all zero} */
  static InitialBias zero() {
    return new Zero();
  }

  /** {@return biases of 1 in the forget gates} */
  static InitialBias forgetOne() {
    return new ForgetOne();
  }

  /**
   * {@return biases for long lags, see {@link Chrono}}
   *
   * @param longestLag the longest time to remember, in steps, above 2
   * @throws IllegalArgumentException if it is not above 2
   */
  static InitialBias chrono(int longestLag) {
    return new Chrono(longestLag);
  }
}
