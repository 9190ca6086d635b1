package io.github.unroll.model;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;

/** Concatenation of the features of two tensors, and other operations on features. */
final class Features {

  private Features() {}

  /** {@code joined = [left | right]} at every step. */
  static void join(Tensor3 left, Tensor3 right, Tensor3 joined) {
    int l = left.d2();
    int r = right.d2();
    for (int row = 0; row < left.d0() * left.d1(); row++) {
      System.arraycopy(left.data(), row * l, joined.data(), row * (l + r), l);
      System.arraycopy(right.data(), row * r, joined.data(), row * (l + r) + l, r);
    }
  }

  /** The reverse of {@link #join}. */
  static void split(Tensor3 joined, Tensor3 left, Tensor3 right) {
    int l = left.d2();
    int r = right.d2();
    for (int row = 0; row < left.d0() * left.d1(); row++) {
      System.arraycopy(joined.data(), row * (l + r), left.data(), row * l, l);
      System.arraycopy(joined.data(), row * (l + r) + l, right.data(), row * r, r);
    }
  }

  /** {@code repeated[n,t] = h[n]}. */
  static void repeat(Matrix h, Tensor3 repeated) {
    int width = h.cols();
    for (int row = 0; row < repeated.d0() * repeated.d1(); row++) {
      int from = row / repeated.d1() * width;
      System.arraycopy(h.data(), from, repeated.data(), row * width, width);
    }
  }

  /** {@code dh[n] += Σ over t of dRepeated[n,t]}, the gradient of {@link #repeat}. */
  static void addSteps(Tensor3 dRepeated, Matrix dh) {
    int width = dh.cols();
    for (int row = 0; row < dRepeated.d0() * dRepeated.d1(); row++) {
      int to = row / dRepeated.d1() * width;
      for (int j = 0; j < width; j++) {
        dh.data()[to + j] += dRepeated.data()[row * width + j];
      }
    }
  }

  /** {@code sum += addend}. */
  static void add(double[] addend, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += addend[i];
    }
  }
}
