package io.github.unroll.io.keras;

import java.util.Locale;

/**
 * What goes from one layer to the next, without the batch.
 *
 * @param axis whether there is an axis of steps
 * @param steps T, {@link #ANY} if it is not fixed or there is none
 * @param features D, {@link #ANY} if it is not known; {@link #WORDS} of words
 */
record Shape(boolean axis, long steps, long features) {

  static final long ANY = -1;
  static final long WORDS = 0;

  /** One size more or less known: null in an architecture. */
  static long size(Object value) {
    return value instanceof Long size && size > 0 ? size : ANY;
  }

  Shape withFeatures(long other) {
    return new Shape(axis, steps, other);
  }

  Shape withoutSteps() {
    return new Shape(false, ANY, features);
  }

  @Override
  public String toString() {
    String before = axis ? "N," + (steps == ANY ? "T" : Long.toString(steps)) : "N";
    if (features == WORDS) {
      return "(" + before + ") words";
    }
    return String.format(
        Locale.ROOT, "(%s,%s)", before, features == ANY ? "D" : Long.toString(features));
  }
}
