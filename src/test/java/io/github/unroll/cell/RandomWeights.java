package io.github.unroll.cell;

import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;

/** Weights for a test of any kind of cell: all normal, biases too, of standard deviation 1/2. */
public record RandomWeights(RandomState random) implements CellKind.Weights {

  @Override
  public Parameter weight(String name, int rows, int cols) {
    return new Parameter(name, random.randn(rows, cols).times(0.5));
  }

  @Override
  public Parameter bias(String name, int size, double start) {
    Matrix value = random.randn(1, size).times(0.5);
    for (int j = 0; j < size; j++) {
      value.add(0, j, start);
    }
    return new Parameter(name, value);
  }
}
