package io.github.unroll.loss;

import io.github.unroll.tensor.Room;
import io.github.unroll.tensor.Tensor3;
import java.util.Locale;

/**
 * The targets of the latest forward of a loss: a real number for each score, or for so many scores
 * beside each other, NaN where there is none.
 */
final class RealTargets {

  private final String loss;
  private final int scores;
  private int n;
  private int steps;
  private int k;
  private int count;
  private double[] values = {}; // (N·T·K)

  /** Targets of a loss, one for so many scores; messages use its name. */
  RealTargets(String loss, int scores) {
    this.loss = loss;
    this.scores = scores;
  }

  /** Stores targets that were checked and of which {@code counted} count. */
  void keep(Tensor3 ts, int counted) {
    values = Room.of(loss, "targets", values, ts.d0(), ts.d1(), ts.d2());
    n = ts.d0();
    steps = ts.d1();
    k = ts.d2();
    System.arraycopy(ts.data(), 0, values, 0, size());
    count = counted; // only now that all targets are stored
  }

  /** Drops the targets: there is no gradient until new ones are stored. */
  void drop() {
    count = 0;
  }

  int size() {
    return n * steps * k;
  }

  int count() {
    return count;
  }

  double[] values() {
    return values;
  }

  /** A tensor of the shape of the scores. */
  Tensor3 newTensor() {
    return new Tensor3(n, steps, k * scores);
  }

  void checkForwardDone() {
    if (count == 0) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s: there was no forward yet, or the latest was refused; call forward first",
              loss));
    }
  }

  void checkGradient(Tensor3 dxs) {
    checkForwardDone();
    if (dxs.d0() != n || dxs.d1() != steps || dxs.d2() != k * scores) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s.backward: the gradient must be (%dx%dx%d), not %s",
              loss,
              n,
              steps,
              k * scores,
              dxs.shape()));
    }
  }

  /** Counts the targets that are not NaN, at least 1; each must be in least..greatest. */
  static int check(
      String loss, Tensor3 xs, Tensor3 ts, double least, double greatest, String range) {
    if (ts.d0() != xs.d0() || ts.d1() != xs.d1() || ts.d2() != xs.d2()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s.forward: scores %s need targets of that shape, not %s",
              loss,
              xs.shape(),
              ts.shape()));
    }
    return check(loss, ts, least, greatest, range);
  }

  /** Counts the targets that are not NaN, at least 1; each must be in least..greatest. */
  static int check(String loss, Tensor3 ts, double least, double greatest, String range) {
    double[] t = ts.data();
    int counted = 0;
    for (int i = 0; i < t.length; i++) {
      if (t[i] < least || t[i] > greatest) {
        throw outOfRange(loss, ts, i, range);
      }
      counted += Double.isNaN(t[i]) ? 0 : 1;
    }
    if (counted == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s.forward: all %d targets are NaN (ignore): there is nothing to average",
              loss,
              t.length));
    }
    return counted;
  }

  private static IllegalArgumentException outOfRange(
      String loss, Tensor3 ts, int at, String range) {
    int row = at / ts.d2();
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s.forward: target %s at [%d,%d,%d] is neither %s nor NaN (ignore)",
            loss,
            ts.data()[at],
            row / ts.d1(),
            row % ts.d1(),
            at % ts.d2(),
            range));
  }
}
