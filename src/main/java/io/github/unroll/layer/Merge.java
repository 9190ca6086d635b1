package io.github.unroll.layer;

import io.github.unroll.tensor.MatrixView;

/** How the outputs of two directions are merged. */
public enum Merge {
  /** They are concatenated, the forward output first: as wide as both. */
  CONCATENATE,
  /** Their sum. */
  ADD,
  /** Half their sum. */
  AVERAGE,
  /** Their product, element by element. */
  MULTIPLY;

  /**
   * {@return the width of the merged outputs}
   *
   * @param ahead the width of the forward outputs
   * @param back the width of the backward outputs; the same, unless they are concatenated
   */
  public int size(int ahead, int back) {
    return this == CONCATENATE ? ahead + back : ahead;
  }

  /**
   * Merges the outputs of two directions.
   *
   * @param ahead the forward outputs, a row for each sequence and step
   * @param back the backward outputs
   * @param out modified: overwritten with the merged outputs
   */
  public void merge(MatrixView ahead, MatrixView back, MatrixView out) {
    switch (this) {
      case CONCATENATE -> {
        out.columns(0, ahead.cols()).copyFrom(ahead);
        out.columns(ahead.cols(), back.cols()).copyFrom(back);
      }
      case ADD, AVERAGE -> {
        out.copyFrom(ahead);
        out.add(back);
        if (this == AVERAGE) {
          halve(out);
        }
      }
      case MULTIPLY -> out.setTimes(ahead, back);
    }
  }

  /**
   * Computes the gradients of the outputs from the gradient of the merged outputs.
   *
   * @param dOut gradient of the merged outputs
   * @param ahead modified: the forward outputs, overwritten with their gradient
   * @param back modified: the backward outputs, overwritten with their gradient
   */
  public void backward(MatrixView dOut, MatrixView ahead, MatrixView back) {
    switch (this) {
      case CONCATENATE -> {
        ahead.copyFrom(dOut.columns(0, ahead.cols()));
        back.copyFrom(dOut.columns(ahead.cols(), back.cols()));
      }
      case ADD, AVERAGE -> {
        ahead.copyFrom(dOut);
        if (this == AVERAGE) {
          halve(ahead);
        }
        back.copyFrom(ahead);
      }
      case MULTIPLY -> {
        for (int i = 0; i < dOut.rows(); i++) {
          for (int j = 0; j < dOut.cols(); j++) {
            double a = ahead.get(i, j);
            ahead.set(i, j, dOut.get(i, j) * back.get(i, j));
            back.set(i, j, dOut.get(i, j) * a);
          }
        }
      }
    }
  }

  private static void halve(MatrixView x) {
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.cols(); j++) {
        x.set(i, j, x.get(i, j) / 2);
      }
    }
  }
}
