package io.github.unroll.optim;

import java.util.Locale;

/** Checks of settings that optimizers share, so that a mistake shows where it was made. */
final class Settings {

  /** The number of elements from which several threads save time. */
  static final int WORTH_THREADS = 1 << 17;

  /** The number of elements that one thread sums for a norm. */
  static final int NORM_BLOCK = 1 << 18;

  private static final double LEAST_EPSILON = 1e-100;

  private Settings() {}

  static double positive(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be positive and finite, not %s", what, value));
    }
    return value;
  }

  /**
   * Checks ε, which is added to a root of squares: it must be far above gradients whose squares are
   * 0.
   */
  static double epsilon(String what, double value) {
    if (positive(what, value) < LEAST_EPSILON) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be at least %s, not %s: the squares of such small gradients are 0, and a"
                  + " step would be too large",
              what,
              LEAST_EPSILON,
              value));
    }
    return value;
  }

  static double notNegative(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be 0 or positive, and finite, not %s", what, value));
    }
    return value;
  }

  static double fraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be in [0, 1), not %s", what, value));
    }
    return value;
  }

  static void shrinking(String what, double factor) {
    if (!(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be in (0, 1], not %s", what, factor));
    }
  }

  static void atLeast(String what, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at least %d, not %d", what, least, value));
    }
  }
}
