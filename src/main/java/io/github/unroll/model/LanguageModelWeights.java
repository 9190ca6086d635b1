package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters of a language model. Several {@link LanguageModelLayers} may stand over them, each
 * with a state of its own.
 *
 * @param affineW the output weights (H,V); embedW (V,D) itself if they are tied
 */
record LanguageModelWeights(
    Parameter embedW, List<Cell> cells, Parameter affineW, Parameter affineB) {

  /** Weights that are there already, by name. */
  static LanguageModelWeights given(RnnLanguageModel.Configuration c, Map<String, Matrix> weights) {
    return GivenWeights.all("RnnLanguageModel", weights, source -> of(c, source));
  }

  /** The weights of a configuration, asked for in the order of {@link #parameters}. */
  static LanguageModelWeights of(RnnLanguageModel.Configuration c, WeightSource source) {
    int v = c.vocabularySize();
    Parameter embedW = source.wordVectors("embed.w", v, c.embeddingSize());
    List<Cell> cells = source.cells(c.cell(), c.layers(), c.embeddingSize(), c.hiddenSize());
    int h = cells.get(cells.size() - 1).outputSize();
    if (c.tieWeights() && h != c.embeddingSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "RnnLanguageModel: tied weights need word vectors as long as the outputs, but"
                  + " embeddingSize is %d and cells of kind %s give %d features; do not tie",
              c.embeddingSize(),
              c.cell().name(),
              h));
    }
    Parameter affineW = c.tieWeights() ? embedW : source.weight("affine.w", h, v);
    Parameter affineB = source.bias("affine.b", v);
    return new LanguageModelWeights(embedW, cells, affineW, affineB);
  }

  boolean tied() {
    return affineW == embedW;
  }

  /** Each once, from the words up. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(embedW);
    cells.forEach(cell -> all.addAll(cell.parameters()));
    if (!tied()) {
      all.add(affineW);
    }
    all.add(affineB);
    return List.copyOf(all);
  }
}
