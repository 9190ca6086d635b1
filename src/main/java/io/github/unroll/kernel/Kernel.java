package io.github.unroll.kernel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The basic arithmetic of the library: products, elementary functions, sums and maxima over arrays
 * of {@code double}.
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
 * <p>A kernel does not check its arguments: package {@code tensor}, its only caller, does. An
 * argument that begins at an index is an array, {@code x}, and the index of its first element,
 * {@code xAt}; {@code xRow} is the distance from one row to the next, {@code xCol} that from one
 * column to the next, 1 where it is not named. No array may overlap the one that is written, except
 * that the elementary functions may overwrite their own input.
 */
public interface Kernel {

  /**
   * {@return the kernel of this JVM, always the same one} It is chosen once, by two system
   * properties that are read then:
   *
   * <ul>
   *   <li>{@code unroll.kernel}: {@code simd} or {@code plain}; by default simd if the JVM was
   *       started with {@code --add-modules jdk.incubator.vector}, else plain;
   *   <li>{@code unroll.threads}: how many threads share a large call, 1 to 1024; by default one
   *       for each processor. 1 means only the caller's thread. If the system refuses more threads,
   *       the existing ones do the work, with the same results.
   * </ul>
   *
   * @throws ExceptionInInitializerError if a property has another value, or what it requires is
   *     missing; the cause names the property and its value and says what to do
   */
  static Kernel active() {
    return PlainKernel.Choice.KERNEL;
  }

  /**
   * Ends the threads that this kernel has started and waits for them, after calls in progress; it
   * does not wait when called from within a part of a call. Idle threads end by themselves.
   */
  default void endThreads() {}

  /**
   * Memory for one call at a time. Threads share it, so that the many idle threads of a server keep
   * no memory.
   */
  abstract class Scratch {

    private final AtomicInteger lent = new AtomicInteger(1);

    /** The thread that used it last, whose caches may still hold it. */
    private long lastBy = Thread.currentThread().getId();

    /** Scratch that is lent to the caller. */
    protected Scratch() {}

    private boolean isTaken() {
      return lent.get() == 0 && lent.compareAndSet(0, 1);
    }

    /** Returns it for others. It must not refer to anything of the caller. */
    public final void giveBack() {
      lent.lazySet(0);
    }

    /**
     * A pool of scratch memory of one type: as many as there were concurrent calls, up to a few for
     * each processor. More concurrent calls get new memory that is not kept.
     *
     * @param <S> the type
     */
    public abstract static class Pool<S extends Scratch> {

      private static final int MOST = 4 * Runtime.getRuntime().availableProcessors();

      private volatile Scratch[] kept = {};

      /** An empty pool. */
      protected Pool() {}

      /** {@return new scratch, lent to the caller} */
      protected abstract S make();

      /** {@return scratch for the caller alone until it is returned} */
      @SuppressWarnings("unchecked") // keep stored it there
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

    /** Processes the part. */
    void over(int from, int to);
  }

  /**
   * Runs a task over n independent elements, on several threads if there are any and n is at least
   * {@code worth}. The task is called for ranges that together cover 0 to n; it must not write what
   * another range reads or writes.
   */
  default void forRanges(int n, int worth, RangeTask task) {
    task.over(0, n);
  }

  /**
   * {@code out = a·b}, or {@code out += a·b} if {@code add}, with a (m,k), b (k,n), out (m,n). An
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

  /** A right operand of this kernel, without a matrix until it is set. */
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

  /** A function of one number, as {@link Elementary} has it. */
  enum Function {
    EXP,
    LOG,
    SIGMOID,
    TANH
  }

  /** {@code out = function(x)}, n elements; out may be x itself at the same index. */
  void apply(Function function, int n, double[] x, int xAt, double[] out, int outAt);

  /** The sum of n elements, in the order specified above; 0 if there are none. */
  default double sum(int n, double[] x, int xAt) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int whole = xAt + (n & ~7);
    for (int i = xAt; i < whole; i += 8) {
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

  /** {@link #sum} of squares: {@code fma(x(i), x(i), s)} in place of {@code s + x(i)}. */
  default double sumOfSquares(int n, double[] x, int xAt) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int whole = xAt + (n & ~7);
    for (int i = xAt; i < whole; i += 8) {
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

  /** The greatest of n elements; NaN if one is NaN, negative infinity if there are none. */
  double max(int n, double[] x, int xAt);
}
