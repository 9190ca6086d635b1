package io.github.unroll.simd;

import io.github.unroll.tensor.Elementary;

final class SimdElementary {
  private SimdElementary() {}

  static void exp(int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.exp(n, x, xAt, out, outAt);
  }

  static void tanh(int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.tanh(n, x, xAt, out, outAt);
  }

  static void sigmoid(int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.sigmoid(n, x, xAt, out, outAt);
  }

  static void log(int n, double[] x, int xAt, double[] out, int outAt) {
    Elementary.log(n, x, xAt, out, outAt);
  }

  static double sum(int n, double[] x, int at) {
    double[] s = new double[8];
    for (int i = 0; i < n; i++) s[i & 7] += x[at + i];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }

  static double sumOfSquares(int n, double[] x, int at) {
    double[] s = new double[8];
    for (int i = 0; i < n; i++) s[i & 7] = Math.fma(x[at + i], x[at + i], s[i & 7]);
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }

  static double max(int n, double[] x, int at) {
    double m = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) m = Math.max(m, x[at + i]);
    return m;
  }
}
