package io.github.unroll.model;

import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;

/**
 * New weights, normal: word vectors of standard deviation 1/100, others of 1/√rows; biases zero.
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
}
