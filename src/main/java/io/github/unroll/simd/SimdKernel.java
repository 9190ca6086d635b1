package io.github.unroll.simd;

import io.github.unroll.kernel.Kernel;
import java.util.Objects;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** The kernel in vectors of the machine's preferred width, with the bits of plain Java. */
public final class SimdKernel implements Kernel {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;

  /** Elements below which a sum in vectors is no faster, and would need scratch. */
  private static final int SUM_WORTH = 128;

  /**
   * Naming the classes loads them, so that a class missing from a shrunk jar fails now, not during
   * training.
   */
  private static final Class<?>[] PARTS = {
    SimdProducts.class,
    SimdTiles.class,
    SimdRow.class,
    SimdTransposed.class,
    SimdRightOperand.class,
    SimdElementary.class,
    SimdSums.class
  };

  /**
   * The one kernel.
   *
   * @throws NoClassDefFoundError if a class of this package or the module is missing
   */
  public SimdKernel() {
    Objects.requireNonNull(PARTS);
  }

  @Override
  public void matmul(
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
      int outRow) {
    SimdProducts.fold(add, m, k, n, a, aAt, aRow, aCol, b, bAt, bRow, bCol, out, outAt, outRow);
  }

  @Override
  public RightOperand newRightOperand() {
    return new SimdRightOperand();
  }

  @Override
  public void apply(Function function, int n, double[] x, int xAt, double[] out, int outAt) {
    switch (function) {
      case EXP -> SimdElementary.exp(n, x, xAt, out, outAt);
      case LOG -> SimdElementary.log(n, x, xAt, out, outAt);
      case SIGMOID -> SimdElementary.sigmoid(n, x, xAt, out, outAt);
      case TANH -> SimdElementary.tanh(n, x, xAt, out, outAt);
    }
  }

  @Override
  public double sum(int n, double[] x, int at) {
    return n < SUM_WORTH ? Kernel.super.sum(n, x, at) : SimdSums.sum(n, x, at);
  }

  @Override
  public double sumOfSquares(int n, double[] x, int at) {
    return n < SUM_WORTH ? Kernel.super.sumOfSquares(n, x, at) : SimdSums.sumOfSquares(n, x, at);
  }

  @Override
  public double max(int n, double[] x, int at) {
    return SimdSums.max(n, x, at);
  }

  @Override
  public String toString() {
    return "vectors of " + SPECIES.vectorBitSize() + " bits";
  }
}
