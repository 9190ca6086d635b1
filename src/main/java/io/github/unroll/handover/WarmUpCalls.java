package io.github.unroll.handover;

import io.github.unroll.kernel.Kernel;
import java.util.Arrays;

/**
 * Calls that exist only to bring the loops of a kernel to C2 and to time them: each operation on
 * small arrays of its own. Sizes vary, so that every loop behind an operation is reached, and every
 * branch: C2 compiles none that was never taken, and throws its code away when one is.
 */
final class WarmUpCalls {

  /** So many calls go through all sizes of an operation. */
  private static final int CYCLE = 24;

  private static final int DEPTH = 12;
  private static final int DEEP = 400; // k in two blocks
  private static final int DEEP_ROWS = 7;
  private static final int DEEP_COLUMNS = 16;
  private static final int ROWS = 12; // two tiles, and up to five rows more
  private static final int[] COLUMNS = {96, 100, 100}; // a is read in place
  private static final int[] MORE_COLUMNS = {144, 130, 130};

  /** One, two and three lines of vectors, however wide these are; for 66 b is copied. */
  private static final int[] ROWS_BY_TRANSPOSED = {66, 2, 6, 12, 17, 20};

  private static final int FEW_COLUMNS = 17;
  private static final int ROW_COLUMNS = 128;
  private static final int ELEMENTS = 256; // C2 unrolls no loop that it has seen to be short
  private static final int MORE_ELEMENTS = 550; // two chunks
  private static final int SUMMED = 256; // fewer than half of it are summed without vectors

  private final double[] x = new double[DEEP * DEEP_ROWS];
  private final double[] y = new double[DEEP * (DEEP_COLUMNS + 1)];
  private final double[] out = new double[ROWS_BY_TRANSPOSED[0] * MORE_COLUMNS[0]];
  private final Kernel kernel;
  private final Kernel.RightOperand operand;
  private int turn;

  WarmUpCalls(Kernel kernel) {
    this.kernel = kernel;
    this.operand = kernel.newRightOperand();
    Arrays.setAll(x, i -> 0.25 + i % 31 * 0.0625);
    Arrays.setAll(y, i -> 0.5 - i % 17 * 0.0625);
  }

  /**
   * Makes the next calls of a cycle, as many as there is time for.
   *
   * @param most nanoseconds after which no further call begins
   * @return the nanoseconds that a whole cycle took; infinite if there was no time for one
   */
  double time(Operation operation, long most) {
    long start = System.nanoTime();
    for (int i = 0; i < CYCLE; i++) {
      if (System.nanoTime() - start > most) {
        return Double.POSITIVE_INFINITY;
      }
      turn = (turn + 1) % CYCLE;
      call(operation);
    }
    return System.nanoTime() - start;
  }

  private void call(Operation operation) {
    boolean add = turn % 2 == 0;
    switch (operation) {
      case PRODUCT -> multiply(turn % 4, turn / 4);
      case TRANSPOSED -> {
        int m = ROWS_BY_TRANSPOSED[turn / 4];
        int n = FEW_COLUMNS + turn % 3;
        if (turn == 0) {
          multiply(true, DEEP_ROWS, DEEP, DEEP_COLUMNS, DEEP, 1, 1, DEEP);
        } else if (turn == 1) { // both are transposed
          multiply(false, m, DEPTH, n, 1, m, 1, DEPTH);
        } else {
          multiply(add, m, DEPTH, n, DEPTH, 1, 1, DEPTH);
        }
      }
      case ROW -> {
        int n = ROW_COLUMNS + turn;
        multiply(add, 1, DEPTH, n, DEPTH, 1, n, 1);
      }
      case SUM -> out[0] = kernel.sum(SUMMED + turn, x, 0);
      case SUM_OF_SQUARES -> out[0] = kernel.sumOfSquares(SUMMED + turn, x, 0);
      case MAX -> out[0] = kernel.max(SUMMED + turn, x, 0);
      default -> {
        int n = turn == 0 ? MORE_ELEMENTS : ELEMENTS + turn % 9;
        kernel.apply(operation.function, n, x, 0, out, 0);
      }
    }
  }

  /** The forms of products by tiles, by turns; six rounds of them are a cycle. */
  private void multiply(int form, int round) {
    boolean add = round % 2 == 0;
    int m = ROWS + round;
    int few = COLUMNS[round % 3];
    int many = MORE_COLUMNS[round % 3];
    int n = add ? few : many;
    switch (form) {
      case 0 -> multiply(add, m, DEPTH, many, DEPTH, 1, many, 1);
      case 1 -> {
        if (round == 0) {
          multiply(false, DEEP_ROWS, DEEP, DEEP_COLUMNS, DEEP, 1, DEEP_COLUMNS, 1);
        } else {
          multiply(add, m, DEPTH, few, DEPTH, 1, few, 1);
        }
      }
      case 2 -> multiply(add, m, DEPTH, n, 1, m, n, 1);
      default -> {
        operand.set(DEPTH, n, y, 0, round == 0 ? 1 : n, round == 0 ? DEPTH : 1);
        operand.addMatmul(m, x, 0, DEPTH, out, 0, n);
      }
    }
  }

  private void multiply(boolean add, int m, int k, int n, int aRow, int aCol, int bRow, int bCol) {
    kernel.matmul(add, m, k, n, x, 0, aRow, aCol, y, 0, bRow, bCol, out, 0, n);
  }
}
