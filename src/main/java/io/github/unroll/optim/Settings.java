package io.github.unroll.optim;

import java.util.Locale;

/** What optimizers share: checks of settings, so that a slip shows where it was made. */
final class Settings {

  /** Elements from which on a pass is worth several threads. */
  static final int WORTH_THREADS = 1 << 17;

  /** Elements that one thread sums when a norm is taken. */
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

  /** What is added to a root of mean squares; far above the gradients whose squares are 0. */
  static double epsilon(String what, double value) {
    if (positive(what, value) < LEAST_EPSILON) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be at least %s, not %s: of gradients as small the squares are 0, and a step"
                  + " would be too large",
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
