package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.CellKind;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.function.ToLongFunction;

/**
 * The numbers of parameters and outputs of a cell, for the table of a description. A cell of the
 * library's is counted without its memory: these numbers are polynomials of degree 2 in inputs and
 * in hidden, which small cells determine. A cell of one's own is made and counted.
 */
final class CellCount {

  private static final int DEGREE = 2;

  private CellCount() {}

  static long parameters(CellKind kind, int inputs, int hidden) {
    return number(
        kind,
        inputs,
        hidden,
        cell -> cell.parameters().stream().mapToLong(p -> p.value().data().length).sum());
  }

  static int outputs(CellKind kind, int inputs, int hidden) {
    return (int) number(kind, inputs, hidden, Cell::outputSize);
  }

  private static long number(CellKind kind, int inputs, int hidden, ToLongFunction<Cell> of) {
    if (!CellKind.all().contains(kind)) {
      return of.applyAsLong(cell(kind, inputs, hidden));
    }
    long[][] small = new long[DEGREE + 1][DEGREE + 1];
    for (int d = 0; d <= DEGREE; d++) {
      for (int h = 0; h <= DEGREE; h++) {
        small[d][h] = of.applyAsLong(cell(kind, d + 1, h + 1));
      }
    }
    differences(small);
    return at(small, inputs, hidden);
  }

  /** Newton's forward differences, in place, in both directions. */
  private static void differences(long[][] f) {
    for (int order = 1; order <= DEGREE; order++) {
      for (int i = DEGREE; i >= order; i--) {
        for (int j = 0; j <= DEGREE; j++) {
          f[i][j] -= f[i - 1][j];
        }
      }
      for (int i = 0; i <= DEGREE; i++) {
        for (int j = DEGREE; j >= order; j--) {
          f[i][j] -= f[i][j - 1];
        }
      }
    }
  }

  /** Newton's polynomial of such differences. */
  private static long at(long[][] differences, long inputs, long hidden) {
    long sum = 0;
    for (int i = 0; i <= DEGREE; i++) {
      for (int j = 0; j <= DEGREE; j++) {
        if (differences[i][j] != 0) {
          sum += differences[i][j] * choose(inputs - 1, i) * choose(hidden - 1, j);
        }
      }
    }
    return sum;
  }

  private static long choose(long n, int k) {
    return k == 0 ? 1 : k == 1 ? n : n * (n - 1) / 2;
  }

  private static Cell cell(CellKind kind, int inputs, int hidden) {
    return kind.cell(
        inputs,
        hidden,
        new CellKind.Weights() {
          @Override
          public Parameter weight(String name, int rows, int cols) {
            return new Parameter(name, new Matrix(rows, cols));
          }

          @Override
          public Parameter bias(String name, int size, double start) {
            return weight(name, 1, size);
          }
        });
  }
}
