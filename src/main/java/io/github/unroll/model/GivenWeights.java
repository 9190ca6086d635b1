package io.github.unroll.model;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.HashMap;
import java.util.Map;

/** Weights that are there already, by name: all of them must be asked for, each in its shape. */
final class GivenWeights implements WeightSource {

  private final Map<String, Matrix> left;

  GivenWeights(Map<String, Matrix> weights) {
    this.left = new HashMap<>(weights);
  }

  @Override
  public Parameter wordVectors(String name, int vocabulary, int size) {
    return weight(name, vocabulary, size);
  }

  @Override
  public Parameter weight(String name, int rows, int cols) {
    Matrix value = left.remove(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "RnnLanguageModel: %s (%dx%d) is missing from the weights".formatted(name, rows, cols));
    }
    if (value.rows() != rows || value.cols() != cols) {
      throw new IllegalArgumentException(
          "RnnLanguageModel: %s must be (%dx%d), not %s"
              .formatted(name, rows, cols, value.shape()));
    }
    return new Parameter(name, value.copy());
  }

  @Override
  public Parameter bias(String name, int size) {
    return weight(name, 1, size);
  }

  void requireNoneLeft() {
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "RnnLanguageModel: the configuration has no place for the weights %s"
              .formatted(left.keySet().stream().sorted().toList()));
    }
  }
}
