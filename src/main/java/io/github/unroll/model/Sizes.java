package io.github.unroll.model;

import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.InitialBias;
import java.util.Locale;
import java.util.stream.Collectors;

/** What descriptions of models check alike, and numbers in their words. */
final class Sizes {

  private Sizes() {}

  static void checkAtLeastOne(String what, int size) {
    if (size < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at least 1, not %d", what, size));
    }
  }

  /** Refuses what gates should begin with of a kind that has none. */
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

  /** Such as 10,000. */
  static String text(long size) {
    return String.format(Locale.ROOT, "%,d", size);
  }
}
