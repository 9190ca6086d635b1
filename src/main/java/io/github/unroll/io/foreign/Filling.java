package io.github.unroll.io.foreign;

import java.util.Map;

/**
 * The weights that one layer wants, and how they are copied into it.
 *
 * @param what the layer, as messages call it
 * @param prefix the beginning of all their names
 * @param wanted their names and shapes, with {@link NamedWeights#ANY} for a size that may be any
 * @param wrong what else is wrong, as lines of a message; empty if nothing is
 * @param fill overwrites the layer's weights; called if nothing is wrong
 */
record Filling(
    String what, String prefix, Map<String, long[]> wanted, String wrong, Runnable fill) {

  Filling(String what, String prefix, Map<String, long[]> wanted, Runnable fill) {
    this(what, prefix, wanted, "", fill);
  }

  /** The same with something else that is wrong. */
  Filling withWrong(String lines) {
    return new Filling(what, prefix, wanted, lines, fill);
  }
}
