package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a {@link SequenceNetwork}. Several may stand over them, each with a state of
 * its own.
 */
record SequenceWeights(List<Cell> cells, Parameter affineW, Parameter affineB) {

  /** New weights, drawn in the order of {@link #parameters}, then the biases of a chrono start. */
  static SequenceWeights drawn(SequenceConfiguration c, RandomState random) {
    SequenceWeights drawn = of(c, new DrawnWeights(random));
    if (c.longestLag() > 0) {
      drawn.cells.forEach(cell -> startChrono(c, cell, random));
    }
    return drawn;
  }

  /** Weights that are there already, of a model of that name. */
  static SequenceWeights given(String model, SequenceConfiguration c, Map<String, Matrix> weights) {
    return GivenWeights.all(model, weights, source -> of(c, source));
  }

  /** Asked for in the order of {@link #parameters}. */
  private static SequenceWeights of(SequenceConfiguration c, WeightSource source) {
    List<Cell> cells = source.cells(c.cell(), c.layers(), c.inputSize(), c.hiddenSize());
    int read = cells.get(cells.size() - 1).outputSize();
    return new SequenceWeights(
        cells,
        source.weight("affine.w", read, c.outputSize()),
        source.bias("affine.b", c.outputSize()));
  }

  private static void startChrono(SequenceConfiguration c, Cell cell, RandomState random) {
    c.cell()
        .startChrono(
            cell,
            units -> {
              Matrix bias = Initializers.lstmChronoBias(units, c.longestLag(), random);
              return Arrays.copyOf(bias.data(), units); // those of the forget gates
            });
  }

  /** From the inputs up. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    cells.forEach(cell -> all.addAll(cell.parameters()));
    all.addAll(List.of(affineW, affineB));
    return List.copyOf(all);
  }
}
