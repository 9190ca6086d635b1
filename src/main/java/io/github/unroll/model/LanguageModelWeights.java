package io.github.unroll.model;

import io.github.unroll.tensor.Matrix;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a language model. Several {@link LanguageModelLayers} may stand over them, each
 * with a state of its own.
 *
 * @param affineW the output weights (H,V); embedW (V,D) itself if they are tied
 */
record LanguageModelWeights(
    Parameter embedW, List<CellKind.Weights> cells, Parameter affineW, Parameter affineB) {

  /** Weights that are there already, by name. */
  static LanguageModelWeights given(RnnLanguageModel.Configuration c, Map<String, Matrix> weights) {
    return GivenWeights.all("RnnLanguageModel", weights, source -> of(c, source));
  }

  /** The weights of a configuration, asked for in the order of {@link #parameters}. */
  static LanguageModelWeights of(RnnLanguageModel.Configuration c, WeightSource source) {
    int v = c.vocabularySize();
    int h = c.hiddenSize();
    Parameter embedW = source.wordVectors("embed.w", v, c.embeddingSize());
    List<CellKind.Weights> cells = new ArrayList<>();
    for (int l = 0; l < c.layers(); l++) {
      int inputs = l == 0 ? c.embeddingSize() : h;
      cells.add(c.cell().weights(c.cell().layerName(l, c.layers()), inputs, h, source));
    }
    Parameter affineW = c.tieWeights() ? embedW : source.weight("affine.w", h, v);
    Parameter affineB = source.bias("affine.b", v);
    return new LanguageModelWeights(embedW, List.copyOf(cells), affineW, affineB);
  }

  boolean tied() {
    return affineW == embedW;
  }

  /** Each once, from the words up. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(embedW);
    for (CellKind.Weights cell : cells) {
      all.addAll(List.of(cell.wx(), cell.wh(), cell.b()));
    }
    if (!tied()) {
      all.add(affineW);
    }
    all.add(affineB);
    return List.copyOf(all);
  }
}
