package io.github.unroll.kernel;

import static io.github.unroll.kernel.Kernel.Fma.fma;

import io.github.unroll.kernel.Kernel.Function;

/**
 * The exponential, the hyperbolic tangent, the logistic sigmoid and the natural logarithm of the
 * library: the same bits on every machine, since only correctly rounded operations take part.
 *
 * <p>The first three use one identity. Any u is {@code k·ln 2 + r} with an integer k and {@code |r|
 * <= ln 2 / 2}; with {@code m = e^r - 1}, a polynomial,
 *
 * <pre>
 *   e^u        = 2^k (1 + m)
 *   sigmoid(x) = 2^-k / (1 + 2^-k + m)          with u = -x
 *   tanh(x)    = (1 - e^u) / (1 + e^u)          with u = -2|x|, the sign put back afterwards
 * </pre>
 *
 * <p>The largest errors found against 113-bit arithmetic are, in units in the last place: exp 1.10,
 * sigmoid 1.85, tanh 1.70, log 0.95, subnormal results included. The coefficients were made for
 * this class by a Remez exchange in 50-digit arithmetic, weighted to even out the error of the
 * function rather than of the polynomial, and then rounded to double.
 *
 * <p>Each function is a sequence of operations without branches that exist lane by lane in the
 * Vector API: repeating them in this order gives the same bits (except for a NaN's payload). The
 * array forms run the sequence in passes over short scratch arrays, because C2 makes vector code of
 * a loop only if its body is small and takes a double's bits straight from an array. Input and
 * output may be the same array at the same index; otherwise they must not overlap.
 */
public final class Elementary {

  /** Added to a double of magnitude below 2^51, it rounds it to a whole number, ties to even. */
  public static final double ROUND = 0x1.8p52;

  /** {@link #ROUND} and the exponent's bias: {@code k + BIASED}, its bits shifted by 52, is 2^k. */
  public static final double BIASED = ROUND + 1023;

  /** {@link #BIASED} with a second bias, for a k that two powers of two share. */
  public static final double TWICE_BIASED = BIASED + 1023;

  /** 1 / ln 2. */
  public static final double LOG2_E = 0x1.71547652b82fep0;

  /** ln 2 as the sum of two doubles. */
  public static final double LN2_HIGH = 0x1.62e42fefa39efp-1, LN2_LOW = 0x1.abc9e3b39803fp-56;

  /** Where e^x has become 0, and where it has become infinite. */
  public static final double EXP_MIN = -746, EXP_MAX = 710;

  /** Where sigmoid(x) and tanh(x/2) have become 1. */
  public static final double ONE_FROM = 40;

  /** {@code cosh r = 1 + r² (C0 + C1 r² + C2 r⁴ + ...)} to 2^-55.1 of r. */
  public static final double C0 = 0.5,
      C1 = 0x1.5555555553ae9p-5,
      C2 = 0x1.6c16c17a0af5ap-10,
      C3 = 0x1.a019b375c5ba2p-16,
      C4 = 0x1.28978c87325d5p-22;

  /** {@code sinh r = r + r³ (S0 + S1 r² + S2 r⁴ + ...)} to 2^-61.6 of r. */
  public static final double S0 = 0x1.5555555555559p-3,
      S1 = 0x1.111111110f6b1p-7,
      S2 = 0x1.a01a01afe42e9p-13,
      S3 = 0x1.71ddf85665dfcp-19,
      S4 = 0x1.af5eb9a27797fp-26;

  /** {@code ln((1+s)/(1-s)) = 2s + s³ (L0 + L1 s² + L2 s⁴ + ...)} to 2^-59.4 of itself. */
  public static final double L0 = 0x1.5555555555592p-1,
      L1 = 0x1.999999997fd77p-2,
      L2 = 0x1.24924941f4fb8p-2,
      L3 = 0x1.c71c520607e4ep-3,
      L4 = 0x1.74663fa22a684p-3,
      L5 = 0x1.39a1a6f6bda20p-3,
      L6 = 0x1.2f06348b279b0p-3;

  /** ln 2 again, the first part so short that whole numbers below 2^12 times it are exact. */
  public static final double LN2_SHORT = 0x1.62e42fefa2000p-1, LN2_REST = 0x1.9ef35793c7673p-41;

  /** The bits of the smallest mantissa {@link #log(double)} works with, the root of 1/2. */
  public static final long ROOT_HALF_BITS = 0x3fe6a09e667f3bcdL;

  private Elementary() {}

  /** {@return e^x, within 1.10 ulp: 0 from -745.14 down, infinite from 709.79 up} */
  public static double exp(double x) {
    double u = clamped(x, EXP_MAX);
    double whole = whole(u);
    double m = expMinus1(u, whole - TWICE_BIASED);
    return (1 + m) * lowerPower(whole) * upperPower(whole);
  }

  /** {@return the logistic sigmoid 1 / (1 + e^-x), within 1.85 ulp however small it is} */
  public static double sigmoid(double x) {
    double u = clamped(x, ONE_FROM);
    double whole = whole(u);
    double m = expMinus1(-u, TWICE_BIASED - whole);
    return sigmoid(lowerPower(whole), upperPower(whole), m);
  }

  /**
   * {@return the hyperbolic tangent, within 1.70 ulp; {@code tanh(-x)} is exactly {@code -tanh(x)}}
   */
  public static double tanh(double x) {
    double u = tanhArgument(x);
    double whole = fma(u, LOG2_E, BIASED);
    return withSign(tanh(power(whole), expMinus1(u, whole - BIASED)), x);
  }

  /**
   * {@return the natural logarithm, within 0.95 ulp: -Infinity of a zero, NaN of a negative number}
   *
   * <p>With {@code x = 2^k (1 + f)}, 1 + f between the roots of 1/2 and 2, and {@code s = f / (2 +
   * f)}: {@code ln x = k ln 2 + f - s (f - s² (L0 + L1 s² + ...))}.
   */
  public static double log(double x) {
    boolean subnormal = x < Double.MIN_NORMAL;
    long bits = Double.doubleToRawLongBits(subnormal ? x * 0x1p54 : x);
    long exponent = (bits - ROOT_HALF_BITS) >> 52;
    double k = exponent - (subnormal ? 54.0 : 0.0);
    double f = Double.longBitsToDouble(bits - (exponent << 52)) - 1;
    double s = f / (2 + f);
    double z = s * s;
    double series = fma(fma(fma(fma(fma(fma(L6, z, L5), z, L4), z, L3), z, L2), z, L1), z, L0);
    double head = k * LN2_SHORT;
    double sum = head + f;
    double rest = (head - sum) + f;
    double ln = sum + (rest + fma(-s, fma(-z, series, f), k * LN2_REST));
    double positive = x < Double.POSITIVE_INFINITY ? ln : x;
    return x > 0 ? positive : x == 0 ? Double.NEGATIVE_INFINITY : Double.NaN;
  }

  private static double of(Function function, double x) {
    return switch (function) {
      case EXP -> exp(x);
      case LOG -> log(x);
      case SIGMOID -> sigmoid(x);
      case TANH -> tanh(x);
    };
  }

  /** The functions of an array, as {@link Kernel#apply} says. */
  static void apply(Function f, int n, double[] x, int xAt, double[] out, int outAt) {
    if (n >= WORTH_PASSES && f != Function.LOG) {
      walk(f, n, x, xAt, out, outAt);
      return;
    }
    for (int i = 0; i < n; i++) {
      out[outAt + i] = of(f, x[xAt + i]);
    }
  }

  // The steps of the sequence.

  private static double clamped(double x, double max) {
    return Math.max(EXP_MIN, Math.min(max, x));
  }

  private static double tanhArgument(double x) {
    return Math.max(-ONE_FROM, -2 * Math.abs(x));
  }

  /** {@link #TWICE_BIASED} and k, the whole number next to u / ln 2. */
  private static double whole(double u) {
    return fma(u, LOG2_E, TWICE_BIASED);
  }

  /** 2^k of {@code k + BIASED}. */
  private static double power(double biased) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(biased) << 52);
  }

  /** 2^j with j the half of k, rounded down: 2^k itself leaves the range before the result does. */
  private static double lowerPower(double whole) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(whole) >>> 1 << 52);
  }

  /** 2^(k-j). */
  private static double upperPower(double whole) {
    long bits = Double.doubleToRawLongBits(whole);
    return Double.longBitsToDouble((bits - (bits >>> 1)) << 52);
  }

  /** e^r - 1 with r = u - k ln 2. */
  private static double expMinus1(double u, double k) {
    double r = fma(k, -LN2_LOW, fma(k, -LN2_HIGH, u));
    double z = r * r;
    double odd = fma(fma(fma(fma(S4, z, S3), z, S2), z, S1), z, S0);
    double even = fma(fma(fma(fma(C4, z, C3), z, C2), z, C1), z, C0);
    return fma(z, fma(r, odd, even), r);
  }

  /** p / (1 + p + m) with p = lower·upper; what 1 + p loses to rounding goes to m. */
  private static double sigmoid(double lower, double upper, double m) {
    double p = lower * upper;
    double one = 1 + p;
    return lower / (one + (m + (p - (one - 1)))) * upper;
  }

  /**
   * (1 - e) / (1 + e) with e = p + p·m, where {@code rest} is what d = 1 + e loses to rounding: the
   * quotient q of 2 - d and d leaves q·d - (2 - d) + (q + 1)·rest too much.
   */
  private static double tanh(double p, double m) {
    double d = fma(p, m, 1 + p);
    double e = d - 1;
    double rest = fma(p, m, p - e);
    double minusInverse = -1 / d;
    double minusDividend = e - 1;
    double q = minusDividend * minusInverse;
    double excess = fma(rest, 1 + q, fma(q, d, minusDividend));
    return fma(excess, minusInverse, q);
  }

  private static double withSign(double magnitude, double x) {
    return Double.longBitsToDouble(
        (Double.doubleToRawLongBits(magnitude) & Long.MAX_VALUE)
            | (Double.doubleToRawLongBits(x) & Long.MIN_VALUE));
  }

  // The same sequence, in passes over a block of arguments.

  private static final int BLOCK = 256;

  /** From this many elements on, the passes are faster than calls one by one. */
  private static final int WORTH_PASSES = 24;

  private static final Pass[] PASSES = {new Argument(), new ExpMinus1(), new Power(), new Value()};

  private static final Kernel.Scratch.Pool<Block> BLOCKS =
      new Kernel.Scratch.Pool<>() {
        @Override
        protected Block make() {
          return new Block();
        }
      };

  private static void walk(Function function, int n, double[] x, int xAt, double[] out, int outAt) {
    Block block = BLOCKS.take();
    try {
      for (int at = 0; at < n; at += BLOCK) {
        block.n = Math.min(n - at, BLOCK);
        System.arraycopy(x, xAt + at, block.x, 0, block.n);
        for (Pass pass : PASSES) {
          pass.over(block, function);
        }
        System.arraycopy(block.x, 0, out, outAt + at, block.n);
      }
    } finally {
      block.giveBack();
    }
  }

  /** Arguments x, replaced by the results at the end, and intermediate values. */
  private static final class Block extends Kernel.Scratch {
    private final double[] x = new double[BLOCK];
    private final double[] u = new double[BLOCK];
    private final double[] m = new double[BLOCK];
    private final double[] whole = new double[BLOCK];
    private final double[] lower = new double[BLOCK];
    private int n;
  }

  /**
   * A loop, chosen by the function. Called through this interface, each is compiled on its own,
   * which C2 needs; lambdas would do it too, and cost a fifth of a JVM's start.
   */
  private interface Pass {
    void over(Block block, Function function);
  }

  /** From x to u, k in m, and k biased in whole. */
  private static final class Argument implements Pass {
    @Override
    public void over(Block block, Function function) {
      if (function == Function.EXP) {
        exp(block.n, block.x, block.u, block.m, block.whole);
      } else if (function == Function.SIGMOID) {
        sigmoid(block.n, block.x, block.u, block.m, block.whole);
      } else {
        tanh(block.n, block.x, block.u, block.m, block.whole);
      }
    }

    private static void exp(int n, double[] x, double[] u, double[] m, double[] whole) {
      for (int i = 0; i < n; i++) {
        double argument = clamped(x[i], EXP_MAX);
        u[i] = argument;
        whole[i] = whole(argument);
        m[i] = whole(argument) - TWICE_BIASED;
      }
    }

    private static void sigmoid(int n, double[] x, double[] u, double[] m, double[] whole) {
      for (int i = 0; i < n; i++) {
        double argument = clamped(x[i], ONE_FROM);
        u[i] = -argument;
        whole[i] = whole(argument);
        m[i] = TWICE_BIASED - whole(argument);
      }
    }

    private static void tanh(int n, double[] x, double[] u, double[] m, double[] whole) {
      for (int i = 0; i < n; i++) {
        double argument = tanhArgument(x[i]);
        u[i] = argument;
        whole[i] = fma(argument, LOG2_E, BIASED);
        m[i] = fma(argument, LOG2_E, BIASED) - BIASED;
      }
    }
  }

  /** From k in m to e^r - 1. */
  private static final class ExpMinus1 implements Pass {
    @Override
    public void over(Block block, Function function) {
      double[] u = block.u;
      double[] m = block.m;
      for (int i = 0; i < block.n; i++) {
        m[i] = expMinus1(u[i], m[i]);
      }
    }
  }

  /** From k biased in whole to its power of two, in two factors except for tanh. */
  private static final class Power implements Pass {
    @Override
    public void over(Block block, Function function) {
      double[] whole = block.whole;
      double[] lower = block.lower;
      if (function == Function.TANH) {
        for (int i = 0; i < block.n; i++) {
          whole[i] = power(whole[i]);
        }
        return;
      }
      for (int i = 0; i < block.n; i++) { // C2 makes no vectors of it: one loop reads less than two
        double biased = whole[i];
        lower[i] = lowerPower(biased);
        whole[i] = upperPower(biased);
      }
    }
  }

  /** The value, in x. */
  private static final class Value implements Pass {
    @Override
    public void over(Block block, Function function) {
      if (function == Function.EXP) {
        exp(block.n, block.x, block.m, block.lower, block.whole);
      } else if (function == Function.SIGMOID) {
        sigmoid(block.n, block.x, block.m, block.lower, block.whole);
      } else {
        tanh(block.n, block.x, block.m, block.whole);
      }
    }

    private static void exp(int n, double[] x, double[] m, double[] lower, double[] upper) {
      for (int i = 0; i < n; i++) {
        x[i] = (1 + m[i]) * lower[i] * upper[i];
      }
    }

    private static void sigmoid(int n, double[] x, double[] m, double[] lower, double[] upper) {
      for (int i = 0; i < n; i++) {
        x[i] = Elementary.sigmoid(lower[i], upper[i], m[i]);
      }
    }

    private static void tanh(int n, double[] x, double[] m, double[] p) {
      for (int i = 0; i < n; i++) {
        x[i] = Math.abs(Elementary.tanh(p[i], m[i])) * sign(x[i]);
      }
    }

    /** 1, −1, or a zero or NaN as x is; without bits, of which C2 makes no vectors. */
    private static double sign(double x) {
      return Math.max(-1, Math.min(1, x * 0x1p600 * 0x1p600));
    }
  }
}
