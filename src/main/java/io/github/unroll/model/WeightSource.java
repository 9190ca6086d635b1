package io.github.unroll.model;

import io.github.unroll.cell.Cell;
import io.github.unroll.cell.CellKind;
import io.github.unroll.tensor.Parameter;
import java.util.ArrayList;
import java.util.List;

/** The source of the weights of a new model. */
interface WeightSource extends CellKind.Weights {

  /** Word vectors (V,D). */
  Parameter wordVectors(String name, int vocabulary, int size);

  /** A cell of one layer; its parameters have names such as layer.wx. */
  default Cell cell(CellKind kind, String layer, int inputs, int hidden) {
    AskedWeights weights = new AskedWeights(this, kind, layer);
    Cell cell = kind.cell(inputs, hidden, weights);
    weights.check(cell, inputs);
    return cell;
  }

  /** The name of a layer: rnn, or rnn0 if there are several. */
  static String layerName(CellKind kind, int layer, int layers) {
    return layers == 1 ? kind.name() : kind.name() + layer;
  }

  /** The cells of stacked layers, with a prefix for their names. */
  default List<Cell> cells(String prefix, CellKind kind, int layers, int inputs, int hidden) {
    List<Cell> cells = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      int below = l == 0 ? inputs : cells.get(l - 1).outputSize();
      cells.add(cell(kind, prefix + layerName(kind, l, layers), below, hidden));
    }
    return List.copyOf(cells);
  }

  /**
   * The cells of each layer, one for each direction; the backward layer is called rnn.back, or
   * rnn0.back.
   */
  default List<List<Cell>> cells(SequenceDescription d) {
    List<List<Cell>> cells = new ArrayList<>();
    int inputs = d.input().size();
    for (int l = 0; l < d.layers(); l++) {
      String name = layerName(d.cell(), l, d.layers());
      List<Cell> layer = new ArrayList<>();
      layer.add(cell(d.cell(), name, inputs, d.hiddenSize()));
      if (d.bothDirections().isPresent()) {
        layer.add(cell(d.cell(), name + ".back", inputs, d.hiddenSize()));
      }
      cells.add(List.copyOf(layer));
      inputs = SequenceWeights.outputSize(d, layer);
    }
    return List.copyOf(cells);
  }
}
