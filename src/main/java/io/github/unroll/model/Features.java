package io.github.unroll.model;

import io.github.unroll.tensor.Kernel;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;

/** The features of two tensors side by side, and the softmax of scores. */
final class Features {

  private static final Kernel KERNEL = Kernel.active();

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

  /** Each row of v scores becomes its softmax; a row with a NaN becomes NaN throughout. */
  static void softmaxRows(double[] x, int v) {
    for (int at = 0; at < x.length; at += v) {
      double max = KERNEL.max(v, x, at);
      for (int j = at; j < at + v; j++) {
        x[j] -= max;
      }
      softmax(v, x, at);
    }
  }

  /** {@code x = exp(x) / Σ exp(x)} over v elements, the greatest of which is 0. */
  static void softmax(int v, double[] x, int at) {
    KERNEL.exp(v, x, at, x, at);
    double sum = KERNEL.sum(v, x, at);
    for (int j = at; j < at + v; j++) {
      x[j] /= sum;
    }
  }
}
