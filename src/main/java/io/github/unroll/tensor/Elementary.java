package io.github.unroll.tensor;

import static java.lang.Math.fma;

/**
 * The exponential, the hyperbolic tangent, the logistic sigmoid and the natural logarithm of the
 * library: the same bits on every machine, since only correctly rounded operations take part.
 *
 * <p>The first three rest on one identity. Any u is {@code k·ln 2 + r} with a whole k and {@code
 * |r| <= ln 2 / 2}; with {@code m = e^r - 1}, found as a sum {@code high + low} of two doubles,
 *
 * <pre>
 *   e^u        = 2^k (1 + m)
 *   sigmoid(x) = 2^-k / (1 + 2^-k + m)              with u = -x
 *   tanh(x)    = (1 - 2^-k + m) / (1 + 2^-k + m)    with u = 2|x|, the sign put back afterwards
 * </pre>
 *
 * <p>Sums and quotients keep their rounding errors until the last step, so that the largest errors
 * found against 113-bit arithmetic are, in units in the last place: exp 0.80, sigmoid 0.80, tanh
 * 1.05, log 0.95, subnormal results included. The coefficients were made for this class by a Remez
 * exchange in 60-digit arithmetic, weighted to even out the error of the function rather than of
 * the polynomial, and then rounded to double.
 *
 * <p>Each function is a straight line of operations that exist lane by lane in the Vector API:
 * whoever repeats them in this order repeats the bits (a NaN's payload aside). The array forms walk
 * the line in passes over short scratch arrays, because C2 makes vector code of a loop only if its
 * body is small and takes a double's bits straight from an array. Arrays may be the same one at the
 * same place; otherwise they must not overlap.
 */
public final class Elementary {

  /** Added to a double of magnitude below 2^51, it rounds it to a whole number, ties to even. */
  public static final double ROUND = 0x1.8p52;

  /** {@link #ROUND} and the exponent's bias: {@code k + BIASED}, its bits shifted by 52, is 2^k. */
  public static final double BIASED = ROUND + 1023;

  /** 1 / ln 2. */
  public static final double LOG2_E = 0x1.71547652b82fep0;

  /** ln 2 as the sum of two doubles. */
  public static final double LN2_HIGH = 0x1.62e42fefa39efp-1, LN2_LOW = 0x1.abc9e3b39803fp-56;

  /** Where e^x has become 0, and where it has become infinite. */
  public static final double EXP_MIN = -746, EXP_MAX = 710;

  /** Where sigmoid(x) and tanh(x/2) have become 1. */
  public static final double ONE_FROM = 40;

  /** {@code cosh r = 1 + r² (C0 + C1 r² + C2 r⁴ + ...)} to 2^-70. */
  public static final double C0 = 0.5,
      C1 = 0x1.555555555555cp-5,
      C2 = 0x1.6c16c16c13f26p-10,
      C3 = 0x1.a01a01b17f230p-16,
      C4 = 0x1.27e4c501dbffep-22,
      C5 = 0x1.1f9544e341f97p-29;

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

  /**
   * The exponential e^x: 0 from -745.14 down, infinite from 709.79 up.
   *
   * @param x the exponent
   * @return e^x, within 0.80 ulp
   */
  public static double exp(double x) {
    double u = expArgument(x);
    double k = wholeLn2s(u);
    double tail = tail(u);
    double m = high(u, tail);
    return scale(sum(0, m) + rest(0, m, low(u, tail)), power(lower(k)), power(upper(k)));
  }

  /**
   * {@code out = exp(x)}, element by element.
   *
   * @param n how many elements
   * @param x the arguments
   * @param xAt index of the first argument
   * @param out modified: receives the values
   * @param outAt index of the first value
   */
  public static void exp(int n, double[] x, int xAt, double[] out, int outAt) {
    walk(EXP, n, x, xAt, out, outAt);
  }

  /**
   * The logistic sigmoid 1 / (1 + e^-x).
   *
   * @param x the argument
   * @return a value from 0 to 1, within 0.80 ulp however small it is
   */
  public static double sigmoid(double x) {
    double u = sigmoidArgument(x);
    double k = -wholeLn2s(u);
    double lower = power(lower(k));
    double upper = power(upper(k));
    double tail = tail(u);
    double m = high(u, tail);
    double power = lower * upper;
    double quotient = quotient(1, 0, sum(power, m), rest(power, m, low(u, tail)));
    return scale(quotient, lower, upper);
  }

  /**
   * {@code out = sigmoid(x)}, element by element.
   *
   * @param n how many elements
   * @param x the arguments
   * @param xAt index of the first argument
   * @param out modified: receives the values
   * @param outAt index of the first value
   */
  public static void sigmoid(int n, double[] x, int xAt, double[] out, int outAt) {
    walk(SIGMOID, n, x, xAt, out, outAt);
  }

  /**
   * The hyperbolic tangent; {@code tanh(-x)} is exactly {@code -tanh(x)}.
   *
   * @param x the argument
   * @return a value from -1 to 1 with the sign of x, within 1.05 ulp
   */
  public static double tanh(double x) {
    double u = tanhArgument(x);
    double k = -wholeLn2s(u);
    double power = power(lower(k)) * power(upper(k));
    double tail = tail(u);
    double m = high(u, tail);
    double low = low(u, tail);
    double quotient =
        quotient(sum(-power, m), rest(-power, m, low), sum(power, m), rest(power, m, low));
    return withSign(quotient, x);
  }

  /**
   * {@code out = tanh(x)}, element by element.
   *
   * @param n how many elements
   * @param x the arguments
   * @param xAt index of the first argument
   * @param out modified: receives the values
   * @param outAt index of the first value
   */
  public static void tanh(int n, double[] x, int xAt, double[] out, int outAt) {
    walk(TANH, n, x, xAt, out, outAt);
  }

  /**
   * The natural logarithm: -Infinity of a zero, NaN of a negative number.
   *
   * <p>With {@code x = 2^k (1 + f)}, 1 + f between the roots of 1/2 and 2, and {@code s = f / (2 +
   * f)}: {@code ln x = k ln 2 + f - s (f - s² (L0 + L1 s² + ...))}.
   *
   * @param x the argument
   * @return ln x, within 0.95 ulp
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

  /**
   * {@code out = log(x)}, element by element.
   *
   * @param n how many elements
   * @param x the arguments
   * @param xAt index of the first argument
   * @param out modified: receives the values
   * @param outAt index of the first value
   */
  public static void log(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = log(x[xAt + i]);
    }
  }

  // The steps of the line, in order.

  private static double expArgument(double x) {
    return Math.max(EXP_MIN, Math.min(EXP_MAX, x));
  }

  private static double sigmoidArgument(double x) {
    return Math.max(-ONE_FROM, Math.min(-EXP_MIN, -x));
  }

  private static double tanhArgument(double x) {
    return Math.min(ONE_FROM, 2 * Math.abs(x));
  }

  /** k, the whole number next to u / ln 2. */
  private static double wholeLn2s(double u) {
    return fma(u, LOG2_E, ROUND) - ROUND;
  }

  /** About half of k: 2^k itself would leave the range of double before the result does. */
  private static double lower(double k) {
    return fma(k, 0.5, ROUND) - ROUND;
  }

  private static double upper(double k) {
    return k - lower(k);
  }

  /** 2^k for a whole k from -1022 to 1023. */
  private static double power(double k) {
    return shifted(k + BIASED);
  }

  private static double shifted(double biased) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(biased) << 52);
  }

  /** u - k·LN2_HIGH, which is exact. */
  private static double reduced(double u) {
    return fma(wholeLn2s(u), -LN2_HIGH, u);
  }

  /** What is to be added to {@link #reduced} for e^r - 1. */
  private static double tail(double u) {
    double correction = wholeLn2s(u) * -LN2_LOW;
    double r = reduced(u) + correction;
    double z = r * r;
    double odd = fma(fma(fma(fma(S4, z, S3), z, S2), z, S1), z, S0);
    double even = fma(fma(fma(fma(fma(C5, z, C4), z, C3), z, C2), z, C1), z, C0);
    return fma(z, fma(r, odd, even), correction);
  }

  private static double high(double u, double tail) {
    return reduced(u) + tail;
  }

  private static double low(double u, double tail) {
    return tail - (high(u, tail) - reduced(u));
  }

  /** 1 + p + m, where p is 0 or a power of two with either sign. */
  private static double sum(double p, double m) {
    return (1 + p) + m;
  }

  /** What {@link #sum} lost to rounding (bar the 1 where p is above 2^53), plus low. */
  private static double rest(double p, double m, double low) {
    double one = 1 + p;
    return (p - (one - 1)) + (m - (one + m - one)) + low;
  }

  /** (a + aRest) / (b + bRest). */
  private static double quotient(double a, double aRest, double b, double bRest) {
    double inverse = 1 / b;
    double q = a * inverse;
    return fma(fma(-q, b, a) + fma(-q, bRest, aRest), inverse, q);
  }

  /** In this order a subnormal result is rounded once. */
  private static double scale(double value, double lower, double upper) {
    return value * lower * upper;
  }

  private static double withSign(double magnitude, double x) {
    return Double.longBitsToDouble(
        Double.doubleToRawLongBits(magnitude)
            | (Double.doubleToRawLongBits(x) & Double.doubleToRawLongBits(-0.0)));
  }

  // The same line, walked in passes over a block of arguments.

  private static final int BLOCK = 256;

  private static final Pass[] EXP = {
    Block::expArgument, Block::power, Block::tail, Block::expMinus1, Block::exp
  };

  private static final Pass[] SIGMOID = {
    Block::sigmoidArgument,
    Block::inversePower,
    Block::tail,
    Block::expMinus1,
    Block::divisor,
    Block::sigmoid
  };

  private static final Pass[] TANH = {
    Block::tanhArgument,
    Block::inversePower,
    Block::tail,
    Block::expMinus1,
    Block::divisor,
    Block::dividend,
    Block::tanh,
    Block::sign
  };

  private static void walk(Pass[] line, int n, double[] x, int xAt, double[] out, int outAt) {
    Block block = new Block(Math.min(n, BLOCK));
    for (int at = 0; at < n; at += BLOCK) {
      block.n = Math.min(n - at, BLOCK);
      System.arraycopy(x, xAt + at, block.x, 0, block.n);
      for (Pass pass : line) {
        pass.over(block);
      }
      System.arraycopy(block.x, 0, out, outAt + at, block.n);
    }
  }

  /** One loop. Called through this interface, each is compiled on its own, which C2 needs. */
  private interface Pass {
    void over(Block block);
  }

  /** Arguments x, replaced by the values in the end, and what comes up on the way. */
  private static final class Block {
    private final double[] x;
    private final double[] u;
    private final double[] lower;
    private final double[] upper;
    private final double[] m;
    private final double[] low;
    private final double[] sum;
    private final double[] rest;
    private int n;

    Block(int size) {
      x = new double[size];
      u = new double[size];
      lower = new double[size];
      upper = new double[size];
      m = new double[size];
      low = new double[size];
      sum = new double[size];
      rest = new double[size];
    }

    void expArgument() {
      for (int i = 0; i < n; i++) {
        u[i] = Elementary.expArgument(x[i]);
      }
    }

    void sigmoidArgument() {
      for (int i = 0; i < n; i++) {
        u[i] = Elementary.sigmoidArgument(x[i]);
      }
    }

    void tanhArgument() {
      for (int i = 0; i < n; i++) {
        u[i] = Elementary.tanhArgument(x[i]);
      }
    }

    void power() {
      for (int i = 0; i < n; i++) {
        double k = wholeLn2s(u[i]);
        lower[i] = lower(k) + BIASED;
        upper[i] = upper(k) + BIASED;
      }
      shift();
    }

    void inversePower() {
      for (int i = 0; i < n; i++) {
        double k = -wholeLn2s(u[i]);
        lower[i] = lower(k) + BIASED;
        upper[i] = upper(k) + BIASED;
      }
      shift();
    }

    void shift() {
      for (int i = 0; i < n; i++) {
        lower[i] = shifted(lower[i]);
        upper[i] = shifted(upper[i]);
      }
    }

    void tail() {
      for (int i = 0; i < n; i++) {
        low[i] = Elementary.tail(u[i]);
      }
    }

    void expMinus1() {
      for (int i = 0; i < n; i++) {
        double tail = low[i];
        m[i] = high(u[i], tail);
        low[i] = low(u[i], tail);
      }
    }

    void exp() {
      for (int i = 0; i < n; i++) {
        x[i] = scale(sum(0, m[i]) + rest(0, m[i], low[i]), lower[i], upper[i]);
      }
    }

    void divisor() {
      for (int i = 0; i < n; i++) {
        double power = lower[i] * upper[i];
        sum[i] = sum(power, m[i]);
        rest[i] = rest(power, m[i], low[i]);
      }
    }

    void sigmoid() {
      for (int i = 0; i < n; i++) {
        x[i] = scale(quotient(1, 0, sum[i], rest[i]), lower[i], upper[i]);
      }
    }

    /** m and low become the sum and the rest that tanh divides. */
    void dividend() {
      for (int i = 0; i < n; i++) {
        double power = lower[i] * upper[i];
        double before = m[i];
        m[i] = sum(-power, before);
        low[i] = rest(-power, before, low[i]);
      }
    }

    void tanh() {
      for (int i = 0; i < n; i++) {
        u[i] = quotient(m[i], low[i], sum[i], rest[i]);
      }
    }

    void sign() {
      for (int i = 0; i < n; i++) {
        x[i] = withSign(u[i], x[i]);
      }
    }
  }
}
