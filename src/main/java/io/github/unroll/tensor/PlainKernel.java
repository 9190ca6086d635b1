package io.github.unroll.tensor;

/** The kernel in plain Java: no flags, no modules, the same bits on every JVM. */
final class PlainKernel implements Kernel {

  static final PlainKernel INSTANCE = new PlainKernel();

  private PlainKernel() {}

  @Override
  public void addMatmul(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aStride,
      double[] b,
      int bAt,
      int bStride,
      double[] out,
      int outAt,
      int outStride) {
    for (int i = 0; i < m; i++) {
      for (int l = 0; l < k; l++) {
        addScaledRow(n, a[aAt + i * aStride + l], b, bAt + l * bStride, out, outAt + i * outStride);
      }
    }
  }

  @Override
  public void addMatmulTransA(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aStride,
      double[] b,
      int bAt,
      int bStride,
      double[] out,
      int outAt,
      int outStride) {
    for (int i = 0; i < m; i++) {
      for (int l = 0; l < k; l++) {
        addScaledRow(n, a[aAt + l * aStride + i], b, bAt + l * bStride, out, outAt + i * outStride);
      }
    }
  }

  @Override
  public void addMatmulTransB(
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aStride,
      double[] b,
      int bAt,
      int bStride,
      double[] out,
      int outAt,
      int outStride) {
    double[] bTransposed = new double[k * n];
    for (int j = 0; j < n; j++) {
      for (int l = 0; l < k; l++) {
        bTransposed[l * n + j] = b[bAt + j * bStride + l];
      }
    }
    addMatmul(m, k, n, a, aAt, aStride, bTransposed, 0, n, out, outAt, outStride);
  }

  private static void addScaledRow(int n, double s, double[] b, int bAt, double[] out, int outAt) {
    for (int j = 0; j < n; j++) {
      out[outAt + j] = Math.fma(s, b[bAt + j], out[outAt + j]);
    }
  }

  @Override
  public void exp(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = Elementary.exp(x[xAt + i]);
    }
  }

  @Override
  public void tanh(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = Elementary.tanh(x[xAt + i]);
    }
  }

  @Override
  public void sigmoid(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = Elementary.sigmoid(x[xAt + i]);
    }
  }

  @Override
  public void log(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = Elementary.log(x[xAt + i]);
    }
  }

  @Override
  public double sum(int n, double[] x, int at) {
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int whole = n & ~7;
    for (int i = at; i < at + whole; i += 8) {
      s0 += x[i];
      s1 += x[i + 1];
      s2 += x[i + 2];
      s3 += x[i + 3];
      s4 += x[i + 4];
      s5 += x[i + 5];
      s6 += x[i + 6];
      s7 += x[i + 7];
    }
    int tail = at + whole;
    switch (n & 7) {
      case 7:
        s6 += x[tail + 6]; // fall through
      case 6:
        s5 += x[tail + 5]; // fall through
      case 5:
        s4 += x[tail + 4]; // fall through
      case 4:
        s3 += x[tail + 3]; // fall through
      case 3:
        s2 += x[tail + 2]; // fall through
      case 2:
        s1 += x[tail + 1]; // fall through
      case 1:
        s0 += x[tail]; // fall through
      default:
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    }
  }

  @Override
  public double max(int n, double[] x, int at) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }
}
