package io.github.unroll.layer;

import io.github.unroll.tensor.Tensor3;
import java.util.Locale;

/** Checks that every layer makes before it uses a tensor. */
final class Shapes {

  private Shapes() {}

  static void check(String what, Tensor3 x, int n, int t, int features) {
    check(what, "", x, n, t, features);
  }

  static void check(String verb, String which, Tensor3 x, int n, int t, int features) {
    if (x.d0() != n || x.d1() != t || x.d2() != features) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s%s must be (%dx%dx%d), not %s",
              verb,
              which,
              n,
              t,
              features,
              x.shape()));
    }
  }

  static void checkFeatures(String what, Tensor3 x, int features) {
    checkFeatures(what, "", x, features);
  }

  static void checkFeatures(String verb, String which, Tensor3 x, int features) {
    if (x.d2() != features) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s%s must have %d features, the last axis; it is %s",
              verb,
              which,
              features,
              x.shape()));
    }
  }

  static void checkForwardDone(String verb, boolean done) {
    if (!done) {
      throw new IllegalStateException(verb + ": there was no forward yet; call forward first");
    }
  }
}
