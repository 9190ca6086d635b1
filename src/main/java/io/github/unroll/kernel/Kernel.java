package io.github.unroll.kernel;

import java.util.Arrays;

/**
 * The arithmetic that everything else rests on: products, elementary functions, sums and maxima
 * over arrays of {@code double}.
 *
 * <p>The result of every method is specified to the last bit, whatever the blocking, the vector
 * width or the number of threads of an implementation:
 *
 * <ul>
 *   <li>an element of a product is the fold {@code s = Math.fma(a(i,l), b(l,j), s)} over ascending
 *       {@code l}, begun with 0, or with the value that {@code out(i,j)} held before;
 *   <li>{@code exp}, {@code tanh}, {@code sigmoid} and {@code log} are those of {@link Elementary};
 *   <li>a sum is eight interleaved partial sums, element {@code i} added to partial sum {@code i
 *       mod 8}, joined as {@code ((s0+s4)+(s2+s6)) + ((s1+s5)+(s3+s7))}.
 * </ul>
 *
 * <p>A kernel does not check its arguments: package {@code tensor}, which alone calls it, does,
 * once. An argument that begins at an index is an array, {@code x}, and the index of its first
 * element, {@code xAt}; {@code xRow} is the distance from one row to the next, {@code xCol} that
 * from one column to the next, 1 where it is not named. No array may overlap the one that is
 * written, save that the elementary functions may write over their own input.
 */
public interface Kernel {

  /**
   * The kernel of this JVM, chosen once, by two system properties that are read then:
   *
   * <ul>
   *   <li>{@code unroll.kernel}: {@code simd} or {@code plain}; absent, simd where the JVM was
   *       started with {@code --add-modules jdk.incubator.vector}, else plain;
   *   <li>{@code unroll.threads}: how many threads share a large call; absent, one a processor. 1
   *       means the caller's thread alone.
   * </ul>
   *
   * @return always the same one
   * @throws ExceptionInInitializerError if a property has no such value, or simd is asked for and
   *     missing; its cause says what to do
   */
  static Kernel active() {
    return PlainKernel.Choice.KERNEL;
  }

  /** A part of a pass over elements {@code from} to {@code to − 1}. */
  @FunctionalInterface
  interface RangeTask {

    /** Does the part. */
    void over(int from, int to);
  }

  /**
   * Runs a pass over n elements in which each stands for itself, on several threads if there are
   * and n is at least {@code worth}. The task is called for ranges that together are 0 to n; it
   * writes nothing that another range reads or writes.
   */
  default void forRanges(int n, int worth, RangeTask task) {
    task.over(0, n);
  }

  /**
   * {@code out = a·b}, or {@code out += a·b} if it adds, with a (m,k), b (k,n), out (m,n). An
   * operand is read transposed by exchanging its two strides, one of which is always 1.
   */
  void matmul(
      boolean add,
      int m,
      int k,
      int n,
      double[] a,
      int aAt,
      int aRow,
      int aCol,
      double[] b,
      int bAt,
      int bRow,
      int bCol,
      double[] out,
      int outAt,
      int outRow);

  /**
   * The right operand of many products, copied once into the order in which a kernel reads it: the
   * recurrent weights during the steps of a sequence.
   */
  interface RightOperand {

    /** Keeps a copy of b (k,n). */
    void set(int k, int n, double[] b, int bAt, int bRow, int bCol);

    /**
     * {@code out += a·b} with a (m,k) and out (m,n), k and n as set; the bits of {@link #matmul}
     * that adds. Any number of threads may call it at once.
     */
    void addMatmul(int m, double[] a, int aAt, int aRow, double[] out, int outAt, int outRow);
  }

  /** A right operand of this kernel's; it stands for no matrix until it is set. */
  RightOperand newRightOperand();

  /** {@code out = 0}, n elements. */
  default void clear(int n, double[] out, int outAt) {
    Arrays.fill(out, outAt, outAt + n, 0);
  }

  /** {@code out(i,j) += row(j)} with out (m,n): a bias. */
  default void addRow(int m, int n, double[] row, int rowAt, double[] out, int outAt, int outRow) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        out[outAt + i * outRow + j] += row[rowAt + j];
      }
    }
  }

  /** {@code sums(j) += a(i,j)} with a (m,n), the first row first: the gradient of a bias. */
  default void addColumnSums(
      int m, int n, double[] a, int aAt, int aRow, double[] sums, int sumsAt) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[sumsAt + j] += a[aAt + i * aRow + j];
      }
    }
  }

  /** {@code out = exp(x)}, n elements; out may be x itself at the same index. */
  void exp(int n, double[] x, int xAt, double[] out, int outAt);

  /** {@code out = tanh(x)}, n elements; out may be x itself at the same index. */
  void tanh(int n, double[] x, int xAt, double[] out, int outAt);

  /** {@code out = 1 / (1 + exp(−x))}, n elements; out may be x itself at the same index. */
  void sigmoid(int n, double[] x, int xAt, double[] out, int outAt);

  /** {@code out = log(x)}, n elements, natural; out may be x itself at the same index. */
  void log(int n, double[] x, int xAt, double[] out, int outAt);

  /** The sum of n elements, in the order that this page specifies; 0 if there are none. */
  double sum(int n, double[] x, int xAt);

  /** {@link #sum} of squares: {@code fma(x(i), x(i), s)} in place of {@code s + x(i)}. */
  double sumOfSquares(int n, double[] x, int xAt);

  /** The greatest of n elements; NaN if one is NaN, negative infinity if there are none. */
  double max(int n, double[] x, int xAt);
}
