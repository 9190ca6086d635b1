package road;

import io.github.unroll.tensor.Matrix;

/** Numbers for cases: drawn, but the same in every run. */
public final class Numbers {

  private Numbers() {}

  /**
   * {@return numbers between −1 and 1, none of them twice}
   *
   * @param seed another seed gives other numbers
   */
  public static Matrix matrix(int rows, int cols, int seed) {
    Matrix m = new Matrix(rows, cols);
    java.util.Random random = new java.util.Random(977L * seed + 31L * rows + cols);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        m.set(i, j, Math.rint(2000 * random.nextDouble() - 1000) / 1024 + 0.0007);
      }
    }
    return m;
  }

  /** {@return one matrix a step} */
  public static Matrix[] sequence(int steps, int rows, int cols, int seed) {
    Matrix[] all = new Matrix[steps];
    for (int t = 0; t < steps; t++) {
      all[t] = matrix(rows, cols, 100 * seed + t);
    }
    return all;
  }
}
