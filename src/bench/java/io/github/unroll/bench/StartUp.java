package io.github.unroll.bench;

import io.github.unroll.cell.LstmCell;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;

/** A JVM's whole life: builds an LSTM, makes one step, ends. Its wall time is what is measured. */
public final class StartUp {

  private StartUp() {}

  /**
   * Prints the first hidden value after a step.
   *
   * @param args none
   */
  public static void main(String[] args) {
    RandomState random = new RandomState(0);
    LstmCell cell =
        new LstmCell(
            Initializers.normal(32, 4 * 64, random),
            Initializers.normal(64, 4 * 64, random),
            new Matrix(1, 4 * 64));
    LstmCell.Step step = cell.forward(random.randn(1, 32), new Matrix(1, 64), new Matrix(1, 64));
    System.out.println(step.hNext().get(0, 0));
  }
}
