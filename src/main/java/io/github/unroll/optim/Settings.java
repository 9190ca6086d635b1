package io.github.unroll.optim;

/** Checks of settings, so that a slip shows where it was made. */
final class Settings {

  private Settings() {}

  static double positive(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "%s must be positive and finite, not %s".formatted(what, value));
    }
    return value;
  }

  static double fraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("%s must be in [0, 1), not %s".formatted(what, value));
    }
    return value;
  }
}
