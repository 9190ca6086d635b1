package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.random.RandomState;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters of a sequence model. Several {@link SequenceNetwork}s may share them, each with
 * its own state.
 *
 * @param embedW word vectors (V,D); null if features are read
 * @param cells for each layer one cell for each direction
 * @param affineW output weights (H,K); embedW itself if they are tied
 */
record SequenceWeights(
    Parameter embedW, List<List<Cell>> cells, Parameter affineW, Parameter affineB) {

  /** New weights, drawn in the order of {@link #parameters}, then the biases of gates. */
  static SequenceWeights drawn(SequenceDescription d, RandomState random) {
    SequenceWeights drawn = of(d, new DrawnWeights(random));
    List<Cell> cells = drawn.cells.stream().flatMap(List::stream).toList();
    DrawnWeights.startGates(cells, d.cell(), d.initialBias(), random);
    return drawn;
  }

  /** Given weights, of a model with a name. */
  static SequenceWeights given(String model, SequenceDescription d, Map<String, Matrix> weights) {
    return GivenWeights.all(model, weights, source -> of(d, source));
  }

  /** Weights of a source, requested in the order of {@link #parameters}. */
  static SequenceWeights of(SequenceDescription d, WeightSource source) {
    Parameter embedW =
        d.input() instanceof Input.Words words
            ? source.wordVectors("embed.w", words.vocabularySize(), words.size())
            : null;
    List<List<Cell>> cells = source.cells(d);
    int read = outputSize(d, cells.get(cells.size() - 1));
    if (d.isTied() && read != d.input().size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "tied weights need word vectors as long as the outputs, but embeddingSize is %d and"
                  + " cells of kind %s give %d features; do not tie",
              d.input().size(),
              d.cell().name(),
              read));
    }
    return new SequenceWeights(
        embedW,
        cells,
        d.isTied() ? embedW : source.weight("affine.w", read, d.outputSize()),
        source.bias("affine.b", d.outputSize()));
  }

  /** The number of output features of a layer. */
  static int outputSize(SequenceDescription d, List<Cell> layer) {
    int ahead = layer.get(0).outputSize();
    return d.bothDirections().map(merge -> merge.size(ahead, ahead)).orElse(ahead);
  }

  /** All parameters, each once, in the order from input to output. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    if (embedW != null) {
      all.add(embedW);
    }
    cells.forEach(layer -> layer.forEach(cell -> all.addAll(cell.parameters())));
    if (affineW != embedW) {
      all.add(affineW);
    }
    all.add(affineB);
    return List.copyOf(all);
  }
}
