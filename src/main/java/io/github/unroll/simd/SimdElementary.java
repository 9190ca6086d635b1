package io.github.unroll.simd;

import static io.github.unroll.tensor.Elementary.BIASED;
import static io.github.unroll.tensor.Elementary.C0;
import static io.github.unroll.tensor.Elementary.C1;
import static io.github.unroll.tensor.Elementary.C2;
import static io.github.unroll.tensor.Elementary.C3;
import static io.github.unroll.tensor.Elementary.C4;
import static io.github.unroll.tensor.Elementary.C5;
import static io.github.unroll.tensor.Elementary.EXP_MAX;
import static io.github.unroll.tensor.Elementary.EXP_MIN;
import static io.github.unroll.tensor.Elementary.L0;
import static io.github.unroll.tensor.Elementary.L1;
import static io.github.unroll.tensor.Elementary.L2;
import static io.github.unroll.tensor.Elementary.L3;
import static io.github.unroll.tensor.Elementary.L4;
import static io.github.unroll.tensor.Elementary.L5;
import static io.github.unroll.tensor.Elementary.L6;
import static io.github.unroll.tensor.Elementary.LN2_HIGH;
import static io.github.unroll.tensor.Elementary.LN2_LOW;
import static io.github.unroll.tensor.Elementary.LN2_REST;
import static io.github.unroll.tensor.Elementary.LN2_SHORT;
import static io.github.unroll.tensor.Elementary.LOG2_E;
import static io.github.unroll.tensor.Elementary.ONE_FROM;
import static io.github.unroll.tensor.Elementary.ROOT_HALF_BITS;
import static io.github.unroll.tensor.Elementary.ROUND;
import static io.github.unroll.tensor.Elementary.S0;
import static io.github.unroll.tensor.Elementary.S1;
import static io.github.unroll.tensor.Elementary.S2;
import static io.github.unroll.tensor.Elementary.S3;
import static io.github.unroll.tensor.Elementary.S4;
import static io.github.unroll.tensor.Elementary.TWICE_BIASED;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import io.github.unroll.tensor.Elementary;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Elementary}'s straight lines in vectors, the same operations in the same order, and the
 * sums of {@link io.github.unroll.tensor.Kernel}: the same bits, a NaN's payload aside.
 *
 * <p>The last vector of an array ends where the array ends and overlaps the one before; it is
 * computed first, since the results may overwrite the arguments. What is shorter than a vector goes
 * to {@link Elementary}.
 */
final class SimdElementary {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private SimdElementary() {}

  static void exp(int n, double[] x, int xAt, double[] out, int outAt) {
    int last = n - LANES;
    if (last < 0) {
      Elementary.exp(n, x, xAt, out, outAt);
      return;
    }
    DoubleVector end = DoubleVector.fromArray(SPECIES, x, xAt + last);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = i <= last ? DoubleVector.fromArray(SPECIES, x, xAt + i) : end;
      exp(v).intoArray(out, outAt + Math.min(i, last));
    }
  }

  static void sigmoid(int n, double[] x, int xAt, double[] out, int outAt) {
    int last = n - LANES;
    if (last < 0) {
      Elementary.sigmoid(n, x, xAt, out, outAt);
      return;
    }
    DoubleVector end = DoubleVector.fromArray(SPECIES, x, xAt + last);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = i <= last ? DoubleVector.fromArray(SPECIES, x, xAt + i) : end;
      sigmoid(v).intoArray(out, outAt + Math.min(i, last));
    }
  }

  static void tanh(int n, double[] x, int xAt, double[] out, int outAt) {
    int last = n - LANES;
    if (last < 0) {
      Elementary.tanh(n, x, xAt, out, outAt);
      return;
    }
    DoubleVector end = DoubleVector.fromArray(SPECIES, x, xAt + last);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = i <= last ? DoubleVector.fromArray(SPECIES, x, xAt + i) : end;
      tanh(v).intoArray(out, outAt + Math.min(i, last));
    }
  }

  static void log(int n, double[] x, int xAt, double[] out, int outAt) {
    int last = n - LANES;
    if (last < 0) {
      Elementary.log(n, x, xAt, out, outAt);
      return;
    }
    DoubleVector end = DoubleVector.fromArray(SPECIES, x, xAt + last);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = i <= last ? DoubleVector.fromArray(SPECIES, x, xAt + i) : end;
      log(v).intoArray(out, outAt + Math.min(i, last));
    }
  }

  private static DoubleVector exp(DoubleVector x) {
    DoubleVector u = clamped(x, EXP_MAX);
    DoubleVector whole = fma(u, LOG2_E, TWICE_BIASED);
    DoubleVector half = fma(u, LOG2_E / 2, BIASED);
    DoubleVector m = expMinus1(u, whole.sub(TWICE_BIASED));
    return m.add(1).mul(power(half)).mul(otherPower(whole, half));
  }

  private static DoubleVector sigmoid(DoubleVector x) {
    DoubleVector u = clamped(x, ONE_FROM);
    DoubleVector whole = fma(u, LOG2_E, TWICE_BIASED);
    DoubleVector half = fma(u, LOG2_E / 2, BIASED);
    DoubleVector m = expMinus1(u.neg(), whole.sub(TWICE_BIASED).neg());
    DoubleVector lower = power(half);
    DoubleVector upper = otherPower(whole, half);
    DoubleVector p = lower.mul(upper);
    DoubleVector one = p.add(1);
    DoubleVector d = one.add(m.add(p.sub(one.sub(1))));
    return lower.div(d).mul(upper);
  }

  private static DoubleVector tanh(DoubleVector x) {
    DoubleVector twice = x.abs().mul(-2);
    DoubleVector u = twice.blend(-ONE_FROM, twice.compare(LT, -ONE_FROM));
    DoubleVector whole = fma(u, LOG2_E, BIASED);
    DoubleVector m = expMinus1(u, whole.sub(BIASED));
    DoubleVector p = power(whole);
    DoubleVector d = p.fma(m, p.add(1));
    DoubleVector e = d.sub(1);
    DoubleVector rest = p.fma(m, p.sub(e));
    DoubleVector q = e.neg().add(1).div(d);
    DoubleVector tanh = rest.mul(q.add(1)).fma(fma(q, -0.5, -0.5), q);
    LongVector sign = x.reinterpretAsLongs().and(Long.MIN_VALUE);
    return tanh.reinterpretAsLongs().or(sign).reinterpretAsDoubles();
  }

  private static DoubleVector log(DoubleVector x) {
    VectorMask<Double> subnormal = x.compare(LT, Double.MIN_NORMAL);
    LongVector bits = x.blend(x.mul(0x1p54), subnormal).reinterpretAsLongs();
    LongVector exponent = bits.sub(ROOT_HALF_BITS).lanewise(ASHR, 52);
    DoubleVector f = bits.sub(exponent.lanewise(LSHL, 52)).reinterpretAsDoubles().sub(1);
    DoubleVector shift = DoubleVector.zero(SPECIES).blend(54, subnormal);
    DoubleVector k =
        exponent
            .add(Double.doubleToRawLongBits(ROUND))
            .reinterpretAsDoubles()
            .sub(ROUND)
            .sub(shift);
    DoubleVector s = f.div(f.add(2));
    DoubleVector z = s.mul(s);
    DoubleVector series =
        fma(fma(fma(fma(fma(fma(all(L6), z, L5), z, L4), z, L3), z, L2), z, L1), z, L0);
    DoubleVector head = k.mul(LN2_SHORT);
    DoubleVector sum = head.add(f);
    DoubleVector rest = head.sub(sum).add(f);
    DoubleVector inner = z.neg().fma(series, f);
    DoubleVector ln = sum.add(rest.add(s.neg().fma(inner, k.mul(LN2_REST))));
    return x.blend(ln, x.compare(LT, Double.POSITIVE_INFINITY))
        .blend(Double.NaN, x.compare(LT, 0))
        .blend(Double.NEGATIVE_INFINITY, x.compare(EQ, 0));
  }

  private static DoubleVector clamped(DoubleVector x, double max) {
    DoubleVector below = x.blend(max, x.compare(GT, max));
    return below.blend(EXP_MIN, below.compare(LT, EXP_MIN));
  }

  private static DoubleVector expMinus1(DoubleVector u, DoubleVector k) {
    DoubleVector r = k.fma(all(-LN2_LOW), k.fma(all(-LN2_HIGH), u));
    DoubleVector z = r.mul(r);
    DoubleVector odd = fma(fma(fma(fma(all(S4), z, S3), z, S2), z, S1), z, S0);
    DoubleVector even = fma(fma(fma(fma(fma(all(C5), z, C4), z, C3), z, C2), z, C1), z, C0);
    return z.fma(r.fma(odd, even), r);
  }

  private static DoubleVector power(DoubleVector biased) {
    return biased.reinterpretAsLongs().lanewise(LSHL, 52).reinterpretAsDoubles();
  }

  private static DoubleVector otherPower(DoubleVector whole, DoubleVector half) {
    return whole
        .reinterpretAsLongs()
        .sub(half.reinterpretAsLongs())
        .lanewise(LSHL, 52)
        .reinterpretAsDoubles();
  }

  private static DoubleVector fma(DoubleVector a, double b, double c) {
    return a.fma(all(b), all(c));
  }

  private static DoubleVector fma(DoubleVector a, DoubleVector b, double c) {
    return a.fma(b, all(c));
  }

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }
}
