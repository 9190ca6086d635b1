package io.github.unroll.exercises;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Tensor3;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** The pieces that the formulas of the road are made of, slow and plain. */
final class Formulas {

  private Formulas() {}

  static Matrix each(Matrix m, DoubleUnaryOperator f) {
    Matrix result = m.copy();
    for (int i = 0; i < result.data().length; i++) {
      result.data()[i] = f.applyAsDouble(m.data()[i]);
    }
    return result;
  }

  /** 1 − m. */
  static Matrix rest(Matrix m) {
    return each(m, v -> 1 - v);
  }

  /** The slope of tanh by its value: 1 − h². */
  static Matrix tanhSlope(Matrix h) {
    return each(h, v -> 1 - v * v);
  }

  /** The slope of the sigmoid by its value: s(1 − s). */
  static Matrix sigmoidSlope(Matrix s) {
    return each(s, v -> v * (1 - v));
  }

  static Matrix plusRow(Matrix m, Matrix row) {
    Matrix sum = m.copy();
    sum.addRow(row);
    return sum;
  }

  /** Columns from·width to (from + 1)·width − 1. */
  static Matrix block(Matrix m, int from, int width) {
    Matrix block = new Matrix(m.rows(), width);
    for (int i = 0; i < m.rows(); i++) {
      for (int j = 0; j < width; j++) {
        block.set(i, j, m.get(i, from * width + j));
      }
    }
    return block;
  }

  /** Matrices side by side. */
  static Matrix sideBySide(Matrix... blocks) {
    int width = blocks[0].cols();
    Matrix all = new Matrix(blocks[0].rows(), blocks.length * width);
    for (int b = 0; b < blocks.length; b++) {
      for (int i = 0; i < all.rows(); i++) {
        for (int j = 0; j < width; j++) {
          all.set(i, b * width + j, blocks[b].get(i, j));
        }
      }
    }
    return all;
  }

  /** One row. */
  static Matrix row(Matrix m, int row) {
    Matrix result = new Matrix(1, m.cols());
    for (int j = 0; j < m.cols(); j++) {
      result.set(0, j, m.get(row, j));
    }
    return result;
  }

  /** Steps (N,W) as (N,T,W). */
  static Tensor3 stacked(Matrix... steps) {
    Tensor3 all = new Tensor3(steps[0].rows(), steps.length, steps[0].cols());
    for (int t = 0; t < steps.length; t++) {
      all.setStep(t, steps[t]);
    }
    return all;
  }

  /** Copied into a longer array, where it does not begin at 0. */
  static double[] at(int offset, Matrix m) {
    double[] longer = new double[offset + m.data().length];
    Arrays.fill(longer, 0, offset, 77);
    System.arraycopy(m.data(), 0, longer, offset, m.data().length);
    return longer;
  }

  /** Back out of a longer array. */
  static Matrix from(double[] longer, int offset, int rows, int cols) {
    return Matrix.of(rows, cols, Arrays.copyOfRange(longer, offset, offset + rows * cols));
  }
}
