package io.github.unroll.handover;

import io.github.unroll.kernel.Kernel;
import io.github.unroll.kernel.Kernel.Function;
import java.util.Random;

/** A sequence of calls, each operation several times, whose results go into one array. */
final class Calls {

  static final int COUNT = 60;

  private static final int MOST = 40; // rows, columns and elements, times 40
  private static final int SIZE = MOST * MOST + MOST;

  private final double[] x = new Random(1).doubles(SIZE, 0.01, 3).toArray();
  private final double[] y = new Random(2).doubles(SIZE, -3, 3).toArray();
  private final double[] out = new double[SIZE];
  private final Random sizes = new Random(3);
  private final Kernel kernel;
  private final Kernel.RightOperand operand;
  private final int k = 1 + sizes.nextInt(MOST);
  private final int n = 1 + sizes.nextInt(MOST);
  private int made;

  /** Calls with an operand that is set now, and again in the middle. */
  Calls(Kernel kernel) {
    this.kernel = kernel;
    this.operand = kernel.newRightOperand();
    operand.set(k, n, y, 1, n, 1);
  }

  /** Makes the next call. */
  void next() {
    int m = 1 + sizes.nextInt(MOST);
    int depth = 1 + sizes.nextInt(MOST);
    int columns = 1 + sizes.nextInt(MOST);
    int elements = m * columns;
    boolean add = sizes.nextBoolean();
    switch (made % 12) {
      case 0 ->
          kernel.matmul(add, m, depth, columns, x, 0, depth, 1, y, 0, columns, 1, out, 0, MOST);
      case 1 -> kernel.matmul(add, m, depth, columns, x, 0, 1, m, y, 0, columns, 1, out, 0, MOST);
      case 2 -> kernel.matmul(add, m, depth, columns, x, 0, depth, 1, y, 0, 1, depth, out, 0, MOST);
      case 3 ->
          kernel.matmul(add, 1, depth, columns, x, 0, depth, 1, y, 0, columns, 1, out, 0, MOST);
      case 4 -> operand.addMatmul(m, x, 0, k, out, 0, MOST);
      case 5 -> out[0] += kernel.sum(elements, x, 1);
      case 6 -> out[1] += kernel.sumOfSquares(elements, y, 0);
      case 7 -> out[2] += kernel.max(elements, y, 2);
      default -> kernel.apply(Function.values()[made % 4], elements, x, 1, out, 3);
    }
    made++;
    if (made == COUNT / 2) {
      operand.set(k, n, x, 0, 1, k);
    }
  }

  /** Makes all calls. {@return what they left} */
  double[] all() {
    while (made < COUNT) {
      next();
    }
    return out;
  }
}
