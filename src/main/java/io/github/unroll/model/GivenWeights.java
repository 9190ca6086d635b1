package io.github.unroll.model;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Given weights by name: all of them must be requested, each with its shape. */
final class GivenWeights implements WeightSource {

  private final String model;
  private final Map<String, Matrix> left;

  private GivenWeights(String model, Map<String, Matrix> weights) {
    this.model = model;
    this.left = new HashMap<>(weights);
  }

  /**
   * Builds a part of a model from all its weights.
   *
   * @param model the beginning of error messages
   * @param weights the weights by name; copied
   * @param taking requests each of them
   */
  static <W> W all(String model, Map<String, Matrix> weights, Function<WeightSource, W> taking) {
    GivenWeights source = new GivenWeights(model, weights);
    W all = taking.apply(source);
    source.requireNoneLeft();
    return all;
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
          String.format(
              Locale.ROOT, "%s: %s (%dx%d) is missing from the weights", model, name, rows, cols));
    }
    if (value.rows() != rows || value.cols() != cols) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %s must be (%dx%d), not %s",
              model,
              name,
              rows,
              cols,
              value.shape()));
    }
    return new Parameter(name, value.copy());
  }

  @Override
  public Parameter bias(String name, int size, double start) {
    return weight(name, 1, size);
  }

  private void requireNoneLeft() {
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the description has no place for the weights %s",
              model,
              left.keySet().stream().sorted().toList()));
    }
  }
}
