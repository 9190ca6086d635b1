package io.github.unroll.io.onnx;

import java.util.Locale;

/**
 * How many elements a run of a graph may make. A small file can ask for sizes beyond all bounds; a
 * net has no more than its inputs, weights and nodes explain.
 */
final class Budget {

  private static final double ALWAYS = 1 << 21;

  private double left;
  private boolean exceeded;

  /** That of one run. */
  Budget(double inputs, double constants, int nodes) {
    this.left = ALWAYS + nodes * (1 + inputs) * (1 + constants);
  }

  /** That of what is computed when a model is read. */
  Budget(double constants) {
    this.left = 1 << 16;
    this.left += 4 * constants;
  }

  /** Takes a number of elements, before they are made. */
  void take(double elements) {
    exceeded = elements > left;
    if (exceeded) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%.0f elements are more than inputs of this size can need; is a shape wrong?",
              elements));
    }
    left -= elements;
  }

  /** Whether the latest asked for too many. */
  boolean isExceeded() {
    return exceeded;
  }
}
