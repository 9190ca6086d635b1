package io.github.unroll.model;

import io.github.unroll.random.Initializers;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a {@link SequenceNetwork}. Several may stand over them, each with a state of
 * its own.
 */
record SequenceWeights(List<CellKind.Weights> cells, Parameter affineW, Parameter affineB) {

  /** New weights, drawn in the order of {@link #parameters}, then the biases of a chrono start. */
  static SequenceWeights drawn(SequenceConfiguration c, RandomState random) {
    SequenceWeights drawn = of(c, new DrawnWeights(random));
    if (c.longestLag() > 0) {
      drawn.cells.forEach(cell -> startChrono(c, cell.b().value(), random));
    }
    return drawn;
  }

  /** Weights that are there already, of a model of that name. */
  static SequenceWeights given(String model, SequenceConfiguration c, Map<String, Matrix> weights) {
    return GivenWeights.all(model, weights, source -> of(c, source));
  }

  /** Asked for in the order of {@link #parameters}. */
  private static SequenceWeights of(SequenceConfiguration c, WeightSource source) {
    int h = c.hiddenSize();
    List<CellKind.Weights> cells = new ArrayList<>();
    for (int l = 0; l < c.layers(); l++) {
      int inputs = l == 0 ? c.inputSize() : h;
      cells.add(c.cell().weights(c.cell().layerName(l, c.layers()), inputs, h, source));
    }
    return new SequenceWeights(
        List.copyOf(cells),
        source.weight("affine.w", h, c.outputSize()),
        source.bias("affine.b", c.outputSize()));
  }

  private static void startChrono(SequenceConfiguration c, Matrix b, RandomState random) {
    Matrix chrono = Initializers.lstmChronoBias(c.hiddenSize(), c.longestLag(), random);
    if (c.cell() == CellKind.LSTM) {
      b.copyFrom(chrono);
    } else {
      for (int j = 0; j < c.hiddenSize(); j++) {
        b.set(0, j, -chrono.get(0, j)); // z weighs the candidate: it is an input gate
      }
    }
  }

  /** From the inputs up. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    for (CellKind.Weights cell : cells) {
      all.addAll(List.of(cell.wx(), cell.wh(), cell.b()));
    }
    all.addAll(List.of(affineW, affineB));
    return List.copyOf(all);
  }
}
