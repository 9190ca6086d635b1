package io.github.unroll.tensor;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The arithmetic that everything else rests on: products, elementary functions, sums and maxima
 * over arrays of {@code double}.
 *
 * <p>The result of every method is specified to the last bit, whatever the blocking, the vector
 * width or the number of threads of an implementation:
 *
 * <ul>
 *   <li>an element of a product is the fold {@code s = Math.fma(a[i][k], b[k][j], s)} over
 *       ascending {@code k}, begun with 0, or with the value that {@code out[i][j]} held before;
 *   <li>{@code exp}, {@code tanh}, {@code sigmoid} and {@code log} are those of {@link Elementary};
 *   <li>a sum is eight interleaved partial sums, element {@code i} added to partial sum {@code i
 *       mod 8}, joined as {@code ((s0+s4)+(s2+s6)) + ((s1+s5)+(s3+s7))}.
 * </ul>
 *
 * <p>A kernel does not check its arguments: {@link Matrix} and the layers do, once, before they
 * call it. A matrix argument is an array, the index {@code at} of its first element and the
 * distance {@code stride} from one row to the next. No array may overlap the one that is written,
 * save that the elementary functions may write over their own input.
 */
public interface Kernel {

  /**
   * The kernel of this JVM, chosen once, by two system properties that are read then:
   *
   * <ul>
   *   <li>{@code unroll.kernel}: {@code simd} or {@code plain}; absent, simd where the JVM was
   *       started with {@code --add-modules jdk.incubator.vector}, else plain;
   *   <li>{@code unroll.threads}: how many threads share a large call, 1 to 1024; absent, one a
   *       processor. 1 means the caller's thread alone. Where the system refuses more threads,
   *       those that there are do the work, with the same results.
   * </ul>
   *
   * @return always the same one
   * @throws ExceptionInInitializerError if a property has no such value, or what it asks for is
   *     missing; its cause names the property and its value and says what to do
   */
  static Kernel active() {
    return PlainKernel.Choice.KERNEL;
  }

  /**
   * Ends the threads that this kernel has started, and waits for them; calls in progress are
   * finished first. Threads that are not used for some seconds end by themselves, and the next
   * large call starts new ones, so nobody must call this. It is for an application that is to be
   * unloaded at once, after its last call: {@code Kernel.active().endThreads()}.
   *
   * <p>Called from within a part of a call, as those of {@link #forRanges} are, it does not wait.
   */
  default void endThreads() {}

  /**
   * Memory that one call at a time works in. Threads share it, so that one that has made a call and
   * lives on, as a server's many do, keeps nothing.
   */
  abstract class Scratch {

    private final AtomicInteger lent = new AtomicInteger(1);

    /** The thread that had it last: its caches hold it still. */
    private long lastBy = Thread.currentThread().getId();

    /** One that is lent to whoever makes it. */
    protected Scratch() {}

    private boolean isTaken() {
      return lent.get() == 0 && lent.compareAndSet(0, 1);
    }

    /** Lets others take it. It must hold nothing of the caller's any more. */
    public final void giveBack() {
      lent.lazySet(0);
    }

    /**
     * Scratch of one kind: as many as calls have worked at once, but no more than a few a
     * processor. What further calls at once need is made for them and not kept.
     *
     * @param <S> the kind
     */
    public abstract static class Pool<S extends Scratch> {

      private static final int MOST = 4 * Runtime.getRuntime().availableProcessors();

      private volatile Scratch[] kept = {};

      /** An empty pool. */
      protected Pool() {}

      /**
       * Makes one.
       *
       * @return lent to the caller
       */
      protected abstract S make();

      /**
       * Lends one.
       *
       * @return the caller's alone until it is given back
       */
      @SuppressWarnings("unchecked") // keep put it there
      public final S take() {
        Scratch[] all = kept;
        long thread = Thread.currentThread().getId();
        int first = all.length == 0 ? 0 : (int) (thread & Integer.MAX_VALUE) % all.length;
        for (int i = 0; i < all.length; i++) {
          Scratch scratch = all[first + i < all.length ? first + i : first + i - all.length];
          if (scratch.lastBy == thread && scratch.isTaken()) {
            return (S) scratch;
          }
        }
        for (Scratch scratch : all) {
          if (scratch.isTaken()) {
            scratch.lastBy = thread;
            return (S) scratch;
          }
        }
        S made = make();
        if (all.length < MOST) {
          keep(made);
        }
        return made;
      }

      private synchronized void keep(S made) {
        if (kept.length < MOST) {
          Scratch[] more = Arrays.copyOf(kept, kept.length + 1);
          more[kept.length] = made;
          kept = more;
        }
      }
    }
  }

  /** A part of a pass over elements {@code from} to {@code to − 1}. */
  @FunctionalInterface
  interface RangeTask {

    /**
     * Does the part.
     *
     * @param from first element
     * @param to one past the last
     */
    void over(int from, int to);
  }

  /**
   * Runs a pass over n elements in which each stands for itself, on several threads if there are
   * and n is worth it.
   *
   * @param n number of elements
   * @param worth from how many elements on several threads are worth it
   * @param task called for ranges that together are 0 to n; it writes nothing that another range
   *     reads or writes
   */
  default void forRanges(int n, int worth, RangeTask task) {
    task.over(0, n);
  }

  /**
   * {@code out = a·b}, or {@code out += a·b} with a (m,k), b (k,n), out (m,n).
   *
   * @param add whether the product is added to what out holds; else the fold begins with 0
   * @param m rows of a and of out
   * @param k columns of a, rows of b
   * @param n columns of b and of out
   * @param a left operand, from {@code aAt}, rows {@code aStride} apart
   * @param aAt index of the first element of a
   * @param aStride distance between rows of a
   * @param b right operand, from {@code bAt}, rows {@code bStride} apart
   * @param bAt index of the first element of b
   * @param bStride distance between rows of b
   * @param out modified: overwritten with the product, or added to
   * @param outAt index of the first element of out
   * @param outStride distance between rows of out
   */
  void matmul(
      boolean add,
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
      int outStride);

  /**
   * {@code out += a·b}: {@link #matmul} that adds.
   *
   * @param m rows of a and of out
   * @param k columns of a, rows of b
   * @param n columns of b and of out
   * @param a left operand, from {@code aAt}, rows {@code aStride} apart
   * @param aAt index of the first element of a
   * @param aStride distance between rows of a
   * @param b right operand, from {@code bAt}, rows {@code bStride} apart
   * @param bAt index of the first element of b
   * @param bStride distance between rows of b
   * @param out modified: the product is added to it
   * @param outAt index of the first element of out
   * @param outStride distance between rows of out
   */
  default void addMatmul(
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
    matmul(true, m, k, n, a, aAt, aStride, b, bAt, bStride, out, outAt, outStride);
  }

  /**
   * {@code out = aᵀ·b}, or {@code out += aᵀ·b} with a (k,m), b (k,n), out (m,n).
   *
   * @param add whether the product is added to what out holds; else the fold begins with 0
   * @param m columns of a, rows of out
   * @param k rows of a and of b
   * @param n columns of b and of out
   * @param a left operand, read transposed
   * @param aAt index of the first element of a
   * @param aStride distance between rows of a
   * @param b right operand
   * @param bAt index of the first element of b
   * @param bStride distance between rows of b
   * @param out modified: overwritten with the product, or added to
   * @param outAt index of the first element of out
   * @param outStride distance between rows of out
   */
  void matmulTransA(
      boolean add,
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
      int outStride);

  /**
   * {@code out += aᵀ·b}: {@link #matmulTransA} that adds.
   *
   * @param m columns of a, rows of out
   * @param k rows of a and of b
   * @param n columns of b and of out
   * @param a left operand, read transposed
   * @param aAt index of the first element of a
   * @param aStride distance between rows of a
   * @param b right operand
   * @param bAt index of the first element of b
   * @param bStride distance between rows of b
   * @param out modified: the product is added to it
   * @param outAt index of the first element of out
   * @param outStride distance between rows of out
   */
  default void addMatmulTransA(
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
    matmulTransA(true, m, k, n, a, aAt, aStride, b, bAt, bStride, out, outAt, outStride);
  }

  /**
   * {@code out = a·bᵀ}, or {@code out += a·bᵀ} with a (m,k), b (n,k), out (m,n).
   *
   * @param add whether the product is added to what out holds; else the fold begins with 0
   * @param m rows of a and of out
   * @param k columns of a and of b
   * @param n rows of b, columns of out
   * @param a left operand
   * @param aAt index of the first element of a
   * @param aStride distance between rows of a
   * @param b right operand, read transposed
   * @param bAt index of the first element of b
   * @param bStride distance between rows of b
   * @param out modified: overwritten with the product, or added to
   * @param outAt index of the first element of out
   * @param outStride distance between rows of out
   */
  void matmulTransB(
      boolean add,
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
      int outStride);

  /**
   * {@code out += a·bᵀ}: {@link #matmulTransB} that adds.
   *
   * @param m rows of a and of out
   * @param k columns of a and of b
   * @param n rows of b, columns of out
   * @param a left operand
   * @param aAt index of the first element of a
   * @param aStride distance between rows of a
   * @param b right operand, read transposed
   * @param bAt index of the first element of b
   * @param bStride distance between rows of b
   * @param out modified: the product is added to it
   * @param outAt index of the first element of out
   * @param outStride distance between rows of out
   */
  default void addMatmulTransB(
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
    matmulTransB(true, m, k, n, a, aAt, aStride, b, bAt, bStride, out, outAt, outStride);
  }

  /**
   * The right operand of many products, copied once into the order in which a kernel reads it: the
   * recurrent weights during the steps of a sequence. Products have the bits of {@link #addMatmul}.
   */
  interface RightOperand {

    /**
     * Keeps a copy of b.
     *
     * @param k rows of b
     * @param n columns of b
     * @param b (k,n), from {@code bAt}, rows {@code bStride} apart
     * @param bAt index of the first element of b
     * @param bStride distance between rows of b
     */
    void set(int k, int n, double[] b, int bAt, int bStride);

    /**
     * Keeps a copy of bᵀ.
     *
     * @param k columns of b
     * @param n rows of b
     * @param b (n,k), from {@code bAt}, rows {@code bStride} apart
     * @param bAt index of the first element of b
     * @param bStride distance between rows of b
     */
    void setTransposed(int k, int n, double[] b, int bAt, int bStride);

    /**
     * {@code out += a·b} with a (m,k) and out (m,n), k and n as set. Any number of threads may call
     * it at once.
     *
     * @param m rows of a and of out
     * @param a left operand, from {@code aAt}, rows {@code aStride} apart
     * @param aAt index of the first element of a
     * @param aStride distance between rows of a
     * @param out modified: the product is added to it
     * @param outAt index of the first element of out
     * @param outStride distance between rows of out
     */
    void addMatmul(int m, double[] a, int aAt, int aStride, double[] out, int outAt, int outStride);
  }

  /**
   * A right operand of this kernel's products.
   *
   * @return one of no rows and no columns, until it is set
   */
  RightOperand newRightOperand();

  /**
   * Sets n elements to 0.
   *
   * @param n number of elements
   * @param out modified
   * @param at index of the first
   */
  default void clear(int n, double[] out, int at) {
    Arrays.fill(out, at, at + n, 0);
  }

  /**
   * Adds one row to each of m rows: {@code out[i][j] += row[j]}, a bias.
   *
   * @param m rows of out
   * @param n columns of out, length of row
   * @param row the row, from index 0
   * @param out modified: (m,n), rows side by side
   * @param outAt index of the first element of out
   */
  default void addRow(int m, int n, double[] row, double[] out, int outAt) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        out[outAt + i * n + j] += row[j];
      }
    }
  }

  /**
   * Adds m rows to one, the first row first: {@code sums[j] += a[i][j]}, the gradient of a bias.
   *
   * @param m rows of a
   * @param n columns of a, number of sums
   * @param a (m,n), from {@code aAt}, rows {@code aStride} apart
   * @param aAt index of the first element of a
   * @param aStride distance between rows of a
   * @param sums modified: the sums are added to it
   * @param sumsAt index of the first of them
   */
  default void addColumnSums(
      int m, int n, double[] a, int aAt, int aStride, double[] sums, int sumsAt) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[sumsAt + j] += a[aAt + i * aStride + j];
      }
    }
  }

  /**
   * {@code out = exp(x)}, element by element.
   *
   * @param n number of elements
   * @param x arguments
   * @param xAt index of the first argument
   * @param out modified: overwritten; may be x itself at the same index
   * @param outAt index of the first result
   */
  void exp(int n, double[] x, int xAt, double[] out, int outAt);

  /**
   * {@code out = tanh(x)}, element by element.
   *
   * @param n number of elements
   * @param x arguments
   * @param xAt index of the first argument
   * @param out modified: overwritten; may be x itself at the same index
   * @param outAt index of the first result
   */
  void tanh(int n, double[] x, int xAt, double[] out, int outAt);

  /**
   * {@code out = 1 / (1 + exp(-x))}, element by element.
   *
   * @param n number of elements
   * @param x arguments
   * @param xAt index of the first argument
   * @param out modified: overwritten; may be x itself at the same index
   * @param outAt index of the first result
   */
  void sigmoid(int n, double[] x, int xAt, double[] out, int outAt);

  /**
   * {@code out = log(x)}, the natural logarithm, element by element.
   *
   * @param n number of elements
   * @param x arguments
   * @param xAt index of the first argument
   * @param out modified: overwritten; may be x itself at the same index
   * @param outAt index of the first result
   */
  void log(int n, double[] x, int xAt, double[] out, int outAt);

  /**
   * The sum of n elements, in the order that this page specifies.
   *
   * @param n number of elements
   * @param x the elements
   * @param at index of the first
   * @return their sum; 0 if there are none
   */
  default double sum(int n, double[] x, int at) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int whole = at + (n & ~7);
    for (int i = at; i < whole; i += 8) {
      s0 = s0 + x[i];
      s1 = s1 + x[i + 1];
      s2 = s2 + x[i + 2];
      s3 = s3 + x[i + 3];
      s4 = s4 + x[i + 4];
      s5 = s5 + x[i + 5];
      s6 = s6 + x[i + 6];
      s7 = s7 + x[i + 7];
    }
    int rest = n & 7;
    s0 = rest > 0 ? s0 + x[whole] : s0;
    s1 = rest > 1 ? s1 + x[whole + 1] : s1;
    s2 = rest > 2 ? s2 + x[whole + 2] : s2;
    s3 = rest > 3 ? s3 + x[whole + 3] : s3;
    s4 = rest > 4 ? s4 + x[whole + 4] : s4;
    s5 = rest > 5 ? s5 + x[whole + 5] : s5;
    s6 = rest > 6 ? s6 + x[whole + 6] : s6;
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
  }

  /**
   * The sum of the squares of n elements: {@link #sum} of {@code fma(x[i], x[i], s)} instead of
   * {@code s + x[i]}.
   *
   * @param n number of elements
   * @param x the elements
   * @param at index of the first
   * @return the sum of their squares; 0 if there are none
   */
  default double sumOfSquares(int n, double[] x, int at) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int whole = at + (n & ~7);
    for (int i = at; i < whole; i += 8) {
      s0 = Math.fma(x[i], x[i], s0);
      s1 = Math.fma(x[i + 1], x[i + 1], s1);
      s2 = Math.fma(x[i + 2], x[i + 2], s2);
      s3 = Math.fma(x[i + 3], x[i + 3], s3);
      s4 = Math.fma(x[i + 4], x[i + 4], s4);
      s5 = Math.fma(x[i + 5], x[i + 5], s5);
      s6 = Math.fma(x[i + 6], x[i + 6], s6);
      s7 = Math.fma(x[i + 7], x[i + 7], s7);
    }
    int rest = n & 7;
    s0 = rest > 0 ? Math.fma(x[whole], x[whole], s0) : s0;
    s1 = rest > 1 ? Math.fma(x[whole + 1], x[whole + 1], s1) : s1;
    s2 = rest > 2 ? Math.fma(x[whole + 2], x[whole + 2], s2) : s2;
    s3 = rest > 3 ? Math.fma(x[whole + 3], x[whole + 3], s3) : s3;
    s4 = rest > 4 ? Math.fma(x[whole + 4], x[whole + 4], s4) : s4;
    s5 = rest > 5 ? Math.fma(x[whole + 5], x[whole + 5], s5) : s5;
    s6 = rest > 6 ? Math.fma(x[whole + 6], x[whole + 6], s6) : s6;
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
  }

  /**
   * The greatest of n elements; NaN if one of them is NaN.
   *
   * @param n number of elements
   * @param x the elements
   * @param at index of the first
   * @return their maximum; negative infinity if there are none
   */
  double max(int n, double[] x, int at);
}
