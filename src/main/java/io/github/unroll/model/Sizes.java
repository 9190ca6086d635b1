package io.github.unroll.model;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import java.util.Locale;
import java.util.stream.Collectors;

/** Checks that the descriptions of models share, and numbers as text. */
final class Sizes {

  private Sizes() {}

  static void checkAtLeastOne(String what, int size) {
    if (size < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at least 1, not %d", what, size));
    }
  }

  /** Rejects initial biases for a kind of cell that has no such gates. */
  static void checkInitialBias(String owner, InitialBias bias, CellKind cell) {
    if (!(bias instanceof InitialBias.Zero) && !cell.hasGateStart()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: a cell of kind %s has no gates for the initial bias \"%s\"; take one that has,"
                  + " as %s, or InitialBias.zero()",
              owner,
              cell,
              bias,
              CellKind.all().stream()
                  .filter(CellKind::hasGateStart)
                  .map(CellKind::toString)
                  .collect(Collectors.joining(", "))));
    }
  }

  /** A number as text, such as 10,000. */
  static String text(long size) {
    return String.format(Locale.ROOT, "%,d", size);
  }
}
