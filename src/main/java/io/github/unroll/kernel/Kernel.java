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
   * {@return the kernel of this JVM, always the same one} It is chosen once, by three system
   * properties that are read then:
   *
   * <ul>
   *   <li>{@code unroll.kernel}: {@code simd} or {@code plain}; by default plain, and if the JVM
   *       was started with {@code --add-modules jdk.incubator.vector}, operation by operation simd,
   *       as soon as that is compiled and faster;
   *   <li>{@code unroll.fma}: {@code hardware} or {@code software}, as {@link Fma} says; where it
   *       is software, the default kernel is plain;
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

  /**
   * The fused multiply-add {@code a·b + c}, rounded once, to the bits of {@link Math#fma} (but for
   * a NaN's payload) and fast on every processor. Without an instruction for it {@code Math.fma}
   * computes in {@code BigDecimal}, which takes microseconds; here some forty additions and
   * multiplications do it.
   *
   * <p>Dekker's exact product {@code a·b = p + pLow} and Knuth's exact sum {@code p + c = s + sLow}
   * leave {@code s + (sLow + pLow)} to be rounded, where the sum in brackets is itself rounded. If
   * that sum made a little larger and a little smaller gives the same result, no rounding of it
   * matters. If not, {@link #exactly} rounds it to odd (S. Boldo and G. Melquiond, "Emulation of
   * FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008): its last bit
   * then stands for all that was lost, so that the second rounding cannot go astray.
   *
   * <p>The system property {@code unroll.fma}, {@code hardware} or {@code software}, says which of
   * the two computes; by default it is the faster one of this JVM, which a few calls tell.
   */
  final class Fma {

    private static final int ROUNDS = 10;
    private static final int CALLS = 16;

    /** How many times the time of {@link #software} Math.fma may take, being an instruction. */
    private static final int SLOWER = 4;

    /** Times this, a double of 53 bits splits into two of 26. */
    private static final double SPLIT = 0x1p27 + 1;

    /** From here on the low part of a product is no smaller than the smallest double. */
    private static final double LEAST_PRODUCT = 0x1p-968;

    /** Times these, a double becomes at least the next one in either direction. */
    private static final double MORE = 1 + 0x1p-52, LESS = 1 - 0x1p-52;

    /** Two numbers so many powers of two apart, the smaller counts by its sign alone. */
    private static final int FAR = 300;

    static final boolean IN_HARDWARE = isInHardware();

    private Fma() {}

    /** {@return a·b + c, rounded once, as {@link Math#fma} has it} */
    public static double fma(double a, double b, double c) {
      return IN_HARDWARE ? Math.fma(a, b, c) : software(a, b, c);
    }

    private static boolean isInHardware() {
      String wanted = System.getProperty("unroll.fma");
      if (wanted == null) {
        return isFast();
      }
      if (!wanted.equals("hardware") && !wanted.equals("software")) {
        throw new IllegalArgumentException(
            "-Dunroll.fma=" + wanted + ": there are hardware and software");
      }
      return wanted.equals("hardware");
    }

    /**
     * Whether Math.fma is an instruction. Both are timed in turn, each by its best round, so that
     * neither the speed of the machine nor what else it does counts. In the interpreter, where this
     * runs, the instruction takes a tenth of the time of {@link #software}, BigDecimal a hundred
     * times as long: a machine would have to disturb every round of the same one of the two.
     */
    private static boolean isFast() {
      long fused = Long.MAX_VALUE;
      long emulated = Long.MAX_VALUE;
      double s = 0.7;
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
          s = Math.fma(0.3, s, 0.7);
        }
        long half = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
          s = software(0.3, s, 0.7);
        }
        fused = Math.min(fused, half - start);
        emulated = Math.min(emulated, System.nanoTime() - half);
      }
      return s > 0 && fused <= SLOWER * emulated;
    }

    /** The same without the instruction. */
    static double software(double a, double b, double c) {
      double p = a * b;
      double s = p + c;
      double rest = lostBySum(p, c, s) + lostByProduct(a, b, p);
      // A difference of infinities or NaN is not zero: what overflowed is left to the other too.
      boolean certain = Math.abs(p) >= LEAST_PRODUCT && (s + rest * MORE) - (s + rest * LESS) == 0;
      return certain ? s + rest : exactly(a, b, c);
    }

    /** {@code a·b − p} with p the rounded product. */
    private static double lostByProduct(double a, double b, double p) {
      double aSplit = SPLIT * a;
      double aHigh = aSplit - (aSplit - a);
      double aLow = a - aHigh;
      double bSplit = SPLIT * b;
      double bHigh = bSplit - (bSplit - b);
      double bLow = b - bHigh;
      return ((aHigh * bHigh - p) + aHigh * bLow + aLow * bHigh) + aLow * bLow;
    }

    /** {@code x + y − s} with s the rounded sum. */
    private static double lostBySum(double x, double y, double s) {
      double yRounded = s - x;
      return (x - (s - yRounded)) + (y - yRounded);
    }

    /**
     * Any a, b and c: the factors are brought to about 1 and c along with them, the result back.
     * Where it becomes subnormal, so that fewer bits are left, it is rounded as the last bits of a
     * sum with a greater number.
     */
    private static double exactly(double a, double b, double c) {
      if (a == 0 || b == 0 || !Double.isFinite(a) || !Double.isFinite(b)) {
        return a * b + c;
      }
      if (!Double.isFinite(c)) {
        return c; // a·b may overflow to the other infinity
      }
      if (c == 0) {
        return a * b; // if it underflows, its sign counts, not that of c
      }
      int aScale = Math.getExponent(a);
      int bScale = Math.getExponent(b);
      int cScale = Math.getExponent(c);
      int scale = Math.max(aScale + bScale, cScale - FAR);
      double x = Math.scalb(a, -aScale);
      double y = Math.scalb(b, -bScale);
      double z = Math.scalb(c, Math.max(-scale, -FAR - cScale));
      double p = x * y;
      double s = p + z;
      double rest = sumToOdd(lostBySum(p, z, s), lostByProduct(x, y, p));
      double sum = s + rest;
      if (Math.getExponent(sum) + scale >= Double.MIN_EXPONENT) {
        return Math.scalb(sum, scale);
      }
      double greater = Math.copySign(Math.scalb(1.0, Double.MIN_EXPONENT - scale), sum);
      double high = greater + s;
      double rounded = high + sumToOdd(lostBySum(greater, s, high), rest) - greater;
      return Math.copySign(Math.scalb(rounded, scale), sum);
    }

    /**
     * {@code x + y} if that is a double, else of the two next to it the one whose last bit is 1.
     */
    private static double sumToOdd(double x, double y) {
      double sum = x + y;
      double lost = lostBySum(x, y, sum);
      long bits = Double.doubleToRawLongBits(sum);
      if (lost == 0 || (bits & 1) == 1) {
        return sum;
      }
      return Double.longBitsToDouble((lost > 0) == (sum > 0) ? bits + 1 : bits - 1);
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
      s0 = Fma.fma(x[i], x[i], s0);
      s1 = Fma.fma(x[i + 1], x[i + 1], s1);
      s2 = Fma.fma(x[i + 2], x[i + 2], s2);
      s3 = Fma.fma(x[i + 3], x[i + 3], s3);
      s4 = Fma.fma(x[i + 4], x[i + 4], s4);
      s5 = Fma.fma(x[i + 5], x[i + 5], s5);
      s6 = Fma.fma(x[i + 6], x[i + 6], s6);
      s7 = Fma.fma(x[i + 7], x[i + 7], s7);
    }
    int rest = n & 7;
    s0 = rest > 0 ? Fma.fma(x[whole], x[whole], s0) : s0;
    s1 = rest > 1 ? Fma.fma(x[whole + 1], x[whole + 1], s1) : s1;
    s2 = rest > 2 ? Fma.fma(x[whole + 2], x[whole + 2], s2) : s2;
    s3 = rest > 3 ? Fma.fma(x[whole + 3], x[whole + 3], s3) : s3;
    s4 = rest > 4 ? Fma.fma(x[whole + 4], x[whole + 4], s4) : s4;
    s5 = rest > 5 ? Fma.fma(x[whole + 5], x[whole + 5], s5) : s5;
    s6 = rest > 6 ? Fma.fma(x[whole + 6], x[whole + 6], s6) : s6;
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
  }

  /** The greatest of n elements; NaN if one is NaN, negative infinity if there are none. */
  double max(int n, double[] x, int xAt);
}
