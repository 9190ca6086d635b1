package io.github.unroll.io.foreign;

import java.util.Map;

/**
 * What one layer asks of named weights, and how they go into it.
 *
 * @param what the layer, as messages call it
 * @param prefix what stands before all its names
 * @param wanted the shapes of all names there, with {@link NamedWeights#ANY} for a size that may be
 *     any
 * @param also what is wrong besides, as lines of a message; empty if nothing is
 * @param fill overwrites the layer's weights, once nothing is wrong
 */
record Filling(String what, String prefix, Map<String, long[]> wanted, String also, Runnable fill) {

  Filling(String what, String prefix, Map<String, long[]> wanted, Runnable fill) {
    this(what, prefix, wanted, "", fill);
  }

  /** The same, and what is wrong besides. */
  Filling withWrong(String lines) {
    return new Filling(what, prefix, wanted, lines, fill);
  }
}
