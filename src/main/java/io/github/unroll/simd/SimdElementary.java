package io.github.unroll.simd;

import static io.github.unroll.kernel.Elementary.BIASED;
import static io.github.unroll.kernel.Elementary.C0;
import static io.github.unroll.kernel.Elementary.C1;
import static io.github.unroll.kernel.Elementary.C2;
import static io.github.unroll.kernel.Elementary.C3;
import static io.github.unroll.kernel.Elementary.C4;
import static io.github.unroll.kernel.Elementary.EXP_MAX;
import static io.github.unroll.kernel.Elementary.EXP_MIN;
import static io.github.unroll.kernel.Elementary.L0;
import static io.github.unroll.kernel.Elementary.L1;
import static io.github.unroll.kernel.Elementary.L2;
import static io.github.unroll.kernel.Elementary.L3;
import static io.github.unroll.kernel.Elementary.L4;
import static io.github.unroll.kernel.Elementary.L5;
import static io.github.unroll.kernel.Elementary.L6;
import static io.github.unroll.kernel.Elementary.LN2_HIGH;
import static io.github.unroll.kernel.Elementary.LN2_LOW;
import static io.github.unroll.kernel.Elementary.LN2_REST;
import static io.github.unroll.kernel.Elementary.LN2_SHORT;
import static io.github.unroll.kernel.Elementary.LOG2_E;
import static io.github.unroll.kernel.Elementary.ONE_FROM;
import static io.github.unroll.kernel.Elementary.ROOT_HALF_BITS;
import static io.github.unroll.kernel.Elementary.ROUND;
import static io.github.unroll.kernel.Elementary.S0;
import static io.github.unroll.kernel.Elementary.S1;
import static io.github.unroll.kernel.Elementary.S2;
import static io.github.unroll.kernel.Elementary.S3;
import static io.github.unroll.kernel.Elementary.S4;
import static io.github.unroll.kernel.Elementary.TWICE_BIASED;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import io.github.unroll.kernel.Elementary;
import io.github.unroll.kernel.Kernel;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The functions of {@link Elementary} in vectors, the same operations in the same order, so the
 * same bits, except for a NaN's payload. Elements after the last whole vector are computed one by
 * one.
 *
 * <p>Of the operations here C2 compiles some twenty-five together safely (see the package), so
 * longer functions are several loops with memory between them, each compiled alone.
 */
final class SimdElementary extends Kernel.Scratch {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final long ROUND_BITS = Double.doubleToRawLongBits(ROUND);

  /** Elements between the two halves of a function; their scratch stays in the level 1 cache. */
  private static final int CHUNK = 512;

  /** One loop of a function: over the whole vectors, or over the remaining elements. */
  private interface Part {
    void of(SimdElementary scratch, int n, double[] x, int xAt, double[] out, int outAt);
  }

  private static final Part[] SIGMOID = {
    SimdElementary::expOfMinus, SimdElementary::inverseOfOneMore, SimdElementary::restOfSigmoid
  };

  private static final Part[] TANH = {
    SimdElementary::onePlusExpOfMinusTwice, SimdElementary::quotient, SimdElementary::restOfTanh
  };

  private static final Part[] LOG = {
    SimdElementary::exponentAndFraction, SimdElementary::logOfParts, SimdElementary::restOfLog
  };

  private static final Kernel.Scratch.Pool<SimdElementary> POOL =
      new Kernel.Scratch.Pool<>() {
        @Override
        protected SimdElementary make() {
          return new SimdElementary();
        }
      };

  private final double[] first = new double[CHUNK];
  private final double[] second = new double[CHUNK];

  private SimdElementary() {}

  static void exp(int n, double[] x, int xAt, double[] out, int outAt) {
    int whole = n - n % LANES;
    expOfWhole(whole, x, xAt, out, outAt);
    for (int i = whole; i < n; i++) {
      out[outAt + i] = Elementary.exp(x[xAt + i]);
    }
  }

  /** Whole vectors alone: compiled together with the rest, this loop becomes a third slower. */
  private static void expOfWhole(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector below = v.blend(EXP_MAX, v.compare(GT, EXP_MAX));
      DoubleVector u = below.blend(EXP_MIN, below.compare(LT, EXP_MIN));
      DoubleVector whole = u.lanewise(FMA, LOG2_E, TWICE_BIASED);
      DoubleVector k = whole.sub(TWICE_BIASED);
      DoubleVector r = k.lanewise(FMA, -LN2_LOW, k.lanewise(FMA, -LN2_HIGH, u));
      DoubleVector z = r.mul(r);
      DoubleVector odd =
          z.lanewise(FMA, S4, S3).lanewise(FMA, z, S2).lanewise(FMA, z, S1).lanewise(FMA, z, S0);
      DoubleVector even =
          z.lanewise(FMA, C4, C3).lanewise(FMA, z, C2).lanewise(FMA, z, C1).lanewise(FMA, z, C0);
      DoubleVector m = z.fma(r.fma(odd, even), r);
      LongVector bits = whole.reinterpretAsLongs();
      LongVector half = bits.lanewise(LSHR, 1);
      DoubleVector lower = half.lanewise(LSHL, 52).reinterpretAsDoubles();
      DoubleVector upper = bits.sub(half).lanewise(LSHL, 52).reinterpretAsDoubles();
      m.add(1).mul(lower).mul(upper).intoArray(out, outAt + i);
    }
  }

  static void sigmoid(int n, double[] x, int xAt, double[] out, int outAt) {
    run(SIGMOID, n, x, xAt, out, outAt);
  }

  static void tanh(int n, double[] x, int xAt, double[] out, int outAt) {
    run(TANH, n, x, xAt, out, outAt);
  }

  static void log(int n, double[] x, int xAt, double[] out, int outAt) {
    run(LOG, n, x, xAt, out, outAt);
  }

  /**
   * Runs the parts, a chunk at a time. All are called from one place, three of them equally often:
   * C2 inlines no call whose target varies so, neither here nor in what calls this.
   */
  private static void run(Part[] parts, int n, double[] x, int xAt, double[] out, int outAt) {
    SimdElementary scratch = POOL.take();
    try {
      for (int i = 0; i < n; i += CHUNK) {
        int size = Math.min(CHUNK, n - i);
        for (Part part : parts) {
          part.of(scratch, size, x, xAt + i, out, outAt + i);
        }
      }
    } finally {
      scratch.giveBack();
    }
  }

  /** The first half of sigmoid: {@code exp(-x) = (1 + m) 2^k}, with k still biased. */
  void expOfMinus(int n, double[] x, int xAt, double[] out, int outAt) {
    double[] ms = first;
    double[] biased = second;
    for (int i = 0; i <= n - LANES; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector below = v.blend(ONE_FROM, v.compare(GT, ONE_FROM));
      DoubleVector u = below.blend(EXP_MIN, below.compare(LT, EXP_MIN));
      DoubleVector whole = u.lanewise(FMA, LOG2_E, TWICE_BIASED);
      DoubleVector k = whole.sub(TWICE_BIASED);
      DoubleVector r = k.lanewise(FMA, -LN2_LOW, k.lanewise(FMA, -LN2_HIGH, u)).neg();
      DoubleVector z = r.mul(r);
      DoubleVector odd =
          z.lanewise(FMA, S4, S3).lanewise(FMA, z, S2).lanewise(FMA, z, S1).lanewise(FMA, z, S0);
      DoubleVector even =
          z.lanewise(FMA, C4, C3).lanewise(FMA, z, C2).lanewise(FMA, z, C1).lanewise(FMA, z, C0);
      z.fma(r.fma(odd, even), r).intoArray(ms, i);
      whole.intoArray(biased, i);
    }
  }

  /** The second half of sigmoid: {@code 1 / (1 + exp(-x))}, {@code p = lower upper = 2^k}. */
  void inverseOfOneMore(int n, double[] x, int xAt, double[] out, int outAt) {
    double[] ms = first;
    double[] biased = second;
    for (int i = 0; i <= n - LANES; i += LANES) {
      DoubleVector m = DoubleVector.fromArray(SPECIES, ms, i);
      LongVector bits = DoubleVector.fromArray(SPECIES, biased, i).reinterpretAsLongs();
      LongVector half = bits.lanewise(LSHR, 1);
      DoubleVector lower = half.lanewise(LSHL, 52).reinterpretAsDoubles();
      DoubleVector upper = bits.sub(half).lanewise(LSHL, 52).reinterpretAsDoubles();
      DoubleVector p = lower.mul(upper);
      DoubleVector one = p.add(1);
      DoubleVector d = one.add(m.add(p.sub(one.sub(1))));
      lower.div(d).mul(upper).intoArray(out, outAt + i);
    }
  }

  void restOfSigmoid(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = n - n % LANES; i < n; i++) {
      out[outAt + i] = Elementary.sigmoid(x[xAt + i]);
    }
  }

  /** The first half of tanh: {@code d = 1 + exp(-2|x|)} and its rounding error. */
  void onePlusExpOfMinusTwice(int n, double[] x, int xAt, double[] out, int outAt) {
    double[] ds = first;
    double[] rests = second;
    for (int i = 0; i <= n - LANES; i += LANES) {
      DoubleVector twice = DoubleVector.fromArray(SPECIES, x, xAt + i).abs().mul(-2);
      DoubleVector u = twice.blend(-ONE_FROM, twice.compare(LT, -ONE_FROM));
      DoubleVector whole = u.lanewise(FMA, LOG2_E, BIASED);
      DoubleVector k = whole.sub(BIASED);
      DoubleVector r = k.lanewise(FMA, -LN2_LOW, k.lanewise(FMA, -LN2_HIGH, u));
      DoubleVector z = r.mul(r);
      DoubleVector odd =
          z.lanewise(FMA, S4, S3).lanewise(FMA, z, S2).lanewise(FMA, z, S1).lanewise(FMA, z, S0);
      DoubleVector even =
          z.lanewise(FMA, C4, C3).lanewise(FMA, z, C2).lanewise(FMA, z, C1).lanewise(FMA, z, C0);
      DoubleVector m = z.fma(r.fma(odd, even), r);
      DoubleVector p = whole.reinterpretAsLongs().lanewise(LSHL, 52).reinterpretAsDoubles();
      DoubleVector d = p.fma(m, p.add(1));
      d.intoArray(ds, i);
      p.fma(m, p.sub(d.sub(1))).intoArray(rests, i);
    }
  }

  /** The second half of tanh: {@code (1 - exp(-2|x|)) / (1 + exp(-2|x|))}, with the sign of x. */
  void quotient(int n, double[] x, int xAt, double[] out, int outAt) {
    double[] ds = first;
    double[] rests = second;
    for (int i = 0; i <= n - LANES; i += LANES) {
      DoubleVector d = DoubleVector.fromArray(SPECIES, ds, i);
      DoubleVector rest = DoubleVector.fromArray(SPECIES, rests, i);
      DoubleVector minusInverse = DoubleVector.broadcast(SPECIES, -1).div(d);
      DoubleVector minusDividend = d.sub(1).sub(1);
      DoubleVector q = minusDividend.mul(minusInverse);
      DoubleVector excess = rest.fma(q.add(1), q.fma(d, minusDividend));
      LongVector magnitude = excess.fma(minusInverse, q).abs().reinterpretAsLongs();
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      LongVector sign = v.reinterpretAsLongs().and(Long.MIN_VALUE);
      magnitude.or(sign).reinterpretAsDoubles().intoArray(out, outAt + i);
    }
  }

  void restOfTanh(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = n - n % LANES; i < n; i++) {
      out[outAt + i] = Elementary.tanh(x[xAt + i]);
    }
  }

  /** The first half of log: {@code x = (1 + f) 2^k}. */
  void exponentAndFraction(int n, double[] x, int xAt, double[] out, int outAt) {
    double[] ks = first;
    double[] fs = second;
    for (int i = 0; i <= n - LANES; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      VectorMask<Double> subnormal = v.compare(LT, Double.MIN_NORMAL);
      LongVector bits = v.blend(v.mul(0x1p54), subnormal).reinterpretAsLongs();
      LongVector exponent = bits.sub(ROOT_HALF_BITS).lanewise(ASHR, 52);
      DoubleVector whole = exponent.add(ROUND_BITS).reinterpretAsDoubles().sub(ROUND);
      whole.blend(whole.sub(54), subnormal).intoArray(ks, i);
      bits.sub(exponent.lanewise(LSHL, 52)).reinterpretAsDoubles().sub(1).intoArray(fs, i);
    }
  }

  /** The second half of log: {@code k ln 2 + ln(1 + f)}, and the x without a finite logarithm. */
  void logOfParts(int n, double[] x, int xAt, double[] out, int outAt) {
    double[] ks = first;
    double[] fs = second;
    for (int i = 0; i <= n - LANES; i += LANES) {
      DoubleVector k = DoubleVector.fromArray(SPECIES, ks, i);
      DoubleVector f = DoubleVector.fromArray(SPECIES, fs, i);
      DoubleVector s = f.div(f.add(2));
      DoubleVector z = s.mul(s);
      DoubleVector series =
          z.lanewise(FMA, L6, L5)
              .lanewise(FMA, z, L4)
              .lanewise(FMA, z, L3)
              .lanewise(FMA, z, L2)
              .lanewise(FMA, z, L1)
              .lanewise(FMA, z, L0);
      DoubleVector head = k.mul(LN2_SHORT);
      DoubleVector sum = head.add(f);
      DoubleVector rest = head.sub(sum).add(f);
      DoubleVector tail = s.neg().fma(z.neg().fma(series, f), k.mul(LN2_REST));
      DoubleVector ln = sum.add(rest.add(tail));
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      v.blend(ln, v.compare(LT, Double.POSITIVE_INFINITY))
          .blend(Double.NaN, v.compare(LT, 0))
          .blend(Double.NEGATIVE_INFINITY, v.compare(EQ, 0))
          .intoArray(out, outAt + i);
    }
  }

  void restOfLog(int n, double[] x, int xAt, double[] out, int outAt) {
    for (int i = n - n % LANES; i < n; i++) {
      out[outAt + i] = Elementary.log(x[xAt + i]);
    }
  }
}
