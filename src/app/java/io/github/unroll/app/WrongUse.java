package io.github.unroll.app;

/** Thrown for options that are invalid, alone or together; the message says what to do. */
final class WrongUse extends Exception {
  private static final long serialVersionUID = 1;

  WrongUse(String message) {
    super(message);
  }

  static void unless(boolean sensible, String otherwise) throws WrongUse {
    if (!sensible) {
      throw new WrongUse(otherwise);
    }
  }

  static void unlessAtLeastOne(String option, int value) throws WrongUse {
    unless(value >= 1, option + " must be at least 1, not " + value);
  }

  static void unlessPositive(String option, double value) throws WrongUse {
    unless(value > 0 && Double.isFinite(value), option + " must be positive, not " + value);
  }

  static void unlessFraction(String option, double value) throws WrongUse {
    unless(value >= 0 && value < 1, option + " must be 0 or more and below 1, not " + value);
  }
}
