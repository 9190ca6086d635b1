package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.CellKind;
import io.github.unroll.cell.CellKind.GateBiases;
import io.github.unroll.cell.InitialBias;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.Arrays;
import java.util.List;

/**
 * New random weights: normal, word vectors of standard deviation 1/100, others of 1/√rows; biases
 * are zero.
 */
record DrawnWeights(RandomState random) implements WeightSource {

  @Override
  public Parameter wordVectors(String name, int vocabulary, int size) {
    return new Parameter(name, Initializers.normal(vocabulary, size, 100, random));
  }

  @Override
  public Parameter weight(String name, int rows, int cols) {
    return new Parameter(name, Initializers.normal(rows, cols, random));
  }

  @Override
  public Parameter bias(String name, int size, double start) {
    Matrix value = new Matrix(1, size);
    value.fill(start);
    return new Parameter(name, value);
  }

  /** Sets the initial biases of the gates of new cells. */
  static void startGates(List<Cell> cells, CellKind kind, InitialBias start, RandomState random) {
    if (!(start instanceof InitialBias.Zero)) {
      cells.forEach(cell -> kind.startGates(cell, units -> biases(start, units, random)));
    }
  }

  private static GateBiases biases(InitialBias start, int units, RandomState random) {
    double[] forget = new double[units];
    double[] input = new double[units];
    if (start instanceof InitialBias.Chrono chrono) {
      Matrix bias = Initializers.lstmChronoBias(units, chrono.longestLag(), random);
      System.arraycopy(bias.data(), 0, forget, 0, units);
      System.arraycopy(bias.data(), 2 * units, input, 0, units);
    } else {
      Arrays.fill(forget, 1);
    }
    return new GateBiases(forget, input);
  }
}
